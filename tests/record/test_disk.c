/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "record/disk.h"

static void low_and_well_lie_apart(void **state)
{
	struct disk_room r = {.free_bytes = 1600, .min_bytes = 1600};

	(void)state;
	assert_false(disk_is_low(&r));
	assert_false(disk_is_well(&r));
	r.free_bytes = 1599;
	assert_true(disk_is_low(&r));
	r.free_bytes = 1700;
	assert_true(disk_is_well(&r));
	r = (struct disk_room){0}; /* no limit */
	assert_false(disk_is_low(&r));
	assert_true(disk_is_well(&r));
}

static void a_sentence_names_both_numbers(void **state)
{
	const struct disk_room r = {.free_bytes = 3 << 19, .min_bytes = 2 << 20};
	char text[160];

	(void)state;
	disk_sentence(&r, "a.tape", text, sizeof(text));
	assert_string_equal(text, "a.tape: 1.5 MiB are free, --min-free-disk keeps 2.0 MiB");
}

static void a_file_knows_its_file_system_and_whether_it_is_deleted(void **state)
{
	const struct limits bytes = {.min_free_bytes = 7}, share = {.min_free_percent = 50};
	char path[] = "/tmp/test_disk-XXXXXX";
	int fd = mkstemp(path), ends[2];
	struct disk_room r;
	struct statvfs fs;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fstatvfs(fd, &fs), 0);
	assert_true(disk_look(fd, &bytes, &r));
	assert_int_equal(r.min_bytes, 7);
	assert_true(disk_look(fd, &share, &r));
	assert_int_equal(r.min_bytes, (uint64_t)fs.f_blocks * fs.f_frsize / 100 * 50);
	assert_false(disk_is_deleted(fd));
	assert_int_equal(unlink(path), 0);
	assert_true(disk_is_deleted(fd));
	close(fd);
	assert_false(disk_look(-1, &bytes, &r));
	assert_false(disk_is_deleted(-1));
	assert_int_equal(pipe(ends), 0);
	assert_false(disk_look(ends[1], &bytes, &r));
	assert_false(disk_is_deleted(ends[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(low_and_well_lie_apart),
		cmocka_unit_test(a_sentence_names_both_numbers),
		cmocka_unit_test(a_file_knows_its_file_system_and_whether_it_is_deleted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

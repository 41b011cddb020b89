/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_rotation.c -- names, when the next piece is due, and that only our own files go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/rotation.h"

enum { SECOND = 1000000000 };

static struct rotation *made(const char *output, const struct limits *l)
{
	struct rotation *r = NULL;

	assert_int_equal(rotation_new(output, l, &r, NULL), OK);
	return r;
}

static void assert_names(const char *output, const char *first, const char *second)
{
	const struct limits l = {.keep = 2};
	struct rotation *r = made(output, &l);

	assert_string_equal(rotation_path(r), first);
	assert_string_equal(rotation_next_path(r), second);
	rotation_free(r);
}

static void names_have_a_number_before_the_last_dot(void **state)
{
	const struct limits none = {0};
	struct rotation *r = made("a.tape", &none);

	(void)state;
	assert_string_equal(rotation_path(r), "a.tape");
	assert_int_equal(rotation_number(r), 0);
	rotation_ask(r);
	assert_false(rotation_is_due(r, UINT64_MAX, UINT64_MAX));
	rotation_free(r);
	assert_names("a.tape", "a-000001.tape", "a-000002.tape");
	assert_names("d.d/a", "d.d/a-000001", "d.d/a-000002");
	assert_names("d.d/.hidden", "d.d/.hidden-000001", "d.d/.hidden-000002");
	assert_names("/x/a.b.c", "/x/a.b-000001.c", "/x/a.b-000002.c");
}

static void a_piece_is_due_by_size_by_time_and_on_request(void **state)
{
	const struct limits l = {.rotate_bytes = 1000, .rotate_ns = SECOND};
	struct rotation *r = made("none/a.tape", &l);

	(void)state;
	rotation_begin(r, 50);
	assert_false(rotation_is_due(r, 999, SECOND + 49));
	assert_true(rotation_is_due(r, 1000, 51));
	assert_true(rotation_is_due(r, 0, SECOND + 50));
	rotation_ask(r);
	assert_true(rotation_is_due(r, 0, 51));
	rotation_postpone(r, 51);
	assert_false(rotation_is_due(r, 1000, 50 + UINT64_C(10) * SECOND));
	assert_true(rotation_is_due(r, 0, 51 + UINT64_C(10) * SECOND));
	assert_int_equal(rotation_advance(r, 1000, NULL), OK);
	rotation_begin(r, 100 * UINT64_C(1000000000));
	assert_int_equal(rotation_number(r), 2);
	assert_string_equal(rotation_path(r), "none/a-000002.tape");
	assert_string_equal(rotation_next_path(r), "none/a-000003.tape");
	assert_false(rotation_is_due(r, 0, 100 * UINT64_C(1000000000) + 1)); /* asked before */
	rotation_free(r);
}

static void write_file(const char *path, const char *content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(content, f);
	fclose(f);
}

/* In a new directory; `path` gets room for names in it. */
static void enter_directory(void)
{
	const char *tmp = getenv("TMP");
	char dir[512];

	snprintf(dir, sizeof(dir), "%s/rotation-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
}

static void finish(struct rotation *r, uint64_t bytes)
{
	write_file(rotation_path(r), "tape");
	rotation_begin(r, 1);
	assert_int_equal(rotation_advance(r, bytes, NULL), OK);
}

static void the_oldest_pieces_go_and_foreign_files_stay(void **state)
{
	const struct limits l = {.keep = 2};
	struct rotation *r = made("a.tape", &l);

	(void)state;
	enter_directory();
	finish(r, 10);
	assert_false(rotation_has_too_many(r)); /* one finished, one at hand */
	finish(r, 20);
	assert_true(rotation_has_too_many(r));
	assert_int_equal(rotation_kept_bytes(r), 30);
	assert_int_equal(rotation_delete_oldest(r, NULL), OK);
	assert_int_not_equal(access("a-000001.tape", F_OK), 0);
	assert_int_equal(access("a-000002.tape", F_OK), 0);
	assert_int_equal(rotation_kept_bytes(r), 20);
	assert_false(rotation_has_too_many(r));

	/* Somebody else's file has taken the name of the second one. */
	write_file("foreign", "foreign");
	assert_int_equal(rename("foreign", "a-000002.tape"), 0);
	assert_int_equal(rotation_delete_oldest(r, NULL), OK);
	assert_int_equal(access("a-000002.tape", F_OK), 0);
	assert_int_equal(rotation_delete_oldest(r, NULL), END);

	/* One that is gone already is no trouble. */
	finish(r, 5);
	assert_int_equal(unlink("a-000003.tape"), 0);
	assert_int_equal(rotation_delete_oldest(r, NULL), OK);
	assert_int_equal(rotation_kept_bytes(r), 0);
	rotation_free(r);
}

static void pieces_of_another_recording_are_seen_at_once(void **state)
{
	static const char *const harmless[] = {"b-000001.tape", "a-00001.tape", "a-000001.tap",
					       "a-00000x.tape", "aa-000001.tape"};
	const struct limits l = {.keep = 2};
	struct rotation *r = made("a.tape", &l), *far = made("./a.tape", &l);
	struct error err = {0};

	(void)state;
	enter_directory();
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		write_file(harmless[i], "");
	assert_int_equal(rotation_check(r, NULL), OK);
	write_file("a-000017.tape", "");
	assert_int_equal(rotation_check(r, &err), ERR_USAGE);
	assert_string_equal(err.text, "a-000017.tape exists, a piece of another recording: choose "
				      "another name or use --force");
	assert_int_equal(rotation_check(far, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "./a-000017.tape exists"));
	rotation_free(r);
	rotation_free(far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_a_number_before_the_last_dot),
		cmocka_unit_test(a_piece_is_due_by_size_by_time_and_on_request),
		cmocka_unit_test(the_oldest_pieces_go_and_foreign_files_stay),
		cmocka_unit_test(pieces_of_another_recording_are_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_scan_follow.c -- blocks of a file that grows, and that its writer cuts back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/part.h"
#include "format/scan.h"
#include "tests/format/forge.h"

enum { SALT = 42 };

/* A file with a SECTION block, which was read already. */
struct desk {
	char path[40];
	int fd;
	size_t begin; /* of the second block */
	struct source *source;
	struct scan scan;
	struct scan_item item; /* the last one */
};

static void put(struct desk *d, const void *data, size_t len)
{
	assert_int_equal(write(d->fd, data, len), (ssize_t)len);
}

static void cut_back(struct desk *d)
{
	assert_int_equal(ftruncate(d->fd, (off_t)d->begin), 0);
	assert_true(lseek(d->fd, 0, SEEK_END) == (off_t)d->begin);
}

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct buf tape = {0};

	*state = d;
	snprintf(d->path, sizeof(d->path), "/tmp/tcptape-scan.XXXXXX");
	d->fd = mkstemp(d->path);
	forge_section(&tape, SALT);
	put(d, tape.data, tape.len);
	d->begin = tape.len;
	buf_release(&tape);
	if (source_open(d->path, &d->source, NULL))
		return -1;
	scan_init(&d->scan, d->source);
	d->scan.is_following = true;
	return scan_next(&d->scan, NULL, NULL, &d->item, NULL);
}

static int teardown(void **state)
{
	struct desk *d = *state;

	source_close(d->source);
	close(d->fd);
	unlink(d->path);
	free(d);
	return 0;
}

/* Block `seq` with a body of `len` bytes of `fill`. */
static struct buf block(uint64_t seq, size_t len, uint8_t fill)
{
	struct buf raw = {0}, out = {0};

	for (size_t i = 0; i < len; i++)
		put_u8(&raw, fill);
	forge_block_of(&out, (struct block_header){.type = 99, .salt = SALT, .seq = seq}, &raw);
	buf_release(&raw);
	return out;
}

static int look(struct desk *d)
{
	return scan_next(&d->scan, NULL, NULL, &d->item, NULL);
}

/* The next item is a whole block of this length. */
static void finds(struct desk *d, size_t len)
{
	assert_int_equal(look(d), 0);
	assert_int_equal(d->item.kind, SCAN_BLOCK);
	assert_int_equal(d->item.header.header_len + d->item.header.body_len, len);
}

/* The first attempt gets `part` bytes far; then another block takes its place. */
static void replaced(struct desk *d, size_t attempt, size_t part, size_t len, bool is_waiting)
{
	struct buf first = block(1, attempt, 'a'), second = block(1, len, 'b');

	put(d, first.data, part < first.len ? part : first.len - 1);
	assert_int_equal(look(d), SCAN_IDLE);
	if (is_waiting)
		source_wait(d->source);
	cut_back(d);
	put(d, second.data, second.len);
	for (int i = 0; i < 3 && look(d) == SCAN_IDLE; i++)
		;
	assert_int_equal(d->item.kind, SCAN_BLOCK);
	assert_int_equal(d->item.offset, d->begin);
	assert_int_equal(d->item.header.header_len + d->item.header.body_len, second.len);
	assert_int_equal(look(d), SCAN_IDLE);
	buf_release(&first);
	buf_release(&second);
}

static void a_block_that_was_cut_back_in_its_body_was_never_there(void **state)
{
	replaced(*state, 5000, 200, 5000, false);
}

static void nor_one_that_was_longer(void **state)
{
	replaced(*state, 9000, 4000, 5000, false);
}

static void nor_one_that_was_shorter(void **state)
{
	replaced(*state, 3000, 2000, 5000, false);
}

static void nor_one_that_was_cut_back_in_its_header(void **state)
{
	replaced(*state, 3000, 60, 5000, false);
}

static void nor_one_after_a_pause(void **state)
{
	replaced(*state, 9000, 4000, 5000, true);
}

/* The header was read with the block before it, the rest comes later. */
static void what_was_read_ahead_is_not_believed(void **state)
{
	struct desk *d = *state;
	struct buf one = block(1, 100, '1'), old = block(2, 5000, 'a'), two = block(2, 5000, 'b');

	put(d, one.data, one.len);
	put(d, old.data, 300);
	finds(d, one.len);
	assert_int_equal(ftruncate(d->fd, (off_t)(d->begin + one.len)), 0);
	lseek(d->fd, 0, SEEK_END);
	put(d, two.data, two.len);
	for (int i = 0; i < 3 && look(d) == SCAN_IDLE; i++)
		;
	assert_int_equal(d->item.kind, SCAN_BLOCK);
	assert_int_equal(d->item.header.seq, 2);
	buf_release(&one);
	buf_release(&old);
	buf_release(&two);
}

static void damage_is_told_once_a_sound_block_follows(void **state)
{
	struct desk *d = *state;
	struct buf bad = block(1, 500, 'a'), good = block(2, 500, 'b');

	bad.data[300] ^= 1;
	put(d, bad.data, bad.len);
	assert_int_equal(look(d), SCAN_IDLE);
	put(d, good.data, good.len);
	source_wait(d->source);
	assert_int_equal(look(d), 0);
	assert_int_equal(d->item.kind, SCAN_GAP);
	assert_int_equal(d->item.gap.bytes, bad.len);
	finds(d, good.len);
	buf_release(&bad);
	buf_release(&good);
}

static void damage_is_told_once_the_file_rests(void **state)
{
	struct desk *d = *state;
	struct buf bad = block(1, 500, 'a'), good = block(2, 500, 'b');

	bad.data[300] ^= 1;
	put(d, bad.data, bad.len);
	assert_int_equal(look(d), SCAN_IDLE);
	source_wait(d->source);
	assert_int_equal(look(d), 0);
	assert_int_equal(d->item.kind, SCAN_GAP);
	assert_int_equal(d->item.gap.bytes, bad.len);
	put(d, good.data, good.len);
	source_wait(d->source);
	finds(d, good.len);
	buf_release(&bad);
	buf_release(&good);
}

static void so_is_a_header_that_is_none(void **state)
{
	struct desk *d = *state;
	struct buf bad = block(1, 500, 'a'), good = block(2, 500, 'b');

	bad.data[20] ^= 1;
	put(d, bad.data, bad.len);
	assert_int_equal(look(d), SCAN_IDLE);
	source_wait(d->source);
	put(d, good.data, good.len);
	source_wait(d->source);
	assert_int_equal(look(d), 0);
	assert_int_equal(d->item.kind, SCAN_GAP);
	assert_int_equal(d->item.gap.bytes, bad.len);
	buf_release(&bad);
	buf_release(&good);
}

/* What is not looked into is stepped over by its length alone: it must be the right one. */
static enum scan_want wants_headers(const struct block_header *h, const void *arg)
{
	(void)h;
	(void)arg;
	return SCAN_HEADER;
}

static void a_length_is_not_that_of_another_block(void **state)
{
	struct desk *d = *state;
	struct buf first = block(1, 3000, 'a'), second = block(1, 9000, 'b');

	source_read_sparsely(d->source);
	put(d, first.data, 2000);
	assert_int_equal(scan_next(&d->scan, wants_headers, NULL, &d->item, NULL), SCAN_IDLE);
	cut_back(d);
	put(d, second.data, second.len);
	for (int i = 0; i < 3; i++)
		if (scan_next(&d->scan, wants_headers, NULL, &d->item, NULL) != SCAN_IDLE)
			break;
	assert_int_equal(d->item.kind, SCAN_BLOCK);
	assert_int_equal(d->scan.next, d->begin + second.len);
	buf_release(&first);
	buf_release(&second);
}

static void a_first_block_begins_a_tape_when_it_is_all_there(void **state)
{
	struct desk *d = *state;
	struct source *source;
	uint8_t block[4096];
	bool begins;

	assert_int_equal(pread(d->fd, block, sizeof(block), 0), (ssize_t)d->begin);
	for (size_t len = 0; len <= d->begin; len++) {
		assert_int_equal(ftruncate(d->fd, 0), 0);
		assert_int_equal(pwrite(d->fd, block, len, 0), (ssize_t)len);
		assert_int_equal(source_open(d->path, &source, NULL), 0);
		assert_int_equal(scan_begins(source, &begins, NULL), 0);
		assert_int_equal(begins, len == d->begin);
		source_close(source);
	}
}

static void what_cannot_become_a_block_is_not_waited_for(void **state)
{
	struct desk *d = *state;
	struct source *source;
	bool begins;

	assert_int_equal(ftruncate(d->fd, 0), 0);
	assert_int_equal(pwrite(d->fd, "hello", 5, 0), 5);
	assert_int_equal(source_open(d->path, &source, NULL), 0);
	assert_int_equal(scan_begins(source, &begins, NULL), 0);
	assert_true(begins);
	source_close(source);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_first_block_begins_a_tape_when_it_is_all_there),
		TEST(what_cannot_become_a_block_is_not_waited_for),
		TEST(a_block_that_was_cut_back_in_its_body_was_never_there),
		TEST(nor_one_that_was_longer),
		TEST(nor_one_that_was_shorter),
		TEST(nor_one_that_was_cut_back_in_its_header),
		TEST(nor_one_after_a_pause),
		TEST(what_was_read_ahead_is_not_believed),
		TEST(damage_is_told_once_a_sound_block_follows),
		TEST(damage_is_told_once_the_file_rests),
		TEST(so_is_a_header_that_is_none),
		TEST(a_length_is_not_that_of_another_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

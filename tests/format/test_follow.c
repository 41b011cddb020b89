/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_follow.c -- reading a tape that is still being written. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/source.h"
#include "tests/format/block_list.h"
#include "tests/format/sample_tape.h"

enum { ROWS = 200, BLOCK_ROWS = 20 };

/* A tape and a file that gets it piece by piece. */
struct desk {
	struct sample *tape;
	struct block_list blocks;
	char path[40];
	int fd;
};

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	d->tape = sample_new_epochs(ROWS, BLOCK_ROWS, 5);
	d->blocks = block_list_of(d->tape->data, d->tape->len);
	snprintf(d->path, sizeof(d->path), "/tmp/tcptape-follow.XXXXXX");
	d->fd = mkstemp(d->path);
	*state = d;
	return d->fd < 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	close(d->fd);
	unlink(d->path);
	block_list_free(&d->blocks);
	sample_free(d->tape);
	free(d);
	return 0;
}

/* The file has the tape's first `len` bytes. True when that could be done. */
static bool put_to(const struct desk *d, size_t len)
{
	off_t have = lseek(d->fd, 0, SEEK_END);

	if (have < 0 || ((size_t)have > len && ftruncate(d->fd, (off_t)len)))
		return false;
	have = lseek(d->fd, 0, SEEK_END);
	return write(d->fd, d->tape->data + have, len - (size_t)have) ==
	       (ssize_t)(len - (size_t)have);
}

static size_t block_at(const struct desk *d, size_t n)
{
	return n < d->blocks.count ? d->blocks.all[n].offset : d->tape->len;
}

/* Everything a cursor said, in order. */
struct story {
	uint64_t events, sum;
	unsigned gaps, ends, losses, clocks;
	bool is_complete;
	char problem[200];
};

static void take(struct story *s, const struct item *item)
{
	uint64_t v;

	s->gaps += item->kind == ITEM_GAP;
	s->ends += item->kind == ITEM_END;
	s->losses += item->kind == ITEM_LOSS;
	s->clocks += item->kind == ITEM_CLOCK;
	if (item->kind != ITEM_EVENT)
		return;
	s->events++;
	s->sum = s->sum * 31 + item->event.ts_ns;
	for (int i = 0; i < item->event.schema->field_count; i++)
		s->sum = s->sum * 31 + (event_int(&item->event, i, &v) ? v : 77);
}

static struct story finish(struct cursor *cursor, struct source *source)
{
	struct story s = {0};
	struct item item;
	int rc;

	while ((rc = cursor_next(cursor, &item, NULL)) == 0)
		take(&s, &item);
	assert_int_equal(rc, END);
	assert_int_equal(cursor_next(cursor, &item, NULL), END);
	s.is_complete = cursor_health(cursor)->is_complete;
	snprintf(s.problem, sizeof(s.problem), "%s", cursor_health(cursor)->first_problem);
	cursor_close(cursor);
	source_close(source);
	return s;
}

static struct cursor *open_file(const struct desk *d, struct source **source)
{
	struct cursor *cursor;

	assert_int_equal(source_open(d->path, source, NULL), 0);
	assert_int_equal(cursor_open(*source, &cursor, NULL), 0);
	cursor_follow(cursor);
	return cursor;
}

static void is_the_whole_tape(const struct desk *d, const struct story *got)
{
	struct source *source;
	struct cursor *cursor;
	struct story want;

	assert_int_equal(source_open_memory(d->tape->data, d->tape->len, &source, NULL), 0);
	assert_int_equal(cursor_open(source, &cursor, NULL), 0);
	want = finish(cursor, source);
	assert_string_equal(got->problem, "");
	assert_int_equal(want.events, ROWS);
	assert_int_equal(got->events, want.events);
	assert_true(got->sum == want.sum);
	assert_int_equal(got->gaps, 0);
	assert_int_equal(got->ends, 1);
	assert_int_equal(got->losses, want.losses);
	assert_int_equal(got->clocks, want.clocks);
	assert_true(got->is_complete);
}

/* Long enough for a reader to look in between; should it not, the test proves less. */
static void pause_a_moment(void)
{
	struct timespec moment = {.tv_nsec = 70000000};

	nanosleep(&moment, NULL);
}

/* A child runs `grow`; what is read meanwhile must be the whole tape. */
static void read_while(const struct desk *d, bool (*grow)(const struct desk *d))
{
	struct source *source;
	struct cursor *cursor;
	struct story s;
	int status = -1;
	pid_t child;

	assert_true(put_to(d, block_at(d, 2)));
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(grow(d) ? 0 : 1);
	cursor = open_file(d, &source);
	s = finish(cursor, source);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	is_the_whole_tape(d, &s);
}

static void a_tape_that_is_whole_ends(void **state)
{
	struct desk *d = *state;
	struct source *source;
	struct cursor *cursor;
	struct story s;

	assert_true(put_to(d, d->tape->len));
	cursor = open_file(d, &source);
	s = finish(cursor, source);
	is_the_whole_tape(d, &s);
}

/* What comes between opening and reading is there although the file was shorter when it was
 * opened; whatever the limits. */
static void what_comes_after_opening_is_read(void **state)
{
	struct desk *d = *state;
	struct source *source;
	struct cursor *cursor;
	struct story s;

	assert_true(put_to(d, block_at(d, 3)));
	cursor = open_file(d, &source);
	assert_true(put_to(d, d->tape->len));
	s = finish(cursor, source);
	is_the_whole_tape(d, &s);
}

static bool wants_all(void *arg, const struct schema *dict, const struct dict_set *dicts,
		      uint32_t id)
{
	(void)arg;
	(void)dict;
	(void)dicts;
	(void)id;
	return true;
}

static void what_comes_after_opening_is_read_also_sparsely(void **state)
{
	struct desk *d = *state;
	struct source *source;
	struct cursor *cursor;
	struct story s;

	assert_true(put_to(d, block_at(d, 3)));
	cursor = open_file(d, &source);
	cursor_limit_entries(cursor, wants_all, NULL);
	assert_int_equal(cursor_limit_time(cursor, 1, UINT64_MAX, NULL), 0);
	assert_true(put_to(d, d->tape->len));
	s = finish(cursor, source);
	is_the_whole_tape(d, &s);
}

static bool grow_by_blocks(const struct desk *d)
{
	for (size_t i = 3; i <= d->blocks.count; i++) {
		if (i % 5 == 0)
			pause_a_moment();
		if (!put_to(d, block_at(d, i)))
			return false;
	}
	return true;
}

static void blocks_are_read_as_they_come(void **state)
{
	read_while(*state, grow_by_blocks);
}

/* The file ends inside headers, tables, bodies. */
static bool grow_by_pieces(const struct desk *d)
{
	for (size_t i = 3; i <= d->blocks.count; i++) {
		size_t from = block_at(d, i - 1), to = block_at(d, i);
		const size_t pieces[] = {1, 50, 95, 96, 100, 150, to - from - 1};
		size_t piece = pieces[i % 7];

		if (piece < to - from && !put_to(d, from + piece))
			return false;
		pause_a_moment();
	}
	return put_to(d, d->tape->len);
}

static void half_a_block_is_waited_for(void **state)
{
	read_while(*state, grow_by_pieces);
}

/* As a writer with a full disk does: part of a block, cut back, another block instead. Here
 * the first attempt is the beginning of a later, longer block with the number of this one. */
static bool grow_with_failures(const struct desk *d)
{
	for (size_t i = 3; i < d->blocks.count; i++) {
		struct block_header h = d->blocks.all[i - 1].header;
		uint8_t attempt[BLOCK_HEADER_LEN + 60] = {0};

		h.body_len += 5000;
		block_header_encode(&h, attempt);
		if (!put_to(d, block_at(d, i - 1)) ||
		    write(d->fd, attempt, sizeof(attempt)) != (ssize_t)sizeof(attempt))
			return false;
		pause_a_moment();
		if (ftruncate(d->fd, (off_t)block_at(d, i - 1)) || !put_to(d, block_at(d, i)))
			return false;
	}
	return put_to(d, d->tape->len);
}

static void what_was_cut_back_was_never_there(void **state)
{
	read_while(*state, grow_with_failures);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tape_that_is_whole_ends),
		TEST(what_comes_after_opening_is_read),
		TEST(what_comes_after_opening_is_read_also_sparsely),
		TEST(blocks_are_read_as_they_come),
		TEST(half_a_block_is_waited_for),
		TEST(what_was_cut_back_was_never_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

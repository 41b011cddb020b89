/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_cmd_recover.c -- files in, files out, and what is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyze/cmd_recover.h"
#include "format/block.h"
#include "tests/format/sample_tape.h"

struct room {
	char dir[64], in[96], out[96];
	struct sample *sample;
};

static int setup(void **state)
{
	struct room *r = calloc(1, sizeof(*r));

	memcpy(r->dir, "/tmp/tcptape-recover.XXXXXX", 28);
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->in, sizeof(r->in), "%s/in.tape", r->dir);
	snprintf(r->out, sizeof(r->out), "%s/out.tape", r->dir);
	r->sample = sample_new(100, 40);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	unlink(r->in);
	unlink(r->out);
	rmdir(r->dir);
	sample_free(r->sample);
	free(r);
	return 0;
}

static void store(const struct room *r)
{
	FILE *f = fopen(r->in, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(r->sample->data, 1, r->sample->len, f), r->sample->len);
	assert_int_equal(fclose(f), 0);
}

struct said {
	enum exit_status status;
	char *text; /* owned */
	struct error err;
};

static struct said recover(const struct room *r, bool is_forced)
{
	const char *tapes[] = {r->in};
	const struct arguments a = {.tapes = tapes,
				    .tape_count = 1,
				    .output = r->out,
				    .is_forced = is_forced};
	struct said s = {0};
	size_t len;
	FILE *f = open_memstream(&s.text, &len);

	s.status = cmd_recover(&a, f, &s.err);
	fclose(f);
	return s;
}

static void expect(struct said *s, enum exit_status status, const char *part)
{
	assert_int_equal(s->status, status);
	if (!strstr(s->text, part) && !strstr(s->err.text, part))
		fail_msg("%s%s\nlacks %s", s->text, s->err.text, part);
	free(s->text);
}

static void a_whole_tape_is_fine(void **state)
{
	struct room *r = *state;
	struct said s;

	store(r);
	s = recover(r, false);
	expect(&s, EXIT_FINE, "with 100 events, ");
	s = recover(r, false);
	expect(&s, EXIT_USAGE, "exists");
	s = recover(r, true);
	expect(&s, EXIT_FINE, "nothing is missing\n");
}

static void damage_is_told_place_by_place(void **state)
{
	struct room *r = *state;
	size_t at = sample_find_block(r->sample, BLOCK_DATA, 1);
	char place[64];
	struct said s;

	r->sample->data[at + BLOCK_HEADER_LEN + 20] ^= 1;
	store(r);
	snprintf(place, sizeof(place), "in.tape: at byte %zu: ", at);
	s = recover(r, false);
	expect(&s, EXIT_DAMAGED, place);
	s = recover(r, true);
	expect(&s, EXIT_DAMAGED, " with 40 events: DATA block ");
	s = recover(r, true);
	expect(&s, EXIT_DAMAGED, "; missing: 1 block, ");
}

static void many_places_are_counted(void **state)
{
	struct room *r = *state;
	struct said s;

	sample_free(r->sample);
	r->sample = sample_new(200, 1);
	for (unsigned i = 0; i < 100; i++)
		r->sample->data[sample_find_block(r->sample, BLOCK_DATA, 2 * i) + BLOCK_HEADER_LEN +
				5] ^= 1;
	store(r);
	s = recover(r, false);
	expect(&s, EXIT_DAMAGED, "and in 36 more places\n");
}

static void what_is_no_tape_leaves_nothing_behind(void **state)
{
	struct room *r = *state;
	struct stat st;
	struct said s;

	memset(r->sample->data, 'x', r->sample->len);
	store(r);
	s = recover(r, false);
	expect(&s, EXIT_NOT_A_TAPE, "not a tape");
	assert_int_equal(stat(r->out, &st), -1);
}

static void a_tape_does_not_overwrite_itself(void **state)
{
	struct room *r = *state;
	struct said s;

	store(r);
	assert_int_equal(link(r->in, r->out), 0);
	s = recover(r, true);
	expect(&s, EXIT_USAGE, "the tape itself");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_tape_is_fine),
		TEST(damage_is_told_place_by_place),
		TEST(many_places_are_counted),
		TEST(what_is_no_tape_leaves_nothing_behind),
		TEST(a_tape_does_not_overwrite_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

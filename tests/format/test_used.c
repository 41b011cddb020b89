/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_used.c -- lists of used entries, and those that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/dict.h"
#include "format/used.h"
#include "tests/format/forge.h"

enum { MOST_TEXT = 4000 };

/* The runs of a part as "dict:first+count ", and how reading ended. */
static int tell(const struct buf *part, char text[MOST_TEXT])
{
	uint8_t *exact = forge_exact(part->data, part->len);
	struct used_reader r = {.in = view_of(exact, part->len)};
	struct used_run run;
	struct error err = {0};
	size_t at = 0;
	int rc;

	text[0] = '\0';
	while ((rc = used_next(&r, &run, &err)) == 0) {
		assert_true(run.first >= 1 && run.count >= 1);
		assert_true(run.first + run.count - 1 <= DICT_MAX_ENTRIES);
		if (at < MOST_TEXT - 40)
			at += (size_t)snprintf(text + at, MOST_TEXT - at, "%u:%u+%u ", run.dict,
					       run.first, run.count);
	}
	assert_int_equal(err.status, rc == END ? 0 : rc);
	free(exact);
	return rc;
}

static void encoded_is(struct used *u, const char *want)
{
	struct buf part = {0};
	char text[MOST_TEXT];

	used_encode(u, &part);
	assert_false(part.is_failed);
	assert_int_equal(tell(&part, text), END);
	assert_string_equal(text, want);
	buf_release(&part);
}

static void add(struct used *u, uint32_t dict, size_t n, const uint32_t *ids)
{
	for (size_t i = 0; i < n; i++)
		assert_true(used_add(u, dict, ids[i]));
}

static int setup(void **state)
{
	*state = used_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	used_free(*state);
	used_free(NULL);
	return 0;
}

static void neighbours_are_one_run_and_gaps_part_runs(void **state)
{
	add(*state, 3, 9, (uint32_t[]){7, 2, 3, 1, 7, 7, 64, 65, 63});
	encoded_is(*state, "3:1+3 3:7+1 3:63+3 ");
}

static void no_entry_is_not_used(void **state)
{
	add(*state, 1, 3, (uint32_t[]){0, 0, 0});
	add(*state, 2, 0, NULL);
	encoded_is(*state, "");
	add(*state, 1, 2, (uint32_t[]){0, 5});
	encoded_is(*state, "1:5+1 ");
}

static void dictionaries_come_in_the_order_of_their_numbers(void **state)
{
	add(*state, SCHEMA_MAX, 1, (uint32_t[]){4});
	add(*state, 1, 1, (uint32_t[]){9});
	add(*state, 2, 2, (uint32_t[]){1, 3});
	add(*state, 1, 1, (uint32_t[]){8});
	encoded_is(*state, "1:8+2 2:1+1 2:3+1 4096:4+1 ");
}

static void the_first_and_the_last_id_are_good_and_the_next_is_not(void **state)
{
	add(*state, 1, 2, (uint32_t[]){DICT_MAX_ENTRIES, 1});
	encoded_is(*state, "1:1+1 1:1048576+1 ");
	assert_false(used_add(*state, 1, DICT_MAX_ENTRIES + 1));
	assert_false(used_add(*state, 1, UINT32_MAX));
}

static void every_id_is_one_run(void **state)
{
	uint32_t *ids = malloc(DICT_MAX_ENTRIES * sizeof(*ids));

	for (size_t i = 0; i < DICT_MAX_ENTRIES; i++)
		ids[i] = (uint32_t)(DICT_MAX_ENTRIES - i);
	add(*state, 1, DICT_MAX_ENTRIES, ids);
	encoded_is(*state, "1:1+1048576 ");
	free(ids);
}

static void what_was_encoded_is_forgotten(void **state)
{
	add(*state, 1, 3, (uint32_t[]){100, 1000, 70});
	encoded_is(*state, "1:70+1 1:100+1 1:1000+1 ");
	encoded_is(*state, "");
	add(*state, 1, 1, (uint32_t[]){500});
	encoded_is(*state, "1:500+1 ");
}

/* Random ids against a set of flags. */
static void what_went_in_comes_out_and_nothing_else(void **state)
{
	enum { MOST = 3000 };
	uint8_t wanted[MOST + 1] = {0}, got[MOST + 1] = {0};
	struct used_reader r = {0};
	struct used_run run;
	struct buf part = {0};
	uint32_t random = 1;

	for (int i = 0; i < 1500; i++) {
		uint32_t id = (random = random * 1664525 + 1013904223) >> 16;

		id = id % MOST + 1;
		wanted[id] = 1;
		add(*state, 2, 1, &id);
	}
	used_encode(*state, &part);
	r.in = view_of(part.data, part.len);
	while (used_next(&r, &run, NULL) == 0)
		memset(got + run.first, 1, run.count);
	assert_memory_equal(wanted, got, sizeof(wanted));
	buf_release(&part);
}

static void a_list_cut_inside_a_dictionary_is_damaged(void **state)
{
	struct buf part = {0}, cut;
	char text[MOST_TEXT];
	size_t first;

	add(*state, 1, 3, (uint32_t[]){1, 300, 4000});
	used_encode(*state, &part);
	first = part.len;
	add(*state, 200, 2, (uint32_t[]){5, 70000});
	used_encode(*state, &part);
	for (size_t len = 0; len < part.len; len++) {
		cut = (struct buf){.data = part.data, .len = len};
		assert_int_equal(tell(&cut, text), len == 0 || len == first ? END : ERR_CORRUPT);
	}
	buf_release(&part);
}

static void refuse(size_t n, const uint64_t *varints)
{
	struct buf part = {0};
	char text[MOST_TEXT];

	for (size_t i = 0; i < n; i++)
		put_varint(&part, varints[i]);
	assert_int_equal(tell(&part, text), ERR_CORRUPT);
	buf_release(&part);
}

static void numbers_beyond_their_limits_are_damage(void **state)
{
	(void)state;
	refuse(4, (uint64_t[]){0, 1, 0, 0});
	refuse(4, (uint64_t[]){SCHEMA_MAX + 1, 1, 0, 0});
	refuse(4, (uint64_t[]){UINT64_C(1) << 32 | 1, 1, 0, 0});
	refuse(4, (uint64_t[]){1, 1, DICT_MAX_ENTRIES, 0});
	refuse(4, (uint64_t[]){1, 1, 0, DICT_MAX_ENTRIES});
	refuse(4, (uint64_t[]){1, 1, UINT64_MAX, 0});
	refuse(4, (uint64_t[]){1, 1, 0, UINT64_MAX});
	refuse(4, (uint64_t[]){1, 1, UINT64_MAX, UINT64_MAX});
	refuse(6, (uint64_t[]){1, 2, DICT_MAX_ENTRIES - 1, 0, 0, 0});
	refuse(4, (uint64_t[]){1, UINT64_MAX, 0, 0}); /* more runs than there are */
}

static void a_dictionary_without_runs_is_stepped_over(void **state)
{
	struct buf part = {0};
	char text[MOST_TEXT];

	(void)state;
	put_varint(&part, 7);
	put_varint(&part, 0);
	put_bytes(&part, "\x01\x01\x04\x01", 4);
	assert_int_equal(tell(&part, text), END);
	assert_string_equal(text, "1:5+2 ");
	buf_release(&part);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(neighbours_are_one_run_and_gaps_part_runs),
		TEST(no_entry_is_not_used),
		TEST(dictionaries_come_in_the_order_of_their_numbers),
		TEST(the_first_and_the_last_id_are_good_and_the_next_is_not),
		TEST(every_id_is_one_run),
		TEST(what_was_encoded_is_forgotten),
		TEST(what_went_in_comes_out_and_nothing_else),
		TEST(a_list_cut_inside_a_dictionary_is_damaged),
		TEST(numbers_beyond_their_limits_are_damage),
		TEST(a_dictionary_without_runs_is_stepped_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

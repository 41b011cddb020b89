/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_slab.c -- memory that is given back as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/slab.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_CHECKED 1
#endif
#endif
#ifndef IS_CHECKED
#define IS_CHECKED 0 /* else each piece is the heap's own, and nothing is used again */
#endif

static int setup(void **state)
{
	*state = slab_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	slab_free(*state);
	slab_free(NULL);
	return 0;
}

static void every_piece_is_aligned_for_anything(void **state)
{
	for (size_t size = 0; size < 200; size++) {
		void *p = slab_alloc(*state, 1, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	}
	assert_int_equal((uintptr_t)slab_alloc(*state, 3 << 20, 1) % _Alignof(max_align_t), 0);
}

/* Each piece is filled with a byte of its own, in the end all are still there. */
static void pieces_do_not_overlap(void **state)
{
	enum { PIECES = 250 };
	uint8_t *pieces[PIECES];
	size_t lens[PIECES];

	for (unsigned i = 0; i < PIECES; i++) {
		lens[i] = i % 50 == 49 ? 2 << 20 : (size_t)i * i;
		pieces[i] = slab_alloc(*state, lens[i], 1);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)i, lens[i]);
	}
	for (unsigned i = 0; i < PIECES; i++)
		for (size_t at = 0; at < lens[i]; at += 97)
			assert_int_equal(pieces[i][at], i);
}

static void zeros_are_zeros_also_where_something_was(void **state)
{
	uint8_t *p = slab_alloc(*state, 1000, 1);

	memset(p, 0xff, 1000);
	slab_reset(*state);
	p = slab_zalloc(*state, 250, 4);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
}

static void more_than_there_can_be_is_refused(void **state)
{
	assert_null(slab_alloc(*state, SIZE_MAX, 1));
	assert_null(slab_alloc(*state, SIZE_MAX / 8, 16));
	assert_null(slab_alloc(*state, SIZE_MAX / 2 + 2, 2));
	assert_null(slab_zalloc(*state, SIZE_MAX, SIZE_MAX));
	assert_non_null(slab_alloc(*state, 8, 8));
}

static void what_is_given_back_is_used_again(void **state)
{
	void *small, *large;

	if (IS_CHECKED)
		skip();
	small = slab_alloc(*state, 10, 10);
	large = slab_alloc(*state, 5 << 20, 1);
	slab_reset(*state);
	assert_ptr_equal(slab_alloc(*state, 10, 10), small);
	assert_ptr_equal(slab_alloc(*state, 5 << 20, 1), large);
	slab_reset(*state);
	slab_reset(*state);
	assert_ptr_equal(slab_alloc(*state, 1, 1), small);
}

/* What is kept lies in front; what does not fit into SLAB_KEEP goes. */
static void not_more_than_the_limit_is_kept(void **state)
{
	void *first, *fits;

	if (IS_CHECKED)
		skip();
	first = slab_alloc(*state, SLAB_KEEP / 2, 1);
	fits = slab_alloc(*state, SLAB_KEEP / 2, 1);
	assert_non_null(slab_alloc(*state, SLAB_KEEP, 1));
	slab_reset(*state);
	assert_ptr_equal(slab_alloc(*state, SLAB_KEEP / 2, 1), first);
	assert_ptr_equal(slab_alloc(*state, SLAB_KEEP / 2, 1), fits);
	assert_non_null(slab_alloc(*state, SLAB_KEEP + 1, 1));
	slab_reset(*state);
	assert_non_null(slab_alloc(*state, 1, 1));
}

static void an_array_grows_and_keeps_what_it_held(void **state)
{
	void *array = NULL;
	uint32_t *values;
	size_t cap = 0;

	for (size_t n = 1; n < 100000; n *= 3) {
		assert_true(slab_grow(*state, &array, &cap, n, sizeof(*values)));
		assert_true(cap >= n);
		values = array;
		for (size_t i = 0; i < cap; i++) {
			assert_true(values[i] == i || (values[i] == 0 && i >= n / 3));
			values[i] = (uint32_t)i;
		}
	}
	values = array;
	assert_true(slab_grow(*state, &array, &cap, 5, sizeof(*values)));
	assert_ptr_equal(array, values);
	assert_false(slab_grow(*state, &array, &cap, SIZE_MAX / 4, sizeof(*values)));
	assert_ptr_equal(array, values);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_piece_is_aligned_for_anything),
		TEST(pieces_do_not_overlap),
		TEST(zeros_are_zeros_also_where_something_was),
		TEST(more_than_there_can_be_is_refused),
		TEST(what_is_given_back_is_used_again),
		TEST(not_more_than_the_limit_is_kept),
		TEST(an_array_grows_and_keeps_what_it_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

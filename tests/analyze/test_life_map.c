/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_life_map.c -- lives are found by hash, the newest first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/life_map.h"

/* A pool, its first lives, and a map of them. */
struct stock {
	struct life_pool pool;
	struct life *lives[500];
	struct life_map map;
};

static void stock_init(struct stock *s, unsigned lives, enum life_link link)
{
	s->pool = (struct life_pool){0};
	for (unsigned i = 0; i < lives; i++)
		assert_non_null(s->lives[i] = life_pool_take(&s->pool));
	life_map_init(&s->map, link, &s->pool);
}

static void stock_release(struct stock *s)
{
	life_map_release(&s->map);
	life_pool_release(&s->pool);
}

/* The newest life of a chain that others, with other hashes, may be in. */
static struct life *first_of(const struct life_map *m, uint32_t hash)
{
	struct life *l = life_map_first(m, hash);

	while (l && life_map_hash(m, l) != hash)
		l = life_map_next(m, l);
	return l;
}

static void newest_of_equal_hashes_comes_first(void **state)
{
	struct stock s;
	struct life_map *m = &s.map;

	(void)state;
	stock_init(&s, 2, LINK_TUPLE);
	s.lives[0]->hash = s.lives[1]->hash = 77;
	assert_true(life_map_add(m, s.lives[0]));
	assert_true(life_map_add(m, s.lives[1]));
	assert_ptr_equal(life_map_first(m, 77), s.lives[1]);
	assert_ptr_equal(life_map_next(m, s.lives[1]), s.lives[0]);
	assert_null(life_map_next(m, s.lives[0]));
	assert_null(life_map_first(m, 78)); /* in another chain */
	stock_release(&s);
}

static void growing_keeps_everything_findable_in_order(void **state)
{
	struct stock s;
	struct life_map *m = &s.map;

	(void)state;
	stock_init(&s, 500, LINK_TUPLE);
	for (uint32_t i = 0; i < 500; i++) {
		s.lives[i]->hash = i / 2 * 64;
		assert_true(life_map_add(m, s.lives[i]));
	}
	for (uint32_t i = 0; i < 500; i += 2) {
		assert_ptr_equal(first_of(m, i / 2 * 64), s.lives[i + 1]);
		assert_ptr_equal(life_map_next(m, s.lives[i + 1]), s.lives[i]);
	}
	stock_release(&s);
}

static void removing_twice_is_fine(void **state)
{
	struct stock s;
	struct life_map *m = &s.map;

	(void)state;
	stock_init(&s, 2, LINK_SEQ);
	life_map_add(m, s.lives[0]);
	life_map_add(m, s.lives[1]);
	life_map_remove(m, s.lives[0]);
	life_map_remove(m, s.lives[0]);
	assert_ptr_equal(life_map_first(m, life_seq_hash(0, 0)), s.lives[1]);
	assert_int_equal(m->count, 1);
	stock_release(&s);
}

/* Whichever link it is, a chain is found again from what the life is. */
static void a_life_moves_to_what_it_becomes(void **state)
{
	struct stock s;
	struct life_map *m = &s.map;

	(void)state;
	stock_init(&s, 300, LINK_COOKIE);
	for (uint32_t i = 0; i < 300; i++) {
		s.lives[i]->cookie = i + 1;
		life_map_add(m, s.lives[i]);
	}
	life_map_remove(m, s.lives[0]);
	s.lives[0]->netns = 9;
	life_map_add(m, s.lives[0]);
	assert_null(first_of(m, life_cookie_hash(1, 0)));
	assert_ptr_equal(first_of(m, life_cookie_hash(1, 9)), s.lives[0]);
	assert_ptr_equal(first_of(m, life_cookie_hash(300, 0)), s.lives[299]);
	assert_int_equal(m->count, 300);
	stock_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_of_equal_hashes_comes_first),
		cmocka_unit_test(growing_keeps_everything_findable_in_order),
		cmocka_unit_test(removing_twice_is_fine),
		cmocka_unit_test(a_life_moves_to_what_it_becomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_couple.c -- two sides become one couple, and are over together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/couple.h"

struct stage {
	struct couples cs;
	struct life client, server;
	struct couple *couple, *done;
	struct side *side;
	struct error err;
};

static void setup(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	couples_init(&s->cs, sizeof(int));
	s->client = (struct life){.conn = 1, .role = LIFE_CLIENT};
	s->server = (struct life){.conn = 2, .role = LIFE_SERVER};
}

static void see(struct stage *s, const struct life *l)
{
	assert_int_equal(couples_see(&s->cs, l, &s->couple, &s->side, &s->err), 0);
	assert_ptr_equal(s->side->life, l);
}

static void end(struct stage *s, const struct life *l)
{
	assert_int_equal(couples_end(&s->cs, l, &s->done, &s->err), 0);
}

static void pair(struct stage *s)
{
	s->client.peer = 2;
	s->server.peer = 1;
}

static void lives_join_when_they_have_found_each_other(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	see(&s, &s.server);
	*(int *)s.side->own = 22;
	see(&s, &s.client);
	*(int *)s.side->own = 11;
	assert_int_equal(s.couple->count, 1);
	pair(&s);
	see(&s, &s.server);
	assert_int_equal(s.couple->count, 2);
	assert_int_equal(*(int *)s.side->own, 22);
	assert_ptr_equal(couple_client(s.couple)->life, &s.client);
	assert_ptr_equal(s.couple->sides[0], couple_client(s.couple));
	assert_int_equal(*(int *)couple_client(s.couple)->own, 11);
	couples_release(&s.cs);
}

static void couple_is_over_with_the_second_of_its_lives(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	pair(&s);
	see(&s, &s.client);
	see(&s, &s.server);
	end(&s, &s.client);
	assert_null(s.done);
	s.client.conn = 0; /* it is somebody else's now: a copy was kept */
	end(&s, &s.server);
	assert_non_null(s.done);
	assert_int_equal(s.done->sides[0]->life->conn, 1);
	assert_int_equal(s.done->sides[1]->life->conn, 2);
	couple_free(s.done);
	assert_null(couples_pop(&s.cs));
	couples_release(&s.cs);
}

static void single_life_is_over_alone(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	see(&s, &s.client);
	end(&s, &s.client);
	assert_non_null(s.done);
	assert_int_equal(s.done->count, 1);
	assert_null(couple_server(s.done));
	couple_free(s.done);
	couples_release(&s.cs);
}

static void lives_that_were_never_seen_end_unnoticed(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	end(&s, &s.client);
	assert_null(s.done);
	couples_release(&s.cs);
}

static void what_waits_can_be_taken_out(void **state)
{
	struct stage s;
	struct couple *c;

	(void)state;
	setup(&s);
	see(&s, &s.client);
	see(&s, &s.server);
	c = couples_pop(&s.cs);
	assert_int_equal(c->sides[0]->life->conn, 1);
	couple_free(c);
	see(&s, &s.server);
	assert_int_equal(s.couple->count, 1);
	couples_release(&s.cs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives_join_when_they_have_found_each_other),
		cmocka_unit_test(couple_is_over_with_the_second_of_its_lives),
		cmocka_unit_test(single_life_is_over_alone),
		cmocka_unit_test(lives_that_were_never_seen_end_unnoticed),
		cmocka_unit_test(what_waits_can_be_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

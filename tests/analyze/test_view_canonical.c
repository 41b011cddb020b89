/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_canonical.c -- one text for one content, however it is encoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/spool.h"
#include "format/block.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static struct viewed canonical(const void *data, size_t len)
{
	struct viewed v = view_bytes(view_replay, data, len, "-f canonical", false);

	assert_int_equal(v.rc, 0);
	return v;
}

static struct viewed canonical_sample(unsigned rows, unsigned block_rows, unsigned dict_limit)
{
	struct sample *t = sample_new_epochs(rows, block_rows, dict_limit);
	struct viewed v = canonical(t->data, t->len);

	sample_free(t);
	return v;
}

static void assert_line(const struct viewed *v, const char *line)
{
	if (!strstr(v->text, line))
		fail_msg("there is no line %s", line);
}

static void block_sizes_and_epochs_do_not_show(void **state)
{
	static const unsigned others[][2] = {{7, 0}, {1, 0}, {64, 5}, {500, 3}, {7, 2}};
	struct viewed one = canonical_sample(500, 500, 0), two;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct viewed other = canonical_sample(500, others[i][0], others[i][1]);

		assert_string_equal(one.text, other.text);
		viewed_release(&other);
	}
	viewed_release(&one);
	one = canonical_sample(12, 500, 0); /* the section begins with the end of the tape */
	two = canonical_sample(12, 5, 0);
	assert_string_equal(one.text, two.text);
	viewed_release(&one);
	viewed_release(&two);
}

static void every_kind_of_value_has_its_form(void **state)
{
	struct viewed v = canonical_sample(12, 500, 0);

	(void)state;
	assert_int_equal(strncmp(v.text, "tcptape canonical 1\nsection\nschema 1 sample note 0 %\n",
				 53),
			 0);
	assert_line(&v, "\nenum 1 states\nvalue 1 OPEN\nvalue 2 SHUT\nschema ");
	assert_line(&v, " sample state 0 name:%20state%0a\nfield number u32 1 0 0 4 1 0\n");
	assert_line(&v, "\nfield delta long 1 0 5 8 1 0\n"); /* SIGNED, OPTIONAL */
	assert_line(&v, "\nevent 1000000000 0 1 note % 7f000000 00000000");
	assert_line(&v, " 2 state 3 6e756d6265722033 2 -3 811634880\n");
	assert_line(&v, " 2 state 5 6e756d6265722035 2 - 1352724800\n");
	assert_line(&v, "\nloss 1000002000 1000003000 1 1 5 1\nclock 1000000000 0 1000000000 "
			"1700000000000000000\nfact host sample\nfact cpu_ns 1234\nend stop 12 5\n");
	viewed_release(&v);
}

static void what_no_event_needs_is_there_all_the_same(void **state)
{
	struct viewed v = canonical_sample(0, 500, 0);

	(void)state;
	assert_line(&v, "\nenum 1 states\n");
	assert_line(&v, "\nschema 1 sample state ");
	assert_line(&v, "\nschema 2 sample note ");
	viewed_release(&v);
}

static void sections_and_gaps_come_at_their_place(void **state)
{
	struct sample *t = sample_new(40, 7);
	size_t at = sample_find_block(t, BLOCK_END, 0);
	uint8_t *two = malloc(at + t->len);
	struct viewed v;
	char *second;

	(void)state;
	memcpy(two, t->data, at); /* the first has no END */
	memcpy(two + at, t->data, t->len);
	two[at + sample_find_block(t, BLOCK_DATA, 1) + BLOCK_HEADER_LEN + 20] ^= 1;
	v = canonical(two, at + t->len);
	second = strstr(v.text, "\nend -\nsection\nschema 1 ");
	assert_non_null(second);
	assert_non_null(strstr(second, "\ngap "));
	assert_null(strstr(strstr(second, "\ngap ") + 1, "\ngap "));
	assert_non_null(strstr(second, "\nend stop 40 5\n"));
	viewed_release(&v);
	free(two);
	sample_free(t);
}

static void selection_does_not_apply(void **state)
{
	struct sample *t = sample_new(20, 7);
	struct viewed all = canonical(t->data, t->len);
	struct viewed some = view_bytes(view_replay, t->data, t->len,
					"-f canonical -e note --since 5us", false);

	(void)state;
	assert_string_equal(all.text, some.text);
	viewed_release(&all);
	viewed_release(&some);
	sample_free(t);
}

static void a_spool_gives_back_what_memory_does_not_hold(void **state)
{
	enum { COUNT = SPOOL_IN_MEMORY + 1000 };
	struct spool s = {0};
	struct spool_record r = {{0}};
	struct error err;
	size_t at = 0;

	(void)state;
	for (uint64_t i = 0; i < COUNT; i++) {
		r.words[SPOOL_WORDS - 1] = i;
		assert_int_equal(spool_add(&s, &r, &err), 0);
	}
	for (uint64_t i = 0; i < COUNT; i++) {
		assert_int_equal(spool_next(&s, &at, &r, &err), 0);
		assert_int_equal(r.words[SPOOL_WORDS - 1], i);
	}
	assert_int_equal(spool_next(&s, &at, &r, &err), END);
	spool_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_sizes_and_epochs_do_not_show),
		cmocka_unit_test(every_kind_of_value_has_its_form),
		cmocka_unit_test(what_no_event_needs_is_there_all_the_same),
		cmocka_unit_test(sections_and_gaps_come_at_their_place),
		cmocka_unit_test(selection_does_not_apply),
		cmocka_unit_test(a_spool_gives_back_what_memory_does_not_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

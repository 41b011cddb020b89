/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_predicate.c -- what --where understands, what it refuses, and which rows pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/predicate.h"

enum { ORIGIN = 1000000000 };

/* One row, of all kinds. */
static const struct {
	struct column column;
	struct cell cell;
} row[] = {
	{{.key = "state"}, {.kind = CELL_NAME, .num = 1}},
	{{.key = "dport"}, {.kind = CELL_UINT, .num = 443}},
	{{.key = "sport"}, {.kind = CELL_UINT, .num = 40000}},
	{{.key = "err"}, {.kind = CELL_INT, .num = -104}},
	{{.key = "huge"}, {.kind = CELL_UINT, .num = -1}},
	{{.key = "ptr"}, {.kind = CELL_HEX, .num = 0x1000}},
	{{.key = "took_ns", .unit = UNIT_NS}, {.kind = CELL_UINT, .num = 5000000}},
	{{.key = "srtt_us"}, {.kind = CELL_UINT, .num = 5000}},
	{{.key = "ts_ns", .unit = UNIT_TIME}, {.kind = CELL_UINT, .num = ORIGIN + 2000000}},
	{{.key = "bytes", .unit = UNIT_BYTES}, {.kind = CELL_UINT, .num = 65536}},
	{{.key = "comm"}, {.kind = CELL_TEXT}},
	{{.key = "saddr"}, {.kind = CELL_TEXT}},
	{{.key = "daddr"}, {.kind = CELL_TEXT}},
	{{.key = "flags"}, {.kind = CELL_NAME, .num = 18}},
	{{.key = "unknown"}, {.kind = CELL_NULL}},
	{{.key = "yes"}, {.kind = CELL_BOOL, .num = 1}},
	{{.key = "no"}, {.kind = CELL_BOOL, .num = 0}},
};

enum { COLUMNS = sizeof(row) / sizeof(row[0]) };

static struct cell cell_of(size_t i)
{
	static const struct {
		const char *key, *text;
	} texts[] = {
		{"state", "TCP_ESTABLISHED"}, {"comm", "hello client"}, {"saddr", "10.1.2.3"},
		{"daddr", "[fd00::1]:443"},   {"flags", "SYN|ACK"},
	};
	struct cell cell = row[i].cell;

	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		if (strcmp(texts[k].key, row[i].column.key) == 0)
			cell.text = view_of(texts[k].text, strlen(texts[k].text));
	return cell;
}

static int bind(struct predicate *p, struct cell *cells, struct error *err)
{
	for (size_t i = 0; i < predicate_name_count(p); i++) {
		const struct column *column = NULL;

		for (size_t k = 0; k < COLUMNS; k++) {
			if (strcmp(predicate_name(p, i), row[k].column.key) != 0)
				continue;
			column = &row[k].column;
			cells[i] = cell_of(k);
		}
		assert_true(column || predicate_may_lack(p, i));
		TRY(predicate_bind(p, i, column, err));
	}
	return 0;
}

static bool has(const char *text)
{
	struct cell cells[PREDICATE_NAMES] = {{0}};
	struct predicate *p = NULL;
	struct error err = {0};
	bool answer;

	if (predicate_parse(text, &p, &err) || bind(p, cells, &err))
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(predicate_text(p), text);
	answer = predicate_has(p, cells, ORIGIN);
	predicate_free(p);
	return answer;
}

static void refused(const char *text, const char *sentence)
{
	struct cell cells[PREDICATE_NAMES] = {{0}};
	struct predicate *p = NULL;
	struct error err = {0};

	if (!predicate_parse(text, &p, &err))
		assert_int_equal(bind(p, cells, &err), ERR_USAGE);
	predicate_free(p);
	assert_int_equal(err.status, ERR_USAGE);
	assert_string_equal(err.text, sentence);
}

static void numbers_compare_in_full(void **state)
{
	(void)state;
	assert_true(has("dport==443"));
	assert_true(has("dport = 0x1bb"));
	assert_false(has("dport!=443"));
	assert_true(has("dport<444"));
	assert_false(has("dport<443"));
	assert_true(has("dport<=443 && dport>=443 && dport>442"));
	assert_true(has("err==-104"));
	assert_true(has("err<0"));
	assert_true(has("err>-105"));
	assert_true(has("huge==18446744073709551615"));
	assert_true(has("huge>9223372036854775807"));
	assert_false(has("huge<0"));
	assert_true(has("ptr==0x1000"));
	assert_true(has("ptr & 0x1800"));
	assert_false(has("ptr & 1"));
}

static void names_of_numbers_are_both(void **state)
{
	(void)state;
	assert_true(has("state==TCP_ESTABLISHED"));
	assert_true(has("state==1"));
	assert_true(has("state<2"));
	assert_false(has("state==TCP_CLOSE"));
	assert_true(has("state!=TCP_CLOSE"));
	assert_true(has("state ~ TCP_*"));
	assert_true(has("flags & SYN"));
	assert_true(has("flags & 2"));
	assert_false(has("flags & FIN"));
	assert_true(has("flags=='SYN|ACK'"));
}

static void units_are_those_of_the_column(void **state)
{
	(void)state;
	assert_true(has("took_ns==5ms"));
	assert_true(has("took_ns>4.9ms and took_ns<5.1ms"));
	assert_true(has("took_ns==5000000"));
	assert_true(has("srtt_us==5ms"));
	assert_true(has("srtt_us>4999us"));
	assert_true(has("ts_ns==2ms"));
	assert_true(has("ts_ns<1s"));
	assert_true(has("ts_ns==1002000000"));
	assert_true(has("bytes==64K"));
	assert_true(has("bytes>65kB"));
	assert_true(has("bytes<1MiB"));
	refused("dport>5ms", "--where: dport has no unit of time; compare it with a plain number "
			     "instead of 5ms");
}

static void texts_are_compared_or_matched(void **state)
{
	(void)state;
	assert_true(has("comm=='hello client'"));
	assert_true(has("comm==\"hello client\""));
	assert_false(has("comm==hello"));
	assert_true(has("comm ~ hello*"));
	assert_true(has("comm =~ '*client'"));
	assert_true(has("comm ~ 'h?llo*c*t'"));
	assert_true(has("comm !~ server*"));
	assert_false(has("comm ~ *server"));
	assert_true(has("dport ~ 44*"));
	assert_true(has("ptr ~ 0x1*"));
}

static void addresses_have_networks(void **state)
{
	(void)state;
	assert_true(has("saddr==10.0.0.0/8"));
	assert_true(has("saddr==10.1.2.3"));
	assert_true(has("saddr!=10.2.0.0/16"));
	assert_true(has("saddr ~ 10.1.*"));
	assert_true(has("daddr==fd00::/8"));
	assert_true(has("daddr==fd00:0::1"));
	assert_false(has("comm==10.0.0.0/8"));
	assert_true(has("comm!=10.0.0.0/8"));
}

static void what_is_unknown_passes_nothing_but_null(void **state)
{
	(void)state;
	assert_false(has("unknown==5"));
	assert_false(has("unknown!=5"));
	assert_false(has("unknown<5"));
	assert_false(has("unknown"));
	assert_false(has("unknown ~ *"));
	assert_false(has("unknown!=dport"));
	assert_true(has("unknown==null"));
	assert_false(has("unknown!=null"));
	assert_true(has("dport!=null"));
	assert_true(has("!unknown"));
}

static void a_name_alone_asks_for_something(void **state)
{
	(void)state;
	assert_true(has("yes"));
	assert_false(has("no"));
	assert_true(has("dport"));
	assert_true(has("comm"));
	assert_true(has("yes==true"));
	assert_true(has("no==false"));
	assert_true(has("yes==1"));
}

static void and_binds_before_or(void **state)
{
	(void)state;
	assert_true(has("yes || no && no"));
	assert_false(has("(yes || no) && no"));
	assert_true(has("!no && !(no || no)"));
	assert_true(has("not no and not (no or no)"));
	assert_true(has("no||no||yes"));
	assert_true(has("!!yes"));
}

static void columns_compare_with_each_other(void **state)
{
	(void)state;
	assert_true(has("sport>dport"));
	assert_false(has("sport==dport"));
	assert_true(has("comm=='comm' || comm==comm"));
	assert_false(has("comm=='comm'"));
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;
	refused("", "--where: a name is missing at its end");
	refused("dport==", "--where: a value is missing at its end");
	refused("dport==443 sport==1", "--where: && or || is missing at 'sport==1'");
	refused("(dport==443", "--where: a ) is missing at its end");
	refused("dport==443)", "--where: && or || is missing at ')'");
	refused("443==dport", "--where: a name is missing at '443==dport'");
	refused("comm=='hello", "--where: a quote has no end at ''hello'");
	refused("comm<'hello'", "--where: only numbers have an order, not this at ''hello''");
	refused("comm<hello", "--where: only numbers have an order, not 'hello'");
	refused("dport==443 | yes", "--where: && or || is missing at '| yes'");
}

static void size_and_depth_are_limited(void **state)
{
	enum { DEEP = 10000 };
	char *text = malloc(8 * DEEP + 8);
	struct predicate *p = NULL;
	struct error err = {0};

	(void)state;
	memset(text, '(', DEEP);
	text[DEEP] = '\0';
	assert_int_equal(predicate_parse(text, &p, &err), ERR_USAGE);
	memset(text, '!', DEEP);
	assert_int_equal(predicate_parse(text, &p, &err), ERR_USAGE);
	for (size_t i = 0; i < DEEP; i++)
		memcpy(text + 5 * i, "a ||b", 5);
	memcpy(text + 5 * (size_t)DEEP, "", 1);
	assert_int_equal(predicate_parse(text, &p, &err), ERR_USAGE);
	for (unsigned i = 0; i < PREDICATE_NAMES + 1; i++)
		snprintf(text + 7 * i, 9, "n%03u&&a", i);
	assert_int_equal(predicate_parse(text, &p, &err), ERR_USAGE);
	free(text);
}

static void words_can_be_asked_for(void **state)
{
	struct predicate *p = NULL;
	struct error err = {0};
	size_t at = 0;

	(void)state;
	assert_int_equal(predicate_parse("s==A || s!=B && s!=3 || s ~ C || t==D || s=='E'", &p,
					 &err),
			 0);
	for (size_t i = 0; i < predicate_name_count(p); i++)
		predicate_bind(p, i, NULL, &err);
	assert_string_equal(predicate_word(p, 0, &at), "A");
	assert_string_equal(predicate_word(p, 0, &at), "B");
	assert_string_equal(predicate_word(p, 0, &at), "E");
	assert_null(predicate_word(p, 0, &at));
	predicate_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_compare_in_full),
		cmocka_unit_test(names_of_numbers_are_both),
		cmocka_unit_test(units_are_those_of_the_column),
		cmocka_unit_test(texts_are_compared_or_matched),
		cmocka_unit_test(addresses_have_networks),
		cmocka_unit_test(what_is_unknown_passes_nothing_but_null),
		cmocka_unit_test(a_name_alone_asks_for_something),
		cmocka_unit_test(and_binds_before_or),
		cmocka_unit_test(columns_compare_with_each_other),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(size_and_depth_are_limited),
		cmocka_unit_test(words_can_be_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

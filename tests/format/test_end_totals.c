/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_end_totals.c -- what an END block says, and every place where it may be cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/end_totals.h"
#include "tests/format/forge.h"

static const char facts[] = "\3key\5value";

static struct buf encoded(void)
{
	struct end_totals t = {view_of("stop", 4), 300, 70000, view_of(facts, sizeof(facts) - 1)};
	struct buf out = {0};

	end_totals_encode(&t, &out);
	put_u8(&out, 0x77); /* the index begins */
	assert_false(out.is_failed);
	return out;
}

static void what_is_written_is_read(void **state)
{
	struct buf bytes = encoded();
	struct view in = view_of(bytes.data, bytes.len);
	struct end_totals t;

	(void)state;
	assert_int_equal(end_totals_decode(&in, &t, NULL), 0);
	assert_int_equal(view_len(t.reason), 4);
	assert_memory_equal(t.reason.p, "stop", 4);
	assert_int_equal(t.rows, 300);
	assert_int_equal(t.lost, 70000);
	assert_int_equal(view_len(t.facts), sizeof(facts) - 1);
	assert_memory_equal(t.facts.p, facts, sizeof(facts) - 1);
	assert_int_equal(view_len(in), 1);
	assert_int_equal(*in.p, 0x77);
	buf_release(&bytes);
}

static void cut_anywhere_they_are_refused_and_nothing_is_taken(void **state)
{
	struct buf bytes = encoded();

	(void)state;
	for (size_t len = 0; len + 1 < bytes.len; len++) {
		uint8_t *exact = forge_exact(bytes.data, len);
		struct end_totals t = {.rows = 5};
		struct view in = view_of(exact, len);
		struct error err;

		assert_int_equal(end_totals_decode(&in, &t, &err), ERR_CORRUPT);
		assert_string_equal(err.text, "an End block is cut short");
		assert_ptr_equal(in.p, exact);
		assert_int_equal(t.rows, 5);
		free(exact);
	}
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(cut_anywhere_they_are_refused_and_nothing_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

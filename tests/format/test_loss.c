/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_loss.c -- losses come back, and none that cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/loss.h"
#include "tests/format/forge.h"

static const struct loss a_loss = {.from_ns = 5,
				   .to_ns = UINT64_MAX,
				   .cpu = LOSS_ANY_CPU,
				   .schema = 4096,
				   .count = UINT64_MAX,
				   .cause = LOSS_RING_FULL};

static void a_loss_comes_back(void **state)
{
	struct loss out = {0};
	struct buf b = {0};
	struct view in;

	(void)state;
	loss_encode(&a_loss, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(view_len(in), 0);
	assert_true(out.from_ns == a_loss.from_ns && out.to_ns == a_loss.to_ns);
	assert_true(out.cpu == a_loss.cpu && out.schema == a_loss.schema);
	assert_true(out.count == a_loss.count && out.cause == a_loss.cause);
	buf_release(&b);
}

/* docs/FORMAT.md section 8: of an unknown number. */
static void a_loss_may_count_nothing(void **state)
{
	struct loss none = a_loss, out = {.count = 7};
	struct buf b = {0};
	struct view in;

	(void)state;
	none.count = 0;
	loss_encode(&none, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(out.count, 0);
	assert_int_equal(out.from_ns, none.from_ns);
	buf_release(&b);
}

static void cut_anywhere_it_is_refused_and_nothing_is_written(void **state)
{
	struct loss out = {.count = 77};
	struct buf b = {0};

	(void)state;
	loss_encode(&a_loss, &b);
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *exact = forge_exact(b.data, len);
		struct view in = view_of(exact, len);

		assert_int_equal(loss_decode(&in, &out, NULL), ERR_CORRUPT);
		free(exact);
	}
	assert_int_equal(out.count, 77);
	buf_release(&b);
}

static void a_longer_record_is_read_as_far_as_it_is_known(void **state)
{
	struct loss out;
	struct buf b = {0};
	struct view in;

	(void)state;
	forge_record(&b, 9, 3);
	forge_record(&b, 6, 4);
	forge_record(&b, 5, 5);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(out.cause, 3);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(out.cause, 4);
	assert_int_equal(loss_decode(&in, &out, NULL), ERR_CORRUPT);
	buf_release(&b);
}

static void a_loss_with_an_impossible_number_is_refused(void **state)
{
	struct buf b = {0};
	struct loss loss;
	struct view in;

	(void)state;
	forge_record(&b, 6, UINT32_MAX);
	forge_record(&b, 6, UINT64_C(1) << 32);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &loss, NULL), 0);
	assert_int_equal(loss_decode(&in, &loss, NULL), ERR_CORRUPT);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loss_comes_back),
		cmocka_unit_test(a_loss_may_count_nothing),
		cmocka_unit_test(cut_anywhere_it_is_refused_and_nothing_is_written),
		cmocka_unit_test(a_longer_record_is_read_as_far_as_it_is_known),
		cmocka_unit_test(a_loss_with_an_impossible_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

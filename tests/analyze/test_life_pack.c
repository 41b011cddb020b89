/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_life_pack.c -- what is unpacked is what was packed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/life_pack.h"

static struct life a_life(struct life_past *past)
{
	struct life l;

	memset(past, 0, sizeof(*past));
	past->state_ns[STATE_FIN_WAIT1] = 61000;
	past->totals.segs_in = 3;
	memset(&l, 0, sizeof(l));
	l.past = past;
	l.conn = 70000;
	l.first_ns = UINT64_C(0x0102030405060708);
	l.until_ns = UINT64_MAX;
	l.tuple.local.port = 443;
	l.sk_err = -1;
	memcpy(l.owner.comm, "nginx", 5);
	l.traffic.tx_bytes = 1;
	l.is_stillborn = true;
	return l;
}

static void what_comes_out_is_what_went_in(void **state)
{
	struct life_past past, out_past;
	struct life l = a_life(&past), none, out;
	struct buf packed = {0};
	struct view in;

	(void)state;
	memset(&none, 0, sizeof(none));
	life_pack(&l, &packed);
	life_pack(&none, &packed);
	assert_true(packed.len < sizeof(l) / 3);
	in = view_of(packed.data, packed.len);
	assert_true(life_unpack(&in, &out, &out_past));
	assert_ptr_equal(out.past, &out_past);
	assert_memory_equal(&out_past, &past, sizeof(past));
	out.past = &past;
	assert_memory_equal(&out, &l, sizeof(l));
	assert_true(life_unpack(&in, &out, &out_past));
	assert_memory_equal(&out, &none, sizeof(none));
	assert_int_equal(view_len(in), 0);
	assert_false(life_unpack(&in, &out, &out_past));
	buf_release(&packed);
}

static void a_life_full_of_ones_fits(void **state)
{
	struct life l, out;
	struct life_past past, out_past;
	struct buf packed = {0};
	struct view in;

	(void)state;
	memset(&past, 0xff, sizeof(past));
	memset(&l, 0xff, sizeof(l));
	l.past = &past;
	life_pack(&l, &packed);
	in = view_of(packed.data, packed.len);
	assert_true(life_unpack(&in, &out, &out_past));
	assert_memory_equal(&out, &l, offsetof(struct life, hash));
	assert_memory_equal(&out_past, &past, sizeof(past));
	assert_int_equal(out.after, 0);
	buf_release(&packed);
}

static void what_is_cut_short_is_refused(void **state)
{
	struct life_past past, out_past;
	struct life l = a_life(&past), out;
	struct buf packed = {0};

	(void)state;
	life_pack(&l, &packed);
	for (size_t len = 0; len < packed.len; len++) {
		struct view in = view_of(packed.data, len);

		assert_false(life_unpack(&in, &out, &out_past));
	}
	buf_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_out_is_what_went_in),
		cmocka_unit_test(a_life_full_of_ones_fits),
		cmocka_unit_test(what_is_cut_short_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_slots.c -- entries are remembered for two epochs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/slots.h"

static void new_slot_is_zero_and_keeps_what_is_put_in(void **state)
{
	struct slots s;
	uint64_t *slot;

	(void)state;
	slots_init(&s, sizeof(uint64_t));
	slot = slots_at(&s, 7, 3);
	assert_int_equal(*slot, 0);
	*slot = 42;
	assert_non_null(slots_at(&s, 7, 5000)); /* grows */
	assert_int_equal(*(uint64_t *)slots_at(&s, 7, 3), 42);
	slots_release(&s);
}

static void two_neighbouring_epochs_live_side_by_side(void **state)
{
	struct slots s;

	(void)state;
	slots_init(&s, sizeof(uint64_t));
	*(uint64_t *)slots_at(&s, 1, 9) = 1;
	*(uint64_t *)slots_at(&s, 2, 9) = 2;
	assert_int_equal(*(uint64_t *)slots_at(&s, 1, 9), 1);
	assert_int_equal(*(uint64_t *)slots_at(&s, 3, 9), 0);
	assert_int_equal(*(uint64_t *)slots_at(&s, 2, 9), 2);
	slots_release(&s);
}

static void reset_forgets_everything(void **state)
{
	struct slots s;

	(void)state;
	slots_init(&s, sizeof(uint64_t));
	*(uint64_t *)slots_at(&s, 0, 1) = 1;
	slots_reset(&s);
	assert_int_equal(*(uint64_t *)slots_at(&s, 0, 1), 0);
	slots_release(&s);
}

static void impossible_id_has_no_slot(void **state)
{
	struct slots s;

	(void)state;
	slots_init(&s, sizeof(uint64_t));
	assert_non_null(slots_at(&s, 0, 1u << 20));
	assert_null(slots_at(&s, 0, (1u << 20) + 1));
	assert_null(slots_at(&s, 0, UINT32_MAX));
	slots_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_slot_is_zero_and_keeps_what_is_put_in),
		cmocka_unit_test(two_neighbouring_epochs_live_side_by_side),
		cmocka_unit_test(reset_forgets_everything),
		cmocka_unit_test(impossible_id_has_no_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

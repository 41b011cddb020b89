/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "bpf/wire.h"
#include "record/typed.h"

static void typed_numbers_belong_to_one_event_each(void **state)
{
	bool is_taken[WIRE_TYPED_END] = {false};

	(void)state;
	assert_int_equal(typed_count(), WIRE_TYPED_END - 1);
	for (size_t i = 0; i < typed_count(); i++) {
		uint16_t number = typed_events()[i].number;

		assert_in_range(number, 1, WIRE_TYPED_END - 1);
		assert_false(is_taken[number]);
		is_taken[number] = true;
	}
}

static void typed_columns_lie_within_their_record(void **state)
{
	const struct typed_field *f;

	(void)state;
	for (size_t i = 0; i < typed_count(); i++) {
		const struct typed_event *e = &typed_events()[i];

		assert_in_range(e->wire_bytes, sizeof(struct wire_head), UINT16_MAX);
		for (size_t k = 0; (f = typed_field_at(e, k)); k++) {
			size_t at = f->offset + (f->flags & TYPED_IN_PACKET ? e->packet : 0);

			if (f->to == TO_OWN)
				assert_in_range(at + f->size, 1, e->wire_bytes);
		}
	}
}

static void typed_sockets_lie_within_their_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < typed_count(); i++) {
		const struct typed_event *e = &typed_events()[i];

		if (!e->sock)
			continue;
		assert_in_range(e->sock + sizeof(struct wire_sock), 1, e->wire_bytes);
		assert_in_range(e->addrs6 + sizeof(struct wire_addrs6), 1, e->wire_bytes);
	}
}

static void typed_events_without_a_socket_show_none_of_its_fields(void **state)
{
	const struct typed_field *f;

	(void)state;
	for (size_t i = 0; i < typed_count(); i++) {
		const struct typed_event *e = &typed_events()[i];

		for (size_t k = 0; (f = typed_field_at(e, k)); k++)
			assert_true(f->to != DICT_SOCK || e->sock);
	}
}

static struct tracefmt *format_of(struct tracefmt_field *fields, size_t count)
{
	static struct tracefmt fmt;

	fmt = (struct tracefmt){.fields = fields, .field_count = count};
	return &fmt;
}

static void typed_matches_what_old_kernels_know_of_an_event(void **state)
{
	struct tracefmt_field of_6_1[] = {{.name = (char *)"skbaddr", .size = 8}};
	struct tracefmt_field of_6_18[] = {{.name = (char *)"common_pid",
					    .size = 4,
					    .is_common = true},
					   {.name = (char *)"skbaddr", .size = 8},
					   {.name = (char *)"location", .size = 8}};
	const struct typed_event *e = typed_find("skb", "consume_skb");
	char why[100];

	(void)state;
	assert_true(typed_matches(e, format_of(of_6_1, 1), why, sizeof(why)));
	assert_true(typed_matches(e, format_of(of_6_18, 3), why, sizeof(why)));
}

static void typed_tells_the_two_kinds_of_reset_addresses_apart(void **state)
{
	const struct typed_event *e = typed_find("tcp", "tcp_send_reset");

	(void)state;
	assert_int_equal(typed_field_find(e, "saddr", 4)->to, DICT_SOCK);
	assert_int_equal(typed_field_find(e, "saddr", 28)->to, DICT_ENDPOINTS);
	assert_null(typed_field_find(e, "saddr", 16));
}

static void typed_refuses_a_field_that_is_new(void **state)
{
	struct tracefmt_field fields[] = {{.name = (char *)"skbaddr", .size = 8},
					  {.name = (char *)"colour", .size = 4}};
	const struct typed_event *e = typed_find("skb", "consume_skb");
	char why[100];

	(void)state;
	assert_false(typed_matches(e, format_of(fields, 2), why, sizeof(why)));
	assert_non_null(strstr(why, "colour"));
}

static void typed_refuses_a_field_that_grew(void **state)
{
	struct tracefmt_field fields[] = {{.name = (char *)"len", .size = 8}};
	char why[100];

	(void)state;
	assert_false(typed_matches(typed_find("net", "netif_receive_skb"), format_of(fields, 1),
				   why, sizeof(why)));
}

static void typed_never_takes_an_extra_field_for_one_of_the_kernels(void **state)
{
	const struct typed_event *e = typed_find("sock", "inet_sock_set_state");

	(void)state;
	assert_null(typed_field_find(e, "snd_una", 4));
}

static void typed_finds_nothing_under_a_wrong_name(void **state)
{
	(void)state;
	assert_null(typed_find("tcp", "kfree_skb"));
	assert_null(typed_find("", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_numbers_belong_to_one_event_each),
		cmocka_unit_test(typed_columns_lie_within_their_record),
		cmocka_unit_test(typed_sockets_lie_within_their_record),
		cmocka_unit_test(typed_events_without_a_socket_show_none_of_its_fields),
		cmocka_unit_test(typed_matches_what_old_kernels_know_of_an_event),
		cmocka_unit_test(typed_tells_the_two_kinds_of_reset_addresses_apart),
		cmocka_unit_test(typed_refuses_a_field_that_is_new),
		cmocka_unit_test(typed_refuses_a_field_that_grew),
		cmocka_unit_test(typed_never_takes_an_extra_field_for_one_of_the_kernels),
		cmocka_unit_test(typed_finds_nothing_under_a_wrong_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_selection.c -- one of each kind of option must fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyze/selection.h"

static const uint8_t net_10_1[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [13] = 1, [15] = 7};
static const uint8_t net_192[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168, [15] = 1};
static const uint8_t loopback_v6[16] = {[15] = 1};

static const struct selection_subject subject = {
	.conn = 4,
	.lport = 40112,
	.rport = 8080,
	.laddr = net_10_1,
	.raddr = net_192,
	.pid = 3209,
	.comm = "hello_client",
};

static void nothing_asked_selects_everything(void **state)
{
	struct selection s = {0};
	struct selection_subject unknown = {0};

	(void)state;
	assert_true(selection_is_open(&s));
	assert_true(selection_has(&s, &subject));
	assert_true(selection_has(&s, &unknown));
	assert_true(selection_has_event(&s, "tcp", "tcp_probe"));
	assert_true(selection_has_time(&s, 0, 100));
}

static void what_is_barred_and_what_is_named_are_told_apart(void **state)
{
	const char *const both[] = {"tcp:*", "!tcp_probe"}, *const barring[] = {"!tcp:tcp_probe"};
	struct selection s = {.events = both, .event_count = 2};

	(void)state;
	assert_true(selection_names_event(&s));
	assert_true(selection_bars_event(&s, "tcp", "tcp_probe"));
	assert_false(selection_bars_event(&s, "tcp", "tcp_destroy_sock"));
	assert_true(selection_has_event(&s, "tcp", "tcp_destroy_sock"));
	assert_false(selection_has_event(&s, "skb", "kfree_skb"));
	s = (struct selection){.events = barring, .event_count = 1};
	assert_false(selection_names_event(&s));
	assert_true(selection_has_event(&s, "skb", "kfree_skb"));
	assert_false(selection_has_event(&s, "tcp", "tcp_probe"));
}

static void a_port_fits_either_side(void **state)
{
	uint16_t local[] = {40112}, remote[] = {1, 8080}, other[] = {80};
	struct selection s = {.ports = local, .port_count = 1};

	(void)state;
	assert_false(selection_is_open(&s));
	assert_true(selection_has(&s, &subject));
	s = (struct selection){.ports = remote, .port_count = 2};
	assert_true(selection_has(&s, &subject));
	s = (struct selection){.ports = other, .port_count = 1};
	assert_false(selection_has(&s, &subject));
}

static bool is_in(const uint8_t addr[16], unsigned bits, const struct selection_subject *who)
{
	struct address_range range = {.prefix_bits = bits};
	struct selection s = {.ranges = &range, .range_count = 1};

	for (int i = 0; i < 16; i++)
		range.addr[i] = addr[i];
	return selection_has(&s, who);
}

static void prefixes_are_compared_bit_by_bit(void **state)
{
	static const uint8_t ten[16] = {[10] = 0xff, [11] = 0xff, [12] = 10};
	static const uint8_t ten_2[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [13] = 2};

	(void)state;
	assert_true(is_in(ten, 104, &subject));
	assert_true(is_in(ten_2, 104, &subject));
	assert_true(is_in(ten_2, 110, &subject));
	assert_false(is_in(ten_2, 111, &subject));
	assert_false(is_in(ten_2, 112, &subject));
	assert_true(is_in(net_10_1, 128, &subject));
	assert_true(is_in(net_192, 128, &subject));
	assert_true(is_in(loopback_v6, 0, &subject));
	assert_false(is_in(loopback_v6, 128, &subject));
}

static void all_of_ipv4_leaves_ipv6_out(void **state)
{
	static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff};
	struct selection_subject six = {.laddr = loopback_v6, .raddr = loopback_v6};

	(void)state;
	assert_true(is_in(v4, 96, &subject));
	assert_false(is_in(v4, 96, &six));
}

static void what_is_unknown_fits_no_option(void **state)
{
	struct selection_subject unknown = {.conn = 4};
	uint32_t pids[] = {0};
	const char *comms[] = {"*"};
	struct selection s = {.pids = pids, .pid_count = 1};

	(void)state;
	assert_false(is_in(loopback_v6, 0, &unknown));
	assert_false(selection_has(&s, &unknown));
	s = (struct selection){.comms = comms, .comm_count = 1};
	assert_false(selection_has(&s, &unknown));
	unknown.comm = "";
	assert_false(selection_has(&s, &unknown));
}

static void a_comm_is_a_glob(void **state)
{
	const char *fits[] = {"nginx", "hello_*"}, *none[] = {"hello"};
	struct selection s = {.comms = fits, .comm_count = 2};

	(void)state;
	assert_true(selection_has(&s, &subject));
	s.comms = none;
	s.comm_count = 1;
	assert_false(selection_has(&s, &subject));
}

static void every_kind_of_option_must_fit(void **state)
{
	uint16_t ports[] = {8080};
	uint64_t conns[] = {4}, others[] = {5};
	uint32_t pids[] = {3209};
	struct selection s = {.ports = ports,
			      .port_count = 1,
			      .conns = conns,
			      .conn_count = 1,
			      .pids = pids,
			      .pid_count = 1};

	(void)state;
	assert_true(selection_has(&s, &subject));
	s.conns = others;
	assert_false(selection_has(&s, &subject));
}

static void an_event_pattern_with_a_colon_is_about_the_full_name(void **state)
{
	const char *full[] = {"tcp:*"}, *name[] = {"*length"};
	struct selection s = {.events = full, .event_count = 1};

	(void)state;
	assert_true(selection_is_open(&s));
	assert_true(selection_has_event(&s, "tcp", "tcp_probe"));
	assert_false(selection_has_event(&s, "sock", "sock_send_length"));
	s.events = name;
	assert_true(selection_has_event(&s, "sock", "sock_send_length"));
	assert_false(selection_has_event(&s, "tcp", "tcp_probe"));
}

static void a_pattern_with_an_exclamation_mark_leaves_out(void **state)
{
	const char *only[] = {"!tcp:*"}, *both[] = {"tcp:*", "!tcp_probe"};
	struct selection s = {.events = only, .event_count = 1};

	(void)state;
	assert_false(selection_has_event(&s, "tcp", "tcp_probe"));
	assert_true(selection_has_event(&s, "sock", "sock_send_length"));
	s = (struct selection){.events = both, .event_count = 2};
	assert_false(selection_has_event(&s, "tcp", "tcp_probe"));
	assert_true(selection_has_event(&s, "tcp", "tcp_destroy_sock"));
	assert_false(selection_has_event(&s, "sock", "sock_send_length"));
}

static void since_is_inside_and_until_is_outside(void **state)
{
	struct selection s = {.has_since = true, .has_until = true, .since_ns = 10, .until_ns = 20};

	(void)state;
	assert_false(selection_has_time(&s, 1009, 1000));
	assert_true(selection_has_time(&s, 1010, 1000));
	assert_true(selection_has_time(&s, 1019, 1000));
	assert_false(selection_has_time(&s, 1020, 1000));
	assert_false(selection_has_time(&s, 999, 1000));
}

static void a_span_never_wraps(void **state)
{
	struct selection s = {.has_since = true, .has_until = true, .since_ns = -50, .until_ns = 9};
	uint64_t from, to;

	(void)state;
	selection_span(&s, 40, &from, &to);
	assert_int_equal(from, 0);
	assert_int_equal(to, 49);
	selection_span(&s, UINT64_MAX - 4, &from, &to);
	assert_int_equal(from, UINT64_MAX - 54);
	assert_int_equal(to, UINT64_MAX);
	s.has_since = s.has_until = false;
	selection_span(&s, 40, &from, &to);
	assert_int_equal(from, 0);
	assert_int_equal(to, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_selects_everything),
		cmocka_unit_test(what_is_barred_and_what_is_named_are_told_apart),
		cmocka_unit_test(a_port_fits_either_side),
		cmocka_unit_test(prefixes_are_compared_bit_by_bit),
		cmocka_unit_test(all_of_ipv4_leaves_ipv6_out),
		cmocka_unit_test(what_is_unknown_fits_no_option),
		cmocka_unit_test(a_comm_is_a_glob),
		cmocka_unit_test(every_kind_of_option_must_fit),
		cmocka_unit_test(an_event_pattern_with_a_colon_is_about_the_full_name),
		cmocka_unit_test(a_pattern_with_an_exclamation_mark_leaves_out),
		cmocka_unit_test(since_is_inside_and_until_is_outside),
		cmocka_unit_test(a_span_never_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_own.c -- which connection carries the tape, and what belongs to it. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "record/own.h"

static struct own own_of_text(const char *text)
{
	struct own o = {0};

	assert_true(own_parse(text, &o));
	assert_true(o.is_known);
	return o;
}

static bool has_sock(const struct own *o, const struct wire_sock_event *e)
{
	return own_has_sock(o, &e->sock, &e->addrs6);
}

static struct wire_sock_event socket4(const char *from, uint16_t sport, const char *to,
				      uint16_t dport)
{
	struct wire_sock_event e = {.sock = {.family = AF_INET, .sport = sport, .dport = dport}};

	assert_int_equal(inet_pton(AF_INET, from, e.sock.saddr), 1);
	assert_int_equal(inet_pton(AF_INET, to, e.sock.daddr), 1);
	return e;
}

static struct wire_sock_event socket6(const char *from, uint16_t sport, const char *to,
				      uint16_t dport)
{
	struct wire_sock_event e = {.sock = {.family = AF_INET6, .sport = sport, .dport = dport}};

	assert_int_equal(inet_pton(AF_INET6, from, e.addrs6.saddr), 1);
	assert_int_equal(inet_pton(AF_INET6, to, e.addrs6.daddr), 1);
	return e;
}

static void both_ends_of_a_socket_are_known(void **state)
{
	const struct own o = own_of_text("192.0.2.1 40000 192.0.2.2 22");
	struct wire_sock_event e = socket4("192.0.2.2", 22, "192.0.2.1", 40000);

	(void)state;
	assert_true(has_sock(&o, &e));
	e = socket4("192.0.2.1", 40000, "192.0.2.2", 22);
	assert_true(has_sock(&o, &e));
}

static void its_neighbours_are_not(void **state)
{
	const struct own o = own_of_text("192.0.2.1 40000 192.0.2.2 22");
	const struct wire_sock_event others[] = {
		socket4("192.0.2.2", 22, "192.0.2.1", 40001),
		socket4("192.0.2.2", 22, "192.0.2.3", 40000),
		socket4("192.0.2.4", 22, "192.0.2.1", 40000),
		socket4("192.0.2.1", 22, "192.0.2.2", 40000),
		socket4("192.0.2.2", 22, "0.0.0.0", 0),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(has_sock(&o, &others[i]));
}

static void ipv6_and_mapped_addresses_match(void **state)
{
	const struct own o = own_of_text("fe80::1%eth0 40000 fe80::2%eth0 22");
	const struct own mapped = own_of_text("192.0.2.1 40000 192.0.2.2 22");
	struct wire_sock_event e = socket6("fe80::2", 22, "fe80::1", 40000);

	(void)state;
	assert_true(has_sock(&o, &e));
	assert_false(has_sock(&mapped, &e));
	e = socket6("::ffff:192.0.2.2", 22, "::ffff:192.0.2.1", 40000);
	assert_true(has_sock(&mapped, &e));
}

static void packets_are_known_by_their_headers(void **state)
{
	const struct own o = own_of_text("192.0.2.1 40000 192.0.2.2 22");
	struct wire_receive r = {0};

	(void)state;
	r.packet.flow = (struct wire_flow){.family = AF_INET, .sport = 40000, .dport = 22};
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", r.packet.flow.saddr), 1);
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.2", r.packet.flow.daddr), 1);
	assert_true(own_has_flow(&o, &r.packet.flow));
	r.packet.flow.dport = 23;
	assert_false(own_has_flow(&o, &r.packet.flow));
}

static void odd_variables_are_not_believed(void **state)
{
	static const char *const odd[] = {"",
					  "192.0.2.1",
					  "192.0.2.1 40000 192.0.2.2",
					  "192.0.2.1 40000 192.0.2.2 0",
					  "192.0.2.1 70000 192.0.2.2 22",
					  "192.0.2.1 40000 192.0.2.2 22 23",
					  "UNKNOWN 65535 UNKNOWN 65535",
					  "192.0.2.1 -1 192.0.2.2 22"};
	struct own o = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_false(own_parse(odd[i], &o));
	assert_false(o.is_known);
}

static void it_is_told_as_people_write_it(void **state)
{
	const struct own o = own_of_text("192.0.2.1 40000 2001:db8::2 22");
	char text[128];

	(void)state;
	own_text(&o, text, sizeof(text));
	assert_string_equal(text, "192.0.2.1 port 40000 and 2001:db8::2 port 22");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_of_a_socket_are_known),
		cmocka_unit_test(its_neighbours_are_not),
		cmocka_unit_test(ipv6_and_mapped_addresses_match),
		cmocka_unit_test(packets_are_known_by_their_headers),
		cmocka_unit_test(odd_variables_are_not_believed),
		cmocka_unit_test(it_is_told_as_people_write_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

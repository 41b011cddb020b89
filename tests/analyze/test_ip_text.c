/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_ip_text.c -- addresses are spelled as the kernel spells them. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/ip_text.h"

/* Parsed by the system, spelled by us. */
static void check_v6(const char *text, const char *want)
{
	char out[IP_TEXT_MAX];
	uint8_t addr[16];

	assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	assert_string_equal(ip_text_v6(addr, out), want);
}

static void ipv6_is_compressed_at_the_first_longest_run(void **state)
{
	(void)state;
	check_v6("::", "::");
	check_v6("::1", "::1");
	check_v6("fe80::", "fe80::");
	check_v6("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
	check_v6("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
	check_v6("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8");
}

static void a_single_zero_is_not_compressed(void **state)
{
	(void)state;
	check_v6("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8");
}

static void embedded_ipv4_has_dots_only_where_the_kernel_writes_them(void **state)
{
	(void)state;
	check_v6("::ffff:127.0.0.1", "::ffff:127.0.0.1");
	check_v6("::1.2.3.4", "::102:304");
	check_v6("fe80::5efe:10.1.2.3", "fe80::5efe:10.1.2.3");
	check_v6("64:ff9b::1.2.3.4", "64:ff9b::102:304");
}

static void the_longest_address_fits(void **state)
{
	(void)state;
	check_v6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void any_prefers_the_short_form_of_ipv4(void **state)
{
	char out[IP_TEXT_MAX];
	uint8_t addr[16];

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "::ffff:10.0.0.255", addr), 1);
	assert_string_equal(ip_text_any(addr, out), "10.0.0.255");
	assert_int_equal(inet_pton(AF_INET6, "::1", addr), 1);
	assert_string_equal(ip_text_any(addr, out), "::1");
}

static void a_socket_address_that_is_too_short_is_refused(void **state)
{
	static const uint8_t v6[28] = {10, 0, 0x1f, 0x90};
	char out[IP_TEXT_MAX] = "untouched";

	(void)state;
	for (size_t len = 0; len < 24; len++)
		assert_false(ip_text_sockaddr(view_of(v6, len), out));
	assert_string_equal(out, "untouched");
	assert_true(ip_text_sockaddr(view_of(v6, 24), out));
	assert_string_equal(out, "[::]:8080");
}

static void a_socket_address_of_a_big_endian_host_is_read_too(void **state)
{
	static const uint8_t v4[16] = {0, 2, 0, 80, 192, 0, 2, 1};
	char out[IP_TEXT_MAX];

	(void)state;
	assert_true(ip_text_sockaddr(view_of(v4, sizeof(v4)), out));
	assert_string_equal(out, "192.0.2.1:80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv6_is_compressed_at_the_first_longest_run),
		cmocka_unit_test(a_single_zero_is_not_compressed),
		cmocka_unit_test(embedded_ipv4_has_dots_only_where_the_kernel_writes_them),
		cmocka_unit_test(the_longest_address_fits),
		cmocka_unit_test(any_prefers_the_short_form_of_ipv4),
		cmocka_unit_test(a_socket_address_that_is_too_short_is_refused),
		cmocka_unit_test(a_socket_address_of_a_big_endian_host_is_read_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

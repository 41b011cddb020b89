/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_drops.c -- losses are rows, housekeeping is a number unless asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { SYN = 2, PSH = 8, ACK = 16 };

#define T0 UINT64_C(1000000000)

static const struct build_segment asked = {
	.from = "127.0.0.1",
	.to = "127.0.0.1",
	.sport = 40112,
	.dport = 8080,
	.flags = PSH | ACK,
	.seq = 1001,
	.payload = 2,
};
static const struct build_segment strange = {
	.from = "192.0.2.1",
	.to = "192.0.2.2",
	.sport = 5000,
	.dport = 9,
	.flags = SYN,
};

static void check(struct build_tape *b, const char *options, const char *want)
{
	view_prints(view_drops, b, options, want);
}

/* Two losses on the connection, one to nobody, and a duplicate. */
static void drop_some(struct build_tape *b)
{
	tape_begin(b);
	tape_hello(b, T0);
	tape_drop_at(b, T0 + 3000000, &asked, REASON_NETFILTER_DROP, "nf_hook_slow+0x9e",
		     &hello_client);
	tape_drop_at(b, T0 + 3100000, &asked, REASON_TCP_OLD_DATA, "tcp_data_queue+0x11",
		     &hello_server);
	tape_drop_at(b, T0 + 3200000, &strange, REASON_NO_SOCKET, "tcp_v4_rcv+0x91", NULL);
	tape_drop_at(b, T0 + 2500000000, &asked, REASON_NETFILTER_DROP, "nf_hook_slow+0x9e", NULL);
	tape_ready(b);
}

static void losses_are_rows_with_their_connection_and_reason(void **state)
{
	struct build_tape b = {0};

	(void)state;
	drop_some(&b);
	check(&b, "",
	      "    time conn packet      local             remote          reason         where\n"
	      "0.003000    2 PSH|ACK 2 B 127.0.0.1:40112 → 127.0.0.1:8080  NETFILTER_DROP "
	      "nf_hook_slow+0x9e\n"
	      "0.003200    - SYN         192.0.2.2:9     ← 192.0.2.1:5000  NO_SOCKET      "
	      "tcp_v4_rcv+0x91\n"
	      "2.500000    - PSH|ACK 2 B 127.0.0.1:8080  ← 127.0.0.1:40112 NETFILTER_DROP "
	      "nf_hook_slow+0x9e\n"
	      "1 more packet was freed with nothing lost: --all shows it\n");
	tape_release(&b);
}

static void keys_are_as_promised(void **state)
{
	struct build_tape b = {0};

	(void)state;
	drop_some(&b);
	check(&b, "-f json --all --until 0.0032 --since 0.0031",
	      "{\"ts_ns\":1003100000,\"conn\":3,\"payload_bytes\":2,\"kind\":\"benign\","
	      "\"reason\":\"TCP_OLD_DATA\",\"location\":\"tcp_data_queue+0x11\","
	      "\"protocol\":null,\"laddr\":\"127.0.0.1\",\"lport\":8080,\"raddr\":\"127.0.0.1\","
	      "\"rport\":40112,\"direction\":\"in\",\"tcp_flags\":\"PSH|ACK\",\"seq\":1001,\"ack\":0,"
	      "\"pid\":2377,\"comm\":\"hello_server\",\"stack\":null}\n");
	tape_release(&b);
}

static void they_are_counted_by_what_is_asked(void **state)
{
	struct build_tape b = {0};

	(void)state;
	drop_some(&b);
	check(&b, "-f csv --by reason",
	      "reason,count,bytes,first_ns,last_ns\n"
	      "NETFILTER_DROP,2,4,1003000000,3500000000\n"
	      "NO_SOCKET,1,0,1003200000,1003200000\n");
	check(&b, "-f csv --by location --all",
	      "location,count,bytes,first_ns,last_ns\n"
	      "nf_hook_slow+0x9e,2,4,1003000000,3500000000\n"
	      "tcp_data_queue+0x11,1,2,1003100000,1003100000\n"
	      "tcp_v4_rcv+0x91,1,0,1003200000,1003200000\n");
	check(&b, "-f csv --by second",
	      "second,count,bytes,first_ns,last_ns\n"
	      "0,2,2,1003000000,1003200000\n"
	      "2,1,2,3500000000,3500000000\n");
	check(&b, "-f csv --by conn",
	      "conn,laddr,lport,raddr,rport,count,bytes,first_ns,last_ns\n"
	      ",,,,,2,2,1003200000,3500000000\n"
	      "2,127.0.0.1,40112,127.0.0.1,8080,1,2,1003000000,1003000000\n");
	check(&b, "--by stack",
	      "count  share  bytes     first      last\n"
	      "    3  100 %    4 B  0.003000  2.500000\n"
	      "    no stack was recorded\n"
	      "1 more packet was freed with nothing lost: --all shows it\n");
	tape_release(&b);
}

static void packets_of_nobody_are_selected_by_their_addresses(void **state)
{
	struct build_tape b = {0};

	(void)state;
	drop_some(&b);
	check(&b, "-f csv --by reason --port 9",
	      "reason,count,bytes,first_ns,last_ns\nNO_SOCKET,1,0,1003200000,1003200000\n");
	check(&b, "--port 10", "none of the 3 drops on this tape is selected\n");
	tape_release(&b);
}

static void a_kernel_without_reasons_is_told_by_places(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_drop_at(&b, T0 + 3000000, &asked, REASON_NONE, "nf_hook_slow+0x9e", NULL);
	tape_drop_at(&b, T0 + 3000000, &asked, REASON_NONE, "skb_rbtree_purge+0x2", NULL);
	tape_ready(&b);
	check(&b, "-f csv --by reason",
	      "reason,count,bytes,first_ns,last_ns\n,1,2,1003000000,1003000000\n");
	check(&b, "-f csv --by location",
	      "location,count,bytes,first_ns,last_ns\nnf_hook_slow+0x9e,1,2,1003000000,"
	      "1003000000\n");
	tape_release(&b);
}

static void nothing_dropped_is_said_with_what_was_seen(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	check(&b, "", "no drop recorded; 3 connections seen, 0 events lost\n");
	check(&b, "--by reason", "no drop recorded; 3 connections seen, 0 events lost\n");
	tape_release(&b);
}

static void drops_that_were_not_recorded_are_not_denied(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_DROP};

	(void)state;
	tape_begin(&b);
	tape_fact(&b, "unavailable", "skb:kfree_skb: this kernel has no such event");
	tape_hello(&b, T0);
	tape_ready(&b);
	check(&b, "",
	      "whether there was a drop is not known: skb:kfree_skb was not recorded: this "
	      "kernel has no such event\n");
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_rows_with_their_connection_and_reason),
		cmocka_unit_test(keys_are_as_promised),
		cmocka_unit_test(they_are_counted_by_what_is_asked),
		cmocka_unit_test(packets_of_nobody_are_selected_by_their_addresses),
		cmocka_unit_test(a_kernel_without_reasons_is_told_by_places),
		cmocka_unit_test(nothing_dropped_is_said_with_what_was_seen),
		cmocka_unit_test(drops_that_were_not_recorded_are_not_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

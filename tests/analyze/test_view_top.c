/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_top.c -- what moved when, and that it adds up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/sink.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { T0 = 1000000000, MS = 1000000 };

/* Columns that most tests look at. */
#define FEW "-f csv --fields ts_ns,interval_ns,conn,tx_bytes,rx_bytes,retransmits "
#define HEAD "ts_ns,interval_ns,conn,tx_bytes,rx_bytes,retransmits\n"

static struct viewed show(struct build_tape *b, const char *options)
{
	return view_built(view_top, b, options);
}

static void expect(struct build_tape *b, const char *options, const char *want)
{
	view_prints(view_top, b, options, want);
}

static void begin(struct build_tape *b)
{
	tape_begin(b);
	tape_run(b, 3209, "hello_client");
	tape_state(b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(b, T0 + 1, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_run(b, 2377, "hello_server");
	tape_state(b, T0 + 2, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, T0 + 3, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
}

static void each_interval_has_what_moved_in_it(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_send(&b, T0 + 10 * MS - 1, &hello_client, 100);
	tape_send(&b, T0 + 10 * MS, &hello_client, 7);
	tape_recv(&b, T0 + 11 * MS, &hello_server, 107, 0);
	tape_retransmit(&b, T0 + 12 * MS, &hello_client, 0);
	tape_send(&b, T0 + 55 * MS, &hello_server, 1);
	tape_ready(&b);
	expect(&b, FEW "--interval 10ms",
	       HEAD "1000000000,10000000,1,100,0,0\n"
		    "1010000000,10000000,2,0,107,0\n"
		    "1010000000,10000000,1,7,0,1\n"
		    "1050000000,5000000,2,1,0,0\n");
	expect(&b, FEW, HEAD "1000000000,55000000,2,1,107,0\n1000000000,55000000,1,107,0,1\n");
	tape_release(&b);
}

static void rows_say_who(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_run(&b, 3209, "hello_client");
	tape_send(&b, T0 + 5, &hello_client, 100);
	tape_ready(&b);
	expect(&b, "-f json",
	       "{\"ts_ns\":1000000000,\"interval_ns\":5,\"conn\":1,\"pid\":3209,"
	       "\"comm\":\"hello_client\",\"laddr\":\"127.0.0.1\",\"lport\":40112,"
	       "\"raddr\":\"127.0.0.1\",\"rport\":8080,\"tx_bytes\":100,\"rx_bytes\":0,"
	       "\"retransmits\":0,\"uncertain\":false}\n");
	expect(&b, "--no-conn",
	       "    time  conn  process             local            remote           sent  received"
	       "  resent\n"
	       "0.000000     -  hello_client[3209]  127.0.0.1:40112  127.0.0.1:8080  100 B       0 B"
	       "       0\n");
	tape_release(&b);
}

static void since_and_until_bound_intervals(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 10; i++)
		tape_send(&b, T0 + 10 + i * 10 * MS, &hello_client, 1 << i);
	tape_ready(&b);
	expect(&b, FEW "--interval 20ms --since 15ms --until 62ms",
	       HEAD "1015000000,20000000,1,12,0,0\n"
		    "1035000000,20000000,1,48,0,0\n"
		    "1055000000,7000000,1,64,0,0\n");
	tape_release(&b);
}

static void a_connection_that_ends_is_told_in_its_interval_once(void **state)
{
	struct build_tape b = {0};
	struct build_sock other = hello_client;

	(void)state;
	other.skaddr += 64;
	other.cookie = 99;
	other.lport = 40114;
	begin(&b);
	tape_send(&b, T0 + 10, &hello_client, 5);
	tape_state(&b, T0 + 20, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_destroy(&b, T0 + 30, &hello_client);
	tape_send(&b, T0 + 100 * MS, &other, 9);
	tape_send(&b, T0 + 2000u * MS, &other, 1);
	tape_ready(&b);
	expect(&b, FEW,
	       HEAD "1000000000,1000000000,3,9,0,0\n"
		    "1000000000,1000000000,1,5,0,0\n"
		    "3000000000,1,3,1,0,0\n");
	tape_release(&b);
}

/* What no call sent is told when the connection ends, as `conns` tells it. */
static void bytes_in_no_call_come_with_the_end(void **state)
{
	struct build_tape b = {0};
	const enum tcp_state closed[2] = {STATE_LAST_ACK, STATE_CLOSE};

	(void)state;
	begin(&b);
	tape_send(&b, T0 + 10, &hello_server, 5);
	tape_state_with(&b, T0 + 20, &hello_server, closed,
			&(struct build_extra){.acked = 1006, .received = 1});
	tape_destroy(&b, T0 + 30, &hello_server);
	tape_send(&b, T0 + 50 * MS, &hello_client, 1);
	tape_ready(&b);
	expect(&b, FEW "--interval 10ms --conn 2",
	       HEAD "1000000000,10000000,2,5,0,0\n1050000000,1,2,1000,0,0\n");
	tape_release(&b);
}

static void probe(struct build_tape *b, uint64_t ts, uint32_t una, uint32_t nxt)
{
	tape_probe_with(b, ts, &hello_client,
			&(struct build_probe){.srtt = 9, .snd_una = una, .rcv_nxt = nxt});
}

/* Sequence numbers run over, and an older one is no progress. */
static void without_calls_sequence_numbers_count(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_SEND | 1 << BUILD_RECV};

	(void)state;
	begin(&b);
	probe(&b, T0 + 1 * MS, 0xffffff00, 500);
	probe(&b, T0 + 2 * MS, 0x10, 700);
	probe(&b, T0 + 15 * MS, 0x8, 700);
	probe(&b, T0 + 16 * MS, 0x18, 701);
	tape_ready(&b);
	expect(&b, FEW "--interval 10ms",
	       HEAD "1000000000,10000000,1,272,200,0\n1010000000,6000000,1,16,1,0\n");
	tape_release(&b);
}

static void peeks_move_nothing(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_recv(&b, T0 + 10, &hello_server, 5, 2);
	tape_send(&b, T0 + 11, &hello_server, -11);
	tape_ready(&b);
	expect(&b, "", "no data moved; 2 TCP socket lives seen\n");
	expect(&b, FEW, HEAD);
	tape_release(&b);
}

static void what_is_not_selected_is_said(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_send(&b, T0 + 10, &hello_client, 5);
	tape_ready(&b);
	expect(&b, "--port 9",
	       "no connection that moved data is selected; 2 TCP socket lives seen\n");
	tape_release(&b);
}

static void loss_makes_uncertain(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	begin(&b);
	tape_send(&b, T0 + 10, &hello_client, 5);
	tape_loss(&b, T0 + 12, T0 + 14, BUILD_SEND);
	tape_send(&b, T0 + 20, &hello_client, 5);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "\"uncertain\":true"));
	viewed_release(&v);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "uncertain: events lost"));
	viewed_release(&v);
	tape_release(&b);
}

/* For people the first twenty, for programs all. */
static void a_page_has_the_busiest(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	unsigned lines = 0;

	(void)state;
	tape_begin(&b);
	for (uint16_t i = 0; i < 23; i++) {
		struct build_sock s = hello_client;

		s.skaddr += 64u * i;
		s.cookie = 100 + i;
		s.lport = (uint16_t)(50000 + i);
		tape_send(&b, T0 + i, &s, 100 + i);
	}
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "127.0.0.1:50022  127.0.0.1:8080  122 B"));
	assert_non_null(
		strstr(v.text,
		       "\nand 3 more connections: 303 B sent, 0 B received; -f json has them\n"));
	assert_null(strstr(v.text, "127.0.0.1:50002"));
	viewed_release(&v);
	v = show(&b, "-f json");
	for (const char *c = v.text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 23);
	viewed_release(&v);
	tape_release(&b);
}

/* Two recordings one after the other: each has its own intervals. */
static void sections_do_not_share_intervals(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	const uint8_t *data;
	uint8_t *twice;
	size_t len;

	(void)state;
	begin(&b);
	tape_send(&b, T0 + 10, &hello_client, 5);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	twice = malloc(2 * len);
	assert_non_null(twice);
	memcpy(twice, data, len);
	memcpy(twice + len, data, len);
	v = view_bytes(view_top, twice, 2 * len, FEW, false);
	assert_string_equal(v.text, HEAD "1000000000,10,1,5,0,0\n1000000000,10,3,5,0,0\n");
	viewed_release(&v);
	free(twice);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_interval_has_what_moved_in_it),
		cmocka_unit_test(rows_say_who),
		cmocka_unit_test(since_and_until_bound_intervals),
		cmocka_unit_test(a_connection_that_ends_is_told_in_its_interval_once),
		cmocka_unit_test(bytes_in_no_call_come_with_the_end),
		cmocka_unit_test(without_calls_sequence_numbers_count),
		cmocka_unit_test(peeks_move_nothing),
		cmocka_unit_test(what_is_not_selected_is_said),
		cmocka_unit_test(loss_makes_uncertain),
		cmocka_unit_test(a_page_has_the_busiest),
		cmocka_unit_test(sections_do_not_share_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

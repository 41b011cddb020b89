/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_rtt.c -- which round-trip times count, and for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { T0 = 1000000000 };

static const enum tcp_state connected[2] = {STATE_SYN_SENT, STATE_ESTABLISHED};
static const enum tcp_state accepted[2] = {STATE_SYN_RECV, STATE_ESTABLISHED};
static const enum tcp_state closed[2] = {STATE_LAST_ACK, STATE_CLOSE};

static struct viewed show(struct build_tape *b, const char *options)
{
	return view_built(view_rtt, b, options);
}

static void expect(struct build_tape *b, const char *options, const char *want)
{
	view_prints(view_rtt, b, options, want);
}

static void expect_part(struct build_tape *b, const char *options, const char *want)
{
	view_tells(view_rtt, b, options, want);
}

static void probe(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t srtt)
{
	tape_probe_with(b, ts, s, &(struct build_probe){.cwnd = 10, .srtt = srtt});
}

static void change(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		   const enum tcp_state c[2], uint32_t srtt)
{
	tape_state_with(b, ts, s, c, &(struct build_extra){.srtt_us = srtt});
}

/* The client of a service measures 100, 120 and at last 140 µs; the server 1000 µs once. */
static void two_sides(struct build_tape *b)
{
	tape_begin(b);
	tape_state(b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	change(b, T0 + 100000, &hello_client, connected, 100);
	tape_state(b, T0 + 110000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	change(b, T0 + 120000, &hello_server, accepted, 1000);
	probe(b, T0 + 200000, &hello_client, 120);
	change(b, T0 + 300000, &hello_client, closed, 140);
	tape_ready(b);
}

static void beginning_segments_and_end_count(void **state)
{
	struct build_tape b = {0};

	(void)state;
	two_sides(&b);
	expect(&b, "-f json --port 40112",
	       "{\"conns\":2,\"samples\":4,\"min_us\":100,\"p50_us\":120,\"p90_us\":1000,"
	       "\"p99_us\":1000,\"max_us\":1000,\"mean_us\":340,\"min_rtt_us\":null,"
	       "\"handshakes\":2,\"handshake_min_us\":100,\"handshake_p50_us\":100,"
	       "\"handshake_p99_us\":1000,\"handshake_max_us\":1000,"
	       "\"histogram\":[[100,101,1],[120,121,1],[140,143,1],[992,1007,1]]}\n");
	tape_release(&b);
}

static void each_side_is_a_connection_of_one_service(void **state)
{
	struct build_tape b = {0};

	(void)state;
	two_sides(&b);
	expect_part(&b, "-f json --by service",
		    "{\"service\":\"127.0.0.1:8080\",\"conns\":2,\"samples\":4,");
	expect_part(&b, "-f json --by peer", "{\"peer\":\"127.0.0.1\",\"conns\":2,\"samples\":4,");
	expect_part(&b, "-f json --by conn", "{\"conn\":1,\"samples\":3,\"min_us\":100,");
	expect_part(&b, "-f json --by conn", "{\"conn\":2,\"samples\":1,\"min_us\":1000,");
	expect_part(&b, "-f json --by conn --no-conn", "{\"conn\":null,");
	tape_release(&b);
}

static void groups_with_most_samples_come_first(void **state)
{
	struct build_tape b = {0};
	struct build_sock other = hello_client;
	struct viewed v;

	(void)state;
	other.skaddr += 8;
	other.cookie = 99;
	other.raddr = "10.0.0.9";
	tape_begin(&b);
	probe(&b, T0, &hello_client, 100);
	probe(&b, T0 + 1, &other, 50);
	probe(&b, T0 + 2, &other, 60);
	tape_ready(&b);
	v = show(&b, "-f json --by peer");
	assert_ptr_equal(strstr(v.text, "{\"peer\":\"10.0.0.9\",\"conns\":1,\"samples\":2"),
			 v.text);
	assert_non_null(strstr(v.text, "{\"peer\":\"127.0.0.1\",\"conns\":1,\"samples\":1"));
	viewed_release(&v);
	tape_release(&b);
}

static void what_is_selected_counts_by_time_event_and_connection(void **state)
{
	struct build_tape b = {0};

	(void)state;
	two_sides(&b);
	expect_part(&b, "-f json --event tcp_probe", "\"samples\":1,\"min_us\":120,");
	expect_part(&b, "-f json --event tcp_probe", "\"handshakes\":0,\"handshake_min_us\":null,");
	expect_part(&b, "-f json --since 150us --until 250us", "\"samples\":1,\"min_us\":120,");
	expect_part(&b, "-f json --conn 2", "\"samples\":1,\"min_us\":1000,");
	expect_part(&b, "--conn 7", "none of the 4 round-trip times on this tape is selected");
	tape_release(&b);
}

static void what_was_never_measured_is_no_sample(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_state(&b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	change(&b, T0 + 100000, &hello_client, connected, 0);
	probe(&b, T0 + 200000, &hello_client, 0);
	tape_ready(&b);
	expect(&b, "", "no round-trip time recorded; 1 TCP socket lives seen\n");
	expect(&b, "-f json", "");
	tape_release(&b);
}

static void sockets_older_than_the_tape_tell_what_they_have(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_client,
		      &(struct build_snapshot){.state = STATE_ESTABLISHED,
					       .srtt_us = 77,
					       .min_rtt_us = 31});
	tape_ready(&b);
	expect_part(&b, "-f json", "\"samples\":1,\"min_us\":77,");
	expect_part(&b, "-f json", "\"min_rtt_us\":31,\"handshakes\":0,");
	tape_release(&b);
}

/* A recorder that does not read sockets knows when the answer came; of a SYN that was
 * repeated, nobody knows which one was answered. */
static void a_connect_stands_for_a_measurement_unless_repeated(void **state)
{
	struct build_tape b = {0};
	struct build_sock other = hello_client;

	(void)state;
	other.skaddr += 8;
	other.cookie = 99;
	other.lport = 40114;
	tape_begin(&b);
	tape_state(&b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(&b, T0 + 1, &other, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(&b, T0 + 250000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_retransmit(&b, T0 + 1000000000, &other, 0);
	tape_state(&b, T0 + 1000300000, &other, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_ready(&b);
	expect_part(&b, "-f json", "\"samples\":0,\"min_us\":null,");
	expect_part(&b, "-f json", "\"handshakes\":1,\"handshake_min_us\":250,");
	tape_release(&b);
}

static void text_draws_a_line_for_each_octave(void **state)
{
	struct build_tape b = {0};

	(void)state;
	two_sides(&b);
	expect(&b, "",
	       "conns  samples     min     p50   p90   p99   max    mean  raw min  handshake\n"
	       "    2        4  100 µs  120 µs  1 ms  1 ms  1 ms  340 µs        -     100 µs\n"
	       "\n"
	       "all\n"
	       "                 µs  samples\n"
	       "     64  →      127        2  "
	       "████████████████████████████████████████████████████████████\n"
	       "    128  →      255        1  ██████████████████████████████\n"
	       "    256  →      511        0\n"
	       "    512  →     1023        1  ██████████████████████████████\n"
	       "\n"
	       "as TCP smoothed them (srtt), when a segment arrived and when a connection began and "
	       "ended\n");
	tape_release(&b);
}

static void text_says_when_segments_do_not_tell(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_PROBE};

	(void)state;
	two_sides(&b);
	expect_part(&b, "", "when a connection began and ended: no tcp_probe on this tape");
	tape_release(&b);
}

/* More connections than charts. */
static void many_connections_are_not_drawn(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	for (uint16_t i = 0; i < 17; i++) {
		struct build_sock s = hello_client;

		s.skaddr += 64u * i;
		s.cookie = 100 + i;
		s.lport = (uint16_t)(50000 + i);
		probe(&b, T0 + i, &s, 10);
	}
	tape_ready(&b);
	v = show(&b, "--by conn");
	assert_null(strstr(v.text, "█"));
	assert_non_null(strstr(v.text, "no more than 16 connections: choose with --conn"));
	viewed_release(&v);
	v = show(&b, "--by conn --conn 3,4");
	assert_non_null(strstr(v.text, "connection 3, with 127.0.0.1:8080"));
	viewed_release(&v);
	tape_release(&b);
}

static void empty_tape_says_why(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_ready(&b);
	expect(&b, "", "no event on this tape: nothing was recorded\n");
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beginning_segments_and_end_count),
		cmocka_unit_test(each_side_is_a_connection_of_one_service),
		cmocka_unit_test(groups_with_most_samples_come_first),
		cmocka_unit_test(what_is_selected_counts_by_time_event_and_connection),
		cmocka_unit_test(what_was_never_measured_is_no_sample),
		cmocka_unit_test(sockets_older_than_the_tape_tell_what_they_have),
		cmocka_unit_test(a_connect_stands_for_a_measurement_unless_repeated),
		cmocka_unit_test(text_draws_a_line_for_each_octave),
		cmocka_unit_test(text_says_when_segments_do_not_tell),
		cmocka_unit_test(many_connections_are_not_drawn),
		cmocka_unit_test(empty_tape_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

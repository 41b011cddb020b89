/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_cwnd.c -- the congestion window as events tell it. */
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

enum { T0 = 1000000000, MS = 1000000 };

static struct viewed show(struct build_tape *b, const char *options)
{
	return view_built(view_cwnd, b, options);
}

static void expect(struct build_tape *b, const char *options, const char *want)
{
	view_prints(view_cwnd, b, options, want);
}

static void expect_part(struct build_tape *b, const char *options, const char *want)
{
	view_tells(view_cwnd, b, options, want);
}

static void probe(struct build_tape *b, uint64_t ts, uint32_t cwnd, uint32_t ssthresh)
{
	tape_probe_with(b, ts, &hello_client,
			&(struct build_probe){.data_len = 2,
					      .cwnd = cwnd,
					      .ssthresh = ssthresh,
					      .srtt = 33,
					      .snd_nxt = 5,
					      .snd_una = 0xfffffffb,
					      .snd_wnd = 65536,
					      .rcv_wnd = 65483});
}

static void lossy(struct build_tape *b)
{
	tape_begin(b);
	probe(b, T0, 10, 0x7fffffff);
	probe(b, T0 + 1 * MS, 20, 0x7fffffff);
	tape_cong_state(b, T0 + 2 * MS, &hello_client, 3);
	tape_retransmit(b, T0 + 3 * MS, &hello_client, 0);
	tape_retransmit(b, T0 + 3 * MS + 1, &hello_client, -11);
	tape_cwnd_reduction(b, T0 + 4 * MS, &hello_client);
	probe(b, T0 + 5 * MS, 12, 14);
	probe(b, T0 + 6 * MS, 12, 14);
	tape_ready(b);
}

static void every_sample_is_a_row(void **state)
{
	struct build_tape b = {0};

	(void)state;
	lossy(&b);
	expect(&b, "-f csv",
	       "ts_ns,conn,cwnd,ssthresh,srtt_us,snd_wnd,rcv_wnd,inflight_bytes,ca_state,"
	       "data_bytes,event\n"
	       "1000000000,1,10,,33,65536,65483,10,,2,tcp:tcp_probe\n"
	       "1001000000,1,20,,33,65536,65483,10,,2,tcp:tcp_probe\n"
	       "1002000000,1,,,,,,,TCP_CA_Recovery,,tcp:tcp_cong_state_set\n"
	       "1003000000,1,,,,,,,TCP_CA_Recovery,,tcp:tcp_retransmit_skb\n"
	       "1004000000,1,,,,,,,TCP_CA_Recovery,,tcp:tcp_cwnd_reduction_tp\n"
	       "1005000000,1,12,14,33,65536,65483,10,TCP_CA_Recovery,2,tcp:tcp_probe\n"
	       "1006000000,1,12,14,33,65536,65483,10,TCP_CA_Recovery,2,tcp:tcp_probe\n");
	tape_release(&b);
}

static void a_connection_is_a_row_with_its_course(void **state)
{
	struct build_tape b = {0};

	(void)state;
	lossy(&b);
	expect_part(&b, "--by conn -f json",
		    "\"samples\":4,\"min_cwnd\":10,\"max_cwnd\":20,\"cwnd\":12,\"ssthresh\":14,"
		    "\"retransmits\":1}\n");
	expect(&b, "",
	       "conn  process  remote          samples  min  max  last  ssthresh  resent  "
	       "cwnd over its life\n"
	       "   1  -        127.0.0.1:8080        4   10   20    12        14       1  "
	       "▄▄▄███████████████▅▅▅▅\n"
	       "--conn tells more of one\n");
	tape_release(&b);
}

static void a_chosen_connection_shows_its_changes(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	lossy(&b);
	v = show(&b, "--conn 1");
	assert_non_null(strstr(v.text,
			       "connection 1: 127.0.0.1:40112 → 127.0.0.1:8080\n"
			       "cwnd 10 to 20 segments, at last 12, ssthresh 14; 4 samples in "
			       "6 ms, 1 retransmit\n▄"));
	assert_non_null(strstr(v.text, "×\n"));
	assert_non_null(strstr(v.text, "TCP_CA_Recovery     -  tcp:tcp_retransmit_skb\n"));
	assert_non_null(strstr(v.text, "not shown: 1 of 7, without a change"));
	viewed_release(&v);
	tape_release(&b);
}

static void no_page_is_longer_than_forty_changes(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	unsigned lines = 0;

	(void)state;
	tape_begin(&b);
	for (uint32_t i = 1; i <= 100; i++)
		probe(&b, T0 + i, i, 0x7fffffff);
	tape_ready(&b);
	v = show(&b, "--conn 1");
	for (const char *at = v.text; (at = strstr(at, "tcp:tcp_probe")); at++)
		lines++;
	assert_int_equal(lines, 40);
	assert_non_null(strstr(v.text, "not shown: 60 of 100"));
	viewed_release(&v);
	expect_part(&b, "--conn 1 --limit 1", "   1     1         -  33 µs");
	tape_release(&b);
}

static void older_sockets_tell_their_window_at_once(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_snapshot(&b, T0, &hello_client,
		      &(struct build_snapshot){.state = STATE_ESTABLISHED,
					       .srtt_us = 50,
					       .cwnd = 44,
					       .ssthresh = 30});
	tape_snapshot(&b, T0 + 1, &hello_listener, &(struct build_snapshot){.state = STATE_LISTEN});
	tape_ready(&b);
	expect_part(&b, "-f json",
		    "{\"ts_ns\":1000000000,\"conn\":1,\"cwnd\":44,\"ssthresh\":30,\"srtt_us\":50,"
		    "\"snd_wnd\":null,");
	expect_part(&b, "--count-by event -f csv", "event,count\ntcptape:sock_snapshot,1\n");
	tape_release(&b);
}

static void time_and_event_select(void **state)
{
	struct build_tape b = {0};

	(void)state;
	lossy(&b);
	expect_part(&b, "--since 5500us --fields ca_state,cwnd -f csv",
		    "ca_state,cwnd\nTCP_CA_Recovery,12\n");
	expect_part(&b, "-e tcp_retransmit_skb --fields event -f csv",
		    "event\ntcp:tcp_retransmit_skb\n");
	expect(&b, "--port 9", "none of the 7 samples of congestion windows is selected\n");
	tape_release(&b);
}

static void states_without_a_name_are_not_known(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_cong_state(&b, T0, &hello_client, 200);
	tape_ready(&b);
	expect_part(&b, "-f json", "\"ca_state\":null,");
	tape_release(&b);
}

static void empty_answer_says_why(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_PROBE};

	(void)state;
	tape_begin(&b);
	tape_send(&b, T0, &hello_client, 1);
	tape_ready(&b);
	expect(&b, "",
	       "no congestion window recorded; 1 TCP socket lives seen: no tcp_probe on this tape\n");
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_is_a_row),
		cmocka_unit_test(a_connection_is_a_row_with_its_course),
		cmocka_unit_test(a_chosen_connection_shows_its_changes),
		cmocka_unit_test(no_page_is_longer_than_forty_changes),
		cmocka_unit_test(older_sockets_tell_their_window_at_once),
		cmocka_unit_test(time_and_event_select),
		cmocka_unit_test(states_without_a_name_are_not_known),
		cmocka_unit_test(empty_answer_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_conns.c -- one row per socket life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { T0 = 1000000000 };

static struct viewed show(struct build_tape *b, const char *options)
{
	return view_built(view_conns, b, options);
}

static void hello_gives_a_row_for_each_life_with_the_promised_keys(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json --conn 2");
	assert_string_equal(
		v.text,
		"{\"conn\":2,\"peer\":3,\"role\":\"client\",\"family\":\"AF_INET\","
		"\"laddr\":\"127.0.0.1\",\"lport\":40112,\"raddr\":\"127.0.0.1\",\"rport\":8080,"
		"\"pid\":3209,\"comm\":\"hello_client\",\"netns\":4026531840,"
		"\"start_ns\":1001000000,\"duration_ns\":106000,\"tx_bytes\":2,\"rx_bytes\":11,"
		"\"tx_msgs\":1,\"rx_msgs\":1,\"retransmits\":0,\"drops\":0,\"srtt_us\":17,"
		"\"states\":{\"TCP_SYN_SENT\":20000,\"TCP_ESTABLISHED\":64000,"
		"\"TCP_CLOSE_WAIT\":14000,\"TCP_LAST_ACK\":8000},\"end\":\"fin\","
		"\"uncertain\":false,\"first_ns\":1001000000,\"end_ns\":1001106000,"
		"\"sk_err\":null,\"time_wait\":false,\"owner_from\":\"caller\",\"cookie\":11,"
		"\"min_rtt_us\":null,\"cwnd\":null,\"segs_out\":null,\"segs_in\":null,"
		"\"delivery_rate\":null,\"busy_ns\":null,\"rwnd_limited_ns\":null,"
		"\"sndbuf_limited_ns\":null,\"connect_ns\":20000,\"handshake_ns\":null,"
		"\"accept_wait_ns\":null,\"accepted\":null,\"backlog\":null,"
		"\"max_backlog\":null,\"end_cause\":null,\"end_evidence\":null,\"retrans_segs\":null,"
		"\"backlog_last\":null,\"backlog_peak\":null,\"listen_drops\":null,\"queue\":null,"
		"\"queue_evidence\":null}\n");
	viewed_release(&v);
	tape_release(&b);
}

static void text_names_owner_ends_and_time_wait(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "hello_client[3209] 127.0.0.1:40112 127.0.0.1:8080"));
	assert_non_null(strstr(v.text, "fin tw\n"));
	assert_null(strstr(v.text, "TIME_WAIT"));
	assert_non_null(strstr(v.text, "0.0.0.0:8080"));
	assert_non_null(strstr(v.text, "start not seen"));
	viewed_release(&v);
	tape_release(&b);
}

static void bytes_of_lives_with_lost_events_are_a_lower_limit(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_loss(&b, T0 + 1050000, T0 + 1050001, BUILD_RECV);
	tape_ready(&b);
	v = show(&b, "--conn 2");
	assert_non_null(strstr(v.text, " ≥ 2 B   ≥ 11 B fin\n        uncertain: events lost\n"));
	viewed_release(&v);
	v = show(&b, "--conn 2 -f json");
	assert_non_null(strstr(v.text, "\"tx_bytes\":2,\"rx_bytes\":11,"));
	assert_non_null(strstr(v.text, "\"uncertain\":true,"));
	viewed_release(&v);
	tape_release(&b);
}

static void every_recording_on_a_tape_is_told_by_its_own_events(void **state)
{
	const uint32_t no_calls = 1u << BUILD_SEND | 1u << BUILD_RECV;
	const char *fields = "-f csv --fields lport,tx_bytes,rx_bytes,tx_msgs,rx_msgs";
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		b.left_out = first ? no_calls : 0;
		tape_begin(&b);
		tape_run(&b, 77, "curl");
		for (unsigned i = 0; i < 2; i++) {
			if (i)
				tape_next_section(&b, first ? 0 : no_calls);
			tape_establish(&b, T0 + i * 1000000000);
			if (i == first)
				tape_send(&b, T0 + i * 1000000000 + 5000, &hello_client, 7);
		}
		tape_ready(&b);
		v = show(&b, fields);
		assert_string_equal(v.text, first ? "lport,tx_bytes,rx_bytes,tx_msgs,rx_msgs\n"
						    "40112,,,,\n8080,,,,\n40112,7,0,1,0\n"
						    "8080,0,0,0,0\n"
						  : "lport,tx_bytes,rx_bytes,tx_msgs,rx_msgs\n"
						    "40112,7,0,1,0\n8080,0,0,0,0\n40112,,,,\n"
						    "8080,,,,\n");
		viewed_release(&v);
		tape_release(&b);
	}
}

static void rows_come_in_order_of_number_though_lives_end_otherwise(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	const char *one, *two, *three;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json");
	one = strstr(v.text, "{\"conn\":1,");
	two = strstr(v.text, "{\"conn\":2,");
	three = strstr(v.text, "{\"conn\":3,");
	assert_true(one && two && three && one < two && two < three);
	viewed_release(&v);
	tape_release(&b);
}

static void numbers_do_not_depend_on_the_selection(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json --pid 2377 --since 0.001");
	assert_null(strstr(v.text, "{\"conn\":2,"));
	assert_non_null(strstr(v.text, "{\"conn\":3,"));
	viewed_release(&v);
	tape_release(&b);
}

static void what_is_not_known_is_null(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_STATE | 1 << BUILD_SEND | 1 << BUILD_RECV |
					   1 << BUILD_DROP | 1 << BUILD_RETRANSMIT};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_probe(&b, T0, &hello_client, 11);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "\"role\":\"unknown\""));
	assert_non_null(strstr(v.text, "\"pid\":null,\"comm\":null"));
	assert_non_null(strstr(v.text, "\"start_ns\":null"));
	assert_non_null(strstr(v.text, "\"tx_bytes\":null,\"rx_bytes\":null,\"tx_msgs\":null,"
				       "\"rx_msgs\":null,\"retransmits\":null,\"drops\":null"));
	assert_non_null(strstr(v.text, "\"uncertain\":true"));
	viewed_release(&v);
	tape_release(&b);
}

static void empty_answer_says_why(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "--port 9999");
	assert_string_equal(v.text, "none of the 3 socket lives on this tape is selected\n");
	viewed_release(&v);
	v = show(&b, "--port 9999 -f json");
	assert_string_equal(v.text, "");
	viewed_release(&v);
	tape_release(&b);
}

static void tape_without_sockets_says_so(void **state)
{
	static const struct build_segment stray = {"10.0.0.1", "10.0.0.2", 1, 2, 16, 0, 0, 0};
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_consume(&b, T0, &stray);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "no TCP socket on this tape: none of its 1 events is"));
	viewed_release(&v);
	tape_release(&b);
}

static void hostile_command_name_is_escaped(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 66, "\033[2Jboo");
	tape_state(&b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_ready(&b);
	v = show(&b, "");
	assert_null(strchr(v.text, '\033'));
	assert_non_null(strstr(v.text, "[2Jboo[66]"));
	viewed_release(&v);
	tape_release(&b);
}

static void a_listener_tells_of_those_it_accepted_and_roles_are_chosen(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json --role listener");
	assert_non_null(strstr(v.text, "\"role\":\"listener\""));
	assert_null(strstr(v.text, "\"role\":\"client\""));
	/* read 28 us after it was established */
	assert_non_null(strstr(v.text, "\"accept_wait_ns\":28000,\"accepted\":1"));
	viewed_release(&v);
	v = show(&b, "-f json --role server");
	assert_non_null(strstr(v.text, "\"handshake_ns\":1000,\"accept_wait_ns\":28000"));
	viewed_release(&v);
	tape_release(&b);
}

static void segments_sent_again_are_those_that_tcp_counted(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 7, "c");
	tape_establish(&b, T0);
	tape_retransmit(&b, T0 + 4000, &hello_client, 0);
	tape_close(&b, T0 + 5000, &hello_client, STATE_ESTABLISHED, 110);
	tape_summary(&b, T0 + 5000, &hello_client, 5, 0, 0);
	tape_ready(&b);
	v = show(&b, "-f csv --fields conn,retransmits,retrans_segs --role client");
	assert_string_equal(v.text, "conn,retransmits,retrans_segs\n1,1,5\n");
	viewed_release(&v);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_gives_a_row_for_each_life_with_the_promised_keys),
		cmocka_unit_test(a_listener_tells_of_those_it_accepted_and_roles_are_chosen),
		cmocka_unit_test(segments_sent_again_are_those_that_tcp_counted),
		cmocka_unit_test(text_names_owner_ends_and_time_wait),
		cmocka_unit_test(bytes_of_lives_with_lost_events_are_a_lower_limit),
		cmocka_unit_test(every_recording_on_a_tape_is_told_by_its_own_events),
		cmocka_unit_test(rows_come_in_order_of_number_though_lives_end_otherwise),
		cmocka_unit_test(numbers_do_not_depend_on_the_selection),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(empty_answer_says_why),
		cmocka_unit_test(tape_without_sockets_says_so),
		cmocka_unit_test(hostile_command_name_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

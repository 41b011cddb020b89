/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_exchanges.c -- who asked whom, and who waited. */
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
	return view_built(view_exchanges, b, options);
}

static void hello_is_one_exchange_whose_parts_add_up(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json");
	/* asked at 46 us of the hello, read at 56, answered at 70, read at 89 */
	assert_string_equal(v.text,
			    "{\"conn\":2,\"peer\":3,\"n\":1,\"start_ns\":1001046000,"
			    "\"request_bytes\":2,\"request_ns\":10000,\"think_ns\":14000,"
			    "\"response_bytes\":11,\"response_ns\":19000,\"total_ns\":43000,"
			    "\"client_wait_ns\":43000,\"server_wait_ns\":29000,\"turns\":1,"
			    "\"kind\":\"request-response\",\"sides\":\"both\",\"queue_ns\":null,"
			    "\"work_ns\":14000,\"write_ns\":0,\"transfer_ns\":19000,"
			    "\"first_byte_ns\":43000,\"idle_ns\":26000,\"from\":\"calls\"}\n");
	viewed_release(&v);
	tape_release(&b);
}

static void services_are_told_with_percentiles(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json --by service --fields service,exchanges,request_bytes,total_p50_ns,"
		     "work_max_ns,queue_p50_ns,unanswered");
	assert_string_equal(v.text,
			    "{\"service\":\"127.0.0.1:8080\",\"exchanges\":1,\"request_bytes\":2,"
			    "\"total_p50_ns\":43000,\"work_max_ns\":14000,\"queue_p50_ns\":null,"
			    "\"unanswered\":0}\n");
	viewed_release(&v);
	v = show(&b, "-f json --by conn --fields conn,exchanges");
	assert_string_equal(v.text, "{\"conn\":2,\"exchanges\":1}\n");
	viewed_release(&v);
	tape_release(&b);
}

static void what_waits_to_be_read_is_queued(void **state)
{
	struct build_segment x = {.from = "127.0.0.1",
				  .to = "127.0.0.1",
				  .sport = 40112,
				  .dport = 8080,
				  .flags = 16,
				  .seq = 1,
				  .ack = 1,
				  .payload = 10};
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_state(&b, T0, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(&b, T0 + 1, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
	tape_segment(&b, T0 + 100, &x);
	tape_sock_event(&b, T0 + 200, BUILD_DATA_READY, &hello_server);
	tape_recv(&b, T0 + 5200, &hello_server, 10, 0);
	tape_send(&b, T0 + 6000, &hello_server, 10);
	tape_ready(&b);
	v = show(&b, "-f json --fields kind,sides,queue_ns,work_ns,first_byte_ns");
	assert_string_equal(v.text, "{\"kind\":\"request-response\",\"sides\":\"server\","
				    "\"queue_ns\":5000,\"work_ns\":800,\"first_byte_ns\":null}\n");
	viewed_release(&v);
	tape_release(&b);
}

static void text_names_both_and_their_times(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "");
	assert_string_equal(
		v.text,
		"conn # client                server             asked request think answered response total\n"
		"   2 1 hello_client :40112 → hello_server :8080   2 B   10 µs 14 µs     11 B    19 µs "
		"43 µs\n");
	viewed_release(&v);
	tape_release(&b);
}

static void establish(struct build_tape *b)
{
	tape_run(b, 7, "peer");
	tape_state(b, T0, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, T0 + 1000, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
}

static void server_alone_is_told_as_seen_from_there(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_recv(&b, T0 + 3000, &hello_server, 5, 0);
	tape_send(&b, T0 + 9000, &hello_server, 50);
	tape_recv(&b, T0 + 10000, &hello_server, 6, 0);
	tape_send(&b, T0 + 12000, &hello_server, 60);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "\"conn\":1,\"peer\":null,\"n\":1"));
	assert_non_null(strstr(v.text, "\"think_ns\":6000,\"response_bytes\":50"));
	assert_non_null(strstr(v.text, "\"n\":2"));
	assert_non_null(strstr(v.text, "\"client_wait_ns\":null,\"server_wait_ns\":2000"));
	viewed_release(&v);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "127.0.0.1:40112 → "));
	assert_non_null(strstr(v.text, "peer :8080"));
	assert_non_null(strstr(v.text, "seen from the server"));
	viewed_release(&v);
	tape_release(&b);
}

static void server_that_speaks_first_is_said_to(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_send(&b, T0 + 9000, &hello_server, 220);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "the server spoke first"));
	viewed_release(&v);
	tape_release(&b);
}

static void peeks_and_failures_are_no_turns(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_recv(&b, T0 + 3000, &hello_server, 5, 2);
	tape_recv(&b, T0 + 4000, &hello_server, -11, 0);
	tape_recv(&b, T0 + 5000, &hello_server, 5, 0);
	tape_send(&b, T0 + 6000, &hello_server, -32);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "\"request_bytes\":5,"));
	assert_non_null(
		strstr(v.text, "\"think_ns\":null,\"response_bytes\":0,\"response_ns\":null"));
	viewed_release(&v);
	tape_release(&b);
}

static void without_calls_arriving_data_stands_for_reading(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_SEND | 1 << BUILD_RECV | 1 << BUILD_STATE};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_probe(&b, T0, &hello_client, 11);
	tape_probe(&b, T0 + 6000, &hello_client, 0);
	tape_ready(&b);
	v = show(&b, "-f json");
	assert_non_null(strstr(v.text, "11"));
	assert_null(strstr(v.text, "answers missing"));
	assert_non_null(strstr(v.text, "\"from\":\"arrivals\""));
	viewed_release(&v);
	tape_release(&b);
	/* Such answers are not all there is. */
	b.left_out = 1 << BUILD_SEND | 1 << BUILD_RECV | 1 << BUILD_STATE;
	tape_begin(&b);
	tape_probe(&b, T0, &hello_client, 11);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "answers missing\n"));
	viewed_release(&v);
	tape_release(&b);
}

static void empty_answer_says_why(void **state)
{
	struct build_tape b = {.left_out = 1 << BUILD_SEND};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	establish(&b);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "no data moved on the 1 TCP socket lives"));
	assert_non_null(strstr(v.text, "and receive calls"));
	viewed_release(&v);
	tape_release(&b);
}

static void text_shows_parts_that_add_up_to_the_total(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	size_t columns = 0;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, " asked request think answered response total\n"));
	assert_non_null(strstr(v.text, "hello_client :40112 → hello_server :8080 "));
	for (const char *c = v.text; *c && *c != '\n'; c++)
		columns += ((unsigned char)*c & 0xc0) != 0x80;
	assert_in_range(columns, 1, 100);
	viewed_release(&v);
	tape_release(&b);
}

static void what_loss_hides_is_not_called_no_answer(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 3209, "hello_client");
	tape_state(&b, T0, &hello_client, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(&b, T0 + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_send(&b, T0 + 2000, &hello_client, 2);
	tape_loss(&b, T0 + 2500, T0 + 9000, BUILD_RECV);
	tape_sock_event(&b, T0 + 9000, BUILD_DATA_READY, &hello_client);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "  no answer seen\n"));
	viewed_release(&v);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_is_one_exchange_whose_parts_add_up),
		cmocka_unit_test(text_shows_parts_that_add_up_to_the_total),
		cmocka_unit_test(what_loss_hides_is_not_called_no_answer),
		cmocka_unit_test(services_are_told_with_percentiles),
		cmocka_unit_test(what_waits_to_be_read_is_queued),
		cmocka_unit_test(text_names_both_and_their_times),
		cmocka_unit_test(server_alone_is_told_as_seen_from_there),
		cmocka_unit_test(server_that_speaks_first_is_said_to),
		cmocka_unit_test(peeks_and_failures_are_no_turns),
		cmocka_unit_test(without_calls_arriving_data_stands_for_reading),
		cmocka_unit_test(empty_answer_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_timeline.c -- a connection reads like a story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/sink.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { T0 = 1000000000 };

static struct viewed show(struct build_tape *b, const char *options)
{
	size_t len;
	const uint8_t *data = sink_memory(b->sink, &len);
	struct viewed v = view_bytes(view_timeline, data, len, options, false);

	assert_int_equal(v.rc, 0);
	return v;
}

/* Each must follow the one before it. */
static void assert_in_order(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = strstr(text, words[i]);

		if (!at)
			fail_msg("\"%s\" is missing, or comes too early", words[i]);
		text = at + strlen(words[i]);
	}
}

static void what_is_missing_is_marked_where_it_is_missing(void **state)
{
	static const char *const words[] = {
		"connects: SYN_SENT",
		"-- 7 events lost on CPU 0 between 0.001015 s and 0.001030 s:\n",
		"   what is missing here was not recorded --\n",
		"connected after 20 µs",
		"-- up to here events may be missing --\n",
		"not shown: ",
		"≥ 2 bytes asked, ≥ 11 answered, in 106 µs; the server closed first",
		"; uncertain: events are missing",
	};
	struct build_tape b = {0};
	struct viewed v;
	const char *mark;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_loss(&b, T0 + 1015000, T0 + 1030000, BUILD_STATE);
	tape_loss(&b, T0 + 5000000, T0 + 6000000, BUILD_STATE); /* when all was over */
	tape_ready(&b);
	v = show(&b, "");
	assert_in_order(v.text, words, sizeof(words) / sizeof(words[0]));
	mark = strstr(v.text, "-- up to here");
	assert_null(strstr(mark + 1, " -- "));
	viewed_release(&v);
	v = show(&b, "-f json");
	assert_null(strstr(v.text, "missing"));
	viewed_release(&v);
	tape_release(&b);
}

/* Nothing was seen to be answered: that is not an answer of 0 bytes. */
static void what_loss_hides_is_not_said_to_be_nothing(void **state)
{
	static const enum tcp_state connecting[] = {STATE_CLOSE, STATE_SYN_SENT};
	static const enum tcp_state connected[] = {STATE_SYN_SENT, STATE_ESTABLISHED};
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_run(&b, 3209, "hello_client");
	tape_state(&b, T0, &hello_client, connecting[0], connecting[1]);
	tape_state(&b, T0 + 1000, &hello_client, connected[0], connected[1]);
	tape_send(&b, T0 + 2000, &hello_client, 2);
	tape_loss(&b, T0 + 2500, T0 + 9000, BUILD_RECV);
	tape_sock_event(&b, T0 + 9000, BUILD_DATA_READY, &hello_client);
	tape_ready(&b);
	v = show(&b, "");
	assert_non_null(strstr(v.text, "≥ 2 bytes asked, an unknown number answered, in 9 µs; end: "
				       "not seen; uncertain: events are missing\n"));
	viewed_release(&v);
	tape_release(&b);
}

static void many_losses_in_one_place_are_a_few_lines(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	unsigned marks = 0;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	for (uint64_t i = 0; i < 100; i++)
		tape_loss(&b, T0 + 1001000 + i, T0 + 1001000 + i, BUILD_STATE);
	tape_ready(&b);
	v = show(&b, "--conn 2");
	for (const char *at = v.text; (at = strstr(at, " lost on CPU ")); at++)
		marks++;
	assert_int_equal(marks, 4);
	assert_non_null(strstr(v.text, "679 events lost on CPU 0 between"));
	viewed_release(&v);
	tape_release(&b);
}

static void hello_reads_like_a_story(void **state)
{
	static const char *const words[] = {
		"conn 2 and 3: 127.0.0.1:40112 → 127.0.0.1:8080",
		"client hello_client[3209]",
		"server hello_server[2377]",
		"connects: SYN_SENT",
		"── SYN ──",
		"── SYN ACK ──",
		"connected after 20 µs: ESTABLISHED",
		"── ACK 1 ──",
		"new connection: SYN_RECV",
		"ready for accept(): ESTABLISHED",
		"── PSH ACK seq 1 ack 1: 2 bytes ──",
		"asks 2 bytes",
		"accepts; reads 2 bytes",
		" PSH ACK seq 1 ack 3: 11 bytes ──",
		"answers 11 bytes",
		"closes first: FIN_WAIT1",
		" FIN ACK seq 12 ack 3 ──",
		"the other side has closed: CLOSE_WAIT",
		"reads 11 bytes after waiting 43 µs",
		"reads the end",
		"closes too: LAST_ACK",
		"TIME_WAIT begins on",
		"(60 s by design;",
		"not shown: ",
		"2 bytes asked, 11 answered, in 106 µs; the server closed first",
	};
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "");
	assert_in_order(v.text, words, sizeof(words) / sizeof(words[0]));
	viewed_release(&v);
	tape_release(&b);
}

static void json_has_every_event_of_the_connection(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	size_t rows = 0;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json");
	for (const char *p = v.text; (p = strchr(p, '\n')); p++)
		rows++;
	/* changes, packets that arrive and end, sends, reads, and others */
	assert_int_equal(rows, 10 + 2 * 9 + 2 + 3 + 1 + 2 + 2);
	assert_non_null(strstr(v.text, "\"delta_ns\":null,\"conn\":2,\"side\":\"client\","
				       "\"event\":\"sock:inet_sock_set_state\","
				       "\"text\":\"connects: TCP_SYN_SENT\"}"));
	assert_non_null(strstr(v.text, "\"conn\":3,\"side\":\"server\","
				       "\"event\":\"net:netif_receive_skb\","
				       "\"text\":\"from the client: SYN\"}"));
	viewed_release(&v);
	tape_release(&b);
}

static void wait_and_begin(struct build_tape *b, unsigned i)
{
	struct build_sock s = hello_client;

	s.cookie = 100 + i;
	s.skaddr += 64 * i;
	s.lport = (uint16_t)(30000 + i);
	tape_run(b, 9, "many");
	tape_state(b, T0 + i * 1000, &s, STATE_CLOSE, STATE_SYN_SENT);
	tape_state(b, T0 + i * 1000 + 10, &s, STATE_SYN_SENT, STATE_CLOSE);
	tape_destroy(b, T0 + i * 1000 + 20, &s);
}

static void too_many_connections_ask_for_a_choice(void **state)
{
	struct build_tape b = {0};
	struct viewed v;
	size_t len;
	const uint8_t *data;

	(void)state;
	tape_begin(&b);
	for (unsigned i = 0; i < 20; i++)
		wait_and_begin(&b, i);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	v = view_bytes(view_timeline, data, len, "", false);
	assert_int_equal(v.rc, ERR_USAGE);
	assert_non_null(strstr(v.err.text, "--conn"));
	viewed_release(&v);
	v = show(&b, "--conn 17");
	assert_non_null(strstr(v.text, "conn 17: 127.0.0.1:30016"));
	viewed_release(&v);
	tape_release(&b);
}

static void one_side_alone_is_told_too(void **state)
{
	struct build_tape b = {0};
	struct build_segment syn = {.from = "127.0.0.1",
				    .to = "127.0.0.1",
				    .sport = 40112,
				    .dport = 8080,
				    .flags = 2};
	struct build_segment rst = {.from = "127.0.0.1",
				    .to = "127.0.0.1",
				    .sport = 8080,
				    .dport = 40112,
				    .flags = 20};
	struct build_sock early = hello_client;
	const enum tcp_state refused[2] = {STATE_SYN_SENT, STATE_CLOSE};
	static const char *const words[] = {
		"the other side (not on this tape)",
		"connects: SYN_SENT",
		"── SYN ──",
		"DROPPED: SYN, NO_SOCKET",
		"RST ACK",
		"receives RST",
		"is refused: CLOSE",
		"never established: refused after 10 µs",
	};
	struct viewed v;

	(void)state;
	early.lport = 0;
	tape_begin(&b);
	tape_run(&b, 9, "curl");
	tape_state(&b, T0, &early, STATE_CLOSE, STATE_SYN_SENT);
	tape_segment(&b, T0 + 1000, &syn);
	tape_drop(&b, T0 + 2000, &syn, REASON_NO_SOCKET);
	tape_segment(&b, T0 + 3000, &rst);
	tape_sock_event(&b, T0 + 9000, BUILD_RECEIVE_RESET, &hello_client);
	tape_state_with(&b, T0 + 10000, &hello_client, refused,
			&(struct build_extra){.sk_err = 111});
	tape_ready(&b);
	v = show(&b, "");
	assert_in_order(v.text, words, sizeof(words) / sizeof(words[0]));
	viewed_release(&v);
	tape_release(&b);
}

static void listener_has_a_story_only_for_who_asks(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "--conn 1");
	assert_non_null(strstr(v.text, "listener hello_server[2377]"));
	assert_non_null(strstr(v.text, "a connection can be accepted"));
	viewed_release(&v);
	tape_release(&b);
}

static void events_and_times_narrow_the_story(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	tape_ready(&b);
	v = show(&b, "-f json -e sock_send_length --until 0.00105");
	assert_non_null(strstr(v.text, "asks 2 bytes"));
	assert_null(strstr(v.text, "11 bytes"));
	viewed_release(&v);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_marked_where_it_is_missing),
		cmocka_unit_test(what_loss_hides_is_not_said_to_be_nothing),
		cmocka_unit_test(many_losses_in_one_place_are_a_few_lines),
		cmocka_unit_test(hello_reads_like_a_story),
		cmocka_unit_test(json_has_every_event_of_the_connection),
		cmocka_unit_test(too_many_connections_ask_for_a_choice),
		cmocka_unit_test(one_side_alone_is_told_too),
		cmocka_unit_test(listener_has_a_story_only_for_who_asks),
		cmocka_unit_test(events_and_times_narrow_the_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

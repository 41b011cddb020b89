/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_ledger.c -- where a connection's time went, in stories with known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/ledgers.h"
#include "analyze/linux_errno.h"
#include "tests/analyze/build_tape.h"

enum { MS = 1000000, TOLD_MAX = 8, FIN = 1, ACK = 16 };

static const uint64_t T0 = 1000000000000;

/* What became of each life, by number. */
struct outcome {
	struct life lives[TOLD_MAX];
	uint64_t ns[TOLD_MAX][LEDGER_COUNT];
};

static void take_all(struct outcome *o, struct tracker *t, struct ledgers *bs)
{
	const struct life *l;

	while ((l = tracker_take(t))) {
		uint64_t sum = 0;

		assert_in_range(l->conn, 1, TOLD_MAX);
		o->lives[l->conn - 1] = *l;
		ledgers_take(bs, l, o->ns[l->conn - 1]);
		for (int i = 0; i < LEDGER_COUNT; i++)
			sum += o->ns[l->conn - 1][i];
		assert_int_equal(sum, l->role == LIFE_LISTENER ? 0 : life_duration(l));
	}
}

/* Ends the tape and goes through it. */
static void spend(struct outcome *o, struct build_tape *b)
{
	struct cursor *cursor = tape_ready(b);
	struct tracker *t = tracker_new();
	struct ledgers bs = {0};
	struct sighting seen;
	struct item item;
	struct error err;

	memset(o, 0, sizeof(*o));
	while (cursor_next(cursor, &item, &err) == 0) {
		assert_int_equal(tracker_feed(t, &item, &seen, &err), 0);
		if (item.kind == ITEM_EVENT && seen.bound)
			assert_int_equal(ledgers_see(&bs, t, &seen, &item.event, &err), 0);
		take_all(o, t, &bs);
	}
	tracker_stop(t);
	take_all(o, t, &bs);
	ledgers_release(&bs);
	tracker_free(t);
	tape_release(b);
}

/* The client connects within 2 ms; both sequences begin at 1. Lives 1 and 2. */
static void open_both(struct build_tape *b, uint64_t t)
{
	const enum tcp_state client[2] = {STATE_SYN_SENT, STATE_ESTABLISHED};
	const enum tcp_state server[2] = {STATE_SYN_RECV, STATE_ESTABLISHED};
	const struct build_extra x = {.una = 1, .nxt = 1};
	struct build_sock early = hello_client;

	tape_begin(b);
	early.lport = 0;
	tape_run(b, 3209, "hello_client");
	tape_state(b, t, &early, STATE_CLOSE, STATE_SYN_SENT);
	tape_state_with(b, t + 2 * MS, &hello_client, client, &x);
	tape_state(b, t + 2 * MS, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state_with(b, t + 2 * MS, &hello_server, server, &x);
}

/* A segment arrives, and its data can be read at once. */
static void arrive(struct build_tape *b, uint64_t t, bool is_to_server,
		   const struct build_segment *x)
{
	const struct build_sock *s = is_to_server ? &hello_server : &hello_client;
	struct build_segment segment = *x;

	segment.from = segment.to = "127.0.0.1";
	segment.sport = is_to_server ? 40112 : 8080;
	segment.dport = is_to_server ? 8080 : 40112;
	segment.flags |= ACK;
	tape_segment(b, t, &segment);
	tape_probe_with(b, t, s,
			&(struct build_probe){.data_len = (uint16_t)x->payload,
					      .snd_una = x->ack,
					      .snd_nxt = x->ack,
					      .snd_wnd = 65535,
					      .rcv_nxt = x->seq});
	if (x->payload)
		tape_sock_event(b, t, BUILD_DATA_READY, s);
}

static void assert_item(const struct outcome *o, unsigned conn, enum ledger_item item,
			uint64_t expected_ms)
{
	assert_int_equal(o->ns[conn - 1][item] / MS, expected_ms);
}

static void a_server_that_thinks_is_waited_for_by_its_peer(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t + 10 * MS, &hello_client, 100);
	arrive(&b, t + 13 * MS, true, &(struct build_segment){.seq = 1, .ack = 1, .payload = 100});
	tape_recv(&b, t + 20 * MS, &hello_server, 100, 0);
	arrive(&b, t + 21 * MS, false, &(struct build_segment){.seq = 1, .ack = 101});
	tape_send(&b, t + 70 * MS, &hello_server, 50);
	arrive(&b, t + 73 * MS, false,
	       &(struct build_segment){.seq = 1, .ack = 101, .payload = 50});
	tape_recv(&b, t + 79 * MS, &hello_client, 50, 0);
	tape_state(&b, t + 99 * MS, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(&b, t + 104 * MS, &hello_client, STATE_FIN_WAIT1, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_CONNECT, 2);
	assert_item(&o, 1, LEDGER_IDLE, 10 + 20); /* before asking, and after the answer */
	assert_item(&o, 1, LEDGER_NETWORK, 3);
	assert_item(&o, 1, LEDGER_PEER, 60);
	assert_item(&o, 1, LEDGER_RECEIVER_APP, 6);
	assert_item(&o, 1, LEDGER_CLOSING, 5);
	assert_item(&o, 1, LEDGER_UNKNOWN, 0);
	assert_item(&o, 2, LEDGER_ACCEPT, 20);
	assert_item(&o, 2, LEDGER_SENDER_APP, 50);
	assert_item(&o, 2, LEDGER_NETWORK, 3);
	assert_int_equal(o.lives[1].accept_wait_ns, 20 * MS);
}

static void a_client_with_nothing_to_ask_leaves_both_idle(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	for (uint32_t i = 0; i < 2; i++, t += 100 * MS) {
		tape_send(&b, t, &hello_client, 10);
		arrive(&b, t, true,
		       &(struct build_segment){.seq = 1 + i * 10,
					       .ack = 1 + i * 10,
					       .payload = 10});
		tape_recv(&b, t, &hello_server, 10, 0);
		tape_send(&b, t, &hello_server, 10);
		arrive(&b, t, false,
		       &(struct build_segment){.seq = 1 + i * 10,
					       .ack = 11 + i * 10,
					       .payload = 10});
		tape_recv(&b, t, &hello_client, 10, 0);
	}
	tape_state(&b, t, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_state(&b, t, &hello_server, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_IDLE, 200);
	assert_item(&o, 2, LEDGER_IDLE, 200);
}

static void a_reader_that_sleeps_is_the_receiver_and_then_the_window(void **state)
{
	const struct build_probe full = {.snd_una = 50001,
					 .snd_nxt = 50001,
					 .snd_wnd = 0,
					 .rcv_nxt = 1};
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_recv(&b, t, &hello_server, 0, 0); /* the application has it */
	tape_send(&b, t, &hello_client, 80000);
	arrive(&b, t + MS, true, &(struct build_segment){.seq = 1, .ack = 1, .payload = 50000});
	arrive(&b, t + 2 * MS, false, &(struct build_segment){.seq = 1, .ack = 50001});
	/* The peer says again that there is room; the socket remembers that there was none. */
	tape_recv(&b, t + 300 * MS, &hello_server, 50000, 0);
	tape_probe_with(&b, t + 300 * MS, &hello_client, &full);
	arrive(&b, t + 301 * MS, true,
	       &(struct build_segment){.seq = 50001, .ack = 1, .payload = 30000});
	tape_state(&b, t + 400 * MS, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_state(&b, t + 400 * MS, &hello_server, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_RWND, 298);
	assert_item(&o, 2, LEDGER_RECEIVER_APP, 299 + 99);
}

static void a_call_that_reads_is_counted_once(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	for (uint32_t i = 0; i < 2; i++, t += 10 * MS) {
		arrive(&b, t, true,
		       &(struct build_segment){.seq = 1 + 10 * i, .ack = 1, .payload = 10});
		/* The copy is seen before the call returns its length. */
		tape_sock_event(&b, t + 6 * MS, BUILD_SPACE_ADJUST, &hello_server);
		tape_recv(&b, t + 6 * MS, &hello_server, 10, 0);
	}
	spend(&o, &b);
	assert_item(&o, 2, LEDGER_ACCEPT, 6);
	assert_item(&o, 2, LEDGER_RECEIVER_APP, 6);
}

static void a_timer_that_fires_tells_what_was_waited_for(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t, &hello_client, 100);
	tape_cong_state(&b, t + 200 * MS, &hello_client, 4);
	tape_retransmit(&b, t + 200 * MS, &hello_client, 0);
	arrive(&b, t + 201 * MS, true, &(struct build_segment){.seq = 1, .ack = 1, .payload = 100});
	arrive(&b, t + 205 * MS, false, &(struct build_segment){.seq = 1, .ack = 101});
	tape_cong_state(&b, t + 205 * MS, &hello_client, 0);
	tape_state(&b, t + 206 * MS, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_RTO_WAIT, 205);
	assert_item(&o, 1, LEDGER_NETWORK, 0);
}

static void losses_noticed_early_are_recovery(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t, &hello_client, 20000);
	tape_cong_state(&b, t + 10 * MS, &hello_client, 3);
	tape_retransmit(&b, t + 10 * MS, &hello_client, 0);
	arrive(&b, t + 30 * MS, false, &(struct build_segment){.seq = 1, .ack = 20001});
	tape_cong_state(&b, t + 30 * MS, &hello_client, 0);
	tape_state(&b, t + 30 * MS, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_RECOVERY, 30);
}

static void a_sender_with_pauses_is_its_own_application(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	for (uint32_t i = 0; i < 3; i++, t += 50 * MS) {
		tape_send(&b, t, &hello_client, 10);
		arrive(&b, t, true,
		       &(struct build_segment){.seq = 1 + i * 10, .ack = 1, .payload = 10});
		tape_recv(&b, t, &hello_server, 10, 0);
		arrive(&b, t, false, &(struct build_segment){.seq = 1, .ack = 11 + i * 10});
	}
	tape_state(&b, t, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_state(&b, t, &hello_server, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_SENDER_APP, 150);
	assert_item(&o, 2, LEDGER_PEER, 100);
}

/* On its way for 15 ms, acknowledged after 30: then only may the application go on. */
static void a_full_send_buffer_is_not_the_application(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	for (uint32_t i = 0; i < 3; i++, t += 30 * MS) {
		tape_send(&b, t, &hello_client, 10);
		tape_send(&b, t, &hello_client, -LINUX_EAGAIN);
		arrive(&b, t + 15 * MS, true,
		       &(struct build_segment){.seq = 1 + i * 10, .ack = 1, .payload = 10});
		arrive(&b, t + 30 * MS, false,
		       &(struct build_segment){.seq = 1, .ack = 11 + i * 10});
	}
	tape_state(&b, t, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_NETWORK, 90);
	assert_item(&o, 1, LEDGER_SENDER_APP, 0);
}

static void without_segments_and_probes_nothing_is_known_of_the_way(void **state)
{
	struct build_tape b = {.left_out = 1u << BUILD_SEGMENT | 1u << BUILD_PROBE};
	struct outcome o;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, T0 + 5 * MS, &hello_client, 100);
	tape_recv(&b, T0 + 6 * MS, &hello_client, 100, 0);
	tape_state(&b, T0 + 12 * MS, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_CONNECT, 2);
	assert_item(&o, 1, LEDGER_UNKNOWN, 10);
}

static void a_half_closed_side_still_waits_for_its_answer(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t, &hello_client, 10);
	tape_state(&b, t, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_state(&b, t + MS, &hello_client, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_recv(&b, t + 40 * MS, &hello_client, 5, 0);
	tape_state(&b, t + 42 * MS, &hello_client, STATE_FIN_WAIT2, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_NETWORK, 1);
	assert_item(&o, 1, LEDGER_PEER, 39);
	assert_item(&o, 1, LEDGER_CLOSING, 2);
}

static void what_was_written_before_a_close_is_still_under_way(void **state)
{
	const struct build_segment ack = {"127.0.0.1",  "127.0.0.1", .sport = 8080, .dport = 40112,
					  .flags = ACK, .seq = 1,    .ack = 1001};
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t, &hello_client, 1000);
	tape_state(&b, t, &hello_client, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	tape_segment(&b, t + 30 * MS, &ack);
	tape_state(&b, t + 33 * MS, &hello_client, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_state(&b, t + 35 * MS, &hello_client, STATE_FIN_WAIT2, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_NETWORK, 30);
	assert_item(&o, 1, LEDGER_CLOSING, 5);
}

/* The client is served from 2 to 42 ms; between 20 and 30 events were lost. */
static void time_in_which_events_were_lost_is_unknown(void **state)
{
	struct build_tape b = {0};
	struct outcome o;
	uint64_t t = T0 + 2 * MS;

	(void)state;
	open_both(&b, T0);
	tape_send(&b, t, &hello_client, 10);
	arrive(&b, t, true, &(struct build_segment){.seq = 1, .ack = 1, .payload = 10});
	tape_recv(&b, t, &hello_server, 10, 0);
	tape_loss(&b, t + 20 * MS, t + 30 * MS, BUILD_RECV);
	tape_send(&b, t + 25 * MS, &hello_server, 5);
	arrive(&b, t + 35 * MS, false, &(struct build_segment){.seq = 1, .ack = 11, .payload = 5});
	tape_recv(&b, t + 35 * MS, &hello_client, 5, 0);
	tape_state(&b, t + 40 * MS, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	spend(&o, &b);
	assert_item(&o, 1, LEDGER_CONNECT, 2);
	assert_item(&o, 1, LEDGER_UNKNOWN, 10);
	assert_item(&o, 1, LEDGER_PEER, 25);
	assert_item(&o, 1, LEDGER_IDLE, 5);
	assert_item(&o, 2, LEDGER_UNKNOWN, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_thinks_is_waited_for_by_its_peer),
		cmocka_unit_test(a_client_with_nothing_to_ask_leaves_both_idle),
		cmocka_unit_test(a_reader_that_sleeps_is_the_receiver_and_then_the_window),
		cmocka_unit_test(a_call_that_reads_is_counted_once),
		cmocka_unit_test(a_timer_that_fires_tells_what_was_waited_for),
		cmocka_unit_test(losses_noticed_early_are_recovery),
		cmocka_unit_test(a_sender_with_pauses_is_its_own_application),
		cmocka_unit_test(a_full_send_buffer_is_not_the_application),
		cmocka_unit_test(without_segments_and_probes_nothing_is_known_of_the_way),
		cmocka_unit_test(a_half_closed_side_still_waits_for_its_answer),
		cmocka_unit_test(what_was_written_before_a_close_is_still_under_way),
		cmocka_unit_test(time_in_which_events_were_lost_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// fuzz-sources: tests/analyze/build_tape.c tests/analyze/build_rows.c
/*
 * fuzz_lives.c -- any story that events of a few sockets can tell, in any order, true or
 * not: the tape is sound, only its contents lie. Four bytes make an event. Whatever is told,
 * what a connection spent adds up to its duration.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/ledgers.h"
#include "analyze/remarks.h"
#include "analyze/view.h"
#include "tests/analyze/build_tape.h"

static const struct {
	view_fn view;
	const char *by;
} views[] = {
	{view_conns, NULL},
	{view_states, NULL},
	{view_timeline, NULL},
	{view_exchanges, NULL},
	{view_rtt, NULL},
	{view_rtt, "service"},
	{view_rtt, "conn"},
	{view_top, NULL},
	{view_cwnd, NULL},
	{view_cwnd, "conn"},
	{view_exchanges, "service"},
	{view_exchanges, "conn"},
};

enum { VIEWS = sizeof(views) / sizeof(views[0]) };

/* One of 64 sockets that share addresses, cookies and ports with each other. */
static struct build_sock sock(uint8_t choice)
{
	static const char *const addresses[] = {"127.0.0.1", "::1", "0.0.0.0", "10.0.0.1"};
	struct build_sock s = {
		.skaddr = 0x1000 + (choice & 7),
		.cookie = choice >> 3 & 3,
		.netns = choice >> 5 & 1,
		.protocol = choice == 255 ? 17 : 6,
		.laddr = addresses[choice >> 1 & 3],
		.raddr = addresses[choice >> 2 & 3],
		.lport = choice & 3,
		.rport = choice >> 2 & 3,
	};

	return s;
}

static void add_change(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint8_t more)
{
	const enum tcp_state change[2] = {(enum tcp_state)(1 + (more & 15) % 12),
					  (enum tcp_state)(1 + (more >> 4) % 12)};
	const struct build_extra x = {.una = more & 3,
				      .nxt = more >> 2 & 3,
				      .acked = more,
				      .received = more >> 1,
				      .sk_err = more & 1 ? 104 : 0,
				      .srtt_us = more,
				      .is_done = more & 2,
				      .is_absent = more & 4};

	tape_state_with(b, ts, s, change, &x);
}

static void add_packet(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       const uint8_t *event)
{
	const struct build_segment x = {.from = s->laddr,
					.to = s->raddr,
					.sport = s->lport,
					.dport = s->rport,
					.flags = event[2],
					.seq = event[3],
					.ack = event[2],
					.payload = event[3] & 7};

	if (event[0] & 64)
		tape_segment(b, ts, &x);
	else if (event[0] & 128)
		tape_drop(b, ts, &x, event[3]);
	else
		tape_consume(b, ts, &x);
}

static void add_probe(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		      const uint8_t *event)
{
	const struct build_probe x = {.data_len = event[2],
				      .cwnd = event[3] & 15,
				      .ssthresh = event[3] & 16 ? 0x7fffffff : event[3],
				      .srtt = (uint32_t)event[2] << (event[3] & 31),
				      .snd_nxt = event[2],
				      .snd_una = event[3],
				      .rcv_nxt = event[3]};

	tape_probe_with(b, ts, s, &x);
}

static void add_event(struct build_tape *b, uint64_t ts, const uint8_t *event)
{
	struct build_sock s = sock(event[1]);
	struct build_snapshot old = {.state = (enum tcp_state)(1 + event[2] % 12),
				     .owner_pid = event[3],
				     .srtt_us = event[2],
				     .min_rtt_us = event[3]};

	tape_run(b, event[0] >> 4, "task");
	switch (event[0] & 15) {
	case 0:
	case 1:
	case 2:
	case 3:
		add_change(b, ts, &s, event[2]);
		break;
	case 4:
		tape_destroy_with(b, ts, &s, event[2], event[3]);
		break;
	case 5:
		tape_snapshot(b, ts, &s, &old);
		break;
	case 6:
		tape_send(b, ts, &s, (int8_t)event[2]);
		break;
	case 7:
		tape_recv(b, ts, &s, (int8_t)event[2], event[3]);
		break;
	case 8:
		add_probe(b, ts, &s, event);
		break;
	case 9:
		tape_retransmit(b, ts, &s, event[2] & 1);
		break;
	case 10:
		tape_loss(b, ts - event[2], ts + event[3], BUILD_STATE);
		break;
	case 11:
	case 12:
		add_packet(b, ts, &s, event);
		break;
	case 13:
		tape_cong_state(b, ts, &s, event[2]);
		tape_cwnd_reduction(b, ts, &s);
		break;
	default:
		tape_sock_event(b, ts, (enum build_event)(BUILD_SEND_RESET + event[2] % 3), &s);
		break;
	}
}

static void take_ledgers(struct tracker *t, struct ledgers *bs)
{
	uint64_t ns[LEDGER_COUNT];
	const struct life *l;

	while ((l = tracker_take(t))) {
		uint64_t sum = 0;

		ledgers_take(bs, l, ns);
		for (int i = 0; i < LEDGER_COUNT; i++) {
			if (ns[i] > life_duration(l))
				abort();
			sum += ns[i];
		}
		if (l->role != LIFE_LISTENER && sum != life_duration(l))
			abort();
	}
}

static void spend(struct build_tape *b)
{
	struct cursor *cursor = tape_ready(b);
	struct tracker *t = tracker_new();
	struct ledgers bs = {0};
	struct sighting seen;
	struct item item;
	struct error err;

	while (cursor_next(cursor, &item, &err) == 0) {
		tracker_feed(t, &item, &seen, &err);
		if (item.kind == ITEM_EVENT && seen.bound)
			ledgers_see(&bs, t, &seen, &item.event, &err);
		take_ledgers(t, &bs);
	}
	tracker_stop(t);
	take_ledgers(t, &bs);
	ledgers_release(&bs);
	tracker_free(t);
}

static void show(struct build_tape *b, unsigned choice)
{
	static const uint64_t conns[] = {1, 2, 3};
	const struct selection all = {0}, some = {.conns = conns, .conn_count = 3};
	unsigned view = ((choice & 3) | (choice >> 3 & 28)) % VIEWS;
	struct remarks remarks = {0};
	struct view_input in = {.selection = choice & 16 ? &some : &all,
				.format = (enum render_format)((choice >> 2 & 3) % 3),
				.cursor = tape_ready(b),
				.source = b->source,
				.by = views[view].by,
				.interval_ns = 100000000,
				.has_budget = choice & 32,
				.remarks = &remarks};
	struct render_options opt = {.format = in.format};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct error err;

	in.is_page = in.format == RENDER_TEXT;
	in.renderer = render_new(out, &opt);
	views[view].view(&in, &err);
	render_finish(in.renderer);
	render_free(in.renderer);
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build_tape b = {0};
	uint64_t ts = 1000000000;

	if (size < 3 || size > 4000)
		return 0;
	b.left_out = data[1] & 8 ? data[2] : 0;
	tape_begin(&b);
	for (size_t i = 3; i + 4 <= size; i += 4) {
		/* now and then longer than the grace of lives that are over */
		ts += data[i] & 32 ? 20000000 : data[i + 1];
		add_event(&b, ts, data + i);
	}
	if ((data[0] & 96) == 96)
		spend(&b);
	else
		show(&b, data[0]);
	tape_release(&b);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* build_rows.c -- one event of a built tape, with the dictionary entries it needs. */
#include "tests/analyze/build_tape.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/tuple.h"

static void parse_address(const char *text, uint8_t v6[16], uint8_t v4[4])
{
	if (inet_pton(AF_INET, text, v4) == 1)
		address_set_ipv4(v6, v4);
	else if (inet_pton(AF_INET6, text, v6) != 1)
		abort();
}

static uint32_t intern(struct build_tape *b, uint32_t dict, const struct buf *packed)
{
	struct error err;
	uint32_t id;

	tape_check(writer_intern(b->writer, dict, packed->data, packed->len, &id, &err), &err);
	return id;
}

static uint32_t intern_task(struct build_tape *b)
{
	struct buf packed = {0};
	char comm[16] = {0};
	uint32_t id;

	snprintf(comm, sizeof(comm), "%s", b->comm);
	put_u32(&packed, b->pid);
	put_u32(&packed, b->pid);
	put_bytes(&packed, comm, 16);
	id = intern(b, b->dict_task, &packed);
	buf_release(&packed);
	return id;
}

static uint32_t intern_sock(struct build_tape *b, const struct build_sock *s)
{
	struct buf packed = {0};
	uint8_t l6[16] = {0}, r6[16] = {0}, l4[4] = {127, 0, 0, 6}, r4[4] = {127, 0, 0, 6};
	uint32_t id;

	parse_address(s->laddr, l6, l4);
	parse_address(s->raddr, r6, r4);
	put_u64(&packed, s->skaddr);
	put_u64(&packed, s->cookie);
	put_u32(&packed, s->netns);
	put_u16(&packed, s->protocol);
	put_u16(&packed, s->is_ipv6 ? 10 : 2);
	put_u16(&packed, s->lport);
	put_u16(&packed, s->rport);
	put_bytes(&packed, l4, 4);
	put_bytes(&packed, r4, 4);
	put_bytes(&packed, l6, 16);
	put_bytes(&packed, r6, 16);
	id = intern(b, b->dict_sock, &packed);
	buf_release(&packed);
	return id;
}

static uint32_t intern_flow(struct build_tape *b, const struct build_segment *x)
{
	struct buf packed = {0};
	uint8_t from[16], to[16], v4[4];
	uint32_t id;

	parse_address(x->from, from, v4);
	parse_address(x->to, to, v4);
	put_u16(&packed, 6);
	put_u16(&packed, strchr(x->from, ':') ? 10 : 2);
	put_u16(&packed, x->sport);
	put_u16(&packed, x->dport);
	put_bytes(&packed, from, 16);
	put_bytes(&packed, to, 16);
	id = intern(b, b->dict_flow, &packed);
	buf_release(&packed);
	return id;
}

/* refs: task, then what the event has of sock and flow. */
static void add_row(struct build_tape *b, enum build_event kind, uint64_t ts, const uint32_t ids[2],
		    const struct value *values)
{
	uint32_t refs[3] = {intern_task(b)};
	int n = 1;
	struct row row = {.schema = b->schemas[kind],
			  .cpu = b->cpu,
			  .ts_ns = ts,
			  .refs = refs,
			  .values = values};
	const struct schema *schema;
	struct error err;

	if (!row.schema)
		return;
	schema = writer_schema_get(b->writer, row.schema);
	for (uint8_t i = 1; i < schema->ref_count; i++)
		refs[n++] = schema->refs[i] == b->dict_sock ? ids[0] : ids[1];
	tape_check(writer_add(b->writer, &row, &err), &err);
}

static void add_sock_row(struct build_tape *b, enum build_event kind, uint64_t ts,
			 const struct build_sock *s, const struct value *values)
{
	uint32_t ids[2] = {intern_sock(b, s), 0};

	add_row(b, kind, ts, ids, values);
}

void tape_state_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		     const enum tcp_state change[2], const struct build_extra *x)
{
	struct value v[9] = {
		{.num = tape_state_number(change[0])},
		{.num = tape_state_number(change[1])},
		{.num = x->una},
		{.num = x->nxt},
		{.num = x->acked},
		{.num = x->received},
		{.num = (uint64_t)(int64_t)x->sk_err},
		{.num = x->is_done},
		{.num = x->srtt_us},
	};

	for (int i = 2; i < 9; i++)
		v[i].is_absent = x->is_absent;
	add_sock_row(b, BUILD_STATE, ts, s, v);
}

void tape_state(struct build_tape *b, uint64_t ts, const struct build_sock *s, enum tcp_state from,
		enum tcp_state to)
{
	const enum tcp_state change[2] = {from, to};

	tape_state_with(b, ts, s, change, &(struct build_extra){.is_absent = true});
}

void tape_send(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t ret)
{
	struct value v[2] = {{.num = (uint64_t)(int64_t)ret}};

	add_sock_row(b, BUILD_SEND, ts, s, v);
}

void tape_recv(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t ret,
	       int32_t flags)
{
	struct value v[2] = {{.num = (uint64_t)(int64_t)ret}, {.num = (uint64_t)(int64_t)flags}};

	add_sock_row(b, BUILD_RECV, ts, s, v);
}

void tape_probe(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t data_len)
{
	const struct build_probe x = {.data_len = data_len,
				      .cwnd = 10,
				      .ssthresh = 0x7fffffff,
				      .srtt = 17};

	tape_probe_with(b, ts, s, &x);
}

void tape_probe_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		     const struct build_probe *x)
{
	struct value v[9] = {
		{.num = x->data_len}, {.num = x->cwnd},    {.num = x->ssthresh},
		{.num = x->srtt},     {.num = x->snd_nxt}, {.num = x->snd_una},
		{.num = x->snd_wnd},  {.num = x->rcv_wnd}, {.num = x->rcv_nxt},
	};

	add_sock_row(b, BUILD_PROBE, ts, s, v);
}

void tape_cong_state(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint8_t state)
{
	struct value v[1] = {{.num = state}};

	add_sock_row(b, BUILD_CONG_STATE, ts, s, v);
}

void tape_cwnd_reduction(struct build_tape *b, uint64_t ts, const struct build_sock *s)
{
	struct value v[3] = {{0}};

	add_sock_row(b, BUILD_CWND_REDUCTION, ts, s, v);
}

void tape_retransmit(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t err)
{
	struct value v[6] = {
		{.num = tape_state_number(STATE_ESTABLISHED)},
		{.num = (uint64_t)(int64_t)err},
	};

	for (int i = 2; i < 6; i++)
		v[i].is_absent = true;
	add_sock_row(b, BUILD_RETRANSMIT, ts, s, v);
}

void tape_retransmit_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
			  const struct build_retransmit *x)
{
	struct value v[6] = {
		{.num = tape_state_number(x->state ? x->state : STATE_ESTABLISHED)},
		{.num = (uint64_t)(int64_t)x->err},
		{.num = x->seq},
		{.num = x->seq + x->bytes},
		{.num = x->ca_state},
		{.num = x->pending},
	};

	add_sock_row(b, BUILD_RETRANSMIT, ts, s, v);
}

void tape_summary(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t retrans,
		  uint32_t dsacks, uint32_t min_rtt_us)
{
	struct value v[3] = {{.num = retrans}, {.num = dsacks}, {.num = min_rtt_us}};

	add_sock_row(b, BUILD_SUMMARY, ts, s, v);
}

void tape_destroy(struct build_tape *b, uint64_t ts, const struct build_sock *s)
{
	struct value v[2] = {{.is_absent = true}, {.is_absent = true}};

	add_sock_row(b, BUILD_DESTROY, ts, s, v);
}

void tape_destroy_with(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       uint64_t acked, uint64_t received)
{
	struct value v[2] = {{.num = acked}, {.num = received}};

	add_sock_row(b, BUILD_DESTROY, ts, s, v);
}

void tape_snapshot(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		   const struct build_snapshot *x)
{
	char comm[16] = {0};
	bool is_bare = x->state == STATE_LISTEN;
	struct value v[11] = {
		{.num = tape_state_number(x->state)},
		{.num = x->owner_pid, .is_absent = x->owner_pid == 0},
		{.bytes = (uint8_t *)comm},
		{.num = x->acked, .is_absent = is_bare},
		{.num = x->received, .is_absent = is_bare},
		{.num = x->una, .is_absent = is_bare},
		{.num = x->nxt, .is_absent = is_bare},
		{.num = x->srtt_us, .is_absent = is_bare},
		{.num = x->min_rtt_us, .is_absent = !x->min_rtt_us},
		{.num = x->cwnd, .is_absent = !x->cwnd},
		{.num = x->ssthresh, .is_absent = !x->cwnd},
	};

	snprintf(comm, sizeof(comm), "%s", x->owner_comm ? x->owner_comm : "");
	add_sock_row(b, BUILD_SNAPSHOT, ts, s, v);
}

void tape_sock_event(struct build_tape *b, uint64_t ts, enum build_event kind,
		     const struct build_sock *s)
{
	static const uint8_t nowhere[28];
	struct value v[4] = {{0},
			     {.is_absent = true},
			     {.bytes = nowhere, .len = sizeof(nowhere)},
			     {.bytes = nowhere, .len = sizeof(nowhere)}};

	add_sock_row(b, kind, ts, s, v);
}

void tape_error_report(struct build_tape *b, uint64_t ts, const struct build_sock *s, int32_t error)
{
	struct value v[1] = {{.num = (uint64_t)error}};

	add_sock_row(b, BUILD_ERROR_REPORT, ts, s, v);
}

void tape_send_reset(struct build_tape *b, uint64_t ts, const struct build_sock *s, uint32_t reason)
{
	static const uint8_t nowhere[28];
	struct value v[4] = {{.num = reason},
			     {.is_absent = true},
			     {.bytes = nowhere, .len = sizeof(nowhere)},
			     {.bytes = nowhere, .len = sizeof(nowhere)}};

	add_sock_row(b, BUILD_SEND_RESET, ts, s, v);
}

/* A struct sockaddr_in. */
static void put_endpoint(uint8_t out[28], const char *addr, uint16_t port)
{
	uint8_t v6[16];

	memset(out, 0, 28);
	out[0] = 2;
	out[2] = (uint8_t)(port >> 8);
	out[3] = (uint8_t)port;
	parse_address(addr, v6, out + 4);
}

/* The packet that a RST answers. */
#define ANSWERED 0xffff8881047d9ee0

void tape_reset_answer(struct build_tape *b, uint64_t ts, const struct build_sock *s,
		       uint32_t reason, bool is_mini)
{
	uint8_t from[28], to[28];
	uint32_t ids[2] = {is_mini ? 0 : intern_sock(b, s)};
	struct value v[4] = {{.num = reason},
			     {.num = ANSWERED},
			     {.bytes = from, .len = sizeof(from)},
			     {.bytes = to, .len = sizeof(to)}};

	put_endpoint(from, s->laddr, s->lport);
	put_endpoint(to, s->raddr, s->rport);
	add_row(b, BUILD_SEND_RESET, ts, ids, v);
}

void tape_segment(struct build_tape *b, uint64_t ts, const struct build_segment *x)
{
	uint32_t ids[2] = {0, intern_flow(b, x)};
	struct value v[5] = {{.num = 52 + x->payload},
			     {.num = x->flags},
			     {.num = x->seq},
			     {.num = x->ack},
			     {.num = x->payload}};

	add_row(b, BUILD_SEGMENT, ts, ids, v);
}

static void drop(struct build_tape *b, uint64_t ts, const struct build_segment *x, uint32_t reason,
		 const char *place, const uint32_t ids[2], uint64_t skbaddr)
{
	struct value v[7] = {{.num = reason, .is_absent = reason == REASON_NONE},
			     {.bytes = (const uint8_t *)place, .len = (uint32_t)strlen(place)},
			     {.num = x->flags},
			     {.num = x->seq},
			     {.num = x->ack},
			     {.num = x->payload},
			     {.num = skbaddr, .is_absent = !skbaddr}};

	add_row(b, BUILD_DROP, ts, ids, v);
}

void tape_drop_at(struct build_tape *b, uint64_t ts, const struct build_segment *x, uint32_t reason,
		  const char *place, const struct build_sock *s)
{
	const uint32_t ids[2] = {s ? intern_sock(b, s) : 0, intern_flow(b, x)};

	drop(b, ts, x, reason, place, ids, 0);
}

void tape_drop_answered(struct build_tape *b, uint64_t ts, const struct build_segment *x)
{
	const uint32_t ids[2] = {0, intern_flow(b, x)};

	drop(b, ts, x, REASON_NOT_SPECIFIED, "", ids, ANSWERED);
}

void tape_drop(struct build_tape *b, uint64_t ts, const struct build_segment *x, uint32_t reason)
{
	tape_drop_at(b, ts, x, reason, "", NULL);
}

void tape_consume(struct build_tape *b, uint64_t ts, const struct build_segment *x)
{
	uint32_t ids[2] = {0, intern_flow(b, x)};
	struct value v[4] = {{.num = x->flags},
			     {.num = x->seq},
			     {.num = x->ack},
			     {.num = x->payload}};

	add_row(b, BUILD_CONSUME, ts, ids, v);
}

void tape_loss(struct build_tape *b, uint64_t from, uint64_t to, enum build_event kind)
{
	struct loss loss = {.from_ns = from,
			    .to_ns = to,
			    .schema = b->schemas[kind],
			    .count = 7,
			    .cause = LOSS_RING_FULL};
	struct error err;

	tape_check(writer_loss(b->writer, &loss, &err), &err);
}

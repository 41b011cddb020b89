/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* build_tape.c -- a small recorder whose kernel is the test. */
#include "tests/analyze/build_tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/sink.h"
#include "format/source.h"

enum { I32 = 4 | 64, U8 = 1, U16 = 2, U32 = 4, U64 = 8, OPTIONAL = 128, SIGN = 64, STRING = 32 };
enum { SOCKADDR = 28 };

struct field_plan {
	const char *name;
	uint8_t type;
	char values; /* 's' states, 'r' drop reasons, 'R' reset reasons, 'f' TCP flags */
};

struct event_plan {
	const char *group, *name;
	bool has_sock, has_flow;
	struct field_plan fields[12];
};

static const struct event_plan plans[BUILD_EVENT_COUNT] = {
	[BUILD_STATE] = {"sock",
			 "inet_sock_set_state",
			 true,
			 false,
			 {{"oldstate", I32, 's'},
			  {"newstate", I32, 's'},
			  {"snd_una", U32 | OPTIONAL, 0},
			  {"rcv_nxt", U32 | OPTIONAL, 0},
			  {"bytes_acked", U64 | OPTIONAL, 0},
			  {"bytes_received", U64 | OPTIONAL, 0},
			  {"sk_err", I32 | OPTIONAL, 0},
			  {"is_done", U8 | OPTIONAL, 0},
			  {"srtt_us", U32 | OPTIONAL, 0}}},
	[BUILD_DESTROY] = {"tcp",
			   "tcp_destroy_sock",
			   true,
			   false,
			   {{"bytes_acked", U64 | OPTIONAL, 0},
			    {"bytes_received", U64 | OPTIONAL, 0}}},
	[BUILD_SNAPSHOT] = {"tcptape",
			    "sock_snapshot",
			    true,
			    false,
			    {{"state", I32, 's'},
			     {"owner_pid", U32 | OPTIONAL, 0},
			     {"owner_comm", 16, 0},
			     {"bytes_acked", U64 | OPTIONAL, 0},
			     {"bytes_received", U64 | OPTIONAL, 0},
			     {"snd_una", U32 | OPTIONAL, 0},
			     {"rcv_nxt", U32 | OPTIONAL, 0},
			     {"srtt_us", U32 | OPTIONAL, 0},
			     {"min_rtt_us", U32 | OPTIONAL, 0},
			     {"snd_cwnd", U32 | OPTIONAL, 0},
			     {"snd_ssthresh", U32 | OPTIONAL, 0}}},
	[BUILD_SEND] =
		{"sock", "sock_send_length", true, false, {{"ret", I32, 0}, {"flags", I32, 0}}},
	[BUILD_RECV] =
		{"sock", "sock_recv_length", true, false, {{"ret", I32, 0}, {"flags", I32, 0}}},
	[BUILD_SPACE_ADJUST] = {"tcp", "tcp_rcv_space_adjust", true, false, {{0}}},
	[BUILD_PROBE] = {"tcp",
			 "tcp_probe",
			 true,
			 false,
			 {{"data_len", U16, 0},
			  {"snd_cwnd", U32, 0},
			  {"ssthresh", U32, 0},
			  {"srtt", U32, 0},
			  {"snd_nxt", U32, 0},
			  {"snd_una", U32, 0},
			  {"snd_wnd", U32, 0},
			  {"rcv_wnd", U32, 0},
			  {"rcv_nxt", U32 | OPTIONAL, 0}}},
	[BUILD_CONG_STATE] = {"tcp", "tcp_cong_state_set", true, false, {{"cong_state", U8, 0}}},
	[BUILD_CWND_REDUCTION] = {"tcp",
				  "tcp_cwnd_reduction_tp",
				  true,
				  false,
				  {{"newly_acked_sacked", I32, 0},
				   {"newly_lost", I32, 0},
				   {"flag", I32, 0}}},
	[BUILD_RETRANSMIT] = {"tcp",
			      "tcp_retransmit_skb",
			      true,
			      false,
			      {{"state", I32, 's'},
			       {"err", I32, 0},
			       {"seq", U32 | OPTIONAL, 0},
			       {"end_seq", U32 | OPTIONAL, 0},
			       {"ca_state", U8 | OPTIONAL, 0},
			       {"icsk_pending", U8 | OPTIONAL, 0}}},
	[BUILD_RETRANSMIT_SYNACK] = {"tcp", "tcp_retransmit_synack", true, false, {{0}}},
	[BUILD_SUMMARY] = {"tcptape",
			   "sock_summary",
			   true,
			   false,
			   {{"total_retrans", U32, 0},
			    {"dsack_dups", U32, 0},
			    {"min_rtt_us", U32, 0}}},
	[BUILD_SEND_RESET] = {"tcp",
			      "tcp_send_reset",
			      true,
			      false,
			      {{"reason", I32, 'R'},
			       {"skbaddr", U64 | OPTIONAL, 0},
			       {"saddr", SOCKADDR, 0},
			       {"daddr", SOCKADDR, 0}}},
	[BUILD_RECEIVE_RESET] = {"tcp", "tcp_receive_reset", true, false, {{0}}},
	[BUILD_DATA_READY] = {"sock", "sk_data_ready", true, false, {{0}}},
	[BUILD_ERROR_REPORT] = {"sock", "inet_sk_error_report", true, false, {{"error", I32, 0}}},
	[BUILD_SEGMENT] = {"net",
			   "netif_receive_skb",
			   false,
			   true,
			   {{"len", U32, 0},
			    {"tcp_flags", U8 | OPTIONAL, 'f'},
			    {"seq", U32 | OPTIONAL, 0},
			    {"ack", U32 | OPTIONAL, 0},
			    {"payload_bytes", U32 | OPTIONAL, 0}}},
	[BUILD_DROP] = {"skb",
			"kfree_skb",
			true,
			true,
			{{"reason", U32 | OPTIONAL, 'r'},
			 {"location_symbol", STRING, 0},
			 {"tcp_flags", U8 | OPTIONAL, 'f'},
			 {"seq", U32 | OPTIONAL, 0},
			 {"ack", U32 | OPTIONAL, 0},
			 {"payload_bytes", U32 | OPTIONAL, 0},
			 {"skbaddr", U64 | OPTIONAL, 0}}},
	[BUILD_CONSUME] = {"skb",
			   "consume_skb",
			   true,
			   true,
			   {{"tcp_flags", U8 | OPTIONAL, 'f'},
			    {"seq", U32 | OPTIONAL, 0},
			    {"ack", U32 | OPTIONAL, 0},
			    {"payload_bytes", U32 | OPTIONAL, 0}}},
	[BUILD_FOREIGN] = {"tcp", "tcp_of_tomorrow", true, false, {{"depth", U32, 0}}},
};

void tape_check(int rc, const struct error *err)
{
	if (rc < 0) {
		fprintf(stderr, "build_tape: %s\n", err->text);
		abort();
	}
}

static void add_field(struct schema *s, const struct field_plan *p, uint16_t enum_id)
{
	struct error err;
	struct field f = {
		.name = (char *)(uintptr_t)p->name,
		.type = (char *)(uintptr_t) "int",
		.kind = FIELD_INT,
		.elem_size = p->type & 15,
		.count = 1,
		.enum_id = enum_id,
	};

	if (p->type & SIGN)
		f.flags |= FIELD_SIGNED;
	if (p->type & OPTIONAL)
		f.flags |= FIELD_OPTIONAL;
	if (p->values == 'f')
		f.flags |= FIELD_BITS;
	if (p->type == STRING) {
		f.kind = FIELD_STRING;
		f.role = ROLE_TEXT;
		f.elem_size = 1;
		f.count = 0;
	}
	if (p->type == SOCKADDR) {
		f.kind = FIELD_BYTES;
		f.elem_size = 1;
		f.count = SOCKADDR;
		f.role = ROLE_SOCKADDR;
	}
	if (p->type == 16) {
		f.kind = FIELD_BYTES;
		f.role = ROLE_TEXT;
		f.elem_size = 1;
		f.count = 16;
	}
	tape_check(schema_add_field(s, &f, &err), &err);
}

static void add_bytes(struct schema *s, const char *name, uint16_t count, enum field_role role)
{
	struct error err;
	struct field f = {
		.name = (char *)(uintptr_t)name,
		.type = (char *)(uintptr_t) "__u8[]",
		.kind = FIELD_BYTES,
		.role = (uint8_t)role,
		.elem_size = 1,
		.count = count,
	};

	tape_check(schema_add_field(s, &f, &err), &err);
}

static uint32_t finish(struct build_tape *b, struct schema *s)
{
	struct error err;
	uint32_t id;

	tape_check(writer_schema(b->writer, s, &id, &err), &err);
	return id;
}

static void add_ints(struct schema *s, const struct field_plan *p, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_field(s, &p[i], 0);
}

static void add_dicts(struct build_tape *b)
{
	static const struct field_plan task[] = {{"pid", U32, 0}, {"tid", U32, 0}};
	static const struct field_plan sock[] = {
		{"skaddr", U64, 0}, {"cookie", U64, 0}, {"netns", U32, 0}, {"protocol", U16, 0},
		{"family", U16, 0}, {"sport", U16, 0},  {"dport", U16, 0},
	};
	static const struct field_plan flow[] = {{"proto", U16, 0},
						 {"family", U16, 0},
						 {"sport", U16, 0},
						 {"dport", U16, 0}};
	struct schema *s = schema_new(SCHEMA_DICT, "", "task", NULL);

	add_ints(s, task, 2);
	add_bytes(s, "comm", 16, ROLE_TEXT);
	b->dict_task = finish(b, s);
	s = schema_new(SCHEMA_DICT, "", "sock", NULL);
	add_ints(s, sock, 7);
	add_bytes(s, "saddr", 4, ROLE_IPV4);
	add_bytes(s, "daddr", 4, ROLE_IPV4);
	add_bytes(s, "saddr_v6", 16, ROLE_IPV6);
	add_bytes(s, "daddr_v6", 16, ROLE_IPV6);
	b->dict_sock = finish(b, s);
	s = schema_new(SCHEMA_DICT, "", "flow", NULL);
	add_ints(s, flow, 4);
	add_bytes(s, "saddr", 16, ROLE_ADDR);
	add_bytes(s, "daddr", 16, ROLE_ADDR);
	b->dict_flow = finish(b, s);
}

static void name(struct enumeration *e, uint64_t value, const char *text)
{
	struct error err;

	tape_check(enumeration_add(e, value, text, &err), &err);
}

/* The kernel's numbers of the states. */
static const enum tcp_state numbers[] = {
	STATE_UNKNOWN,   STATE_ESTABLISHED, STATE_SYN_SENT,     STATE_SYN_RECV,   STATE_FIN_WAIT1,
	STATE_FIN_WAIT2, STATE_TIME_WAIT,   STATE_CLOSE,        STATE_CLOSE_WAIT, STATE_LAST_ACK,
	STATE_LISTEN,    STATE_CLOSING,     STATE_NEW_SYN_RECV,
};

uint64_t tape_state_number(enum tcp_state s)
{
	for (size_t i = 1; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] == s)
			return i;
	abort();
}

static void add_enumerations(struct build_tape *b)
{
	static const char *const flags[] = {"FIN", "SYN", "RST", "PSH", "ACK"};
	struct enumeration *e = enumeration_new("state");
	struct error err;

	for (size_t i = 1; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		name(e, i, tcp_state_name(numbers[i]));
	tape_check(writer_enumeration(b->writer, e, &b->states, &err), &err);
	e = enumeration_new("reason");
	name(e, REASON_NO_SOCKET, "NO_SOCKET");
	name(e, REASON_TCP_OLD_DATA, "TCP_OLD_DATA");
	name(e, REASON_TCP_FASTOPEN, "TCP_FASTOPEN");
	name(e, REASON_TCP_INVALID_SYN, "TCP_INVALID_SYN");
	name(e, REASON_NETFILTER_DROP, "NETFILTER_DROP");
	name(e, REASON_QDISC_DROP, "QDISC_DROP");
	name(e, REASON_NOT_SPECIFIED, "NOT_SPECIFIED");
	tape_check(writer_enumeration(b->writer, e, &b->reasons, &err), &err);
	e = enumeration_new("reset_reason");
	name(e, 0, "NOT_SPECIFIED");
	name(e, RESET_NO_SOCKET, "NO_SOCKET");
	name(e, RESET_TIMEWAIT_SOCKET, "TCP_TIMEWAIT_SOCKET");
	name(e, RESET_ABORT_ON_DATA, "TCP_ABORT_ON_DATA");
	name(e, RESET_ABORT_ON_CLOSE, "TCP_ABORT_ON_CLOSE");
	name(e, RESET_TCP_STATE, "TCP_STATE");
	tape_check(writer_enumeration(b->writer, e, &b->reset_reasons, &err), &err);
	e = enumeration_new("tcp_flags");
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		name(e, 1u << i, flags[i]);
	tape_check(writer_enumeration(b->writer, e, &b->flags, &err), &err);
}

static uint16_t enum_of(const struct build_tape *b, char values)
{
	switch (values) {
	case 's':
		return b->states;
	case 'r':
		return b->reasons;
	case 'R':
		return b->reset_reasons;
	case 'f':
		return b->flags;
	default:
		return 0;
	}
}

static void add_event(struct build_tape *b, enum build_event kind)
{
	const struct event_plan *p = &plans[kind];
	struct schema *s = schema_new(SCHEMA_EVENT, p->group, p->name, NULL);
	struct error err;

	tape_check(schema_add_ref(s, b->dict_task, &err), &err);
	if (p->has_sock)
		tape_check(schema_add_ref(s, b->dict_sock, &err), &err);
	if (p->has_flow)
		tape_check(schema_add_ref(s, b->dict_flow, &err), &err);
	for (const struct field_plan *f = p->fields; f->name; f++)
		add_field(s, f, enum_of(b, f->values));
	b->schemas[kind] = finish(b, s);
}

static void begin_section(struct build_tape *b)
{
	struct writer_options opt = {.salt = 1};
	struct error err;

	tape_check(writer_new(b->sink, &opt, &b->writer, &err), &err);
	add_enumerations(b);
	add_dicts(b);
	for (int k = 0; k < BUILD_EVENT_COUNT; k++)
		if (!(b->left_out & 1u << k))
			add_event(b, (enum build_event)k);
	tape_run(b, 0, "swapper/0");
}

void tape_begin(struct build_tape *b)
{
	struct error err;

	tape_check(sink_open_memory(&b->sink, &err), &err);
	begin_section(b);
}

void tape_next_section(struct build_tape *b, uint32_t left_out)
{
	struct error err;

	tape_check(writer_end(b->writer, "stop", &err), &err);
	writer_free(b->writer);
	memset(b->schemas, 0, sizeof(b->schemas));
	b->left_out = left_out;
	begin_section(b);
}

struct cursor *tape_ready(struct build_tape *b)
{
	struct error err;
	const uint8_t *data;
	size_t len;

	tape_check(writer_end(b->writer, "stop", &err), &err);
	data = sink_memory(b->sink, &len);
	tape_check(source_open_memory(data, len, &b->source, &err), &err);
	tape_check(cursor_open(b->source, &b->cursor, &err), &err);
	return b->cursor;
}

void tape_release(struct build_tape *b)
{
	cursor_close(b->cursor);
	source_close(b->source);
	writer_free(b->writer);
	sink_close(b->sink, NULL);
	memset(b, 0, sizeof(*b));
}

void tape_fact(struct build_tape *b, const char *key, const char *value)
{
	struct error err;

	tape_check(writer_fact(b->writer, key, value, &err), &err);
}

void tape_run(struct build_tape *b, uint32_t pid, const char *comm)
{
	b->pid = pid;
	b->comm = comm;
}

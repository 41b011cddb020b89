/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * binding.c -- the names the analysis knows, and how they become indexes.
 */
#include "analyze/binding.h"

#include <stdlib.h>
#include <string.h>

struct known_event {
	const char *group;
	const char *name;
	enum event_kind kind;
	bool is_tcp;
};

static const struct known_event known_events[] = {
	{"sock", "inet_sock_set_state", EVENT_STATE, false},
	{"tcp", "tcp_destroy_sock", EVENT_DESTROY, true},
	{"tcptape", "sock_snapshot", EVENT_SNAPSHOT, false},
	{"tcptape", "sock_summary", EVENT_SUMMARY, true},
	{"tcptape", "listener", EVENT_LISTENER, true},
	{"sock", "sock_send_length", EVENT_SEND_LENGTH, false},
	{"sock", "sock_recv_length", EVENT_RECV_LENGTH, false},
	{"tcp", "tcp_sendmsg_locked", EVENT_SENDMSG, true},
	{"tcp", "tcp_rcv_space_adjust", EVENT_SPACE_ADJUST, true},
	{"tcp", "tcp_rcvbuf_grow", EVENT_RCVBUF_GROW, true},
	{"sock", "sk_data_ready", EVENT_DATA_READY, false},
	{"sock", "inet_sk_error_report", EVENT_ERROR_REPORT, false},
	{"tcp", "tcp_probe", EVENT_PROBE, true},
	{"tcp", "tcp_cong_state_set", EVENT_CONG_STATE, true},
	{"tcp", "tcp_cwnd_reduction_tp", EVENT_CWND_REDUCTION, true},
	{"tcp", "tcp_retransmit_skb", EVENT_RETRANSMIT, true},
	{"tcp", "tcp_retransmit_synack", EVENT_RETRANSMIT_SYNACK, true},
	{"tcp", "tcp_send_reset", EVENT_SEND_RESET, true},
	{"tcp", "tcp_receive_reset", EVENT_RECEIVE_RESET, true},
	{"net", "netif_receive_skb", EVENT_SEGMENT, false},
	{"skb", "kfree_skb", EVENT_DROP, false},
	{"skb", "consume_skb", EVENT_CONSUME, false},
	{"skb", "skb_copy_datagram_iovec", EVENT_COPY, false},
};

static const char *const field_names[BOUND_FIELD_COUNT] = {
	[BOUND_OLDSTATE] = "oldstate",
	[BOUND_NEWSTATE] = "newstate",
	[BOUND_STATE] = "state",
	[BOUND_RET] = "ret",
	[BOUND_FLAGS] = "flags",
	[BOUND_ERROR] = "error",
	[BOUND_ERR] = "err",
	[BOUND_REASON] = "reason",
	[BOUND_LOCATION] = "location",
	[BOUND_LOCATION_SYMBOL] = "location_symbol",
	[BOUND_PROTOCOL] = "protocol",
	[BOUND_PROTO] = "proto",
	[BOUND_STACK] = "stack",
	[BOUND_IP_SYMBOL] = "ip_symbol",
	[BOUND_DATA_LEN] = "data_len",
	[BOUND_SND_CWND] = "snd_cwnd",
	[BOUND_SSTHRESH] = "ssthresh",
	[BOUND_SND_SSTHRESH] = "snd_ssthresh",
	[BOUND_SND_WND] = "snd_wnd",
	[BOUND_RCV_WND] = "rcv_wnd",
	[BOUND_SRTT] = "srtt",
	[BOUND_SRTT_US] = "srtt_us",
	[BOUND_SND_UNA] = "snd_una",
	[BOUND_SND_NXT] = "snd_nxt",
	[BOUND_RCV_NXT] = "rcv_nxt",
	[BOUND_BYTES_ACKED] = "bytes_acked",
	[BOUND_BYTES_RECEIVED] = "bytes_received",
	[BOUND_TOTAL_RETRANS] = "total_retrans",
	[BOUND_SK_ERR] = "sk_err",
	[BOUND_IS_DONE] = "is_done",
	[BOUND_SEQ] = "seq",
	[BOUND_END_SEQ] = "end_seq",
	[BOUND_ACK] = "ack",
	[BOUND_TCP_FLAGS] = "tcp_flags",
	[BOUND_PAYLOAD_BYTES] = "payload_bytes",
	[BOUND_CONG_STATE] = "cong_state",
	[BOUND_CA_STATE] = "ca_state",
	[BOUND_SKBADDR] = "skbaddr",
	[BOUND_ICSK_PENDING] = "icsk_pending",
	[BOUND_DSACK_DUPS] = "dsack_dups",
	[BOUND_SEGS_OUT] = "segs_out",
	[BOUND_SEGS_IN] = "segs_in",
	[BOUND_MIN_RTT_US] = "min_rtt_us",
	[BOUND_SND_MSS] = "snd_mss",
	[BOUND_RATE_DELIVERED] = "rate_delivered",
	[BOUND_RATE_INTERVAL_US] = "rate_interval_us",
	[BOUND_BUSY_US] = "busy_us",
	[BOUND_RWND_LIMITED_US] = "rwnd_limited_us",
	[BOUND_SNDBUF_LIMITED_US] = "sndbuf_limited_us",
	[BOUND_MSG_LEFT] = "msg_left",
	[BOUND_BACKLOG] = "backlog",
	[BOUND_MAX_BACKLOG] = "max_backlog",
	[BOUND_REQUESTS] = "requests",
	[BOUND_DROPS] = "drops",
	[BOUND_SEGS] = "segs",
	[BOUND_OWNER_PID] = "owner_pid",
	[BOUND_OWNER_COMM] = "owner_comm",
	[BOUND_SADDR] = "saddr",
	[BOUND_DADDR] = "daddr",
};

static const char *const sock_names[SOCK_ATTRIBUTE_COUNT] = {
	[SOCK_SKADDR] = "skaddr",     [SOCK_COOKIE] = "cookie",     [SOCK_NETNS] = "netns",
	[SOCK_PROTOCOL] = "protocol", [SOCK_FAMILY] = "family",     [SOCK_SPORT] = "sport",
	[SOCK_DPORT] = "dport",       [SOCK_SADDR] = "saddr",       [SOCK_DADDR] = "daddr",
	[SOCK_SADDR_V6] = "saddr_v6", [SOCK_DADDR_V6] = "daddr_v6",
};

static const char *const flow_names[FLOW_ATTRIBUTE_COUNT] = {
	[FLOW_PROTO] = "proto", [FLOW_SPORT] = "sport", [FLOW_DPORT] = "dport",
	[FLOW_SADDR] = "saddr", [FLOW_DADDR] = "daddr",
};

static const char *const task_names[TASK_ATTRIBUTE_COUNT] = {
	[TASK_PID] = "pid",
	[TASK_TID] = "tid",
	[TASK_COMM] = "comm",
};

/* Linux numbers them so on every architecture; a tape with names overrides this. */
static const uint8_t usual_states[BOUND_STATES] = {
	[1] = STATE_ESTABLISHED,     [2] = STATE_SYN_SENT,   [3] = STATE_SYN_RECV,
	[4] = STATE_FIN_WAIT1,       [5] = STATE_FIN_WAIT2,  [6] = STATE_TIME_WAIT,
	[7] = STATE_CLOSE,           [8] = STATE_CLOSE_WAIT, [9] = STATE_LAST_ACK,
	[10] = STATE_LISTEN,         [11] = STATE_CLOSING,   [12] = STATE_NEW_SYN_RECV,
	[13] = STATE_BOUND_INACTIVE,
};

static void bind_names(const struct schema *s, const char *const *names, int16_t *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (int16_t)schema_find(s, names[i]);
}

void binding_sock_names(const struct schema *s, int16_t out[SOCK_ATTRIBUTE_COUNT])
{
	bind_names(s, sock_names, out, SOCK_ATTRIBUTE_COUNT);
}

static const struct known_event *known_event(const struct schema *s)
{
	for (size_t i = 0; i < sizeof(known_events) / sizeof(known_events[0]); i++)
		if (strcmp(s->name, known_events[i].name) == 0 &&
		    strcmp(s->group, known_events[i].group) == 0)
			return &known_events[i];
	return NULL;
}

/* 1-based ref of the event to dictionary `dict`, or 0. */
static uint8_t ref_to(const struct schema *s, uint32_t dict)
{
	for (uint8_t i = 0; dict && i < s->ref_count; i++)
		if (s->refs[i] == dict)
			return (uint8_t)(i + 1);
	return 0;
}

static void bind_states(struct bound *e, const struct schema *s, const struct section *section)
{
	int at = e->field[BOUND_OLDSTATE] >= 0 ? e->field[BOUND_OLDSTATE] : e->field[BOUND_STATE];
	const struct enumeration *names;

	memcpy(e->states, usual_states, sizeof(e->states));
	if (at < 0 || !s->fields[at].enum_id)
		return;
	names = section_enum(section, s->fields[at].enum_id);
	for (uint64_t v = 0; names && v < BOUND_STATES; v++) {
		const char *name = enumeration_name(names, v);

		if (name)
			e->states[v] = (uint8_t)tcp_state_find(name);
	}
}

/* The event tells of the attribute, also where it has no entry of the sock dictionary. */
static bool is_own(const struct schema *s, const struct bound *e, enum sock_attribute a)
{
	int field = e->sock_field[a];

	return field >= 0 && (!e->sock_ref || s->fields[field].ref != e->sock_ref);
}

static void bind_event(struct binding *b, const struct schema *s, const struct section *section)
{
	struct bound *e = &b->events[s->id - 1];
	const struct known_event *known = known_event(s);

	e->kind = known ? known->kind : EVENT_OTHER;
	e->is_bound = true;
	e->is_tcp = known && known->is_tcp;
	e->task_ref = ref_to(s, b->task_dict);
	e->sock_ref = ref_to(s, b->sock_dict);
	e->flow_ref = ref_to(s, b->flow_dict);
	bind_names(s, field_names, e->field, BOUND_FIELD_COUNT);
	binding_sock_names(s, e->sock_field);
	if (e->sock_field[SOCK_SKADDR] < 0)
		e->sock_field[SOCK_SKADDR] = (int16_t)schema_find(s, "sk");
	if (e->sock_field[SOCK_COOKIE] < 0)
		e->sock_field[SOCK_COOKIE] = (int16_t)schema_find(s, "sock_cookie");
	e->has_own_sock = is_own(s, e, SOCK_SKADDR) || is_own(s, e, SOCK_COOKIE);
	for (int f = BOUND_SADDR; f <= BOUND_DADDR; f++)
		if (e->field[f] >= 0 && s->fields[e->field[f]].role != ROLE_SOCKADDR)
			e->field[f] = -1;
	bind_states(e, s, section);
	b->has_kind[e->kind] = true;
}

static uint32_t bind_dict(const struct section *section, const char *name, const char *const *names,
			  int16_t *out, size_t count)
{
	const struct schema *s = section_find(section, SCHEMA_DICT, NULL, name);

	for (size_t i = 0; i < count; i++)
		out[i] = -1;
	if (!s)
		return 0;
	bind_names(s, names, out, count);
	return s->id;
}

/* True when a dictionary has become known: events bound before must be bound again. */
static bool bind_dicts(struct binding *b, const struct section *s)
{
	uint32_t task = b->task_dict, sock = b->sock_dict, flow = b->flow_dict;

	b->task_dict = bind_dict(s, "task", task_names, b->task, TASK_ATTRIBUTE_COUNT);
	b->sock_dict = bind_dict(s, "sock", sock_names, b->sock, SOCK_ATTRIBUTE_COUNT);
	b->flow_dict = bind_dict(s, "flow", flow_names, b->flow, FLOW_ATTRIBUTE_COUNT);
	return task != b->task_dict || sock != b->sock_dict || flow != b->flow_dict;
}

int binding_update(struct binding *b, const struct section *s, struct error *err)
{
	void *events = b->events;
	bool is_new;

	if (!array_grow(&events, &b->cap, s->schema_count, sizeof(*b->events)))
		return error_nomem(err);
	b->events = events;
	is_new = bind_dicts(b, s);
	for (size_t i = 0; i < s->schema_count; i++) {
		const struct schema *schema = s->schemas[i];

		if (schema && schema->kind == SCHEMA_EVENT && schema->id == i + 1 &&
		    (is_new || !b->events[i].is_bound))
			bind_event(b, schema, s);
	}
	b->count = s->schema_count;
	return 0;
}

void binding_reset(struct binding *b)
{
	if (b->events)
		memset(b->events, 0, b->cap * sizeof(*b->events));
	memset(b->has_kind, 0, sizeof(b->has_kind));
	b->count = 0;
	b->task_dict = b->sock_dict = b->flow_dict = 0;
}

void binding_release(struct binding *b)
{
	free(b->events);
	memset(b, 0, sizeof(*b));
}

int32_t bound_int32(const struct bound *e, const struct event *ev, enum bound_field f,
		    int32_t missing)
{
	uint64_t v;

	return bound_int(e, ev, f, &v) ? (int32_t)(uint32_t)v : missing;
}

bool bound_bytes(const struct bound *e, const struct event *ev, enum bound_field f,
		 struct view *out)
{
	return e->field[f] >= 0 && event_bytes(ev, e->field[f], out);
}

enum tcp_state bound_state(const struct bound *e, const struct event *ev, enum bound_field f)
{
	uint64_t v;

	if (!bound_int(e, ev, f, &v) || v >= BOUND_STATES)
		return STATE_UNKNOWN;
	return (enum tcp_state)e->states[v];
}

const char *bound_name(const struct bound *e, const struct event *ev, enum bound_field f,
		       const struct section *s)
{
	const struct enumeration *names;
	uint64_t v;

	if (!bound_int(e, ev, f, &v))
		return NULL;
	names = section_enum(s, ev->schema->fields[e->field[f]].enum_id);
	return names ? enumeration_name(names, v) : NULL;
}

struct view text_until_nul(struct view v)
{
	const uint8_t *nul = v.p ? memchr(v.p, 0, view_len(v)) : NULL;

	if (nul)
		v.end = nul;
	return v;
}

static bool task_int(const struct binding *b, const struct bound *e, const struct event *ev,
		     enum task_attribute a, uint32_t *out)
{
	uint64_t v;

	if (b->task[a] < 0 || !event_ref_int(ev, e->task_ref, b->task[a], &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool binding_task(const struct binding *b, const struct bound *e, const struct event *ev,
		  struct task_facts *out)
{
	struct task_facts t = {0};

	if (!e->task_ref || !event_ref(ev, e->task_ref) || !task_int(b, e, ev, TASK_PID, &t.pid))
		return false;
	t.tid = t.pid;
	task_int(b, e, ev, TASK_TID, &t.tid);
	if (b->task[TASK_COMM] >= 0 &&
	    event_ref_bytes(ev, e->task_ref, b->task[TASK_COMM], &t.comm))
		t.comm = text_until_nul(t.comm);
	*out = t;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * narrator.c -- one sentence per event.
 */
#include "analyze/narrator.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyze/linux_errno.h"
#include "analyze/units.h"

enum { LINUX_MSG_PEEK = 0x2 };

/* A send call that returns so late deserves a line of its own. */
#define SLOW_CALL_NS 1000000u

enum lane narrator_lane(const struct narrator *n, const struct side *s)
{
	if (n->couple->count == 2)
		return n->couple->sides[1] == s ? LANE_RIGHT : LANE_LEFT;
	return s->life->role == LIFE_SERVER ? LANE_RIGHT : LANE_LEFT;
}

void narrator_init(struct narrator *n, const struct couple *couple)
{
	memset(n, 0, sizeof(*n));
	n->couple = couple;
	for (unsigned i = 0; i < couple->count; i++) {
		const struct side *s = couple->sides[i];
		enum lane lane = narrator_lane(n, s);

		if (!s->life->has_seq || !s->life->is_start_seen)
			continue;
		n->base[lane] = s->life->una - 1;
		n->base[!lane] = s->life->nxt - 1;
		n->has_base[0] = n->has_base[1] = true;
	}
}

static const struct side *side_of(const struct narrator *n, uint64_t conn)
{
	for (unsigned i = 0; conn && i < n->couple->count; i++)
		if (n->couple->sides[i]->life->conn == conn)
			return n->couple->sides[i];
	return NULL;
}

__attribute__((format(printf, 2, 3))) static void say(struct narration *out, const char *fmt, ...)
{
	size_t len = strlen(out->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(out->text + len, sizeof(out->text) - len, fmt, args);
	va_end(args);
}

static const char *bytes_word(uint64_t bytes)
{
	return bytes == 1 ? "byte" : "bytes";
}

/* ---- states ---- */

struct change_words {
	uint8_t from, to; /* 0 = any */
	const char *words;
};

/* The first that fits. Changes to CLOSE are told by closing_words(). */
static const struct change_words change_table[] = {
	{STATE_CLOSE, STATE_SYN_SENT, "connects"},
	{STATE_CLOSE, STATE_LISTEN, "listens"},
	{STATE_SYN_SENT, STATE_ESTABLISHED, "connected"},
	{STATE_SYN_SENT, STATE_SYN_RECV, "both connect at once"},
	{STATE_LISTEN, STATE_SYN_RECV, "new connection"},
	{STATE_SYN_RECV, STATE_ESTABLISHED, "ready for accept()"},
	{0, STATE_FIN_WAIT2, "its FIN is acknowledged"},
	{0, STATE_CLOSING, "both close at once"},
	{0, STATE_CLOSE_WAIT, "the other side has closed"},
	{0, STATE_LAST_ACK, "closes too"},
};

static const char *end_words(const struct moment *m)
{
	switch ((enum life_end)m->end) {
	case LIFE_RESET:
		return "is reset by the other side";
	case LIFE_REFUSED:
		return "is refused";
	case LIFE_TIMEOUT:
		return "gives up: no answer";
	case LIFE_ABORTED:
		return m->from == STATE_SYN_SENT ? "gives up connecting" : "breaks off";
	default:
		return "closed";
	}
}

static const char *change_words(const struct moment *m)
{
	if (m->to == STATE_CLOSE)
		return end_words(m);
	if (m->is_first_close)
		return "closes first";
	if (m->to == STATE_FIN_WAIT1)
		return "closes";
	for (size_t i = 0; i < sizeof(change_table) / sizeof(change_table[0]); i++)
		if ((!change_table[i].from || change_table[i].from == m->from) &&
		    change_table[i].to == m->to)
			return change_table[i].words;
	return "changes";
}

static const char *state_text(const struct narrator *n, uint8_t state)
{
	return n->use_full_names && state != STATE_UNKNOWN ? tcp_state_name((enum tcp_state)state)
							   : tcp_state_short((enum tcp_state)state);
}

static void tell_change(struct narrator *n, const struct moment *m, const struct side *s,
			struct narration *out)
{
	char time[UNITS_MAX];

	if (m->is_first_close && !n->first_closer)
		n->first_closer = s;
	say(out, "%s", change_words(m));
	if (m->from == STATE_SYN_SENT && m->to == STATE_ESTABLISHED && m->has_duration)
		say(out, " after %s", units_duration((int64_t)m->duration_ns, time));
	say(out, ": %s", state_text(n, m->to));
	if (m->is_time_wait)
		say(out, "; TIME_WAIT begins on this side (60 s by design; its end is not traced)");
	else if (m->is_orphan)
		say(out, "; the kernel waits on for the other side's FIN, untraced");
}

/* ---- calls ---- */

/* A process has touched the server's socket: it must have been accepted by now. */
static void note_accept(struct narrator *n, const struct side *s, struct narration *out)
{
	if (!s || s->life->role != LIFE_SERVER || n->has_accepted || !s->life->is_start_seen)
		return;
	n->has_accepted = true;
	say(out, "accepts; ");
}

static bool tell_failure(const struct moment *m, const char *what, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value >= 0)
		return false;
	if (m->value == -LINUX_EAGAIN)
		say(out, "finds %s (EAGAIN)",
		    m->kind == EVENT_SEND_LENGTH ? "no room to send" : "nothing to read yet");
	else
		say(out, "%s fails: %s", what, linux_errno_format(m->value, name));
	return true;
}

static void tell_send(struct narrator *n, const struct moment *m, const struct side *s,
		      struct narration *out)
{
	enum life_role role = s ? (enum life_role)s->life->role : LIFE_UNKNOWN;
	const char *verb = "sends";

	note_accept(n, s, out);
	if (tell_failure(m, "send", out))
		return;
	if (role == LIFE_CLIENT) {
		verb = "asks";
		n->has_asked = true;
		n->asked_ns = m->ts_ns;
	} else if (role == LIFE_SERVER && n->has_request) {
		verb = "answers";
	}
	if (m->kind == EVENT_SEND_LENGTH && m->is_call_end && n->tells_starts) {
		char time[UNITS_MAX];

		out->is_noise = m->duration_ns < SLOW_CALL_NS;
		say(out, "its send call returns after %s",
		    units_duration((int64_t)m->duration_ns, time));
		return;
	}
	say(out, "%s %d %s", verb, m->value, bytes_word((uint64_t)m->value));
}

static void tell_receive(struct narrator *n, const struct moment *m, const struct side *s,
			 struct narration *out)
{
	char time[UNITS_MAX];

	note_accept(n, s, out);
	if (tell_failure(m, "read", out))
		return;
	if (m->value == 0) {
		say(out, "reads the end: nothing more will come");
		return;
	}
	say(out, "%s %d %s", m->flags & LINUX_MSG_PEEK ? "peeks at" : "reads", m->value,
	    bytes_word((uint64_t)m->value));
	if (!s || (m->flags & LINUX_MSG_PEEK))
		return;
	if (s->life->role == LIFE_SERVER)
		n->has_request = true;
	if (s->life->role != LIFE_CLIENT || !n->has_asked)
		return;
	n->has_asked = false;
	say(out, " after waiting %s", units_duration((int64_t)(m->ts_ns - n->asked_ns), time));
}

/* ---- packets ---- */

static void tell_flags(uint8_t flags, struct narration *out)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
	static const uint8_t order[] = {1, 0, 2, 3, 4, 5};
	const char *before = "";

	for (size_t i = 0; i < sizeof(order); i++) {
		if (!(flags & 1u << order[i]))
			continue;
		say(out, "%s%s", before, names[order[i]]);
		before = " ";
	}
	if (!*before)
		say(out, "no flags");
}

/* A sequence number counted from the beginning of its side's stream. */
static uint32_t relative(struct narrator *n, enum lane lane, uint32_t seq, uint32_t first)
{
	if (!n->has_base[lane]) {
		n->base[lane] = seq - first;
		n->has_base[lane] = true;
	}
	return seq - n->base[lane];
}

static void tell_segment(struct narrator *n, const struct moment *m, enum lane from,
			 struct narration *out)
{
	bool is_syn = m->tcp_flags & FLAG_SYN;

	if (!m->has_tcp) {
		say(out, "a packet");
		return;
	}
	tell_flags(m->tcp_flags, out);
	if (m->tcp_flags == FLAG_ACK && !m->bytes) {
		say(out, " %" PRIu32, relative(n, (enum lane) !from, m->ack, 1));
		return;
	}
	if (m->bytes || (m->tcp_flags & FLAG_FIN))
		say(out, " seq %" PRIu32, relative(n, from, m->seq, 1));
	else if (is_syn)
		relative(n, from, m->seq, 0);
	if ((m->tcp_flags & FLAG_ACK) && !is_syn)
		say(out, " ack %" PRIu32, relative(n, (enum lane) !from, m->ack, 1));
	if (m->bytes)
		say(out, ": %" PRIu32 " %s", m->bytes, bytes_word(m->bytes));
}

/* "client", "server", ..., also of a side that is not on the tape. */
static const char *lane_name(const struct narrator *n, enum lane lane)
{
	for (unsigned i = 0; i < n->couple->count; i++)
		if (narrator_lane(n, n->couple->sides[i]) == lane)
			return life_role_name((enum life_role)n->couple->sides[i]->life->role);
	switch ((enum life_role)n->couple->sides[0]->life->role) {
	case LIFE_CLIENT:
		return "server";
	case LIFE_SERVER:
		return "client";
	default:
		return "other side";
	}
}

/* Who has sent the packet; told by either end of it. */
static enum lane sender_lane(const struct narrator *n, const struct moment *m)
{
	const struct side *sender = side_of(n, m->sender), *owner = side_of(n, m->conn);

	if (sender)
		return narrator_lane(n, sender);
	return owner ? (enum lane) !narrator_lane(n, owner) : LANE_LEFT;
}

static void tell_drop(struct narrator *n, const struct moment *m, struct narration *out)
{
	say(out, "%s ", m->is_benign ? "frees" : "DROPPED:");
	tell_segment(n, m, sender_lane(n, m), out);
	if (m->word[0])
		say(out, ", %s", m->word);
	if (m->place[0])
		say(out, " in %s", m->place);
	out->is_noise = m->is_benign;
}

static void tell_retransmit(struct narrator *n, const struct moment *m, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value)
		say(out, "cannot retransmit");
	else
		say(out, "retransmits");
	if (m->has_tcp)
		say(out, " seq %" PRIu32, relative(n, out->lane, m->seq, 1));
	if (m->value)
		say(out, ": %s", linux_errno_format(m->value, name));
}

/* ---- the rest ---- */

static void tell_probe(const struct narrator *n, const struct moment *m, struct narration *out)
{
	if (m->bytes)
		say(out, "%" PRIu32 " %s arrive", m->bytes, bytes_word(m->bytes));
	else
		say(out, "an acknowledgement arrives");
	say(out, " (cwnd %" PRIu32 ", srtt %" PRIu32 " µs)", m->cwnd, m->srtt_us);
	out->is_noise = n->has_segments;
}

static void tell_error(const struct moment *m, struct narration *out)
{
	char name[ERRNO_MAX];

	out->is_noise = m->value == 0;
	if (m->value)
		say(out, "error: %s", linux_errno_format(m->value, name));
	else
		say(out, "is woken for the error queue");
}

static void tell_reset(const struct moment *m, struct narration *out)
{
	say(out, "%s", m->kind == EVENT_SEND_RESET ? "sends RST" : "receives RST");
	if (m->word[0])
		say(out, ": %s", m->word);
}

static void tell_plain(const struct narrator *n, const struct moment *m, const struct side *s,
		       struct narration *out)
{
	bool is_listener = s && s->life->role == LIFE_LISTENER;

	switch ((enum event_kind)m->kind) {
	case EVENT_DESTROY:
		say(out, "socket destroyed");
		break;
	case EVENT_SNAPSHOT:
		say(out, "was here before the recording");
		break;
	case EVENT_DATA_READY:
		say(out, is_listener ? "a connection can be accepted" : "is woken to read");
		break;
	case EVENT_SPACE_ADJUST:
		say(out, "copies data to the process");
		out->is_noise = n->has_calls;
		break;
	case EVENT_RCVBUF_GROW:
		say(out, "receive buffer grows");
		break;
	case EVENT_RETRANSMIT_SYNACK:
		say(out, "sends a SYN ACK again");
		break;
	case EVENT_CWND_REDUCTION:
		say(out, "congestion window shrinks");
		break;
	default:
		say(out, "%s", m->event);
		break;
	}
}

static void tell_cong_state(struct narrator *n, const struct moment *m, struct narration *out)
{
	static const char *const names[] = {"Open", "Disorder", "CWR", "Recovery", "Loss"};
	bool is_named = m->value >= 0 && m->value <= 4;

	say(out, "congestion state: %s", m->word[0] ? m->word : is_named ? names[m->value] : "?");
	out->is_noise = m->value == n->cong_state[out->lane];
	n->cong_state[out->lane] = m->value;
}

static void tell_freed(struct narrator *n, const struct moment *m, struct narration *out)
{
	say(out, m->kind == EVENT_COPY ? "copies " : "is done with ");
	tell_segment(n, m, sender_lane(n, m), out);
	out->is_noise = true;
}

static void tell_arrival(struct narrator *n, const struct moment *m, struct narration *out)
{
	enum lane from = sender_lane(n, m);

	out->lane = (enum lane) !from;
	out->is_arrow = true;
	if (n->use_full_names)
		say(out, "from the %s: ", lane_name(n, from));
	tell_segment(n, m, from, out);
}

void narrator_tell(struct narrator *n, const struct moment *m, struct narration *out)
{
	const struct side *s = side_of(n, m->conn);

	memset(out, 0, sizeof(*out));
	out->lane = s ? narrator_lane(n, s) : LANE_LEFT;
	out->side = lane_name(n, out->lane);
	switch ((enum event_kind)m->kind) {
	case EVENT_STATE:
		tell_change(n, m, s, out);
		break;
	case EVENT_SEND_LENGTH:
		tell_send(n, m, s, out);
		break;
	case EVENT_SENDMSG:
		if (m->is_call_start && n->tells_starts) {
			tell_send(n, m, s, out);
			break;
		}
		say(out, "fills a buffer to send");
		out->is_noise = n->has_calls;
		break;
	case EVENT_CONG_STATE:
		tell_cong_state(n, m, out);
		break;
	case EVENT_RECV_LENGTH:
		tell_receive(n, m, s, out);
		break;
	case EVENT_SEGMENT:
		tell_arrival(n, m, out);
		break;
	case EVENT_DROP:
		tell_drop(n, m, out);
		break;
	case EVENT_CONSUME:
	case EVENT_COPY:
		tell_freed(n, m, out);
		break;
	case EVENT_RETRANSMIT:
		tell_retransmit(n, m, out);
		break;
	case EVENT_PROBE:
		tell_probe(n, m, out);
		break;
	case EVENT_ERROR_REPORT:
		tell_error(m, out);
		break;
	case EVENT_SEND_RESET:
	case EVENT_RECEIVE_RESET:
		tell_reset(m, out);
		break;
	default:
		tell_plain(n, m, s, out);
		break;
	}
}

void narrator_conclude(const struct narrator *n, char out[NARRATION_MAX])
{
	const struct side *teller = couple_client(n->couple);
	const struct life *l = teller ? teller->life : n->couple->sides[0]->life;
	bool is_server = l->role == LIFE_SERVER;
	char time[UNITS_MAX];
	uint64_t tx, rx;

	out[0] = '\0';
	if (l->role == LIFE_LISTENER || !life_tx_bytes(l, n->has_calls, &tx) ||
	    !life_rx_bytes(l, n->has_calls, &rx))
		return;
	snprintf(out, NARRATION_MAX, "%" PRIu64 " %s asked, %" PRIu64 " answered, in %s; ",
		 is_server ? rx : tx, bytes_word(is_server ? rx : tx), is_server ? tx : rx,
		 units_duration((int64_t)life_duration(l), time));
	if (n->first_closer && l->end == LIFE_FIN)
		snprintf(out + strlen(out), NARRATION_MAX - strlen(out), "the %s closed first",
			 life_role_name((enum life_role)n->first_closer->life->role));
	else
		snprintf(out + strlen(out), NARRATION_MAX - strlen(out), "end: %s",
			 l->end ? life_end_name((enum life_end)l->end) : "not seen");
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * narrator.c -- one sentence per event.
 */
#include "analyze/narrator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/change_words.h"
#include "analyze/linux_errno.h"
#include "analyze/units.h"

enum { LINUX_MSG_PEEK = 0x2 };

/* A send call that returns so late deserves a line of its own. */
#define SLOW_CALL_NS 1000000u

void narrator_init(struct narrator *n, const struct couple *couple, bool use_full_names)
{
	memset(n, 0, sizeof(*n));
	n->couple = couple;
	n->use_full_names = use_full_names;
	packet_words_init(&n->packets, couple, use_full_names);
}

/* ---- calls ---- */

/* A process has touched the server's socket: it must have been accepted by now. */
static void note_accept(struct narrator *n, const struct side *s, struct narration *out)
{
	if (!s || s->life->role != LIFE_SERVER || n->has_accepted || !s->life->is_start_seen)
		return;
	n->has_accepted = true;
	narration_say(out, "accepts; ");
}

static bool tell_failure(const struct moment *m, const char *what, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value >= 0)
		return false;
	if (m->value == -LINUX_EAGAIN)
		narration_say(out, "finds %s (EAGAIN)",
			      m->kind == EVENT_SEND_LENGTH ? "no room to send"
							   : "nothing to read yet");
	else
		narration_say(out, "%s fails: %s", what, linux_errno_format(m->value, name));
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
		narration_say(out, "its send call returns after %s",
			      units_duration((int64_t)m->duration_ns, time));
		return;
	}
	narration_say(out, "%s %d %s", verb, m->value, bytes_word((uint64_t)m->value));
}

static void tell_receive(struct narrator *n, const struct moment *m, const struct side *s,
			 struct narration *out)
{
	char time[UNITS_MAX];

	note_accept(n, s, out);
	if (tell_failure(m, "read", out))
		return;
	if (m->value == 0) {
		narration_say(out, "reads the end: nothing more will come");
		return;
	}
	narration_say(out, "%s %d %s", m->flags & LINUX_MSG_PEEK ? "peeks at" : "reads", m->value,
		      bytes_word((uint64_t)m->value));
	if (!s || (m->flags & LINUX_MSG_PEEK))
		return;
	if (s->life->role == LIFE_SERVER)
		n->has_request = true;
	if (s->life->role != LIFE_CLIENT || !n->has_asked)
		return;
	n->has_asked = false;
	narration_say(out, " after waiting %s",
		      units_duration((int64_t)(m->ts_ns - n->asked_ns), time));
}

/* ---- the rest ---- */

static void tell_probe(const struct narrator *n, const struct moment *m, struct narration *out)
{
	if (m->bytes)
		narration_say(out, "%" PRIu32 " %s arrive", m->bytes, bytes_word(m->bytes));
	else
		narration_say(out, "an acknowledgement arrives");
	narration_say(out, " (cwnd %" PRIu32 ", srtt %" PRIu32 " µs)", m->cwnd, m->srtt_us);
	out->is_noise = n->has_segments;
}

static void tell_error(const struct moment *m, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value) {
		narration_say(out, "error: %s", linux_errno_format(m->value, name));
	} else if (m->from == STATE_SYN_SENT) {
		narration_say(out, "an ICMP message says: unreachable");
	} else {
		narration_say(out, "is woken for the error queue");
		out->is_noise = true;
	}
}

static void tell_reset(const struct moment *m, struct narration *out)
{
	narration_say(out, "%s", m->kind == EVENT_SEND_RESET ? "sends RST" : "receives RST");
	if (m->word[0])
		narration_say(out, ": %s", m->word);
}

static void tell_summary(const struct side *s, struct narration *out)
{
	const struct totals *t = s ? life_totals(s->life) : NULL;
	char rtt[UNITS_MAX], busy[UNITS_MAX];

	narration_say(out, "in all");
	if (!t)
		return;
	narration_say(out, ": %" PRIu32 " segment%s out, %" PRIu32 " in, cwnd %" PRIu32,
		      t->segs_out, units_plural(t->segs_out), t->segs_in, t->cwnd);
	if (t->min_rtt_us)
		narration_say(out, ", least RTT %s",
			      units_duration((int64_t)t->min_rtt_us * 1000, rtt));
	if (t->busy_us && t->busy_us <= INT64_MAX / 1000)
		narration_say(out, ", sending for %s",
			      units_duration((int64_t)t->busy_us * 1000, busy));
}

static void tell_plain(const struct narrator *n, const struct moment *m, const struct side *s,
		       struct narration *out)
{
	bool is_listener = s && s->life->role == LIFE_LISTENER;

	switch ((enum event_kind)m->kind) {
	case EVENT_DESTROY:
		narration_say(out, "socket destroyed");
		break;
	case EVENT_SUMMARY:
		tell_summary(s, out);
		break;
	case EVENT_SNAPSHOT:
		narration_say(out, "was here before: %s",
			      change_words_state(m->to, n->use_full_names));
		break;
	case EVENT_DATA_READY:
		narration_say(out,
			      is_listener ? "a connection can be accepted" : "is woken to read");
		break;
	case EVENT_SPACE_ADJUST:
		narration_say(out, "copies data to the process");
		out->is_noise = n->has_calls;
		break;
	case EVENT_RCVBUF_GROW:
		narration_say(out, "receive buffer grows");
		break;
	case EVENT_RETRANSMIT_SYNACK:
		narration_say(out, "sends a SYN ACK again");
		break;
	case EVENT_CWND_REDUCTION:
		narration_say(out, "congestion window shrinks");
		break;
	default:
		narration_say(out, "%s", m->event);
		break;
	}
}

static void tell_cong_state(struct narrator *n, const struct moment *m, struct narration *out)
{
	static const char *const names[] = {"Open", "Disorder", "CWR", "Recovery", "Loss"};
	bool is_named = m->value >= 0 && m->value <= 4;

	narration_say(out, "congestion state: %s",
		      m->word[0] ? m->word
		      : is_named ? names[m->value]
				 : "?");
	out->is_noise = m->value == n->cong_state[out->lane];
	n->cong_state[out->lane] = m->value;
}

void narrator_tell(struct narrator *n, const struct moment *m, struct narration *out)
{
	const struct side *s = couple_side(n->couple, m->conn);

	memset(out, 0, sizeof(*out));
	out->lane = s ? couple_lane(n->couple, s) : LANE_LEFT;
	if (m->is_remote)
		out->lane = (enum lane) !out->lane;
	out->side = couple_lane_name(n->couple, out->lane);
	switch ((enum event_kind)m->kind) {
	case EVENT_STATE:
		if (m->is_first_close && !n->first_closer)
			n->first_closer = s;
		change_words_tell(m, n->use_full_names, out);
		break;
	case EVENT_SEND_LENGTH:
		tell_send(n, m, s, out);
		break;
	case EVENT_SENDMSG:
		if (m->is_call_start && n->tells_starts) {
			tell_send(n, m, s, out);
			break;
		}
		narration_say(out, "fills a buffer to send");
		out->is_noise = n->has_calls;
		break;
	case EVENT_CONG_STATE:
		tell_cong_state(n, m, out);
		break;
	case EVENT_RECV_LENGTH:
		tell_receive(n, m, s, out);
		break;
	case EVENT_SEGMENT:
		packet_words_arrival(&n->packets, m, out);
		break;
	case EVENT_DROP:
		packet_words_drop(&n->packets, m, out);
		break;
	case EVENT_CONSUME:
	case EVENT_COPY:
		packet_words_freed(&n->packets, m, out);
		break;
	case EVENT_RETRANSMIT:
		packet_words_retransmit(&n->packets, m, out);
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

/* "2 bytes asked", "11 answered"; where events are missing, "≥ 11 answered", and 0 is
 * nothing to claim. */
static void conclude_amount(const struct narrator *n, uint64_t bytes, const char *what,
			    struct narration *out)
{
	if (!n->has_holes)
		narration_say(out, "%" PRIu64 "%s", bytes, what);
	else if (bytes)
		narration_say(out, "≥ %" PRIu64 "%s", bytes, what);
	else
		narration_say(out, "an unknown number%s", strrchr(what, ' '));
}

static void conclude_end(const struct narrator *n, const struct life *l, struct narration *out)
{
	bool is_seen = l->end && !(l->end == LIFE_OPEN && n->has_holes);

	if (n->first_closer && l->end == LIFE_FIN)
		narration_say(out, "the %s closed first",
			      life_role_name((enum life_role)n->first_closer->life->role));
	else
		narration_say(out, "end: %s",
			      is_seen ? life_end_name((enum life_end)l->end) : "not seen");
	if (n->has_holes)
		narration_say(out, "; uncertain: events are missing");
}

static void conclude_connecting(const struct narrator *n, const struct life *l,
				struct narration *out)
{
	char time[UNITS_MAX];

	units_duration((int64_t)life_duration(l), time);
	if (l->end == LIFE_OPEN && n->has_holes)
		narration_say(out,
			      "not seen to be established in %s; uncertain: events are missing",
			      time);
	else
		narration_say(out, "never established: %s after %s",
			      life_end_name((enum life_end)l->end), time);
}

void narrator_conclude(const struct narrator *n, struct narration *out)
{
	const struct side *teller = couple_client(n->couple);
	const struct life *l = teller ? teller->life : n->couple->sides[0]->life;
	bool is_server = l->role == LIFE_SERVER;
	char time[UNITS_MAX];
	uint64_t tx, rx;

	memset(out, 0, sizeof(*out));
	if (l->role == LIFE_LISTENER)
		return;
	if (l->is_stillborn) {
		narration_say(out, "never a connection");
		return;
	}
	if (l->is_start_seen && l->phase != LIFE_ALIVE && !l->has_been_established && l->end) {
		conclude_connecting(n, l, out);
		return;
	}
	if (!life_tx_bytes(l, &tx) || !life_rx_bytes(l, &rx))
		return;
	conclude_amount(n, is_server ? rx : tx,
			(is_server ? rx : tx) == 1 ? " byte asked" : " bytes asked", out);
	narration_say(out, ", ");
	conclude_amount(n, is_server ? tx : rx, " answered", out);
	narration_say(out, ", in %s; ", units_duration((int64_t)life_duration(l), time));
	conclude_end(n, l, out);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reset.c -- reasons are those of enum sk_rst_reason, include/net/rstreason.h.
 */
#include "analyze/reset.h"

#include <stddef.h>
#include <string.h>

/* A close, or what it left undone, leads to these; the kernel decides on all others. */
static const char *const by_application[] = {
	"TCP_ABORT_ON_CLOSE",       /* closed with bytes unread */
	"TCP_STATE",                /* SO_LINGER 0, or disconnected */
	"TCP_ABORT_ON_LINGER",      /* TCP_LINGER2 below 0 */
	"TCP_ABORT_ON_DATA",        /* closed while data was on its way */
	"TCP_DISCONNECT_WITH_DATA", /* connect(AF_UNSPEC) with data unsent */
};

static const char *without_prefix(const char *reason)
{
	static const char prefix[] = "SK_RST_REASON_";
	size_t len = sizeof(prefix) - 1;

	return reason && strncmp(reason, prefix, len) == 0 ? reason + len : reason;
}

bool reset_is_time_wait(const char *reason)
{
	reason = without_prefix(reason);
	return reason && strcmp(reason, "TCP_TIMEWAIT_SOCKET") == 0;
}

enum reset_author reset_author_of(const char *reason)
{
	reason = without_prefix(reason);
	if (!reason || strcmp(reason, "NOT_SPECIFIED") == 0 || strcmp(reason, "ERROR") == 0)
		return RESET_AUTHOR_UNKNOWN;
	for (size_t i = 0; i < sizeof(by_application) / sizeof(by_application[0]); i++)
		if (strcmp(reason, by_application[i]) == 0)
			return RESET_APPLICATION;
	return RESET_KERNEL;
}

enum reset_author reset_author_by_cause(enum end_cause cause, enum reset_author author)
{
	if (cause == END_DESTROYED)
		return RESET_ADMINISTRATOR;
	if (cause == END_QUEUE_OVERFLOW)
		return RESET_KERNEL;
	return cause == END_UNREAD || cause == END_NOT_ACCEPTED || end_cause_is_late_data(cause)
		       ? RESET_APPLICATION
		       : author;
}

static bool has_just_ended(const struct life *l, uint64_t ts_ns)
{
	return l->phase != LIFE_ALIVE && l->is_end_seen &&
	       (ts_ns < l->until_ns || ts_ns - l->until_ns <= RESET_MOMENT_NS);
}

enum tcp_state reset_state(const struct life *l, uint64_t ts_ns)
{
	return (enum tcp_state)(has_just_ended(l, ts_ns) ? l->left : l->state);
}

enum end_cause reset_cause(const struct life *sender, uint64_t ts_ns)
{
	enum end_cause cause = end_cause_of(sender);

	/* What comes after close may come late. */
	return has_just_ended(sender, ts_ns) || end_cause_is_late_data(cause) ? cause : END_UNKNOWN;
}

/* What the application moved, and what TCP did that it never fetched. */
static bool has_moved(uint64_t calls, uint64_t counted, uint64_t base, unsigned control)
{
	return calls > 0 || (counted > base && counted - base > control);
}

static enum reset_stage stage_of_data(const struct life *l)
{
	const struct traffic *t = &l->traffic;
	bool tx = has_moved(t->tx_bytes, t->acked, t->acked_base, l->is_start_seen);
	bool rx = has_moved(t->rx_bytes, t->received, t->received_base, 0);

	if (tx && rx)
		return RESET_RESPONSE;
	if (!tx && !rx)
		return RESET_ESTABLISHED;
	/* A server that speaks first answers, in a way. */
	if ((l->role == LIFE_CLIENT && rx) || (l->role == LIFE_SERVER && tx))
		return RESET_RESPONSE;
	return RESET_REQUEST;
}

enum reset_stage reset_stage_of(const struct life *l, uint64_t ts_ns)
{
	if (l->phase != LIFE_ALIVE && !has_just_ended(l, ts_ns))
		return RESET_CLOSED;
	switch (reset_state(l, ts_ns)) {
	case STATE_SYN_SENT:
	case STATE_SYN_RECV:
	case STATE_NEW_SYN_RECV:
		return RESET_SYN;
	case STATE_ESTABLISHED:
		return stage_of_data(l);
	case STATE_FIN_WAIT1:
	case STATE_FIN_WAIT2:
	case STATE_CLOSE_WAIT:
	case STATE_LAST_ACK:
	case STATE_CLOSING:
		return RESET_CLOSING;
	case STATE_CLOSE:
	case STATE_TIME_WAIT:
		return RESET_CLOSED;
	default:
		return RESET_STAGE_UNKNOWN;
	}
}

const char *reset_stage_name(enum reset_stage s)
{
	static const char *const names[] = {NULL,       "syn",     "established", "request",
					    "response", "closing", "closed"};

	return names[s];
}

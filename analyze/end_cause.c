/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * end_cause.c -- by the socket's error, the kernel's reason of a RST, or the order of events.
 */
#include "analyze/end_cause.h"

#include <stdio.h>
#include <string.h>

struct cause {
	const char *name, *evidence; /* evidence NULL: the socket's error */
};

static const struct cause causes[] = {
	[END_UNKNOWN] = {NULL, NULL},
	[END_DESTROYED] = {"destroyed", NULL},
	[END_UNREACHABLE] = {"unreachable", NULL},
	[END_NOT_ACCEPTED] = {"never accepted", "its listener closed just before"},
	[END_UNREAD] = {"unread data at close", "reason TCP_ABORT_ON_CLOSE"},
	[END_LATE_DATA] = {"data after close", "reason TCP_ABORT_ON_DATA"},
	[END_LATE_DATA_LOCAL] = {"data after close", "tcp_reset() without a RST"},
	[END_LATE_DATA_MINI] = {"data after close", "RST sent in FIN_WAIT2"},
	[END_LATE_DATA_PEER] = {"data after close", "RST received from FIN_WAIT2"},
	[END_QUEUE_FULL] = {"accept queue full", "listener's backlog above max_backlog"},
	[END_QUEUE_OVERFLOW] = {"accept queue full", "drop reason TCP_LISTEN_OVERFLOW"},
	[END_REQUESTS_FULL] = {"SYN queue full", "listener's requests above max_backlog"},
	[END_KEEPALIVE] = {"keepalive unanswered", "reason TCP_KEEPALIVE_TIMEOUT"},
	[END_NO_PORT] = {"no local port", "closed in SYN_SENT without a port"},
	[END_GIVEN_UP] = {"given up", "closed in SYN_SENT without an error"},
	[END_TOLD_BY_ICMP] = {"unreachable", "ICMP message in SYN_SENT"},
};

_Static_assert(END_TOLD_BY_ICMP < 1 << 4, "struct life has four bits for a cause");

static bool is_reason(const char *reason, const char *name)
{
	static const char prefix[] = "SK_RST_REASON_";
	size_t len = sizeof(prefix) - 1;

	return reason && strcmp(strncmp(reason, prefix, len) ? reason : reason + len, name) == 0;
}

enum end_cause end_cause_of_reset(const struct life *l, const char *reason, bool is_answer)
{
	/* tcp_keepalive_timer() sends it before it ends the connection. */
	if (is_reason(reason, "TCP_KEEPALIVE_TIMEOUT"))
		return END_KEEPALIVE;
	if (l->end != LIFE_ABORTED)
		return END_UNKNOWN;
	if (is_reason(reason, "TCP_ABORT_ON_CLOSE"))
		return END_UNREAD;
	if (is_reason(reason, "TCP_ABORT_ON_DATA"))
		return END_LATE_DATA;
	/* tcp_timewait_state_process(): in FIN_WAIT2 anything but the peer's FIN is. */
	if (l->is_orphan && is_answer)
		return END_LATE_DATA_MINI;
	/* tcp_rcv_state_process() is the only caller of tcp_reset() that has a RST sent. */
	return l->has_reset_in && is_answer ? END_LATE_DATA_LOCAL : END_UNKNOWN;
}

static bool is_unreachable(int32_t err)
{
	return err == LINUX_EHOSTUNREACH || err == LINUX_ENETUNREACH;
}

/* By whoever had called connect(), or by connect() itself. */
static bool is_given_up(const struct life *l)
{
	return l->end == LIFE_ABORTED && l->role == LIFE_CLIENT && l->left == STATE_SYN_SENT &&
	       l->is_start_seen && l->sk_err == 0;
}

/* SYNs in vain; or the client alone believed that there was a connection. */
static bool is_locked_out(const struct life *l)
{
	bool has_failed = l->end == LIFE_TIMEOUT || l->end == LIFE_ABORTED || l->end == LIFE_RESET;

	if (!has_failed || l->peer)
		return false;
	return l->queue == QUEUE_OVERFLOW || (l->queue && !l->has_been_established);
}

enum end_cause end_cause_of(const struct life *l)
{
	if (l->cause == END_TOLD_BY_ICMP && is_given_up(l))
		return END_TOLD_BY_ICMP;
	if (l->cause && l->cause != END_TOLD_BY_ICMP)
		return (enum end_cause)l->cause;
	/* Of all that ends TCP sockets only tcp_abort() sets this. */
	if (l->sk_err == LINUX_ECONNABORTED)
		return END_DESTROYED;
	if ((l->end == LIFE_ABORTED || l->end == LIFE_TIMEOUT) && is_unreachable(l->sk_err))
		return END_UNREACHABLE;
	if (l->is_abandoned && l->end == LIFE_ABORTED)
		return END_NOT_ACCEPTED;
	if (is_given_up(l) && !l->tuple.local.port)
		return END_NO_PORT;
	if (is_given_up(l) && !l->queue)
		return END_GIVEN_UP;
	return is_locked_out(l) ? end_cause_of_queue((enum queue_trouble)l->queue) : END_UNKNOWN;
}

enum end_cause end_cause_of_queue(enum queue_trouble t)
{
	static const enum end_cause of[] = {END_UNKNOWN, END_QUEUE_FULL, END_QUEUE_OVERFLOW};

	return t <= QUEUE_OVERFLOW ? of[t] : END_UNKNOWN;
}

const char *end_cause_name(enum end_cause c)
{
	return causes[c].name;
}

const char *end_cause_evidence(enum end_cause c, const struct life *l, char out[END_EVIDENCE_MAX])
{
	char error[ERRNO_MAX];

	if (!c)
		return NULL;
	if (causes[c].evidence)
		snprintf(out, END_EVIDENCE_MAX, "%s", causes[c].evidence);
	else
		snprintf(out, END_EVIDENCE_MAX, "sk_err %s", linux_errno_format(l->sk_err, error));
	return out;
}

bool end_cause_is_late_data(enum end_cause c)
{
	return c >= END_LATE_DATA && c <= END_LATE_DATA_PEER;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tcp_state.c -- names of the states, both ways.
 */
#include "analyze/tcp_state.h"

#include <string.h>

static const char *const names[STATE_COUNT] = {
	[STATE_ESTABLISHED] = "TCP_ESTABLISHED",
	[STATE_SYN_SENT] = "TCP_SYN_SENT",
	[STATE_SYN_RECV] = "TCP_SYN_RECV",
	[STATE_FIN_WAIT1] = "TCP_FIN_WAIT1",
	[STATE_FIN_WAIT2] = "TCP_FIN_WAIT2",
	[STATE_TIME_WAIT] = "TCP_TIME_WAIT",
	[STATE_CLOSE] = "TCP_CLOSE",
	[STATE_CLOSE_WAIT] = "TCP_CLOSE_WAIT",
	[STATE_LAST_ACK] = "TCP_LAST_ACK",
	[STATE_LISTEN] = "TCP_LISTEN",
	[STATE_CLOSING] = "TCP_CLOSING",
	[STATE_NEW_SYN_RECV] = "TCP_NEW_SYN_RECV",
	[STATE_BOUND_INACTIVE] = "TCP_BOUND_INACTIVE",
};

static const char prefix[] = "TCP_";

const char *tcp_state_name(enum tcp_state state)
{
	return state < STATE_COUNT ? names[state] : NULL;
}

const char *tcp_state_short(enum tcp_state state)
{
	const char *name = tcp_state_name(state);

	return name ? name + strlen(prefix) : "?";
}

enum tcp_state tcp_state_find(const char *name)
{
	if (strncmp(name, prefix, strlen(prefix)) == 0)
		name += strlen(prefix);
	for (int s = STATE_UNKNOWN + 1; s < STATE_COUNT; s++)
		if (strcmp(name, names[s] + strlen(prefix)) == 0)
			return (enum tcp_state)s;
	return STATE_UNKNOWN;
}

bool tcp_state_peer_closed(enum tcp_state state)
{
	return state == STATE_CLOSE_WAIT || state == STATE_LAST_ACK || state == STATE_CLOSING ||
	       state == STATE_TIME_WAIT;
}

bool tcp_state_is_open(enum tcp_state state)
{
	return state == STATE_ESTABLISHED || state == STATE_CLOSE_WAIT;
}

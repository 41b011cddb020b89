/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tcp_state.h -- the states of a TCP socket, under the kernel's names. Numbers on a
 * tape become these by name (binding.h), so the values here are the analyzer's own.
 */
#ifndef ANALYZE_TCP_STATE_H
#define ANALYZE_TCP_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum tcp_state {
	STATE_UNKNOWN = 0,
	STATE_ESTABLISHED,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,
	STATE_BOUND_INACTIVE,
	STATE_COUNT
};

/* "TCP_ESTABLISHED"; NULL for STATE_UNKNOWN. */
const char *tcp_state_name(enum tcp_state state);
/* "ESTABLISHED"; "?" for STATE_UNKNOWN. */
const char *tcp_state_short(enum tcp_state state);
/* By the kernel's name, with or without "TCP_"; STATE_UNKNOWN if there is none. */
enum tcp_state tcp_state_find(const char *name);
/* The peer's FIN has been received when a socket is in this state. */
bool tcp_state_peer_closed(enum tcp_state state);
/* Established, and this side may still send. */
bool tcp_state_is_open(enum tcp_state state);

#endif

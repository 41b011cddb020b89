/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * owner.h -- the process a socket belongs to, and how the tape knows. In softirq the
 * running task is whoever was interrupted, so only events of the process's own
 * context are evidence; better evidence replaces worse, equal evidence does not.
 */
#ifndef ANALYZE_OWNER_H
#define ANALYZE_OWNER_H

#include <stdint.h>

#include "format/bytes.h"

/* In ascending order of trust. */
enum owner_source {
	OWNER_UNKNOWN = 0,
	OWNER_LISTENER, /* of the listener the socket was accepted from */
	OWNER_CLOSER,   /* the task that closed or shut down */
	OWNER_READER,   /* tcp_rcv_space_adjust: copied data to user space */
	OWNER_SNAPSHOT, /* held the descriptor when recording began */
	OWNER_CALLER,   /* called connect, listen, send or receive */
};

struct owner {
	uint32_t pid;   /* 0 = not known */
	uint8_t source; /* enum owner_source */
	char comm[16];  /* terminated; "" = not known */
};

/* Take (pid, comm) if `source` is better than what is known. pid 0 is no evidence. */
void owner_learn(struct owner *o, enum owner_source source, uint32_t pid, struct view comm);
/* Take a listener's owner for its child, if nothing is known. */
void owner_inherit(struct owner *child, const struct owner *listener);
/* "caller", "listener", ...; NULL for OWNER_UNKNOWN. */
const char *owner_source_name(enum owner_source source);

#endif

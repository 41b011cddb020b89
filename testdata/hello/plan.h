/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * plan.h -- what the hello server and client were asked to do, from their options.
 */
#ifndef HELLO_PLAN_H
#define HELLO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plan_side { PLAN_SERVER = 1, PLAN_CLIENT = 2 };

struct plan {
	const char *addr;  /* numeric IPv4 or IPv6 address */
	const char *ready; /* file to create when listening (server) or first answered (client) */
	const char *port_from;  /* client: file of the server's --ready to wait for */
	const char *hold_until; /* file whose appearance ends the hold */
	uint64_t port;
	uint64_t ports; /* consecutive ports from `port` */
	uint64_t count; /* connections, over all ports and processes */
	uint64_t parallel;
	uint64_t rounds; /* request and answer turns on one connection */
	uint64_t request_bytes;
	uint64_t reply_bytes;
	uint64_t delay_us; /* server: think time before each answer */
	uint64_t gap_us;   /* client: pause between rounds */
	uint64_t hold_us;  /* after the first round */
	uint64_t
		patience_us; /* server: give up when nobody connects for so long; 0 waits for ever */
	bool close_first;    /* close without waiting for the other side's end */
	bool close_last;     /* read to the other side's end, then close */
	bool rst;            /* close by reset (SO_LINGER 0) */
	bool unread;         /* close while received bytes are unread */
	bool half_close; /* client ends its direction after the last request; server waits for it */
	bool quiet;
};

/* Fill *plan from the options of that side. Prints help and exits 0, or one
 * sentence and exits 2; the strings point into argv. */
void plan_parse(struct plan *plan, enum plan_side side, int argc, char **argv);

#endif

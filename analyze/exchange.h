/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchange.h -- one request and its response, put together from the turns of both sides
 * of a connection, or of the one side the tape holds.
 *
 * Where both are known: the request lasts from the client's first byte sent to the
 * server's last byte read, thinking until the server's first byte sent, the response
 * until the client's last byte read. The three add up to the total. From one side
 * alone, thinking includes the network (client) or everything before the first byte
 * is read is unknown (server).
 */
#ifndef ANALYZE_EXCHANGE_H
#define ANALYZE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyze/turns.h"

enum { EXCHANGE_QUEUE_MAX = 64 };

enum exchange_kind {
	EXCHANGE_ORDINARY = 0,
	EXCHANGE_PIPELINED,    /* several requests without waiting for answers */
	EXCHANGE_SERVER_FIRST, /* a greeting */
	EXCHANGE_TO_CLIENT,    /* one-way: sent many times, nothing asked */
	EXCHANGE_TO_SERVER,    /* one-way: sent many times, nothing answered */
	EXCHANGE_UNANSWERED,
};

enum { EXCHANGE_STREAM_CALLS = 3 /* one-way is a stream from so many calls on */ };

struct exchange {
	uint64_t start_ns;
	uint64_t request_bytes, request_ns;
	uint64_t think_ns;
	uint64_t response_bytes, response_ns;
	uint64_t total_ns;
	uint64_t client_wait_ns; /* request sent to response begun */
	uint64_t server_wait_ns; /* idle to request begun */
	unsigned turns;          /* more than 1: requests were sent without waiting */
	uint64_t queue_ns;       /* the request's last byte: arrived to read by the server */
	uint64_t write_ns;       /* the server's first byte of the response to its last */
	uint64_t transfer_ns;    /* the server's last byte to the client's */
	uint64_t first_byte_ns;  /* the client's first byte asked to its first byte read */
	uint64_t idle_ns;        /* before it: the client had nothing to ask */
	enum exchange_kind kind;
	bool has_queue, has_idle;
	bool has_answer;
	bool has_read;               /* the client has read some of it: client_wait_ns is known */
	bool has_client, has_server; /* seen from there */
};

/* "request-response", "stream-to-client" */
const char *exchange_kind_name(enum exchange_kind kind);
/* The next exchange of a connection. Either side may be NULL: not on the tape. With
 * `is_over` no more turns will come. False when more must be known first. */
bool exchange_next(struct turns *client, struct turns *server, bool is_over, struct exchange *out);

#endif

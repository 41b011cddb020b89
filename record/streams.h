/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * streams.h -- small numbers for the two directions of each connection. Sockets and
 * packets that carry the same sequence numbers get the same number, by which the tape
 * predicts them (docs/FORMAT.md section 7.5). Numbers start again with each epoch of the
 * tape's dictionaries.
 */
#ifndef RECORD_STREAMS_H
#define RECORD_STREAMS_H

#include <stdint.h>

#include "format/error.h"

struct stream_end {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t port[2];  /* any byte order, the same everywhere */
};

/* One direction; no padding. */
struct stream {
	struct stream_end from, to;
};

struct streams; /* opaque */

struct streams *streams_new(void); /* NULL without memory */
void streams_free(struct streams *s);
/* Number of the stream in this epoch. The other direction of the same connection has the
 * same number with its lowest bit flipped. 0 or ERR_NOMEM. */
int streams_find(struct streams *s, uint32_t epoch, const struct stream *stream, uint32_t *number,
		 struct error *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* streams.c -- numbers by content, forgotten at each epoch. */
#include "record/streams.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/intern.h"

struct streams {
	struct intern *known;
	struct stream last; /* asked for: the sockets and packets of a connection come together */
	uint32_t last_id;   /* 0 = none */
	uint32_t epoch;
};

_Static_assert(sizeof(struct stream) == 36, "a stream is hashed as bytes");

struct streams *streams_new(void)
{
	struct streams *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->known = intern_new();
	if (!s->known) {
		free(s);
		return NULL;
	}
	return s;
}

void streams_free(struct streams *s)
{
	if (!s)
		return;
	intern_free(s->known);
	free(s);
}

/* Both directions are known by the one whose beginning is the lower. */
int streams_find(struct streams *s, uint32_t epoch, const struct stream *stream, uint32_t *number,
		 struct error *err)
{
	bool is_flipped = memcmp(&stream->from, &stream->to, sizeof(stream->from)) > 0;
	struct stream pair = *stream;
	uint32_t id;

	if (is_flipped)
		pair = (struct stream){.from = stream->to, .to = stream->from};
	if (s->epoch != epoch) {
		intern_reset(s->known);
		s->last_id = 0;
	}
	s->epoch = epoch;
	if (!s->last_id || memcmp(&pair, &s->last, sizeof(pair)) != 0) {
		s->last = pair;
		s->last_id = 0;
		if (!intern_add(s->known, &pair, sizeof(pair), &id))
			return error_nomem(err);
		s->last_id = id;
	}
	*number = 2 * s->last_id + is_flipped;
	return 0;
}

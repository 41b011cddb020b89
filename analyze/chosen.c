/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* chosen.c -- one bit for each life. */
#include "analyze/chosen.h"

#include <stdlib.h>

#include "format/source.h"

static int keep(struct chosen *c, uint64_t conn, struct error *err)
{
	void *bits = c->bits;

	if (!array_grow(&bits, &c->cap, (size_t)(conn / 8) + 1, 1))
		return error_nomem(err);
	c->bits = bits;
	c->bits[conn / 8] |= (uint8_t)(1u << (conn % 8));
	return 0;
}

static bool is_kept(const struct chosen *c, uint64_t conn)
{
	return conn / 8 < c->cap && (c->bits[conn / 8] >> (conn % 8) & 1);
}

static int keep_ended(struct chosen *c, const struct view_input *in, struct tracker *t,
		      struct error *err)
{
	const struct life *life;

	while ((life = tracker_take(t))) {
		struct selection_subject subject = life_subject(life);

		if (selection_has(in->selection, &subject))
			TRY(keep(c, life->conn, err));
	}
	return 0;
}

static int read_ahead(struct chosen *c, const struct view_input *in, struct cursor *cursor,
		      struct tracker *t, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	while ((rc = cursor_next(cursor, &item, err)) == 0) {
		TRY(tracker_feed(t, &item, &seen, err));
		TRY(keep_ended(c, in, t, err));
	}
	if (rc < 0)
		return rc;
	tracker_stop(t);
	return keep_ended(c, in, t, err);
}

int chosen_prepare(struct chosen *c, const struct view_input *in, struct error *err)
{
	struct cursor *cursor;
	struct tracker *t;
	int rc;

	c->is_everything = selection_is_open(in->selection);
	if (c->is_everything || !in->source || source_size(in->source) == UINT64_MAX)
		return 0;
	TRY(cursor_open(in->source, &cursor, err));
	t = tracker_new();
	rc = t ? read_ahead(c, in, cursor, t, err) : error_nomem(err);
	c->is_read_ahead = rc == 0;
	tracker_free(t);
	cursor_close(cursor);
	return rc;
}

bool chosen_has(const struct chosen *c, const struct view_input *in, const struct life *life)
{
	struct selection_subject subject;

	if (c->is_everything || !life)
		return c->is_everything;
	if (c->is_read_ahead)
		return is_kept(c, life->conn);
	subject = life_subject(life);
	return selection_has(in->selection, &subject);
}

void chosen_release(struct chosen *c)
{
	free(c->bits);
	*c = (struct chosen){0};
}

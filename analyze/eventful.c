/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* eventful.c -- two sets of lives, by their events. */
#include "analyze/eventful.h"

#include "analyze/ahead.h"

static int read_ahead(struct eventful *e, const struct view_input *in, struct error *err)
{
	struct ahead ahead = {0};
	struct sighting seen;
	struct item item;
	int rc = ahead_open(&ahead, in, err);

	while (rc == 0 && (rc = ahead_next(&ahead, &item, &seen, err)) == 0) {
		rc = eventful_see(e, in, ahead.tracker, &item, &seen, err);
		while (tracker_take(ahead.tracker)) {
		}
	}
	ahead_close(&ahead);
	return rc < 0 ? rc : 0;
}

int eventful_prepare(struct eventful *e, const struct view_input *in, struct error *err)
{
	e->is_asked_for = in->selection->event_count != 0;
	if (!e->is_asked_for || !ahead_is_possible(in))
		return 0;
	TRY(read_ahead(e, in, err));
	e->is_read_ahead = true;
	return 0;
}

bool eventful_is_watching(const struct eventful *e)
{
	return e->is_asked_for && !e->is_read_ahead;
}

/* Packets belong to both ends. */
static int add(struct conn_set *set, const struct sighting *seen, struct error *err)
{
	const struct life *lives[] = {seen->life, seen->sender, seen->receiver};

	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		if (lives[i] && !conn_set_add(set, lives[i]->conn))
			return error_nomem(err);
	return 0;
}

int eventful_see(struct eventful *e, const struct view_input *in, const struct tracker *t,
		 const struct item *item, const struct sighting *seen, struct error *err)
{
	const struct selection *s = in->selection;
	const struct schema *schema;

	if (item->kind != ITEM_EVENT || !eventful_is_watching(e))
		return 0;
	if (!seen->life && !seen->sender && !seen->receiver)
		return 0;
	schema = item->event.schema;
	if (!selection_has_time(s, item->event.ts_ns, tracker_origin_ns(t)))
		return 0;
	if (selection_bars_event(s, schema->group, schema->name))
		return add(&e->barred, seen, err);
	if (selection_has_event(s, schema->group, schema->name))
		return add(&e->wanted, seen, err);
	return 0;
}

bool eventful_bars(const struct eventful *e, const struct life *life)
{
	return conn_set_has(&e->barred, life->conn);
}

bool eventful_has(const struct eventful *e, const struct view_input *in, const struct life *life)
{
	return !eventful_bars(e, life) &&
	       (conn_set_has(&e->wanted, life->conn) || !selection_names_event(in->selection));
}

void eventful_release(struct eventful *e)
{
	conn_set_release(&e->wanted);
	conn_set_release(&e->barred);
	*e = (struct eventful){0};
}

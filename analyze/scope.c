/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* scope.c -- what is asked for, against what can be left unread. */
#include "analyze/scope.h"

#include "analyze/tracker.h"
#include "format/cursor.h"
#include "format/source.h"

void scope_release(struct scope *s)
{
	kin_release(&s->reader);
	kin_free(s->kin);
	spans_release(&s->spans);
	*s = (struct scope){0};
}

bool scope_is_part(const struct scope *s)
{
	return s->has_origin || s->kin;
}

/* What times leave out of the tape. */
static struct selection span_of(const struct selection *selection, unsigned spares)
{
	struct selection s = *selection;

	s.has_until &= (spares & SPARE_AFTER) != 0;
	s.has_since &= (spares & SPARE_BEFORE) && (spares & SPARE_NUMBERS) &&
		       selection_is_open(selection);
	return s;
}

static bool asks_for_entries(const struct selection *selection, unsigned spares)
{
	return spares & SPARE_NUMBERS && selection->port_count + selection->range_count > 0;
}

bool scope_is_asked_for(const struct selection *selection, unsigned spares)
{
	struct selection asked = span_of(selection, spares);

	return selection_has_span(&asked) || asks_for_entries(selection, spares);
}

/* Times count from the first event, which may be one that stays unread. */
static int find_origin(struct scope *s, struct source *source, struct error *err)
{
	struct cursor *c;
	struct item item;
	int rc;

	TRY(cursor_open(source, &c, err));
	do
		rc = cursor_next(c, &item, err);
	while (rc == 0 && item.kind != ITEM_EVENT);
	s->has_origin = rc == 0;
	if (s->has_origin)
		s->origin_ns = item.event.ts_ns;
	cursor_close(c);
	return rc < 0 ? rc : 0;
}

static int find_span(struct scope *s, struct source *source, const struct selection *selection,
		     unsigned spares, struct error *err)
{
	struct selection asked = span_of(selection, spares);

	if (!scope_is_asked_for(selection, spares))
		return 0;
	TRY(find_origin(s, source, err));
	selection_span(&asked, s->origin_ns, &s->from_ns, &s->to_ns);
	return 0;
}

static int find_entries(struct scope *s, struct source *source, const struct selection *selection,
			unsigned spares, struct error *err)
{
	int rc;

	if (!asks_for_entries(selection, spares))
		return 0;
	TRY(spans_read(&s->spans, source, err));
	if (s->spans.has_holes)
		return 0;
	rc = kin_find(source, &s->spans, selection, &s->kin, err);
	return rc < 0 ? rc : 0;
}

int scope_find(struct scope *s, struct source *source, const struct selection *selection,
	       unsigned spares, struct error *err)
{
	if (source_size(source) == UINT64_MAX)
		return 0;
	TRY(find_span(s, source, selection, spares, err));
	return find_entries(s, source, selection, spares, err);
}

int scope_limit(struct scope *s, struct cursor *c, struct error *err)
{
	if (s->kin)
		kin_limit(&s->reader, s->kin, c);
	return s->has_origin ? cursor_limit_time(c, s->from_ns, s->to_ns, err) : 0;
}

struct tracker *scope_tracker(const struct scope *s)
{
	struct tracker *t = tracker_new();

	if (t && s && s->has_origin)
		tracker_set_origin(t, s->origin_ns);
	if (t && s && s->kin)
		tracker_set_spans(t, &s->spans);
	return t;
}

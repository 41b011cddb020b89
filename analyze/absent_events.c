/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* absent_events.c -- a bit a pattern. */
#include "analyze/absent_events.h"

static size_t watched(const struct absent_events *a)
{
	size_t count = a->selection ? a->selection->event_count : 0;

	return count < ABSENT_EVENTS_MAX ? count : ABSENT_EVENTS_MAX;
}

static void see_event(struct absent_events *a, const struct schema *s)
{
	a->has_seen = true;
	for (size_t i = 0; i < watched(a); i++)
		if (selection_pattern_fits(a->selection, i, s->group, s->name))
			a->found |= UINT64_C(1) << i;
}

void absent_events_see(struct absent_events *a, const struct section *s)
{
	if (!watched(a))
		return;
	for (uint32_t id = 1; id <= s->schema_count; id++) {
		const struct schema *schema = section_schema(s, id);

		if (schema && schema->kind == SCHEMA_EVENT)
			see_event(a, schema);
	}
}

const char *absent_events_next(const struct absent_events *a, size_t *at)
{
	while (a->has_seen && *at < watched(a)) {
		size_t i = (*at)++;

		if (!(a->found >> i & 1))
			return a->selection->events[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* summary.c -- counting, and keeping copies. */
#include "analyze/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/run.h"

static int copy_facts(struct summary *s, const struct section *section, struct error *err)
{
	for (size_t i = s->facts.count; i < section->facts.count; i++) {
		const struct fact *f = &section->facts.facts[i];

		TRY(fact_list_add(&s->facts, view_of(f->key, strlen(f->key)),
				  view_of(f->value, strlen(f->value)), err));
	}
	return 0;
}

static int name_event(struct event_count *e, const struct schema *schema, struct error *err)
{
	size_t room = strlen(schema->group) + strlen(schema->name) + 2;

	if (e->name)
		return 0;
	e->name = malloc(room);
	if (!e->name)
		return error_nomem(err);
	snprintf(e->name, room, "%s:%s", schema->group, schema->name);
	return 0;
}

/* Events become known by name even if none of them happens. */
static int copy_names(struct summary *s, const struct section *section, struct error *err)
{
	void *events = s->events;

	if (!array_grow(&events, &s->event_cap, section->schema_count, sizeof(*s->events)))
		return error_nomem(err);
	s->events = events;
	s->event_count = section->schema_count;
	for (size_t i = 0; i < section->schema_count; i++) {
		const struct schema *schema = section->schemas[i];

		if (schema && schema->kind == SCHEMA_EVENT)
			TRY(name_event(&s->events[i], schema, err));
	}
	return 0;
}

static void see_time(struct summary *s, uint64_t ts_ns)
{
	if (!s->has_time || ts_ns < s->first_ns)
		s->first_ns = ts_ns;
	if (!s->has_time || ts_ns > s->last_ns)
		s->last_ns = ts_ns;
	s->has_time = true;
}

static void count_event(struct summary *s, uint32_t schema)
{
	size_t i = (size_t)schema - 1;

	s->events_total++;
	if (i < s->event_count)
		s->events[i].count++;
}

static void take_event(struct summary *s, const struct event *ev)
{
	see_time(s, ev->ts_ns);
	count_event(s, ev->schema->id);
}

void summary_take_rows(struct summary *s, const struct run *run, uint32_t first)
{
	if (first == run->at)
		return;
	see_time(s, run_ts(run, first));
	see_time(s, run_ts(run, run->at - 1));
	for (uint32_t at = first; at < run->at; at++)
		count_event(s, run_schema(run, at));
}

static int take_loss(struct summary *s, const struct loss *loss, struct error *err)
{
	void *losses = s->losses;

	s->lost_total += loss->count;
	if (loss->schema && loss->schema <= s->event_count)
		s->events[loss->schema - 1].lost += loss->count;
	if (s->loss_count == SUMMARY_LOSSES_MAX)
		return 0;
	if (!array_grow(&losses, &s->loss_cap, s->loss_count + 1, sizeof(*s->losses)))
		return error_nomem(err);
	s->losses = losses;
	s->losses[s->loss_count++] = *loss;
	return 0;
}

static void take_clock(struct summary *s, const struct clock_reading *clock)
{
	see_time(s, clock->ts_ns);
	if (!s->has_clock)
		s->clock = *clock;
	s->has_clock = true;
}

int summary_take(struct summary *s, const struct item *item, struct error *err)
{
	switch (item->kind) {
	case ITEM_EVENT:
		take_event(s, &item->event);
		return 0;
	case ITEM_LOSS:
		return take_loss(s, &item->loss, err);
	case ITEM_CLOCK:
		take_clock(s, &item->clock);
		return 0;
	case ITEM_END:
		s->is_closed = true;
		s->lost_declared = item->end.lost;
		memcpy(s->end_reason, item->end.reason, sizeof(s->end_reason));
		return copy_facts(s, item->section, err);
	case ITEM_SECTION:
	case ITEM_SCHEMA:
		TRY(copy_facts(s, item->section, err));
		return copy_names(s, item->section, err);
	case ITEM_GAP:
		break;
	}
	return 0;
}

void summary_reset(struct summary *s)
{
	summary_release(s);
}

void summary_release(struct summary *s)
{
	for (size_t i = 0; i < s->event_count; i++)
		free(s->events[i].name);
	free(s->events);
	free(s->losses);
	fact_list_release(&s->facts);
	*s = (struct summary){0};
}

uint64_t summary_lost(const struct summary *s)
{
	return s->lost_total > s->lost_declared ? s->lost_total : s->lost_declared;
}

uint64_t summary_duration_ns(const struct summary *s)
{
	return s->has_time ? s->last_ns - s->first_ns : 0;
}

bool summary_start(const struct summary *s, uint64_t *realtime_ns)
{
	if (summary_number(s, "start_realtime_ns", realtime_ns))
		return true;
	if (!s->has_clock)
		return false;
	*realtime_ns = s->clock.realtime_ns - (s->clock.ts_ns - s->first_ns);
	return true;
}

const char *summary_event_name(const struct summary *s, uint32_t schema)
{
	return schema >= 1 && schema <= s->event_count ? s->events[schema - 1].name : NULL;
}

const char *summary_cause_name(uint32_t cause)
{
	switch (cause) {
	case LOSS_RING_FULL:
		return "ring_full";
	case LOSS_WRITE:
		return "write";
	case LOSS_MEMORY:
		return "memory";
	case LOSS_DAMAGE:
		return "damage";
	case LOSS_SHED:
		return "shed";
	case LOSS_NESTED:
		return "nested";
	}
	return NULL;
}

const char *summary_fact(const struct summary *s, const char *key)
{
	return fact_list_find(&s->facts, key);
}

bool summary_number(const struct summary *s, const char *key, uint64_t *out)
{
	const char *text = summary_fact(s, key);
	uint64_t v = 0;

	if (!text || !*text)
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (v > (UINT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (uint64_t)(*text - '0');
	}
	if (*text)
		return false;
	*out = v;
	return true;
}

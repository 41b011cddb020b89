/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_timeline.c -- the story of each selected connection, both sides interleaved. It
 * is told when the connection is over, in one piece; a very long one in several.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/chosen.h"
#include "analyze/couple.h"
#include "analyze/scene.h"
#include "analyze/scope.h"
#include "analyze/story.h"
#include "analyze/view.h"
#include "analyze/watch.h"

enum {
	COUPLES_MAX = 16,          /* told as text without a selection */
	SCENES_MAX = 1 << 18,      /* moments of all connections that may wait to be told */
	STRAY_AGE_NS = 2000000000, /* a SYN may be this much older than its connection */
};

/* What is kept for each side. */
struct part {
	struct scene scene;
	bool is_continued;
};

struct timeline {
	const struct view_input *in;
	struct tracker *tracker;
	struct couples couples;
	struct lexicon lexicon;
	struct strays *strays;            /* owned */
	struct couple *held[COUPLES_MAX]; /* owned; told at the end, in order of number */
	size_t held_count;
	bool has_flowed_over; /* more than fit were chosen: told as they end from here on */
	struct chosen chosen;
	struct missing missing; /* of the whole tape so far */
	size_t pending;         /* moments in all scenes */
	uint64_t order, told;
	bool is_text, is_open;
};

/* ---- telling ---- */

static struct part *part_of(const struct side *s)
{
	return s->own;
}

static void drop_scene(struct timeline *v, struct side *s)
{
	v->pending -= part_of(s)->scene.count;
	scene_release(&part_of(s)->scene);
}

/* Of a packet whose receiver was not known when it arrived, it may be now. */
static void settle_receiver(const struct couple *c, struct moment *m)
{
	if (m->kind != EVENT_SEGMENT || m->sender != m->conn || c->count < 2)
		return;
	m->conn = c->sides[c->sides[0]->life->conn == m->sender]->life->conn;
}

static int merge_scenes(const struct couple *c, struct scene *all, struct error *err)
{
	for (unsigned i = 0; i < c->count; i++) {
		const struct scene *s = &part_of(c->sides[i])->scene;

		for (size_t m = 0; m < s->count; m++)
			TRY(scene_add(all, &s->moments[m], err));
	}
	for (size_t m = 0; m < all->count; m++)
		settle_receiver(c, &all->moments[m]);
	scene_sort(all);
	scene_link_calls(all);
	return 0;
}

static int tell_couple(struct timeline *v, struct couple *c, bool is_over, struct error *err)
{
	struct story story = {
		.renderer = v->in->renderer,
		.is_text = v->is_text,
		.is_unnumbered = v->in->is_unnumbered,
		.has_calls = c->sides[0]->life->has_call_events,
		.has_segments = c->sides[0]->life->has_packet_events,
		.is_over = is_over,
		.missing = &v->missing,
		.origin_ns = tracker_origin_ns(v->tracker),
	};
	struct scene all = {0};
	int rc = merge_scenes(c, &all, err);

	for (unsigned i = 0; i < c->count; i++) {
		struct part *p = part_of(c->sides[i]);

		story.is_continued |= p->is_continued;
		story.has_holes |= tracker_has_holes(v->tracker, c->sides[i]->life);
		p->is_continued = true;
		drop_scene(v, c->sides[i]);
	}
	if (rc == 0 && all.count) {
		story_tell(&story, c, &all);
		v->told++;
	}
	scene_release(&all);
	return rc;
}

/* ---- choosing ---- */

static bool is_chosen(const struct timeline *v, const struct couple *c)
{
	const struct selection *s = v->in->selection;

	for (unsigned i = 0; i < c->count; i++) {
		struct selection_subject subject = life_subject(c->sides[i]->life);

		/* Listeners have a story only for who asks for them. */
		if (c->sides[i]->life->role == LIFE_LISTENER && !s->conn_count)
			continue;
		if (selection_has(s, &subject))
			return true;
	}
	return false;
}

static void free_couple(struct timeline *v, struct couple *c)
{
	for (unsigned i = 0; i < c->count; i++)
		drop_scene(v, c->sides[i]);
	couple_free(c);
}

static int refuse(struct timeline *v, struct couple *c, struct error *err)
{
	free_couple(v, c);
	return error_set(err, ERR_USAGE,
			 "this tape holds more than %d connections: choose with --conn N "
			 "(`tcptape conns` numbers them), --port, --addr, --pid or --comm",
			 COUPLES_MAX);
}

static int tell_held(struct timeline *v, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < v->held_count; i++) {
		if (rc == 0)
			rc = tell_couple(v, v->held[i], true, err);
		free_couple(v, v->held[i]);
	}
	v->held_count = 0;
	return rc;
}

static void hold(struct timeline *v, struct couple *c)
{
	size_t i = v->held_count++;

	for (; i > 0 && v->held[i - 1]->sides[0]->life->conn > c->sides[0]->life->conn; i--)
		v->held[i] = v->held[i - 1];
	v->held[i] = c;
}

/* The couple is the timeline's from here on. */
static int finish_couple(struct timeline *v, struct couple *c, struct error *err)
{
	int rc = 0;

	if (!is_chosen(v, c)) {
		free_couple(v, c);
		return 0;
	}
	if (v->is_text && v->held_count < COUPLES_MAX && !v->has_flowed_over) {
		hold(v, c);
		return 0;
	}
	if (v->is_text && v->is_open)
		return refuse(v, c, err);
	v->has_flowed_over = true;
	rc = tell_held(v, err);
	if (rc == 0)
		rc = tell_couple(v, c, true, err);
	free_couple(v, c);
	return rc;
}

/* ---- gathering ---- */

static bool is_wanted(const struct timeline *v, const struct event *ev)
{
	return selection_has_time(v->in->selection, ev->ts_ns, tracker_origin_ns(v->tracker)) &&
	       selection_has_event(v->in->selection, ev->schema->group, ev->schema->name);
}

/* Reading ahead has told that nobody asks for this life, nor for its peer. */
static bool is_unwanted(const struct timeline *v, const struct life *l)
{
	return v->chosen.is_told && !chosen_has(&v->chosen, v->in, l);
}

static int keep_moment(struct timeline *v, const struct life *l, const struct moment *m,
		       struct error *err)
{
	struct couple *c;
	struct side *s;

	if (is_unwanted(v, l))
		return 0;
	TRY(couples_see(&v->couples, l, &c, &s, err));
	TRY(scene_add(&part_of(s)->scene, m, err));
	v->pending++;
	if (part_of(s)->scene.count < SCENE_MAX && v->pending < SCENES_MAX)
		return 0;
	if (is_chosen(v, c))
		return tell_couple(v, c, false, err);
	drop_scene(v, s);
	return 0;
}

static int claim_strays(struct timeline *v, const struct life *l, struct error *err)
{
	uint64_t from = l->first_ns > STRAY_AGE_NS ? l->first_ns - STRAY_AGE_NS : 0;
	struct stray stray;
	size_t at = 0;

	while (strays_take(v->strays, &l->tuple, from, &at, &stray)) {
		stray.moment.conn = l->conn;
		if (tuple_equal(&stray.tuple, &l->tuple))
			stray.moment.sender = l->conn;
		TRY(keep_moment(v, l, &stray.moment, err));
	}
	return 0;
}

static int take_event(struct timeline *v, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	struct moment m;

	if (seen->is_located)
		TRY(claim_strays(v, seen->life, err));
	if (!is_wanted(v, &item->event) || (!seen->life && !seen->has_flow) ||
	    (seen->life && is_unwanted(v, seen->life)))
		return 0;
	moment_fill(&m, item, seen, &v->lexicon);
	if (v->lexicon.arena.is_failed)
		return error_nomem(err);
	m.order = v->order++;
	if (seen->life)
		return keep_moment(v, seen->life, &m, err);
	strays_add(v->strays, &seen->flow, &m);
	return 0;
}

static int take_ended(struct timeline *v, struct error *err)
{
	const struct life *l;

	while ((l = tracker_take(v->tracker))) {
		struct couple *done;

		TRY(couples_end(&v->couples, l, &done, err));
		if (done)
			TRY(finish_couple(v, done, err));
	}
	return 0;
}

/* What still waits for another side, and what was held. */
static int tell_rest(struct timeline *v, struct error *err)
{
	struct couple *c;

	while ((c = couples_pop(&v->couples)))
		TRY(finish_couple(v, c, err));
	return tell_held(v, err);
}

static void explain_nothing(const struct timeline *v)
{
	char text[160];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "no connection with a story on this tape is selected"))
		return;
	snprintf(text, sizeof(text),
		 !tracker_life_count(v->tracker) ? "no TCP connection on this tape (%" PRIu64
						   " seen)"
		 : v->is_open ? "none of the %" PRIu64
				" socket lives on this tape has a story to tell here"
			      : "none of the %" PRIu64 " socket lives on this tape is selected",
		 tracker_life_count(v->tracker));
	render_note(v->in->renderer, text);
}

static int read_all(struct timeline *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_COUPLES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		if (item.kind == ITEM_LOSS)
			TRY(missing_join(&v->missing, &item.loss, err));
		if (item.kind == ITEM_EVENT && seen.bound)
			TRY(take_event(v, &item, &seen, err));
		TRY(take_ended(v, err));
	}
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	TRY(take_ended(v, err));
	TRY(tell_rest(v, err));
	if (!v->told)
		explain_nothing(v);
	return 0;
}

static void release(struct timeline *v)
{
	struct couple *c;

	while ((c = couples_pop(&v->couples)))
		free_couple(v, c);
	couples_release(&v->couples);
	for (size_t i = 0; i < v->held_count; i++)
		free_couple(v, v->held[i]);
	chosen_release(&v->chosen);
	missing_release(&v->missing);
	tracker_free(v->tracker);
	lexicon_release(&v->lexicon);
	free(v->strays);
}

int view_timeline(const struct view_input *in, struct error *err)
{
	struct timeline v = {
		.in = in,
		.tracker = scope_tracker(in->scope),
		.strays = calloc(1, sizeof(*v.strays)),
		.is_text = in->is_page,
		.is_open = selection_is_open(in->selection),
	};
	int rc;

	couples_init(&v.couples, sizeof(struct part));
	if (!v.is_text)
		render_begin(in->renderer, &timeline_table);
	rc = v.tracker && v.strays ? read_all(&v, err) : error_nomem(err);
	release(&v);
	return rc;
}

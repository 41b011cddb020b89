/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * story.c -- rows of the timeline, and in text the lanes, what is folded, and the end.
 */
#include "analyze/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/life_text.h"
#include "analyze/narrator.h"
#include "analyze/units.h"

enum {
	FOLDED_MAX = 16,
	MARKS_MAX = 4, /* in one place; the last of them stands for more */
};

enum { COL_TS, COL_DELTA, COL_AFTER, COL_CONN, COL_SIDE, COL_EVENT, COL_TEXT, COL_COUNT };

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when it happened", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_DELTA] = {.key = "delta_ns", .doc = "time since the event before it in this connection", .unit = UNIT_NS},
	[COL_AFTER] = {.title = "after", .made_of = "delta_ns", .doc = "time since the line before", .align = ALIGN_RIGHT, .width = 9},
	[COL_CONN] = {.key = "conn", .doc = "number of the socket life it belongs to; of a packet, of who receives it"},
	[COL_SIDE] = {.key = "side", .doc = "client, server, listener or unknown"},
	[COL_EVENT] = {.key = "event", .doc = "group:name of the tracepoint"},
	[COL_TEXT] = {.key = "text", .title = "", .doc = "what it means"},
};
/* clang-format on */

const struct table timeline_table = {"timeline", columns, COL_COUNT};

/* Housekeeping that is counted instead of told. */
struct folded {
	const char *event[FOLDED_MAX];
	uint64_t count[FOLDED_MAX];
	size_t kinds;
};

static void fold(struct folded *f, const char *event)
{
	size_t i = 0;

	while (i < f->kinds && strcmp(f->event[i], event) != 0)
		i++;
	if (i == FOLDED_MAX)
		return;
	if (i == f->kinds) {
		f->event[i] = event;
		f->kinds++;
	}
	f->count[i]++;
}

static void print_folded(const struct story *story, const struct folded *f)
{
	char text[600] = "not shown: ";
	size_t len = strlen(text);

	if (!f->kinds)
		return;
	for (size_t i = 0; i < f->kinds && len < sizeof(text) - 80; i++) {
		const char *colon = strchr(f->event[i], ':');

		snprintf(text + len, sizeof(text) - len, "%s%" PRIu64 " %.48s", i ? ", " : "",
			 f->count[i], colon ? colon + 1 : f->event[i]);
		len += strlen(text + len);
	}
	snprintf(text + len, sizeof(text) - len, " (-f json has them)");
	render_note(story->renderer, text);
}

static void heads_text(const struct side *s, const char *role, char *out, size_t size)
{
	struct life_text text;

	life_text_fill(&text, s->life);
	snprintf(out, size, "%s %s", role, text.process);
}

/* Who stands in which lane. */
static void print_heads(const struct story *story, const struct couple *c)
{
	char names[2][80] = {"", ""};
	struct cell cells[COL_COUNT] = {{0}};
	struct lane_lines lines;

	for (unsigned i = 0; i < c->count; i++) {
		enum lane lane = couple_lane(c, c->sides[i]);

		heads_text(c->sides[i], life_role_name((enum life_role)c->sides[i]->life->role),
			   names[lane], sizeof(names[lane]));
		if (c->count == 1 && c->sides[i]->life->role != LIFE_LISTENER)
			snprintf(names[!lane], sizeof(names[0]),
				 "the other side (not on this tape)");
	}
	lane_heads(&lines, names[0], names[1]);
	cells[COL_TS] = cells[COL_AFTER] = cell_string("");
	cells[COL_TEXT] = cell_string(lines.lines[0]);
	render_row(story->renderer, cells);
}

static void print_heading(const struct story *story, const struct couple *c)
{
	const struct life *first = c->sides[0]->life;
	struct life_text text;
	char heading[200], peer[32] = "", numbers[64] = "";

	life_text_fill(&text, first);
	if (c->count == 2)
		snprintf(peer, sizeof(peer), " and %" PRIu64, c->sides[1]->life->conn);
	if (!story->is_unnumbered)
		snprintf(numbers, sizeof(numbers), "conn %" PRIu64 "%s: ", first->conn, peer);
	snprintf(heading, sizeof(heading), "%s%s %s %s%s", numbers, text.local,
		 first->role == LIFE_SERVER ? "←"
		 : text.has_remote          ? "→"
					    : "",
		 text.remote, story->is_continued ? " (continued)" : "");
	render_heading(story->renderer, heading);
	render_begin(story->renderer, &timeline_table);
}

static void print_lanes(const struct story *story, struct cell *cells, const struct narration *said)
{
	struct lane_lines lines;

	if (said->is_arrow)
		lane_arrow(&lines, said->lane, said->text);
	else
		lane_put(&lines, said->lane, said->text);
	for (size_t i = 0; i < lines.count; i++) {
		cells[COL_TEXT] = cell_string(lines.lines[i]);
		render_row(story->renderer, cells);
		cells[COL_TS] = cells[COL_AFTER] = cell_string("");
	}
}

/* ---- what is missing ---- */

/* Losses that touch the story, told in order of their beginning. */
struct marks {
	uint64_t from_ns, to_ns; /* of the story */
	size_t next;             /* loss to look at */
	uint64_t open_until_ns;  /* the losses told last until then */
	bool is_open;
	bool has_rows; /* and something was told since */
};

static void marks_init(struct marks *m, const struct story *story, const struct couple *c,
		       const struct scene *all)
{
	*m = (struct marks){.from_ns = all->moments[0].ts_ns,
			    .to_ns = all->moments[all->count - 1].ts_ns};
	for (unsigned i = 0; i < c->count; i++) {
		const struct life *l = c->sides[i]->life;

		if (!story->is_continued && l->from_ns < m->from_ns)
			m->from_ns = l->from_ns;
		if (story->is_over && l->phase != LIFE_ALIVE && l->until_ns > m->to_ns)
			m->to_ns = l->until_ns;
	}
}

static void print_mark(const struct story *story, const char *text)
{
	struct cell cells[COL_COUNT] = {{0}};

	cells[COL_TS] = cells[COL_AFTER] = cell_string("");
	cells[COL_TEXT] = cell_string(text);
	render_row(story->renderer, cells);
}

static void open_mark(const struct story *story, struct marks *m, const struct loss *loss)
{
	char phrase[192], text[256];

	loss_phrase(loss, story->origin_ns, phrase, sizeof(phrase));
	snprintf(text, sizeof(text), "-- %s:", phrase);
	print_mark(story, text);
	print_mark(story, "   what is missing here was not recorded --");
	if (!m->is_open || loss->to_ns > m->open_until_ns)
		m->open_until_ns = loss->to_ns;
	m->is_open = true;
	m->has_rows = false;
}

static void close_marks(const struct story *story, struct marks *m)
{
	if (m->is_open && m->has_rows)
		print_mark(story, "-- up to here events may be missing --");
	m->is_open = false;
}

/* Before what happened at ts is told. */
static void print_marks(const struct story *story, struct marks *m, uint64_t ts_ns)
{
	struct loss here[MARKS_MAX];
	size_t count = 0;

	if (m->is_open && ts_ns > m->open_until_ns)
		close_marks(story, m);
	for (; m->next < story->missing->count; m->next++) {
		const struct loss *loss = &story->missing->losses[m->next];

		if (loss->from_ns > ts_ns)
			break;
		if (loss->to_ns < m->from_ns || loss->from_ns > m->to_ns)
			continue;
		if (count < MARKS_MAX)
			here[count++] = *loss;
		else
			loss_grow(&here[MARKS_MAX - 1], loss);
	}
	for (size_t i = 0; i < count; i++)
		open_mark(story, m, &here[i]);
}

/* *before is the time of the row printed last, 0 at first. */
static void print_moment(const struct story *story, const struct moment *m,
			 const struct narration *said, uint64_t *before)
{
	char after[UNITS_MAX + 1] = "+";
	struct cell cells[COL_COUNT] = {
		[COL_TS] = cell_uint(m->ts_ns),
		[COL_CONN] = story->is_unnumbered ? cell_null() : cell_nonzero(m->conn),
		[COL_SIDE] = cell_string(said->side),
		[COL_EVENT] = cell_string(m->event),
		[COL_TEXT] = cell_string(said->text),
		[COL_AFTER] = cell_string(""),
	};

	if (*before) {
		cells[COL_DELTA] = cell_uint(m->ts_ns - *before);
		units_duration((int64_t)(m->ts_ns - *before), after + 1);
		cells[COL_AFTER] = cell_string(after);
	}
	*before = m->ts_ns;
	if (story->is_text)
		print_lanes(story, cells, said);
	else
		render_row(story->renderer, cells);
}

static void print_end(const struct story *story, const struct folded *folded,
		      const struct narrator *n, struct marks *marks)
{
	struct narration said;

	print_marks(story, marks, marks->to_ns);
	close_marks(story, marks);
	print_folded(story, folded);
	narrator_conclude(n, &said);
	if (story->is_over && said.text[0])
		render_note(story->renderer, said.text);
}

void story_tell(const struct story *story, const struct couple *c, const struct scene *all)
{
	struct folded folded = {0};
	struct marks marks;
	struct narration said;
	struct narrator n;
	uint64_t before = 0;

	narrator_init(&n, c, !story->is_text);
	n.tells_starts = story->is_text;
	n.has_calls = story->has_calls;
	n.has_segments = story->has_segments;
	n.has_holes = story->has_holes;
	marks_init(&marks, story, c, all);
	if (story->is_text) {
		print_heading(story, c);
		print_heads(story, c);
	}
	for (size_t i = 0; i < all->count; i++) {
		if (story->is_text)
			print_marks(story, &marks, all->moments[i].ts_ns);
		narrator_tell(&n, &all->moments[i], &said);
		if (story->is_text && said.is_noise) {
			fold(&folded, all->moments[i].event);
			continue;
		}
		print_moment(story, &all->moments[i], &said, &before);
		marks.has_rows = true;
	}
	if (story->is_text)
		print_end(story, &folded, &n, &marks);
}

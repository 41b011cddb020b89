/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cmd_verify.c -- first the cursor decodes everything and tells what it could not read;
 * then the blocks are walked again and each is put where it belongs. A pipe is walked
 * only: checksums are compared, contents are not decoded.
 */
#include "analyze/cmd_verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/remarks.h"
#include "analyze/units.h"
#include "format/scan.h"

enum { GAPS_MAX = 65536 };

enum {
	COL_SECTION,
	COL_OFFSET,
	COL_BYTES,
	COL_BLOCKS,
	COL_EVENTS,
	COL_FROM,
	COL_TO,
	COL_STATE,
	COL_REASON,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_SECTION] = {.key = "section", .title = "section", .align = ALIGN_RIGHT,
			 .doc = "recording on this tape, from 1"},
	[COL_OFFSET] = {.key = "offset", .title = "offset", .align = ALIGN_RIGHT,
			.doc = "first byte in the file"},
	[COL_BYTES] = {.key = "bytes", .title = "size", .unit = UNIT_BYTES, .align = ALIGN_RIGHT,
		       .doc = "length in the file"},
	[COL_BLOCKS] = {.key = "blocks", .title = "blocks", .align = ALIGN_RIGHT,
			.doc = "number of blocks; null when it cannot be known"},
	[COL_EVENTS] = {.key = "events", .title = "events", .align = ALIGN_RIGHT,
			.doc = "events in them"},
	[COL_FROM] = {.key = "from_ns", .title = "from", .unit = UNIT_TIME, .align = ALIGN_RIGHT,
		      .doc = "time of the first event in them"},
	[COL_TO] = {.key = "to_ns", .title = "to", .unit = UNIT_TIME, .align = ALIGN_RIGHT,
		    .doc = "time of the last event in them"},
	[COL_STATE] = {.key = "state", .title = "state", .doc = "sound, damaged, missing or cut"},
	[COL_REASON] = {.key = "reason", .title = "reason", .doc = "what is wrong; null when sound"},
};
/* clang-format on */

const struct table verify_table = {"verify", columns, COL_COUNT};

/* A run of blocks of the same kind. */
struct span {
	uint64_t offset, bytes, blocks, events;
	uint64_t from_ns, to_ns;
	bool has_times;
};

struct verify {
	const struct view_input *in;
	struct gap *gaps; /* what the cursor could not decode, by offset; owned */
	size_t gap_count, gap_cap, gap_at;
	bool is_decoded; /* the cursor saw everything */
	uint64_t section;
	struct span sound; /* not yet printed */
	struct span total;
	bool has_origin;
	struct health health;
};

static void print_span(struct verify *v, const struct span *s, const char *state,
		       const char *reason)
{
	struct cell cells[COL_COUNT] = {
		[COL_SECTION] = v->section ? cell_uint(v->section) : cell_null(),
		[COL_OFFSET] = cell_uint(s->offset),
		[COL_BYTES] = cell_uint(s->bytes),
		[COL_BLOCKS] = s->blocks ? cell_uint(s->blocks) : cell_null(),
		[COL_STATE] = cell_string(state),
		[COL_REASON] = cell_string(reason),
	};

	if (!reason)
		cells[COL_EVENTS] = cell_uint(s->events);
	if (s->has_times) {
		cells[COL_FROM] = cell_uint(s->from_ns);
		cells[COL_TO] = cell_uint(s->to_ns);
	}
	render_row(v->in->renderer, cells);
}

static void end_sound(struct verify *v)
{
	if (v->sound.blocks)
		print_span(v, &v->sound, "sound", NULL);
	v->sound = (struct span){0};
}

static void span_add(struct span *s, const struct scan_item *item)
{
	const struct block_header *h = &item->header;

	if (s->blocks == 0)
		s->offset = item->offset;
	s->blocks++;
	s->bytes += (uint64_t)h->header_len + h->body_len;
	if (h->type != BLOCK_DATA)
		return;
	s->events += h->rows;
	if (!s->has_times || h->min_ts < s->from_ns)
		s->from_ns = h->min_ts;
	if (!s->has_times || h->max_ts > s->to_ns)
		s->to_ns = h->max_ts;
	s->has_times = true;
}

static void take_gap(struct verify *v, const struct gap *g, bool is_cut)
{
	struct span s = {.offset = g->offset, .bytes = g->bytes, .blocks = g->blocks};

	end_sound(v);
	print_span(v, &s, is_cut ? "cut" : g->bytes ? "damaged" : "missing", g->reason);
}

static void take_block(struct verify *v, const struct scan_item *item)
{
	if (item->header.type == BLOCK_SECTION) {
		end_sound(v);
		v->section++;
	}
	if (!v->has_origin && item->header.type == BLOCK_DATA) {
		v->has_origin = true;
		v->in->remarks->has_origin = true;
		v->in->remarks->origin_ns = item->header.min_ts;
		render_set_origin(v->in->renderer, item->header.min_ts);
	}
	while (v->gap_at < v->gap_count && v->gaps[v->gap_at].offset < item->offset)
		v->gap_at++;
	if (v->gap_at < v->gap_count && v->gaps[v->gap_at].offset == item->offset) {
		take_gap(v, &v->gaps[v->gap_at], false);
		return;
	}
	span_add(&v->sound, item);
	span_add(&v->total, item);
}

/* What the walk alone can tell, for tapes that were not decoded. */
static void judge_walk(struct verify *v, const struct scan_item *item)
{
	struct health *h = &v->health;

	if (v->is_decoded)
		return;
	/* A sound header is enough to begin one. */
	h->sections += item->header.type == BLOCK_SECTION;
	if (item->kind == SCAN_BLOCK) {
		h->blocks++;
		h->is_cut = item->header.type != BLOCK_END;
		return;
	}
	health_note_gap(h, &item->gap);
	h->is_cut = h->is_cut || item->is_cut;
}

static int walk(struct verify *v, struct error *err)
{
	struct scan scan;
	struct scan_item item;
	int rc;

	scan_init(&scan, v->in->source);
	while ((rc = scan_next(&scan, NULL, NULL, &item, err)) == 0) {
		judge_walk(v, &item);
		if (item.kind == SCAN_BLOCK)
			take_block(v, &item);
		else
			take_gap(v, &item.gap, item.is_cut && v->section);
		if (render_is_closed(v->in->renderer))
			return 0;
	}
	end_sound(v);
	v->health.is_abandoned = scan.is_abandoned;
	return rc < 0 ? rc : 0;
}

static int keep_gap(struct verify *v, const struct gap *gap, struct error *err)
{
	void *gaps = v->gaps;

	if (gap->bytes == 0 || v->gap_count == GAPS_MAX)
		return 0;
	if (!array_grow(&gaps, &v->gap_cap, v->gap_count + 1, sizeof(*v->gaps)))
		return error_nomem(err);
	v->gaps = gaps;
	v->gaps[v->gap_count++] = *gap;
	return 0;
}

static int decode_all(struct verify *v, struct cursor *c, struct error *err)
{
	struct item item;
	int rc;

	while ((rc = cursor_next(c, &item, err)) == 0) {
		if (item.kind == ITEM_GAP)
			TRY(keep_gap(v, &item.gap, err));
		if (item.kind == ITEM_LOSS)
			remarks_add_loss(v->in->remarks, &item.loss);
	}
	return rc < 0 ? rc : 0;
}

/* Is there any block, even of a section whose beginning is gone? */
static int find_block(const struct view_input *in, bool *is_found, struct error *err)
{
	struct scan scan;
	struct scan_item item;
	int rc;

	scan_init(&scan, in->source);
	*is_found = false;
	while (!*is_found && (rc = scan_next(&scan, NULL, NULL, &item, err)) == 0)
		*is_found = item.kind == SCAN_BLOCK || item.gap.blocks;
	return rc < 0 ? rc : 0;
}

static int decode(struct verify *v, struct error *err)
{
	struct error why = {0};
	struct cursor *c;
	bool is_found;
	int rc = cursor_open(v->in->source, &c, &why);

	if (rc == 0) {
		rc = decode_all(v, c, err);
		v->is_decoded = true;
		v->health = *cursor_health(c);
		cursor_close(c);
		return rc;
	}
	if (rc == ERR_NOT_A_TAPE)
		TRY(find_block(v->in, &is_found, err));
	if (rc == ERR_NOT_A_TAPE && is_found)
		return 0;
	*err = why;
	return rc;
}

static const char *verdict(const struct health *h)
{
	if (h->damaged_blocks)
		return "the rest is damaged";
	if (h->is_cut)
		return "cut short";
	return h->skipped_bytes ? "the rest is damaged" : "nothing is damaged";
}

static void print_summary(const struct verify *v)
{
	char text[256], size[UNITS_MAX];

	snprintf(text, sizeof(text), "%" PRIu64 " sound block%s with %" PRIu64 " events in %s; %s",
		 v->total.blocks, units_plural(v->total.blocks), v->total.events,
		 units_bytes(v->total.bytes, size), verdict(&v->health));
	render_note(v->in->renderer, text);
}

/* Nothing that any command could answer from, whatever the table tells of blocks. */
static int no_section(const struct verify *v, struct error *err)
{
	const char *name = source_name(v->in->source);

	if (v->health.damaged_blocks)
		return error_set(err, ERR_NOT_A_TAPE,
				 "%s has blocks of a tape, but no recording begins in it: nothing "
				 "can be read",
				 name);
	return error_set(err, ERR_NOT_A_TAPE, "%s is not a tape", name);
}

int cmd_verify(const struct view_input *in, struct error *err)
{
	struct verify v = {.in = in};
	int rc = source_size(in->source) == UINT64_MAX ? 0 : decode(&v, err);

	if (rc == 0) {
		render_begin(in->renderer, &verify_table);
		rc = walk(&v, err);
	}
	free(v.gaps);
	TRY(rc);
	in->remarks->health = v.health;
	if (v.health.sections == 0 && !render_is_closed(in->renderer))
		return no_section(&v, err);
	print_summary(&v);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cursor.c -- one stream of items from blocks that overlap a little in time.
 *
 * Up to CURSOR_MAX_OPEN DATA blocks are open. A row may go out when no later block can
 * hold an earlier one: below the watermark of the last block read, or when the section
 * has no more blocks ("held" is then its successor, waiting).
 */
#include "format/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/batch.h"
#include "format/scan.h"

enum {
	MAX_PENDING = 1 << 18,
	ROOM_BYTES = 128 << 20, /* open blocks and their old dictionaries */
};

struct open_batch {
	struct batch *batch;
	uint32_t row; /* next to deliver */
};

/* A loss or clock reading that waits for its time; times never go back. */
struct pending {
	uint64_t due_ns;
	enum item_kind kind;
	union {
		struct loss loss;
		struct clock_reading clock;
	};
};

struct cursor {
	struct scan scan;
	struct source *source;
	struct unpacker *unpacker;
	struct buf raw; /* scratch: a decompressed part */
	struct section section;
	struct dict_set *dicts;
	struct open_batch open[CURSOR_MAX_OPEN];
	unsigned open_count;
	struct batch *spent;     /* freed at the next call: the last event points into it */
	struct pending *pending; /* losses and clock readings, in order */
	size_t pending_count, pending_cap, pending_at;
	uint64_t watermark;
	uint64_t last_ts;
	uint64_t from_ns, to_ns;
	struct scan_item held; /* a SECTION or END block that waits for open rows */
	bool has_held;
	bool is_at_end; /* no more blocks at all */
	bool is_in_section, is_section_closed;
	bool is_fresh;       /* ITEM_SECTION is to be delivered */
	struct gap late_gap; /* a damaged SECTION block, told after ITEM_SECTION */
	bool has_late_gap;
	struct health health;
};

static void note_problem(struct cursor *c, const struct gap *g)
{
	struct health *h = &c->health;

	h->damaged_blocks += g->blocks;
	h->skipped_bytes += g->bytes;
	if (!h->first_problem[0])
		snprintf(h->first_problem, sizeof(h->first_problem), "at byte %llu: %.150s",
			 (unsigned long long)g->offset, g->reason);
}

static void note_cut(struct cursor *c, const char *reason)
{
	c->health.is_cut = true;
	if (!c->health.first_problem[0])
		snprintf(c->health.first_problem, sizeof(c->health.first_problem), "%s", reason);
}

static bool is_wanted(const struct block_header *h, const void *arg)
{
	const struct cursor *c = arg;

	return h->type != BLOCK_DATA || (h->max_ts >= c->from_ns && h->min_ts < c->to_ns);
}

/* Decompress part `index` of a body into c->raw. */
static int open_part(struct cursor *c, const struct scan_item *block, unsigned index,
		     struct view *out, struct error *err)
{
	struct part parts[BLOCK_MAX_PARTS];
	unsigned count;

	TRY(parts_decode(block->body, block->header.raw_len, parts, &count, err));
	if (index >= count)
		return error_set(err, ERR_CORRUPT, "a block without content");
	buf_clear(&c->raw);
	if (!buf_reserve(&c->raw, parts[index].raw_len + 1u))
		return error_nomem(err);
	TRY(unpacker_run(c->unpacker, &parts[index], c->raw.data, err));
	c->raw.len = parts[index].raw_len;
	*out = view_of(c->raw.data, c->raw.len);
	return 0;
}

static void section_begin(struct cursor *c, const struct block_header *h)
{
	uint64_t number = c->health.sections;

	section_release(&c->section);
	dict_set_drop(c->dicts);
	c->dicts = NULL;
	c->section.salt = h->salt;
	c->section.number = number;
	c->health.sections++;
	c->watermark = 0;
	c->last_ts = 0;
	c->is_in_section = true;
	c->is_section_closed = false;
	c->is_fresh = true;
}

/* "feature bit 3", "feature bits 3, 40": they are what a changelog is searched for. */
static int refuse_features(uint64_t features, struct error *err)
{
	enum { BITS_NAMED = 8 };
	char bits[64] = "";
	unsigned named = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		size_t len = strlen(bits);

		if (!(features >> bit & 1) || named > BITS_NAMED)
			continue;
		if (named++ == BITS_NAMED)
			snprintf(bits + len, sizeof(bits) - len, ", ...");
		else
			snprintf(bits + len, sizeof(bits) - len, "%s%u", len ? ", " : "", bit);
	}
	return error_set(err, ERR_UNSUPPORTED,
			 "the tape uses feature bit%s %s, unknown here: use a newer tcptape",
			 named == 1 ? "" : "s", bits);
}

static int take_section(struct cursor *c, const struct scan_item *block, struct error *err)
{
	uint64_t incompat, compat;
	struct view in;

	TRY(open_part(c, block, 0, &in, err));
	if (!take_u64(&in, &incompat) || !take_u64(&in, &compat))
		return error_set(err, ERR_CORRUPT, "a section without feature words");
	if (incompat)
		return refuse_features(incompat, err);
	return section_take_facts(&c->section, in, err);
}

/* The dictionaries of the block's epoch become the current ones. */
static int enter_epoch(struct cursor *c, uint32_t epoch, struct error *err)
{
	if (c->dicts && dict_set_epoch(c->dicts) == epoch)
		return 0;
	dict_set_drop(c->dicts);
	c->dicts = dict_set_new(epoch);
	return c->dicts ? 0 : error_nomem(err);
}

/* Make room where delivered ones lie: some may always be waiting. */
static void forget_delivered(struct cursor *c)
{
	size_t left = c->pending_count - c->pending_at;

	if (left > 0 && c->pending_at < MAX_PENDING / 2)
		return;
	if (left > 0)
		memmove(c->pending, c->pending + c->pending_at, left * sizeof(*c->pending));
	c->pending_count = left;
	c->pending_at = 0;
}

static int push_pending(struct cursor *c, struct pending p, struct error *err)
{
	void *pending;

	forget_delivered(c);
	pending = c->pending;
	if (c->pending_count >= MAX_PENDING)
		return error_set(err, ERR_CORRUPT, "more than %d losses and clock readings at once",
				 MAX_PENDING);
	if (!array_grow(&pending, &c->pending_cap, c->pending_count + 1, sizeof(*c->pending)))
		return error_nomem(err);
	c->pending = pending;
	if (c->pending_count > 0 && p.due_ns < c->pending[c->pending_count - 1].due_ns)
		p.due_ns = c->pending[c->pending_count - 1].due_ns;
	c->pending[c->pending_count++] = p;
	return 0;
}

static int take_losses(struct cursor *c, struct view in, struct error *err)
{
	struct pending p = {.kind = ITEM_LOSS};

	while (view_len(in) > 0) {
		TRY(loss_decode(&in, &p.loss, err));
		p.due_ns = p.loss.from_ns;
		TRY(push_pending(c, p, err));
	}
	return 0;
}

static int take_clocks(struct cursor *c, struct view in, struct error *err)
{
	struct pending p = {.kind = ITEM_CLOCK};

	while (view_len(in) > 0) {
		TRY(clock_decode(&in, &p.clock, err));
		p.due_ns = p.clock.ts_ns;
		TRY(push_pending(c, p, err));
	}
	return 0;
}

static int take_data(struct cursor *c, const struct scan_item *block, struct error *err)
{
	struct batch *batch;

	if (block->header.watermark > c->watermark)
		c->watermark = block->header.watermark;
	if (!is_wanted(&block->header, c) || block->header.rows == 0)
		return 0;
	TRY(enter_epoch(c, block->header.epoch, err));
	TRY(batch_decode(&c->section, c->dicts, &block->header, block->body, c->unpacker, &batch,
			 err));
	c->open[c->open_count++] = (struct open_batch){.batch = batch};
	return 0;
}

static int take_end(struct cursor *c, const struct scan_item *block, struct section_end *end,
		    struct error *err)
{
	struct view in, reason, facts;
	size_t len;

	TRY(open_part(c, block, 0, &in, err));
	if (!take_string(&in, &reason) || !take_varint(&in, &end->rows) ||
	    !take_varint(&in, &end->lost) || !take_string(&in, &facts))
		return error_set(err, ERR_CORRUPT, "an End block is cut short");
	len = view_len(reason) < sizeof(end->reason) ? view_len(reason) : sizeof(end->reason) - 1;
	memcpy(end->reason, reason.p, len);
	end->reason[len] = '\0';
	c->is_section_closed = true;
	return section_take_facts(&c->section, facts, err);
}

/* A block whose content contradicts itself although its checksum is right. */
static bool is_damage(int rc)
{
	return rc == ERR_CORRUPT || rc == ERR_TRUNCATED;
}

static int deliver_gap(struct cursor *c, const struct gap *gap, struct item *out)
{
	note_problem(c, gap);
	out->kind = ITEM_GAP;
	out->gap = *gap;
	return 0;
}

static struct gap gap_of(const struct scan_item *block, const struct error *why)
{
	struct gap gap = {.offset = block->offset,
			  .bytes = block->header.header_len + block->header.body_len,
			  .blocks = 1};

	snprintf(gap.reason, sizeof(gap.reason), "%.150s", why->text);
	return gap;
}

enum taken { TAKEN_QUIETLY = 2, TAKEN_ITEM = 0 };

/* SCHEMA and FACTS blocks: their content is known from here on. */
static int take_names(struct cursor *c, const struct scan_item *block, struct item *out,
		      struct error *err)
{
	struct view in;

	TRY(open_part(c, block, 0, &in, err));
	if (block->header.type == BLOCK_SCHEMA)
		TRY(section_take_schemas(&c->section, in, err));
	else
		TRY(section_take_facts(&c->section, in, err));
	out->kind = ITEM_SCHEMA;
	return TAKEN_ITEM;
}

static int take_records(struct cursor *c, const struct scan_item *block, struct error *err)
{
	struct view in;

	TRY(open_part(c, block, 0, &in, err));
	switch (block->header.type) {
	case BLOCK_DICT:
		TRY(enter_epoch(c, block->header.epoch, err));
		TRY(dict_set_decode(c->dicts, &c->section, in, err));
		break;
	case BLOCK_LOSS:
		TRY(take_losses(c, in, err));
		break;
	default:
		TRY(take_clocks(c, in, err));
	}
	return TAKEN_QUIETLY;
}

static int take_block(struct cursor *c, const struct scan_item *block, struct item *out,
		      struct error *err)
{
	switch (block->header.type) {
	case BLOCK_END:
		TRY(take_end(c, block, &out->end, err));
		out->kind = ITEM_END;
		return TAKEN_ITEM;
	case BLOCK_SCHEMA:
	case BLOCK_FACTS:
		return take_names(c, block, out, err);
	case BLOCK_DICT:
	case BLOCK_LOSS:
	case BLOCK_CLOCK:
		return take_records(c, block, err);
	case BLOCK_DATA:
		TRY(take_data(c, block, err));
		return TAKEN_QUIETLY;
	default:
		return TAKEN_QUIETLY;
	}
}

static int take_or_gap(struct cursor *c, const struct scan_item *block, struct item *out,
		       struct error *err)
{
	struct error why = {0};
	int rc = take_block(c, block, out, &why);

	if (is_damage(rc)) {
		struct gap gap = gap_of(block, &why);

		return deliver_gap(c, &gap, out);
	}
	if (rc < 0) {
		if (err)
			*err = why;
		return rc;
	}
	c->health.blocks++;
	return rc;
}

/* The section is over; was it closed in order? */
static void leave_section(struct cursor *c)
{
	if (c->is_in_section && !c->is_section_closed)
		note_cut(c, "the recording was not closed: its end is missing");
	c->is_in_section = false;
}

/* Read one more block. TAKEN_ITEM with *out, TAKEN_QUIETLY, or a negative status. */
static int advance(struct cursor *c, struct item *out, struct error *err)
{
	struct scan_item block;
	int rc = scan_next(&c->scan, is_wanted, c, &block, err);

	if (rc == END) {
		c->is_at_end = true;
		return TAKEN_QUIETLY;
	}
	TRY(rc);
	if (block.is_cut)
		note_cut(c, block.gap.reason);
	if (block.kind == SCAN_GAP && block.header.type != BLOCK_SECTION)
		return deliver_gap(c, &block.gap, out);
	if (block.header.type == BLOCK_SECTION || block.header.type == BLOCK_END) {
		c->held = block;
		c->has_held = true;
		return TAKEN_QUIETLY;
	}
	return take_or_gap(c, &block, out, err);
}

/* Index of the open batch with the earliest row, or open_count. */
static unsigned earliest(const struct cursor *c)
{
	unsigned best = c->open_count;
	uint64_t best_ts = UINT64_MAX;

	for (unsigned i = 0; i < c->open_count; i++) {
		uint64_t ts = batch_ts(c->open[i].batch, c->open[i].row);

		if (best == c->open_count || ts < best_ts) {
			best = i;
			best_ts = ts;
		}
	}
	return best;
}

static void drop_open(struct cursor *c, unsigned i)
{
	batch_free(c->spent);
	c->spent = c->open[i].batch;
	memmove(&c->open[i], &c->open[i + 1], (--c->open_count - i) * sizeof(c->open[0]));
}

/* Rows of no wanted time, of an unknown schema, or past the end are stepped over. */
static bool settle_row(struct cursor *c, unsigned i, struct event *out)
{
	struct open_batch *o = &c->open[i];
	uint64_t ts = batch_ts(o->batch, o->row);
	bool is_known = batch_event(o->batch, o->row, out);

	o->row++;
	if (o->row == batch_rows(o->batch))
		drop_open(c, i);
	if (ts < c->from_ns || ts >= c->to_ns)
		return false;
	c->health.unreadable_events += !is_known;
	return is_known;
}

/* Open blocks, and dictionaries of epochs that only they still need. */
static bool is_crowded(const struct cursor *c)
{
	const struct dict_set *seen = c->dicts;
	size_t bytes = 0;

	for (unsigned i = 0; i < c->open_count; i++) {
		const struct dict_set *dicts = batch_dicts(c->open[i].batch);

		bytes += batch_bytes(c->open[i].batch);
		if (dicts != seen && dicts != c->dicts)
			bytes += dict_set_bytes(dicts);
		seen = dicts;
	}
	return c->open_count == CURSOR_MAX_OPEN || bytes > ROOM_BYTES;
}

/* The next row that may go out. END when more blocks must be read first, TAKEN_QUIETLY
 * when the row is none to deliver: what waits for its time comes before the next. */
static int next_row(struct cursor *c, struct item *out)
{
	bool is_draining = c->has_held || c->is_at_end;
	unsigned i = earliest(c);
	uint64_t ts;

	if (i == c->open_count)
		return END;
	ts = batch_ts(c->open[i].batch, c->open[i].row);
	if (!is_draining && ts >= c->watermark && !is_crowded(c))
		return END;
	if (!settle_row(c, i, &out->event))
		return TAKEN_QUIETLY;
	if (ts < c->last_ts)
		c->health.late_events++;
	else
		c->last_ts = ts;
	out->kind = ITEM_EVENT;
	return TAKEN_ITEM;
}

static void deliver_pending(const struct pending *p, struct item *out)
{
	out->kind = p->kind;
	if (p->kind == ITEM_LOSS)
		out->loss = p->loss;
	else
		out->clock = p->clock;
}

/* A loss or clock reading goes out before the first event that is not earlier. */
static bool next_pending(struct cursor *c, struct item *out)
{
	unsigned i = earliest(c);
	bool is_draining = c->has_held || c->is_at_end;
	uint64_t limit = c->watermark;

	if (c->pending_at == c->pending_count)
		return false;
	if (i < c->open_count)
		limit = batch_ts(c->open[i].batch, c->open[i].row);
	else if (is_draining)
		limit = UINT64_MAX;
	if (c->pending[c->pending_at].due_ns > limit)
		return false;
	deliver_pending(&c->pending[c->pending_at++], out);
	return true;
}

/* A section begins, whatever state its first block is in: what follows is its own. */
static int enter_section(struct cursor *c, struct error *err)
{
	struct error why = {0};
	int rc = 0;

	leave_section(c);
	section_begin(c, &c->held.header);
	c->has_late_gap = c->held.kind == SCAN_GAP;
	if (c->has_late_gap)
		c->late_gap = c->held.gap;
	else
		rc = take_section(c, &c->held, &why);
	if (is_damage(rc)) {
		c->late_gap = gap_of(&c->held, &why);
		c->has_late_gap = true;
	} else if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	c->health.blocks += !c->has_late_gap;
	return TAKEN_QUIETLY;
}

/* All rows are out: the held SECTION or END block takes effect. */
static int take_held(struct cursor *c, struct item *out, struct error *err)
{
	c->has_held = false;
	if (c->held.header.type == BLOCK_SECTION)
		return enter_section(c, err);
	return take_or_gap(c, &c->held, out, err);
}

static void finish(struct cursor *c)
{
	leave_section(c);
	c->health.is_complete = !c->health.is_cut && c->health.damaged_blocks == 0 &&
				c->health.skipped_bytes == 0 && c->health.sections > 0;
}

/* 0 with *out, TAKEN_QUIETLY when the caller must try again, END, or a failure. */
static int step(struct cursor *c, struct item *out, struct error *err)
{
	int rc;

	if (c->is_fresh) {
		c->is_fresh = false;
		out->kind = ITEM_SECTION;
		return 0;
	}
	if (c->has_late_gap) {
		c->has_late_gap = false;
		return deliver_gap(c, &c->late_gap, out);
	}
	if (next_pending(c, out))
		return 0;
	rc = next_row(c, out);
	if (rc != END)
		return rc;
	if (c->has_held)
		return take_held(c, out, err);
	if (c->is_at_end) {
		finish(c);
		return END;
	}
	return advance(c, out, err);
}

int cursor_next(struct cursor *c, struct item *item, struct error *err)
{
	int rc;

	batch_free(c->spent);
	c->spent = NULL;
	do
		rc = step(c, item, err);
	while (rc == TAKEN_QUIETLY);
	item->section = &c->section;
	return rc;
}

/* Find the first section; what lies before it is damage. */
static int find_section(struct cursor *c, struct error *err)
{
	struct scan_item block;
	struct view head;
	struct block_header h;
	int rc;

	TRY(source_read(c->source, 0, BLOCK_HEADER_LEN, &head, err));
	if (view_len(head) == 0)
		return error_set(err, ERR_NOT_A_TAPE, "%s is empty", source_name(c->source));
	if (view_len(head) >= BLOCK_HEADER_LEN &&
	    block_header_decode(head, &h, err) == ERR_UNSUPPORTED)
		return ERR_UNSUPPORTED;
	while ((rc = scan_next(&c->scan, NULL, NULL, &block, err)) == 0) {
		if (block.is_cut)
			note_cut(c, block.gap.reason);
		if (block.header.type == BLOCK_SECTION) {
			c->held = block;
			c->has_held = true;
			return 0;
		}
		note_problem(c, &block.gap);
	}
	if (rc != END)
		return rc;
	return error_set(err, ERR_NOT_A_TAPE, "%s is not a tape", source_name(c->source));
}

int cursor_open(struct source *src, struct cursor **out, struct error *err)
{
	struct cursor *c = calloc(1, sizeof(*c));
	struct item item;
	int rc;

	if (!c)
		return error_nomem(err);
	c->source = src;
	c->to_ns = UINT64_MAX;
	c->unpacker = unpacker_new();
	scan_init(&c->scan, src);
	rc = c->unpacker ? find_section(c, err) : error_nomem(err);
	if (!rc)
		rc = take_held(c, &item, err);
	if (rc < 0) {
		cursor_close(c);
		return rc;
	}
	*out = c;
	return 0;
}

void cursor_close(struct cursor *c)
{
	if (!c)
		return;
	batch_free(c->spent);
	for (unsigned i = 0; i < c->open_count; i++)
		batch_free(c->open[i].batch);
	section_release(&c->section);
	dict_set_drop(c->dicts);
	unpacker_free(c->unpacker);
	buf_release(&c->raw);
	free(c->pending);
	free(c);
}

void cursor_limit_time(struct cursor *c, uint64_t from_ns, uint64_t to_ns)
{
	c->from_ns = from_ns;
	c->to_ns = to_ns;
}

const struct health *cursor_health(const struct cursor *c)
{
	return &c->health;
}

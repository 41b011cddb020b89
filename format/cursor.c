/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cursor.c -- one stream of items from the blocks of a tape.
 *
 * Rows wait in the merge until their turn comes; a SECTION or END block ("held") waits
 * until all rows before it are out.
 */
#include "format/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/batch.h"
#include "format/block_reader.h"
#include "format/choice.h"
#include "format/end_totals.h"
#include "format/merge.h"
#include "format/rows.h"
#include "format/scan.h"

struct cursor {
	struct scan scan;
	struct source *source;
	struct unpacker *unpacker;
	struct block_reader reader;
	struct section section;
	struct dict_set *dicts;
	struct merge *merge;
	struct choice choice;
	struct shortcuts *shortcuts;
	unsigned idle;         /* times in a row that nothing new was there */
	struct scan_item held; /* a SECTION or END block that waits for rows before it */
	struct buf held_body;  /* its body */
	bool has_held;
	bool is_at_end; /* no more blocks at all */
	bool is_in_section, is_section_closed;
	bool is_fresh;       /* ITEM_SECTION is to be delivered */
	struct gap late_gap; /* a damaged SECTION block, told after ITEM_SECTION */
	bool has_late_gap;
	struct health health;
};

static void section_begin(struct cursor *c, const struct block_header *h)
{
	uint64_t number = c->health.sections;

	section_release(&c->section);
	dict_set_drop(c->dicts);
	c->dicts = NULL;
	c->section.salt = h->salt;
	c->section.number = number;
	c->health.sections++;
	merge_restart(c->merge);
	c->is_in_section = true;
	c->is_section_closed = false;
	c->is_fresh = true;
}

static int take_section(struct cursor *c, const struct scan_item *block, struct error *err)
{
	struct view in;

	TRY(block_reader_open(&c->reader, block, 0, &in, err));
	TRY(section_take_features(&in, err));
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

static int take_losses(struct cursor *c, struct view in, struct error *err)
{
	struct loss loss;

	while (view_len(in) > 0) {
		TRY(loss_decode(&in, &loss, err));
		TRY(merge_add_loss(c->merge, &loss, err));
	}
	return 0;
}

static int take_clocks(struct cursor *c, struct view in, struct error *err)
{
	struct clock_reading clock;

	while (view_len(in) > 0) {
		TRY(clock_decode(&in, &clock, err));
		TRY(merge_add_clock(c->merge, &clock, err));
	}
	return 0;
}

/* Does the DATA block refer to anything that is looked for? */
static int has_wanted_rows(struct cursor *c, const struct scan_item *block, bool *out,
			   struct error *err)
{
	unsigned part;
	struct view used;
	int rc;

	*out = true;
	if (!c->choice.wants_entry)
		return 0;
	part = block_reader_find(block, PART_USED);
	if (part == block->header.part_count)
		return 0;
	rc = block_reader_open(&c->reader, block, part, &used, err);
	if (rc == 0)
		*out = choice_has_used(&c->choice, &c->section, c->dicts, used);
	return rc == ERR_CORRUPT ? 0 : rc;
}

static int take_data(struct cursor *c, const struct scan_item *block, struct error *err)
{
	uint8_t table[BLOCK_MAX_PARTS * PART_ENTRY_LEN];
	struct scan_item mine = *block;
	struct data_block data = {&block->header, block->body, c->source, block->offset};
	struct batch *batch;
	bool is_wanted;

	merge_watermark(c->merge, block->header.watermark);
	if (choice_of_block(&block->header, &c->choice) == SCAN_HEADER)
		return 0;
	TRY(enter_epoch(c, block->header.epoch, err));
	if (view_len(block->body) <= sizeof(table)) { /* reading parts takes it away */
		memcpy(table, block->body.p, view_len(block->body));
		mine.body = view_of(table, view_len(block->body));
		data.body = mine.body;
	}
	TRY(has_wanted_rows(c, &mine, &is_wanted, err));
	if (!is_wanted)
		return 0;
	TRY(batch_decode(&c->section, c->dicts, &data, c->unpacker, &batch, err));
	merge_add(c->merge, batch);
	return 0;
}

static int take_end(struct cursor *c, const struct scan_item *block, struct section_end *end,
		    struct error *err)
{
	struct end_totals totals;
	struct view in;
	size_t len;

	TRY(block_reader_open(&c->reader, block, 0, &in, err));
	TRY(end_totals_decode(&in, &totals, err));
	end->rows = totals.rows;
	end->lost = totals.lost;
	len = view_len(totals.reason);
	if (len >= sizeof(end->reason))
		len = sizeof(end->reason) - 1;
	memcpy(end->reason, totals.reason.p, len);
	end->reason[len] = '\0';
	c->is_section_closed = true;
	return section_take_facts(&c->section, totals.facts, err);
}

static int deliver_gap(struct cursor *c, const struct gap *gap, struct item *out)
{
	health_note_gap(&c->health, gap);
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

	TRY(block_reader_open(&c->reader, block, 0, &in, err));
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

	TRY(block_reader_open(&c->reader, block, 0, &in, err));
	switch (block->header.type) {
	case BLOCK_DICT:
		TRY(enter_epoch(c, block->header.epoch, err));
		TRY(dict_set_decode(c->dicts, &c->section, in,
				    (uint64_t)block->header.body_len * BLOCK_WORK_PER_BYTE, err));
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

	if (status_is_damage(rc)) {
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
		health_note_cut(&c->health, "the recording was not closed: its end is missing");
	c->is_in_section = false;
}

/* The source may be read before it is its turn: the body is copied. */
static int hold(struct cursor *c, const struct scan_item *block, struct error *err)
{
	c->held = *block;
	buf_clear(&c->held_body);
	put_bytes(&c->held_body, block->body.p, view_len(block->body));
	if (c->held_body.is_failed)
		return error_nomem(err);
	c->held.body = view_of(c->held_body.data, c->held_body.len);
	c->has_held = true;
	return 0;
}

/* Nothing new on a tape that is being written; END was its last word. */
static int wait_for_more(struct cursor *c)
{
	if (c->is_section_closed) {
		c->is_at_end = true;
		return TAKEN_QUIETLY;
	}
	source_wait(c->source);
	c->idle++;
	return TAKEN_QUIETLY;
}

/* Rows need not wait for a later block: there is none, or none for a long time. */
static bool is_draining(const struct cursor *c)
{
	enum { PATIENCE = 40 }; /* source_wait()s, 2 s: writers flush each second */

	return c->has_held || c->is_at_end || c->idle > PATIENCE;
}

/* Read one more block. TAKEN_ITEM with *out, TAKEN_QUIETLY, or a negative status. */
static int advance(struct cursor *c, struct item *out, struct error *err)
{
	struct scan_item block;
	int rc = scan_next(&c->scan, choice_of_block, &c->choice, &block, err);

	if (rc == SCAN_IDLE)
		return wait_for_more(c);
	c->idle = 0;
	if (rc == END) {
		c->is_at_end = true;
		c->health.is_abandoned = c->scan.is_abandoned;
		return TAKEN_QUIETLY;
	}
	TRY(rc);
	if (block.is_cut)
		health_note_cut(&c->health, block.gap.reason);
	if (block.kind == SCAN_GAP && block.header.type != BLOCK_SECTION)
		return deliver_gap(c, &block.gap, out);
	if (block.header.type == BLOCK_SECTION || block.header.type == BLOCK_END) {
		TRY(hold(c, &block, err));
		return TAKEN_QUIETLY;
	}
	return take_or_gap(c, &block, out, err);
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
	if (status_is_damage(rc)) {
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
	health_settle(&c->health);
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
	if (unpacker_is_starved(c->unpacker))
		return error_nomem(err);
	rc = merge_next(c->merge, is_draining(c), c->dicts, out, &c->health);
	health_note_parts(&c->health, merge_take_damaged(c->merge));
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

/* Anything but one more event of the same block. */
static SELDOM int step_on(struct cursor *c, struct item *out, struct error *err)
{
	int rc;

	do
		rc = step(c, out, err);
	while (rc == TAKEN_QUIETLY);
	return rc;
}

int cursor_next(struct cursor *c, struct item *item, struct error *err)
{
	item->section = &c->section;
	if (!unpacker_is_starved(c->unpacker) && merge_next_in_run(c->merge, item))
		return 0;
	return step_on(c, item, err);
}

/* Find the first section; what lies before it is damage. */
static int find_section(struct cursor *c, struct error *err)
{
	struct scan_item block;
	struct view head;
	struct error other = {0};
	struct block_header h;
	int rc;

	TRY(source_read(c->source, 0, BLOCK_HEADER_LEN, &head, err));
	if (view_len(head) == 0)
		return error_set(err, ERR_NOT_A_TAPE, "%s is empty", source_name(c->source));
	if (view_len(head) >= BLOCK_HEADER_LEN &&
	    block_header_decode(head, &h, &other) != ERR_UNSUPPORTED)
		other = (struct error){0};
	while ((rc = scan_next(&c->scan, NULL, NULL, &block, err)) == 0) {
		if (block.is_cut)
			health_note_cut(&c->health, block.gap.reason);
		if (block.header.type == BLOCK_SECTION) {
			return hold(c, &block, err);
		}
		health_note_gap(&c->health, &block.gap);
	}
	if (rc != END && rc != ERR_NOT_A_TAPE)
		return rc;
	if (other.status == ERR_UNSUPPORTED) { /* and not just a damaged digit */
		if (err)
			*err = other;
		return ERR_UNSUPPORTED;
	}
	return rc == END
		       ? error_set(err, ERR_NOT_A_TAPE, "%s is not a tape", source_name(c->source))
		       : rc;
}

int cursor_open(struct source *src, struct cursor **out, struct error *err)
{
	struct cursor *c = calloc(1, sizeof(*c));
	struct item item;
	int rc;

	if (!c)
		return error_nomem(err);
	c->source = src;
	c->choice.to_ns = UINT64_MAX;
	c->unpacker = unpacker_new();
	c->merge = merge_new();
	block_reader_init(&c->reader, c->unpacker, src);
	scan_init(&c->scan, src);
	rc = c->unpacker && c->merge ? find_section(c, err) : error_nomem(err);
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
	shortcuts_free(c->shortcuts);
	merge_free(c->merge); /* before the sections and dictionaries its rows lend */
	section_release(&c->section);
	dict_set_drop(c->dicts);
	unpacker_free(c->unpacker);
	block_reader_release(&c->reader);
	buf_release(&c->held_body);
	free(c);
}

static void read_sparsely(struct cursor *c)
{
	if (source_size(c->source) == UINT64_MAX) /* a pipe: everything passes anyway */
		return;
	c->choice.is_sparse = true;
	source_read_sparsely(c->source);
}

int cursor_limit_time(struct cursor *c, uint64_t from_ns, uint64_t to_ns, struct error *err)
{
	c->choice.from_ns = from_ns;
	c->choice.to_ns = to_ns;
	merge_limit_time(c->merge, from_ns, to_ns);
	if (from_ns == 0 && to_ns == UINT64_MAX)
		return 0;
	read_sparsely(c);
	shortcuts_free(c->shortcuts);
	c->shortcuts = NULL;
	TRY(shortcuts_new(c->source, c->unpacker, from_ns, to_ns, &c->shortcuts, err));
	c->scan.shortcuts = c->shortcuts;
	return 0;
}

void cursor_limit_entries(struct cursor *c, dict_entry_fn wants, void *arg)
{
	c->choice.wants_entry = wants;
	c->choice.arg = arg;
	read_sparsely(c);
}

void cursor_follow(struct cursor *c)
{
	c->scan.is_following = source_size(c->source) != UINT64_MAX;
}

struct run *cursor_run(struct cursor *c)
{
	return merge_run(c->merge);
}

const struct health *cursor_health(const struct cursor *c)
{
	return &c->health;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recovery.c -- from gap to gap. What is missing is told to the caller where it is found,
 * and written as a LOSS record before the next rows, when the blocks behind it have told what
 * they can.
 */
#include "format/recovery.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/hole.h"
#include "format/mend.h"
#include "format/scan.h"

enum { NAME_SHOWN = 255, AGAIN = 2 };

struct recovery {
	struct source *source;
	struct sink *sink;
	const char *name;
	struct scan scan;
	struct scan_item held; /* a SECTION block whose turn has come */
	bool has_held;
	bool has_rest;     /* bytes that may have been blocks, behind the last sound one */
	struct mend *mend; /* NULL = no section yet */
	struct hole hole;
	uint64_t until_ns; /* what is missing in the hole happened before; 0 = not known */
	struct recovery_total section, total;
};

/* In a file its first block may lie anywhere; a pipe or a device may never end. */
static void begin_scan(struct scan *scan, struct source *source)
{
	scan_init(scan, source);
	scan->is_patient = source_size(source) != UINT64_MAX;
}

/* Another version in the first header is one damaged digit where a section of this version
 * follows. A pipe cannot be read twice. */
static bool has_section(struct source *source)
{
	struct scan_item item;
	struct scan scan;

	if (source_size(source) == UINT64_MAX)
		return false;
	begin_scan(&scan, source);
	while (scan_next(&scan, NULL, NULL, &item, NULL) == 0)
		if (item.header.type == BLOCK_SECTION)
			return true;
	return false;
}

int recovery_open(struct source *source, const char *name, struct recovery **out, struct error *err)
{
	struct error why = {0};
	struct block_header h;
	struct recovery *r;
	struct view head;

	TRY(source_read(source, 0, BLOCK_HEADER_LEN, &head, err));
	if (view_len(head) == 0)
		return error_set(err, ERR_NOT_A_TAPE, "%s is empty", source_name(source));
	if (view_len(head) == BLOCK_HEADER_LEN &&
	    block_header_decode(head, &h, &why) == ERR_UNSUPPORTED && !has_section(source)) {
		if (err)
			*err = why;
		return ERR_UNSUPPORTED;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return error_nomem(err);
	r->source = source;
	r->name = name;
	begin_scan(&r->scan, source);
	*out = r;
	return 0;
}

void recovery_close(struct recovery *r)
{
	if (!r)
		return;
	mend_free(r->mend);
	free(r);
}

void recovery_write_to(struct recovery *r, struct sink *sink)
{
	r->sink = sink;
}

const struct recovery_total *recovery_total(const struct recovery *r)
{
	return &r->total;
}

bool recovery_is_whole(const struct recovery_total *t)
{
	return !t->missing_blocks && !t->missing_bytes && !t->missing_events && !t->missing_ends &&
	       !t->has_unknown;
}

static void append(char *out, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *out, size_t size, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list args;

	va_start(args, fmt);
	vsnprintf(out + len, size - len, fmt, args);
	va_end(args);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void append_events(const struct recovery_total *t, char *out, size_t size)
{
	unsigned long long events = t->missing_events;

	if (events)
		append(out, size, ", %s%llu event%s", t->has_unknown ? "at least " : "", events,
		       plural(events));
	else if (t->has_unknown)
		append(out, size, ", an unknown number of events");
	else
		append(out, size, ", no event");
}

void recovery_phrase(const struct recovery_total *t, char *out, size_t size)
{
	unsigned long long blocks = t->missing_blocks, bytes = t->missing_bytes,
			   ends = t->missing_ends;
	const char *separator = " ";

	snprintf(out, size, recovery_is_whole(t) ? "nothing is missing" : "missing:");
	if (blocks || bytes || t->missing_events || t->has_unknown) {
		if (blocks)
			append(out, size, " %llu block%s,", blocks, plural(blocks));
		append(out, size, " %llu byte%s", bytes, plural(bytes));
		append_events(t, out, size);
		separator = ", ";
	}
	if (ends == 1)
		append(out, size, "%sthe end of a recording", separator);
	else if (ends)
		append(out, size, "%sthe ends of %llu recordings", separator, ends);
}

/* The same rows as a cursor reads, so that both see the same blocks. */
static enum scan_want wanted(const struct block_header *h, const void *arg)
{
	(void)arg;
	return mend_is_blank(h) ? SCAN_HEADER : SCAN_BODY;
}

static void tell(struct recovery_total *of, const struct gap *gap, struct recovery_item *out)
{
	*out = (struct recovery_item){.kind = RECOVERY_DAMAGE, .gap = *gap};
	of->missing_blocks += gap->blocks;
	of->missing_bytes += gap->bytes;
}

static void tell_events(const struct block_header *h, struct recovery_item *out)
{
	out->has_events = true;
	out->events = h->type == BLOCK_DATA ? h->rows : 0;
}

/* What is missing goes on the tape before the next rows. */
static int write_hole(struct recovery *r, uint64_t until_ns, struct error *err)
{
	const struct mend_tally *t = mend_tally(r->mend);
	uint64_t from_ns = t->watermark ? t->watermark : t->newest_ns;
	struct buf records = {0};
	uint32_t count;
	int rc = 0;

	count = hole_encode(&r->hole, from_ns, r->until_ns ? r->until_ns : until_ns, &records);
	if (count)
		rc = mend_lose(r->mend, &records, count, r->hole.rows, err);
	buf_release(&records);
	r->section.missing_events += r->hole.rows;
	r->section.has_unknown |= r->hole.has_unknown;
	r->hole = (struct hole){0};
	r->until_ns = 0;
	return rc;
}

static void add_total(struct recovery_total *sum, const struct recovery_total *t)
{
	sum->sections += t->sections;
	sum->blocks += t->blocks;
	sum->events += t->events;
	sum->missing_blocks += t->missing_blocks;
	sum->missing_bytes += t->missing_bytes;
	sum->missing_events += t->missing_events;
	sum->missing_ends += t->missing_ends;
	sum->has_unknown |= t->has_unknown;
}

/* An END block that is there says how many events there were. */
static void count_events(struct recovery *r)
{
	const struct mend_tally *t = mend_tally(r->mend);
	struct recovery_total *s = &r->section;

	s->sections = 1;
	s->events = t->rows;
	s->missing_ends = !t->has_end;
	if (!t->has_end || recovery_is_whole(s))
		return;
	if (t->end_rows >= t->rows) {
		s->missing_events = t->end_rows - t->rows;
		s->has_unknown = false;
	}
}

static int write_end(struct recovery *r, struct error *err)
{
	char phrase[256], fact[NAME_SHOWN + sizeof(phrase) + 16];
	bool is_whole = recovery_is_whole(&r->section);

	count_events(r);
	recovery_phrase(&r->section, phrase, sizeof(phrase));
	snprintf(fact, sizeof(fact), "from %.*s; %s", NAME_SHOWN, r->name, phrase);
	TRY(mend_close(r->mend, is_whole, fact, err));
	r->section.blocks = mend_tally(r->mend)->blocks;
	return 0;
}

/* The section is over, if one was begun. */
static int leave_section(struct recovery *r, struct error *err)
{
	if (r->mend) {
		hole_end(&r->hole, r->has_rest && !mend_tally(r->mend)->has_end);
		TRY(write_hole(r, mend_tally(r->mend)->newest_ns, err));
		TRY(write_end(r, err));
		mend_free(r->mend);
		r->mend = NULL;
	}
	add_total(&r->total, &r->section);
	r->section = (struct recovery_total){0};
	r->has_rest = false;
	return 0;
}

/* The block is all there: what was missing before it is known now. */
static int pass_hole(struct recovery *r, const struct block_header *h, struct error *err)
{
	hole_settle(&r->hole, h->seq);
	r->has_rest = false;
	if (h->type == BLOCK_DATA)
		return mend_is_blank(h) ? 0 : write_hole(r, h->min_ts, err);
	/* Other blocks say which time was the newest when they were written. */
	if (r->hole.has_unknown && !r->until_ns && block_type_is_known(h->type))
		r->until_ns = h->max_ts;
	return 0;
}

static struct gap gap_of(const struct scan_item *block, const struct error *why)
{
	struct gap gap = {.offset = block->offset,
			  .bytes = block->header.header_len + block->header.body_len,
			  .blocks = 1};

	snprintf(gap.reason, sizeof(gap.reason), "%s block %llu: %.120s",
		 block_type_name(block->header.type), (unsigned long long)block->header.seq,
		 why->text);
	return gap;
}

static int take_block(struct recovery *r, const struct scan_item *block, struct recovery_item *out,
		      struct error *err)
{
	struct error why = {0};
	struct gap gap;
	int rc;

	TRY(pass_hole(r, &block->header, err));
	rc = mend_take(r->mend, block, &why, err);
	if (rc != MEND_PARTLY)
		return rc ? rc : AGAIN;
	gap = gap_of(block, &why);
	tell(&r->section, &gap, out);
	tell_events(&block->header, out);
	hole_add(&r->hole, &block->header);
	return 0;
}

/* The next number is not the expected one. */
static int take_skip(struct recovery *r, const struct gap *gap, struct recovery_item *out)
{
	uint64_t unknown = hole_skip(&r->hole, gap->blocks);
	struct gap rest = *gap;

	if (unknown == 0)
		return AGAIN; /* the damaged block told of before */
	rest.blocks = unknown;
	snprintf(rest.reason, sizeof(rest.reason), "%llu block%s missing",
		 (unsigned long long)unknown, unknown == 1 ? " is" : "s are");
	tell(&r->section, &rest, out);
	return 0;
}

/* A block of a section whose beginning is missing, or one that was here before. */
static int take_foreign(struct recovery *r, const struct scan_item *item, struct recovery_item *out)
{
	tell(&r->total, &item->gap, out);
	tell_events(&item->header, out);
	if (r->mend && item->header.salt == r->scan.salt)
		out->events = 0;
	r->total.missing_events += out->events;
	return 0;
}

static int take_gap(struct recovery *r, const struct scan_item *item, struct recovery_item *out)
{
	const struct block_header *h = &item->header;
	struct gap gap = item->gap;

	if (item->is_foreign)
		return take_foreign(r, item, out);
	if (gap.bytes == 0)
		return take_skip(r, &gap, out);
	gap.blocks = h->type != 0;
	tell(&r->section, &gap, out);
	if (h->type)
		tell_events(h, out);
	r->has_rest |= h->type == 0;
	if (h->type && item->gap.blocks)
		hole_add(&r->hole, h);
	else if (h->type)
		hole_suspect(&r->hole, h);
	return 0;
}

/* Its last section is over; the next begins with the caller's next step. */
static int hold_section(struct recovery *r, const struct scan_item *item, struct recovery_item *out,
			struct error *err)
{
	TRY(leave_section(r, err));
	TRY(mend_new(&r->mend, err));
	if (item->kind == SCAN_BLOCK)
		TRY(mend_accept(r->mend, item, err));
	r->held = *item;
	r->has_held = true;
	*out = (struct recovery_item){.kind = RECOVERY_SECTION};
	return 0;
}

static int begin_section(struct recovery *r, struct recovery_item *out, struct error *err)
{
	r->has_held = false;
	TRY(mend_write_to(r->mend, r->sink, r->held.header.salt, err));
	if (r->held.kind == SCAN_BLOCK)
		return take_block(r, &r->held, out, err);
	TRY(mend_begin(r->mend, err));
	if (r->held.gap.blocks == 0)
		hole_suspect(&r->hole, &r->held.header);
	r->held.gap.blocks = 1;
	tell(&r->section, &r->held.gap, out);
	tell_events(&r->held.header, out);
	return 0;
}

/* 0 with *out, AGAIN, END or a failure. */
static int step(struct recovery *r, struct recovery_item *out, struct error *err)
{
	struct scan_item item;
	int rc;

	if (r->has_held)
		return begin_section(r, out, err);
	rc = scan_next(&r->scan, wanted, NULL, &item, err);
	if (rc == END) {
		TRY(leave_section(r, err));
		return r->total.sections ? END
					 : error_set(err, ERR_NOT_A_TAPE, "%s is not a tape",
						     source_name(r->source));
	}
	TRY(rc);
	if (item.header.type == BLOCK_SECTION)
		return hold_section(r, &item, out, err);
	if (item.kind == SCAN_GAP)
		return take_gap(r, &item, out);
	return take_block(r, &item, out, err);
}

int recovery_next(struct recovery *r, struct recovery_item *out, struct error *err)
{
	int rc;

	do
		rc = step(r, out, err);
	while (rc == AGAIN);
	return rc;
}

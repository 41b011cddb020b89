/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* mend.c -- sound blocks into a new section (docs/FORMAT.md sections 3 to 11). */
#include "format/mend.h"

#include <stdlib.h>
#include <string.h>

#include "format/block_writer.h"
#include "format/end_totals.h"
#include "format/grasp.h"
#include "format/section.h"

enum { REASON_MAX = 63, END_FACTS_MAX = BLOCK_MAX_RAW / 2 };

struct mend {
	struct block_writer *writer;
	struct grasp *grasp; /* what a reader of the new section knows */
	struct mend_tally tally;
	uint64_t min_ts, max_ts;  /* of all rows */
	uint64_t lost;            /* by the last header copied */
	uint64_t added;           /* events in LOSS records of ours */
	uint64_t end_lost;        /* by the old END block */
	struct buf reason, facts; /* of the old END block */
};

/* Salts are random numbers: their image is as good as another draw. */
static uint64_t image_of(uint64_t salt)
{
	uint64_t x = salt + UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

int mend_new(struct mend **out, struct error *err)
{
	struct mend *m = calloc(1, sizeof(*m));
	int rc;

	if (!m)
		return error_nomem(err);
	m->min_ts = UINT64_MAX;
	rc = grasp_new(&m->grasp, err);
	if (rc) {
		mend_free(m);
		return rc;
	}
	*out = m;
	return 0;
}

void mend_free(struct mend *m)
{
	if (!m)
		return;
	block_writer_free(m->writer);
	grasp_free(m->grasp);
	buf_release(&m->reason);
	buf_release(&m->facts);
	free(m);
}

int mend_accept(struct mend *m, const struct scan_item *block, struct error *err)
{
	return grasp_accept(m->grasp, block, err);
}

int mend_write_to(struct mend *m, struct sink *sink, uint64_t salt, struct error *err)
{
	return block_writer_new(sink, image_of(salt), 0, &m->writer, err);
}

const struct mend_tally *mend_tally(const struct mend *m)
{
	return &m->tally;
}

/* What every header of our own says. */
static struct block_header header_of(const struct mend *m, enum block_type type)
{
	uint64_t newest = m->tally.rows ? m->max_ts : 0;

	return (struct block_header){
		.type = (uint8_t)type,
		.min_ts = newest,
		.max_ts = newest,
		.watermark = m->tally.watermark,
		.lost = m->lost + m->added,
	};
}

static void see_time(struct mend *m, uint64_t ts_ns)
{
	if (ts_ns > m->tally.newest_ns)
		m->tally.newest_ns = ts_ns;
}

/* The block is on the new tape. */
static void note_block(struct mend *m, const struct block_header *h)
{
	m->tally.blocks++;
	if (h->type != BLOCK_DATA)
		return;
	if (h->watermark > m->tally.watermark)
		m->tally.watermark = h->watermark;
	if (h->rows == 0)
		return;
	m->tally.rows += h->rows;
	see_time(m, h->max_ts);
	if (h->min_ts < m->min_ts)
		m->min_ts = h->min_ts;
	if (h->max_ts > m->max_ts)
		m->max_ts = h->max_ts;
}

/* Its header, but for what depends on the place in the new section. */
static struct block_header copy_header(struct mend *m, const struct block_header *old)
{
	struct block_header h = *old;

	m->lost = old->lost;
	h.lost = old->lost + m->added;
	return h;
}

/* Copy the body, part by part. */
static int put_whole(struct mend *m, const struct scan_item *block, struct error *err)
{
	struct block_header h = copy_header(m, &block->header);
	struct body *body = block_writer_body(m->writer);
	struct view rest = block->body, table;

	if (take_bytes(&rest, (size_t)h.part_count * PART_ENTRY_LEN, &table)) {
		put_bytes(&body->table, table.p, view_len(table));
		put_bytes(&body->stored, rest.p, view_len(rest));
		body->raw_len = h.raw_len;
		body->count = h.part_count;
	}
	TRY(block_writer_put(m->writer, &h, err));
	note_block(m, &h);
	return 0;
}

/* Write `raw` in place of the old body, long enough for what it may unfold to. */
static int put_sound(struct mend *m, const struct block_header *old, struct view raw, uint32_t rows,
		     struct error *err)
{
	struct block_header h = copy_header(m, old);
	struct body *body = block_writer_body(m->writer);
	uint64_t work = (uint64_t)old->body_len * BLOCK_WORK_PER_BYTE;

	/* An empty DICT block still begins its epoch. */
	if (!raw.p || (view_len(raw) == 0 && h.type != BLOCK_DICT))
		return 0;
	h.rows = rows;
	TRY(packer_add(block_writer_packer(m->writer), 0, raw, body, err));
	TRY(body_pad(body, rows, view_len(raw) && h.type == BLOCK_DICT ? work : 0, err));
	TRY(block_writer_put(m->writer, &h, err));
	note_block(m, &h);
	return 0;
}

/* 0, MEND_PARTLY for damage, or the failure, which moves from *why to *err. */
static int judge(int rc, const struct error *why, struct error *err)
{
	if (rc == 0 || status_is_damage(rc))
		return rc ? MEND_PARTLY : 0;
	if (err)
		*err = *why;
	return rc;
}

/* SECTION, SCHEMA, FACTS, DICT, LOSS and CLOCK: one part of records. */
static int take_told(struct mend *m, const struct scan_item *block, struct error *why,
		     struct error *err)
{
	const struct block_header *h = &block->header;
	struct view sound;
	uint32_t count;
	int rc = judge(grasp_block(m->grasp, block, &sound, &count, why), why, err);

	see_time(m, grasp_newest_ns(m->grasp));
	if (rc == 0)
		return put_whole(m, block, err);
	if (rc < 0)
		return rc;
	if (h->type == BLOCK_SECTION && view_len(sound) == 0)
		TRY(mend_begin(m, err));
	else
		TRY(put_sound(m, h, sound, h->rows ? count : 0, err));
	return MEND_PARTLY;
}

/* A block without rows keeps a promise about those to come. */
static int put_watermark(struct mend *m, uint64_t watermark, struct error *err)
{
	struct block_header h = header_of(m, BLOCK_DATA);

	h.watermark = watermark;
	block_writer_body(m->writer);
	TRY(block_writer_put(m->writer, &h, err));
	note_block(m, &h);
	return 0;
}

/* Of rows that are left out, a reader still learns what the header says. */
static int put_traces(struct mend *m, const struct block_header *old, struct error *err)
{
	struct block_header h = header_of(m, BLOCK_DICT);
	const struct buf nothing = {0};

	if (!grasp_has_epoch(m->grasp, old->epoch)) {
		h.epoch = old->epoch;
		TRY(block_writer_put_raw(m->writer, &h, &nothing, err));
		note_block(m, &h);
		TRY(grasp_epoch(m->grasp, old->epoch, err));
	}
	return old->watermark > m->tally.watermark ? put_watermark(m, old->watermark, err) : 0;
}

/* Rows are copied when a reader could tell their times and types; a column that cannot be
 * decoded is null before and after. */
static int take_data(struct mend *m, const struct scan_item *block, struct error *why,
		     struct error *err)
{
	const struct block_header *h = &block->header;
	int rc;

	if (mend_is_blank(h)) {
		m->lost = h->lost;
		return put_watermark(m, h->watermark, err);
	}
	rc = judge(grasp_rows(m->grasp, block, why), why, err);
	if (rc < 0)
		return rc;
	if (rc == MEND_PARTLY) {
		TRY(put_traces(m, h, err));
		return MEND_PARTLY;
	}
	TRY(grasp_epoch(m->grasp, h->epoch, err));
	return put_whole(m, block, err);
}

/* Keep back what it says; of facts, those before the first fault. */
static int take_end(struct mend *m, const struct scan_item *block, struct error *why)
{
	struct end_totals totals;
	struct view in, facts;
	uint32_t count;
	int rc;

	TRY(grasp_open(m->grasp, block, &in, why));
	TRY(end_totals_decode(&in, &totals, why));
	m->tally.end_rows = totals.rows;
	m->end_lost = totals.lost;
	m->tally.has_end = true;
	if (view_len(totals.reason) > REASON_MAX)
		totals.reason.end = totals.reason.p + REASON_MAX;
	buf_clear(&m->reason);
	put_bytes(&m->reason, totals.reason.p, view_len(totals.reason));
	facts = totals.facts;
	rc = grasp_records(m->grasp, BLOCK_END, &facts, &count, why);
	totals.facts.end = facts.p;
	if (m->facts.len + view_len(totals.facts) <= END_FACTS_MAX)
		put_bytes(&m->facts, totals.facts.p, view_len(totals.facts));
	if (m->reason.is_failed || m->facts.is_failed)
		return error_nomem(why);
	return rc;
}

int mend_take(struct mend *m, const struct scan_item *block, struct error *why, struct error *err)
{
	switch (block->header.type) {
	case BLOCK_SECTION:
	case BLOCK_SCHEMA:
	case BLOCK_FACTS:
	case BLOCK_DICT:
	case BLOCK_LOSS:
	case BLOCK_CLOCK:
		return take_told(m, block, why, err);
	case BLOCK_DATA:
		return take_data(m, block, why, err);
	case BLOCK_END:
		m->lost = block->header.lost;
		return judge(take_end(m, block, why), why, err);
	default:
		return put_whole(m, block, err);
	}
}

/* Our own fact, if the section has room for it. */
static int put_fact(struct mend *m, const char *value, struct buf *out, struct error *err)
{
	struct error full = {0};
	size_t before = out->len;
	struct view fact;
	uint32_t count;
	int rc;

	fact_encode("recovered", value, out);
	if (out->is_failed)
		return error_nomem(err);
	fact = view_of(out->data + before, out->len - before);
	rc = grasp_records(m->grasp, BLOCK_FACTS, &fact, &count, &full);
	if (rc == ERR_NOMEM)
		return error_nomem(err);
	if (rc)
		out->len = before;
	return 0;
}

int mend_begin(struct mend *m, struct error *err)
{
	struct block_header h = header_of(m, BLOCK_SECTION);
	struct buf raw = {0};
	int rc;

	h.flags = BLOCK_CRITICAL;
	section_put_features(&raw);
	rc = put_fact(m, "what this block said of the recording and its host was damaged", &raw,
		      err);
	if (!rc)
		rc = block_writer_put_raw(m->writer, &h, &raw, err);
	buf_release(&raw);
	TRY(rc);
	note_block(m, &h);
	return 0;
}

int mend_lose(struct mend *m, const struct buf *records, uint32_t count, uint64_t lost,
	      struct error *err)
{
	struct block_header h = header_of(m, BLOCK_LOSS);

	h.rows = count;
	h.lost += lost;
	TRY(block_writer_put_raw(m->writer, &h, records, err));
	note_block(m, &h);
	m->added += lost;
	return 0;
}

/* Events lost in the section: what the recorder lost, and what damage took since. */
static uint64_t lost_in_all(const struct mend *m, bool is_whole)
{
	const struct mend_tally *t = &m->tally;
	uint64_t missing = m->added;

	if (!t->has_end)
		return m->lost + missing;
	if (!is_whole && t->end_rows > t->rows && t->end_rows - t->rows > missing)
		missing = t->end_rows - t->rows;
	return m->end_lost + missing;
}

int mend_close(struct mend *m, bool is_whole, const char *recovered, struct error *err)
{
	const struct mend_tally *t = &m->tally;
	struct block_header h = header_of(m, BLOCK_END);
	bool is_true = t->has_end && is_whole;
	struct end_totals totals;
	struct buf raw = {0};
	int rc;

	TRY(put_fact(m, recovered, &m->facts, err));
	h.min_ts = t->rows ? m->min_ts : 0;
	h.lost = lost_in_all(m, is_whole);
	totals = (struct end_totals){
		.reason = t->has_end ? view_of(m->reason.data, m->reason.len)
				     : view_of("recovered", 9),
		.rows = is_true ? t->end_rows : t->rows,
		.lost = h.lost,
		.facts = view_of(m->facts.data, m->facts.len),
	};
	end_totals_encode(&totals, &raw);
	rc = block_writer_end(m->writer, &h, &raw, err);
	buf_release(&raw);
	TRY(rc);
	m->tally.blocks++;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * writer.c -- one section of a tape. A flush writes what is new, in the order a reader
 * needs it: SECTION, SCHEMA, FACTS, LOSS, CLOCK, DICT, DATA.
 *
 * When the output takes nothing for a while (a full disk), the rows of the flush are
 * counted as lost, and a new epoch begins: what is written next needs nothing of what
 * was not.
 */
#include "format/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "format/block_writer.h"
#include "format/data_encoder.h"
#include "format/dictionaries.h"
#include "format/end_totals.h"
#include "format/outage.h"
#include "format/rows.h"
#include "format/section.h"
#include "format/vocabulary.h"

enum {
	DEFAULT_BLOCK_ROWS = 32768,
	FULL_CELLS = 900000, /* close the block: worst case 10 bytes a cell */
	FULL_BYTES = 4 << 20,
	FULL_MEMORY = 16 << 20, /* of rows */
	FULL_WIDTH = 64 << 20,  /* a quarter of a MiB of padding */
	FULL_COLUMNS = ROWS_MAX_COLUMNS - 3 * SCHEMA_MAX_FIELDS - SCHEMA_MAX_REFS - HOT_COLUMNS,
	FULL_PENDING = 2 << 20,     /* dictionary bytes waiting */
	FULL_RECORDS = 4096,        /* losses or clock readings waiting */
	FACTS_MAX_BYTES = 4 << 20,  /* of a section, so that END holds them all */
	FORMAT_SLACK_NS = 10000000, /* a watermark lags the newest row by this much */
	SOME_HASTE_NS = 10000,      /* a row: they come so fast that each must cost little */
	GREAT_HASTE_NS = 2500,      /* the same, yet less */
};

/* Losses or clock readings that wait, encoded. */
struct records {
	struct buf bytes;
	uint32_t count;
};

struct writer {
	struct sink *sink;
	struct block_writer *blocks;
	struct vocabulary *vocabulary;
	struct dictionaries *dictionaries;
	struct rows *rows;
	struct data_encoder *encoder;
	struct outage *outage;
	struct error why;              /* of the outage */
	size_t fact_count, fact_bytes; /* in the section */
	struct buf facts;              /* waiting, encoded */
	struct records losses, clocks;
	uint64_t row_total, lost_total; /* rows: on the tape */
	uint64_t min_ts, max_ts, watermark;
	bool is_started;
	bool is_stalled;    /* the last attempt to write failed, and another makes sense */
	bool are_dicts_due; /* many entries wait to be written, or there is no room for more */
	bool is_dict_lost;  /* entries that rows in hand refer to were not written */
};

int writer_new(struct sink *sink, const struct writer_options *opt, struct writer **out,
	       struct error *err)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct rows_extent full = {.rows = opt->block_rows,
				   .cells = FULL_CELLS,
				   .columns = FULL_COLUMNS,
				   .bytes = FULL_BYTES,
				   .memory = FULL_MEMORY,
				   .width = FULL_WIDTH};
	int rc;

	if (!w)
		return error_nomem(err);
	w->sink = sink;
	if (!full.rows || full.rows > BLOCK_MAX_ROWS)
		full.rows = DEFAULT_BLOCK_ROWS;
	w->min_ts = UINT64_MAX;
	rc = block_writer_new(sink, opt->salt, opt->zstd_level, &w->blocks, err);
	w->vocabulary = vocabulary_new();
	w->dictionaries = dictionaries_new(opt->dict_limit);
	w->rows = rows_new(&full);
	w->encoder = data_encoder_new();
	w->outage = outage_new();
	if (!rc && (!w->vocabulary || !w->dictionaries || !w->rows || !w->encoder || !w->outage))
		rc = error_nomem(err);
	if (rc) {
		writer_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	block_writer_free(w->blocks);
	rows_free(w->rows);
	data_encoder_free(w->encoder);
	dictionaries_free(w->dictionaries);
	vocabulary_free(w->vocabulary);
	outage_free(w->outage);
	buf_release(&w->facts);
	buf_release(&w->losses.bytes);
	buf_release(&w->clocks.bytes);
	free(w);
}

int writer_fact(struct writer *w, const char *key, const char *value, struct error *err)
{
	size_t before = w->facts.len;

	if (strlen(key) > FACT_MAX_KEY || strlen(value) > FACT_MAX_VALUE)
		return error_set(err, ERR_USAGE, "fact %.40s: longer than %d bytes", key,
				 FACT_MAX_VALUE);
	if (w->fact_count >= FACTS_MAX || w->fact_bytes > FACTS_MAX_BYTES - FACT_MAX_VALUE - 300)
		return error_set(err, ERR_USAGE, "more than %d facts or %d bytes of them",
				 FACTS_MAX, FACTS_MAX_BYTES);
	fact_encode(key, value, &w->facts);
	if (w->facts.is_failed)
		return error_nomem(err);
	w->fact_bytes += w->facts.len - before;
	w->fact_count++;
	return 0;
}

int writer_enumeration(struct writer *w, struct enumeration *e, uint16_t *id, struct error *err)
{
	TRY(vocabulary_add_enum(w->vocabulary, e, err));
	*id = e->id;
	return 0;
}

int writer_schema(struct writer *w, struct schema *s, uint32_t *id, struct error *err)
{
	TRY(vocabulary_add_schema(w->vocabulary, s, err));
	*id = s->id;
	return s->kind == SCHEMA_DICT ? dictionaries_add(w->dictionaries, s, err) : 0;
}

const struct schema *writer_schema_get(const struct writer *w, uint32_t id)
{
	return vocabulary_schema(w->vocabulary, id);
}

uint32_t writer_epoch(const struct writer *w)
{
	return dictionaries_epoch(w->dictionaries);
}

/* 0 when this failure is one to wait out: the caller counts what it could not write. */
static int stall(struct writer *w, int rc, const struct error *why, struct error *err)
{
	if (rc == ERR_IO && sink_can_go_on(w->sink)) {
		if (!w->is_stalled)
			w->why = *why;
		w->is_stalled = true;
		return 0;
	}
	if (err)
		*err = *why;
	return rc;
}

/* What every header says. */
static struct block_header header_of(const struct writer *w, enum block_type type)
{
	return (struct block_header){
		.type = (uint8_t)type,
		.min_ts = w->row_total ? w->max_ts : 0,
		.max_ts = w->row_total ? w->max_ts : 0,
		.watermark = w->watermark,
		.lost = w->lost_total,
	};
}

static int write_section(struct writer *w, struct error *err)
{
	struct block_header h = header_of(w, BLOCK_SECTION);
	struct buf raw = {0};
	int rc;

	h.flags = BLOCK_CRITICAL;
	section_put_features(&raw);
	put_bytes(&raw, w->facts.data, w->facts.len);
	rc = block_writer_put_raw(w->blocks, &h, &raw, err);
	buf_release(&raw);
	if (rc)
		return rc;
	buf_clear(&w->facts);
	w->is_started = true;
	return 0;
}

/* What a reader must have seen before anything that refers to a schema. */
static int write_names(struct writer *w, struct error *err)
{
	struct block_header h = header_of(w, BLOCK_SCHEMA);

	if (!w->is_started)
		TRY(write_section(w, err));
	return vocabulary_write(w->vocabulary, w->blocks, &h, err);
}

static void note_dicts(struct writer *w)
{
	w->are_dicts_due = dictionaries_pending(w->dictionaries) >= FULL_PENDING ||
			   dictionaries_is_crowded(w->dictionaries);
}

static int write_dicts(struct writer *w, struct error *err)
{
	struct block_header h = header_of(w, BLOCK_DICT);

	TRY(dictionaries_write(w->dictionaries, w->blocks, &h, err));
	note_dicts(w);
	return 0;
}

static int write_facts(struct writer *w, struct error *err)
{
	struct block_header h = header_of(w, BLOCK_FACTS);

	if (w->facts.len == 0)
		return 0;
	TRY(block_writer_put_raw(w->blocks, &h, &w->facts, err));
	buf_clear(&w->facts);
	return 0;
}

static int write_records(struct writer *w, enum block_type type, struct records *r,
			 struct error *err)
{
	struct block_header h = header_of(w, type);

	if (r->bytes.len == 0)
		return 0;
	h.rows = r->count;
	TRY(block_writer_put_raw(w->blocks, &h, &r->bytes, err));
	buf_clear(&r->bytes);
	r->count = 0;
	return 0;
}

/* Losses of an outage that is over, as far as one can know before the rows are out. */
static int write_outage(struct writer *w, struct error *err)
{
	struct block_header h = header_of(w, BLOCK_LOSS);
	struct buf raw = {0};
	int rc;

	if (outage_is_empty(w->outage))
		return 0;
	h.rows = outage_encode(w->outage, &raw);
	rc = block_writer_put_raw(w->blocks, &h, &raw, err);
	buf_release(&raw);
	if (!rc)
		outage_clear(w->outage);
	return rc;
}

static int write_rows(struct writer *w, struct error *err)
{
	struct block_header h = {.type = BLOCK_DATA};
	uint64_t watermark = w->watermark;
	struct body *body;

	if (rows_count(w->rows) == 0)
		return 0;
	h.rows = (uint32_t)rows_count(w->rows);
	h.min_ts = rows_min_ts(w->rows);
	h.max_ts = rows_max_ts(w->rows);
	h.schema_bits = rows_schema_bits(w->rows);
	h.lost = w->lost_total;
	h.epoch = dictionaries_epoch(w->dictionaries);
	if (h.min_ts < w->watermark)
		h.flags |= BLOCK_LATE;
	if (h.max_ts > FORMAT_SLACK_NS && h.max_ts - FORMAT_SLACK_NS > watermark)
		watermark = h.max_ts - FORMAT_SLACK_NS;
	h.watermark = watermark;
	body = block_writer_body(w->blocks);
	TRY(data_encoder_run(w->encoder, w->rows, w->dictionaries, block_writer_packer(w->blocks),
			     body, err));
	TRY(block_writer_put(w->blocks, &h, err));
	w->row_total += h.rows;
	w->watermark = watermark;
	if (h.min_ts < w->min_ts)
		w->min_ts = h.min_ts;
	if (h.max_ts > w->max_ts)
		w->max_ts = h.max_ts;
	rows_clear(w->rows);
	return 0;
}

static void new_epoch(struct writer *w)
{
	dictionaries_next_epoch(w->dictionaries);
	vocabulary_repeat(w->vocabulary);
	note_dicts(w);
	w->is_dict_lost = false;
}

/* What a row costs matters only where there are many of them. */
static enum packer_haste haste_of(const struct writer *w)
{
	uint64_t span_ns = rows_max_ts(w->rows) - rows_min_ts(w->rows);

	if (rows_count(w->rows) > span_ns / GREAT_HASTE_NS)
		return HASTE_GREAT;
	return rows_count(w->rows) > span_ns / SOME_HASTE_NS ? HASTE_SOME : HASTE_NONE;
}

static int write_all(struct writer *w, struct error *err)
{
	packer_hurry(block_writer_packer(w->blocks), haste_of(w));
	if (w->is_dict_lost)
		return error_set(err, ERR_IO, "dictionary entries could not be written");
	TRY(write_names(w, err));
	TRY(write_facts(w, err));
	TRY(write_outage(w, err));
	TRY(write_records(w, BLOCK_LOSS, &w->losses, err));
	TRY(write_records(w, BLOCK_CLOCK, &w->clocks, err));
	TRY(write_dicts(w, err));
	return write_rows(w, err);
}

static void lose_rows(struct writer *w)
{
	struct loss loss = {.count = 1, .cause = LOSS_WRITE};

	for (size_t i = 0; i < rows_count(w->rows); i++) {
		rows_peek(w->rows, i, &loss.schema, &loss.cpu, &loss.from_ns);
		loss.to_ns = loss.from_ns;
		outage_add(w->outage, &loss);
	}
	w->lost_total += rows_count(w->rows);
	rows_clear(w->rows);
	new_epoch(w);
}

int writer_flush(struct writer *w, struct error *err)
{
	struct error why = {0};
	int rc = write_all(w, &why);

	if (rc) {
		TRY(stall(w, rc, &why, err));
		lose_rows(w);
		return 0;
	}
	w->is_stalled = false;
	if (dictionaries_is_full(w->dictionaries))
		new_epoch(w);
	return 0;
}

const char *writer_stall_reason(const struct writer *w)
{
	return w->is_stalled ? w->why.text : NULL;
}

/* So much waits that it cannot wait for the rows. */
static int write_crowd(struct writer *w, struct error *err)
{
	struct error why = {0};
	int rc = write_names(w, &why);

	if (!rc)
		rc = write_dicts(w, &why);
	if (!rc)
		return 0;
	TRY(stall(w, rc, &why, err));
	w->is_dict_lost = true; /* the ids stay valid until the flush */
	return 0;
}

int writer_intern(struct writer *w, uint32_t dict, const void *packed, size_t len, uint32_t *id,
		  struct error *err)
{
	TRY(dictionaries_intern(w->dictionaries, dict, packed, len, id, err));
	note_dicts(w);
	if (dictionaries_pending(w->dictionaries) < FULL_PENDING + DICTIONARIES_MAX_ENTRY)
		return 0;
	return write_crowd(w, err);
}

/* `rc` is what adding a row returned. */
static inline int flush_full(struct writer *w, int rc, struct error *err)
{
	if (rc == END || (rc == 0 && (w->are_dicts_due || w->is_dict_lost)))
		return writer_flush(w, err);
	return rc;
}

int writer_add(struct writer *w, const struct row *row, struct error *err)
{
	const struct schema *s = writer_schema_get(w, row->schema);

	assert(s && s->kind == SCHEMA_EVENT);
	return flush_full(w, rows_add(w->rows, s, row, err), err);
}

int writer_lay_out(struct writer *w, uint32_t schema, const struct place *places, struct error *err)
{
	const struct schema *s = writer_schema_get(w, schema);

	assert(s && s->kind == SCHEMA_EVENT);
	return rows_lay_out(w->rows, s, places, err);
}

int writer_add_raw(struct writer *w, const struct raw_row *row, struct error *err)
{
	return flush_full(w, rows_add_raw(w->rows, row, err), err);
}

/* Too many losses to wait for the output: they are counted together. */
static void fold_losses(struct writer *w)
{
	struct view in = view_of(w->losses.bytes.data, w->losses.bytes.len);
	struct loss loss;

	while (view_len(in) > 0 && loss_decode(&in, &loss, NULL) == 0)
		outage_add(w->outage, &loss);
}

static int write_waiting(struct writer *w, enum block_type type, struct records *r,
			 struct error *err)
{
	struct error why = {0};
	int rc = write_names(w, &why);

	if (!rc)
		rc = write_records(w, type, r, &why);
	if (!rc)
		return 0;
	TRY(stall(w, rc, &why, err));
	if (type == BLOCK_LOSS)
		fold_losses(w);
	buf_clear(&r->bytes);
	r->count = 0;
	return 0;
}

int writer_loss(struct writer *w, const struct loss *loss, struct error *err)
{
	loss_encode(loss, &w->losses.bytes);
	w->losses.count++;
	w->lost_total += loss->count;
	if (w->losses.bytes.is_failed)
		return error_nomem(err);
	return w->losses.count < FULL_RECORDS ? 0 : write_waiting(w, BLOCK_LOSS, &w->losses, err);
}

int writer_clock(struct writer *w, const struct clock_reading *c, struct error *err)
{
	clock_encode(c, &w->clocks.bytes);
	w->clocks.count++;
	if (w->clocks.bytes.is_failed)
		return error_nomem(err);
	return w->clocks.count < FULL_RECORDS ? 0 : write_waiting(w, BLOCK_CLOCK, &w->clocks, err);
}

/* The index and the trailer are put behind. */
static int write_end(struct writer *w, const char *reason, const struct buf *facts,
		     struct error *err)
{
	struct block_header h = header_of(w, BLOCK_END);
	struct end_totals totals = {view_of(reason, strlen(reason)), w->row_total, w->lost_total,
				    view_of(facts->data, facts->len)};
	struct buf raw = {0};
	int rc;

	h.min_ts = w->row_total ? w->min_ts : 0;
	end_totals_encode(&totals, &raw);
	rc = block_writer_end(w->blocks, &h, &raw, err);
	buf_release(&raw);
	return rc;
}

int writer_end(struct writer *w, const char *reason, struct error *err)
{
	struct buf facts = {0};
	int rc;

	if (w->is_started) { /* late facts go into the End block */
		facts = w->facts;
		w->facts = (struct buf){0};
	}
	rc = writer_flush(w, err);
	if (!rc && w->is_stalled) /* perhaps only the rows at hand could not be written */
		rc = writer_flush(w, err);
	if (!rc && w->is_stalled)
		rc = error_set(err, ERR_IO, "%s; %llu events at the end are missing", w->why.text,
			       (unsigned long long)outage_events(w->outage));
	if (!rc)
		rc = write_end(w, reason, &facts, err);
	buf_release(&facts);
	return rc;
}

uint64_t writer_rows(const struct writer *w)
{
	return w->row_total + rows_count(w->rows);
}

uint64_t writer_bytes(const struct writer *w)
{
	return block_writer_bytes(w->blocks);
}

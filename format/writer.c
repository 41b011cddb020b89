/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * writer.c -- one section of a tape. A flush writes what is new, in the order a reader
 * needs it: SECTION, SCHEMA, FACTS, LOSS, CLOCK, DICT, DATA.
 */
#include "format/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "format/block.h"
#include "format/data_encoder.h"
#include "format/dict.h"
#include "format/entries.h"
#include "format/index.h"
#include "format/intern.h"
#include "format/keyed.h"
#include "format/rows.h"
#include "format/section.h"

enum {
	DEFAULT_BLOCK_ROWS = 32768,
	DEFAULT_DICT_LIMIT = 65536,
	FULL_CELLS = 900000, /* close the block: worst case 10 bytes a cell */
	FULL_BYTES = 4 << 20,
	FULL_COLUMNS = ROWS_MAX_COLUMNS - 3 * SCHEMA_MAX_FIELDS - SCHEMA_MAX_REFS - HOT_COLUMNS,
	FULL_PENDING = 2 << 20,           /* dictionary bytes waiting */
	FULL_RECORDS = 4096,              /* losses or clock readings waiting */
	FULL_NAMES = BLOCK_MAX_RAW / 4,   /* bytes of one SCHEMA block */
	EPOCH_BYTES = DICT_MAX_BYTES / 2, /* of all dictionaries */
	ROW_MAX_BYTES = 1 << 20,          /* of strings; also of a dictionary entry */
	FACTS_MAX_BYTES = 4 << 20,        /* of a section, so that END holds them all */
	NAMES_MAX_BYTES = SECTION_MAX_BYTES - FACTS_MAX_BYTES,
	FORMAT_SLACK_NS = 10000000, /* a watermark lags the newest row by this much */
};

struct writer {
	struct sink *sink;
	struct writer_options opt;
	struct packer *packer;
	struct rows *rows;
	struct data_encoder *encoder;
	struct entry_tools tools;
	struct schema **schemas; /* [id - 1] */
	size_t schema_count, schema_cap;
	struct intern **interns; /* [schema id - 1]; NULL for events */
	size_t intern_cap;
	struct enumeration **enums; /* [id - 1] */
	size_t enum_count, enum_cap;
	size_t schemas_written, enums_written;
	size_t name_bytes;                /* of schemas and enumerations, encoded */
	size_t fact_count, fact_bytes;    /* in the section */
	size_t dict_bytes;                /* in the epoch, as DICT_MAX_BYTES counts them */
	size_t dict_pending;              /* of it, not yet written */
	struct buf facts, losses, clocks; /* waiting, encoded */
	uint32_t loss_count, clock_count;
	struct buf body, block; /* scratch */
	struct index index;
	uint64_t seq, start_bytes;
	uint64_t row_total, lost_total;
	uint64_t min_ts, max_ts, watermark;
	uint32_t epoch;
	bool is_started;
};

int writer_new(struct sink *sink, const struct writer_options *opt, struct writer **out,
	       struct error *err)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(err);
	w->sink = sink;
	w->opt = *opt;
	if (!w->opt.block_rows || w->opt.block_rows > BLOCK_MAX_ROWS)
		w->opt.block_rows = DEFAULT_BLOCK_ROWS;
	if (!w->opt.dict_limit || w->opt.dict_limit > DICT_MAX_ENTRIES / 2)
		w->opt.dict_limit = DEFAULT_DICT_LIMIT;
	w->epoch = 1;
	w->min_ts = UINT64_MAX;
	w->start_bytes = sink_bytes(sink);
	w->packer = packer_new(opt->zstd_level);
	w->rows = rows_new();
	w->encoder = data_encoder_new();
	w->tools = (struct entry_tools){byte_table_new(), keyed_new()};
	if (!w->packer || !w->rows || !w->encoder || !w->tools.table || !w->tools.keyed) {
		writer_free(w);
		return error_nomem(err);
	}
	*out = w;
	return 0;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	rows_free(w->rows);
	data_encoder_free(w->encoder);
	byte_table_free(w->tools.table);
	keyed_free(w->tools.keyed);
	packer_free(w->packer);
	for (size_t i = 0; i < w->intern_cap; i++)
		intern_free(w->interns[i]);
	for (size_t i = 0; i < w->schema_count; i++)
		schema_free(w->schemas[i]);
	for (size_t i = 0; i < w->enum_count; i++)
		enumeration_free(w->enums[i]);
	free(w->interns);
	free(w->schemas);
	free(w->enums);
	buf_release(&w->facts);
	buf_release(&w->losses);
	buf_release(&w->clocks);
	buf_release(&w->body);
	buf_release(&w->block);
	index_release(&w->index);
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

/* Count the encoded record that lies in w->block. */
static int count_names(struct writer *w, struct error *err)
{
	if (w->block.is_failed)
		return error_nomem(err);
	if (w->name_bytes + w->block.len > NAMES_MAX_BYTES)
		return error_set(err, ERR_USAGE, "schemas of more than %d bytes", NAMES_MAX_BYTES);
	w->name_bytes += w->block.len;
	return 0;
}

int writer_enumeration(struct writer *w, struct enumeration *e, uint16_t *id, struct error *err)
{
	void *enums = w->enums;

	if (w->enum_count >= ENUM_MAX || strlen(e->name) > ENUM_MAX_NAME)
		return error_set(err, ERR_USAGE, "more than %d enumerations, or a name too long",
				 ENUM_MAX);
	if (!array_grow(&enums, &w->enum_cap, w->enum_count + 1, sizeof(*w->enums)))
		return error_nomem(err);
	w->enums = enums;
	buf_clear(&w->block);
	enumeration_encode(e, &w->block);
	TRY(count_names(w, err));
	w->enums[w->enum_count++] = e;
	e->id = (uint16_t)w->enum_count;
	*id = e->id;
	return 0;
}

const struct schema *writer_schema_get(const struct writer *w, uint32_t id)
{
	return id >= 1 && id <= w->schema_count ? w->schemas[id - 1] : NULL;
}

static bool schema_room(struct writer *w)
{
	void *schemas = w->schemas, *interns = w->interns;

	if (!array_grow(&schemas, &w->schema_cap, w->schema_count + 1, sizeof(*w->schemas)))
		return false;
	w->schemas = schemas;
	if (!array_grow(&interns, &w->intern_cap, w->schema_count + 1, sizeof(*w->interns)))
		return false;
	w->interns = interns;
	return true;
}

/* Keys are integers that both sides know before the value: of entries, or of the same
 * entry but not keyed themselves. */
static int check_keys(const struct writer *w, const struct schema *s, struct error *err)
{
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i], *key;
		const struct schema *dict = s;

		if (!f->key_ref)
			continue;
		if (s->kind == SCHEMA_EVENT)
			dict = writer_schema_get(w, s->refs[f->key_ref - 1]);
		if (!dict || dict->kind != SCHEMA_DICT || f->key_attribute >= dict->field_count)
			return error_set(err, ERR_USAGE, "schema %s: field %s has no key", s->name,
					 f->name);
		key = &dict->fields[f->key_attribute];
		if (key->kind != FIELD_INT || (dict == s && key->key_ref))
			return error_set(err, ERR_USAGE, "schema %s: %s cannot be a key", s->name,
					 key->name);
	}
	return 0;
}

int writer_schema(struct writer *w, struct schema *s, uint32_t *id, struct error *err)
{
	struct intern *intern = NULL;

	if (w->schema_count >= SCHEMA_MAX)
		return error_set(err, ERR_USAGE, "more than %d schemas", SCHEMA_MAX);
	if (strlen(s->group) > SCHEMA_MAX_NAME || strlen(s->name) > SCHEMA_MAX_NAME ||
	    strlen(s->text) > SCHEMA_MAX_TEXT)
		return error_set(err, ERR_USAGE, "schema %.40s: its name or text is too long",
				 s->name);
	TRY(check_keys(w, s, err));
	if (!schema_room(w))
		return error_nomem(err);
	TRY(schema_seal(s, err));
	buf_clear(&w->block);
	schema_encode(s, &w->block);
	TRY(count_names(w, err));
	if (s->kind == SCHEMA_DICT) {
		intern = intern_new();
		if (!intern)
			return error_nomem(err);
	}
	w->interns[w->schema_count] = intern;
	w->schemas[w->schema_count++] = s;
	s->id = (uint32_t)w->schema_count;
	*id = s->id;
	return 0;
}

uint32_t writer_epoch(const struct writer *w)
{
	return w->epoch;
}

/* Write w->body (complete parts) as one block. */
static int write_body(struct writer *w, struct block_header *h, struct error *err)
{
	uint8_t header[BLOCK_HEADER_LEN];
	uint64_t offset = sink_bytes(w->sink) - w->start_bytes;

	if (w->body.is_failed)
		return error_nomem(err);
	h->header_len = BLOCK_HEADER_LEN;
	h->body_len = (uint32_t)w->body.len;
	h->salt = w->opt.salt;
	h->seq = w->seq;
	h->watermark = w->watermark;
	h->lost = w->lost_total;
	h->epoch = w->epoch;
	h->body_crc = (uint32_t)crc32(0, w->body.data, (uInt)w->body.len);
	block_header_encode(h, header);
	buf_clear(&w->block);
	put_bytes(&w->block, header, sizeof(header));
	put_bytes(&w->block, w->body.data, w->body.len);
	if (w->block.is_failed)
		return error_nomem(err);
	TRY(sink_write(w->sink, w->block.data, w->block.len, err));
	w->seq++;
	index_add(&w->index, offset, h);
	return 0;
}

/* Write `raw` as a block of one part. */
static int write_block(struct writer *w, enum block_type type, const struct buf *raw, uint32_t rows,
		       struct error *err)
{
	struct block_header h = {.type = (uint8_t)type,
				 .raw_len = (uint32_t)raw->len,
				 .rows = rows,
				 .min_ts = w->row_total ? w->max_ts : 0,
				 .max_ts = w->row_total ? w->max_ts : 0};

	if (raw->is_failed)
		return error_nomem(err);
	if (type == BLOCK_SECTION)
		h.flags = BLOCK_CRITICAL;
	buf_clear(&w->body);
	TRY(packer_add(w->packer, 0, view_of(raw->data, raw->len), &w->body, err));
	return write_body(w, &h, err);
}

/* SECTION body: incompatible and compatible feature words, then facts. */
static int write_section(struct writer *w, struct error *err)
{
	struct buf raw = {0};
	int rc;

	put_u64(&raw, 0);
	put_u64(&raw, 0);
	put_bytes(&raw, w->facts.data, w->facts.len);
	rc = write_block(w, BLOCK_SECTION, &raw, 0, err);
	buf_release(&raw);
	buf_clear(&w->facts);
	w->is_started = rc == 0;
	return rc;
}

/* Append a record to *raw, and write a block when that has become long. */
static int put_names(struct writer *w, uint8_t kind, const struct buf *record, struct buf *raw,
		     struct error *err)
{
	put_u8(raw, kind);
	put_string(raw, record->data, record->len);
	raw->is_failed |= record->is_failed;
	if (raw->len < FULL_NAMES)
		return 0;
	TRY(write_block(w, BLOCK_SCHEMA, raw, 0, err));
	buf_clear(raw);
	return 0;
}

static int write_schemas(struct writer *w, struct error *err)
{
	struct buf raw = {0}, record = {0};
	int rc = 0;

	for (; w->enums_written < w->enum_count && !rc; w->enums_written++) {
		buf_clear(&record);
		enumeration_encode(w->enums[w->enums_written], &record);
		rc = put_names(w, SCHEMA_RECORD_ENUM, &record, &raw, err);
	}
	for (; w->schemas_written < w->schema_count && !rc; w->schemas_written++) {
		buf_clear(&record);
		schema_encode(w->schemas[w->schemas_written], &record);
		rc = put_names(w, SCHEMA_RECORD_SCHEMA, &record, &raw, err);
	}
	if (!rc && (raw.len || raw.is_failed))
		rc = write_block(w, BLOCK_SCHEMA, &raw, 0, err);
	buf_release(&raw);
	buf_release(&record);
	return rc;
}

/* What a reader must have seen before anything that refers to a schema. */
static int write_names(struct writer *w, struct error *err)
{
	if (!w->is_started)
		TRY(write_section(w, err));
	return write_schemas(w, err);
}

static int write_dicts(struct writer *w, struct error *err)
{
	struct buf raw = {0};
	int rc = 0;

	keyed_reset(w->tools.keyed);
	for (size_t i = 0; i < w->schema_count; i++) {
		struct view packed;
		size_t first, count;

		if (!w->interns[i])
			continue;
		packed = intern_take(w->interns[i], &first, &count);
		if (count > 0)
			entries_put_run(w->schemas[i], first, count, packed, &w->tools, &raw);
	}
	if (raw.len || raw.is_failed)
		rc = write_block(w, BLOCK_DICT, &raw, 0, err);
	buf_release(&raw);
	w->dict_pending = 0;
	return rc;
}

int writer_intern(struct writer *w, uint32_t dict, const void *packed, size_t len, uint32_t *id,
		  struct error *err)
{
	struct intern *t;
	size_t before;

	assert(dict >= 1 && dict <= w->schema_count && w->interns[dict - 1]);
	assert(entry_size(w->schemas[dict - 1], view_of(packed, len)) == len);
	t = w->interns[dict - 1];
	before = intern_count(t);
	if (len > ROW_MAX_BYTES || before >= DICT_MAX_ENTRIES ||
	    w->dict_bytes > DICT_MAX_BYTES - ROW_MAX_BYTES - DICT_ENTRY_COST)
		return error_set(err, ERR_USAGE, "dictionary %s is full, or an entry too long",
				 w->schemas[dict - 1]->name);
	if (!intern_add(t, packed, len, id))
		return error_nomem(err);
	if (intern_count(t) == before)
		return 0;
	w->dict_bytes += len + DICT_ENTRY_COST;
	w->dict_pending += len;
	if (w->dict_pending < FULL_PENDING + ROW_MAX_BYTES)
		return 0;
	TRY(write_names(w, err));
	return write_dicts(w, err);
}

static int write_rows(struct writer *w, struct error *err)
{
	struct block_header h = {.type = BLOCK_DATA};
	uint64_t watermark;

	if (rows_count(w->rows) == 0)
		return 0;
	h.rows = (uint32_t)rows_count(w->rows);
	h.min_ts = rows_min_ts(w->rows);
	h.max_ts = rows_max_ts(w->rows);
	h.schema_bits = rows_schema_bits(w->rows);
	if (h.min_ts < w->watermark)
		h.flags |= BLOCK_LATE;
	watermark = h.max_ts > FORMAT_SLACK_NS ? h.max_ts - FORMAT_SLACK_NS : 0;
	if (watermark > w->watermark)
		w->watermark = watermark;
	buf_clear(&w->body);
	TRY(data_encoder_run(w->encoder, w->rows, w->packer, &w->body, &h.raw_len, err));
	rows_clear(w->rows);
	return write_body(w, &h, err);
}

/* Dictionaries never outgrow their limit: forget them, and the reader does so too. */
static void maybe_new_epoch(struct writer *w)
{
	bool is_full = w->dict_bytes >= EPOCH_BYTES;

	for (size_t i = 0; i < w->schema_count; i++)
		if (w->interns[i])
			is_full |= intern_count(w->interns[i]) >= w->opt.dict_limit;
	if (!is_full)
		return;
	for (size_t i = 0; i < w->schema_count; i++)
		if (w->interns[i])
			intern_reset(w->interns[i]);
	w->dict_bytes = 0;
	w->epoch++;
}

static int write_pending(struct writer *w, enum block_type type, struct buf *raw, uint32_t *rows,
			 struct error *err)
{
	if (raw->len == 0 && !raw->is_failed)
		return 0;
	TRY(write_block(w, type, raw, rows ? *rows : 0, err));
	buf_clear(raw);
	if (rows)
		*rows = 0;
	return 0;
}

static int write_records(struct writer *w, struct error *err)
{
	TRY(write_pending(w, BLOCK_LOSS, &w->losses, &w->loss_count, err));
	return write_pending(w, BLOCK_CLOCK, &w->clocks, &w->clock_count, err);
}

int writer_flush(struct writer *w, struct error *err)
{
	TRY(write_names(w, err));
	TRY(write_pending(w, BLOCK_FACTS, &w->facts, NULL, err));
	TRY(write_records(w, err));
	TRY(write_dicts(w, err));
	TRY(write_rows(w, err));
	maybe_new_epoch(w);
	return 0;
}

static size_t row_bytes(const struct schema *s, const struct row *row)
{
	size_t sum = 0;

	for (unsigned i = 0; i < s->field_count; i++)
		if (!s->fields[i].ref && s->fields[i].kind == FIELD_STRING)
			sum += row->values[s->own_of[i]].len;
	return sum;
}

static bool is_full(const struct writer *w)
{
	return rows_count(w->rows) >= w->opt.block_rows || rows_cells(w->rows) >= FULL_CELLS ||
	       rows_columns(w->rows) >= FULL_COLUMNS || rows_bytes(w->rows) >= FULL_BYTES ||
	       w->dict_pending >= FULL_PENDING || w->dict_bytes >= EPOCH_BYTES;
}

/* The key as a reader gets it from dict_set_int(); 0 without an entry. */
static uint64_t key_attribute(const struct writer *w, uint32_t dict, uint32_t id, int attribute)
{
	const struct schema *s = w->schemas[dict - 1];
	const struct field *f = &s->fields[attribute];
	struct view bytes;
	uint64_t key;

	if (!entry_attribute(s, intern_entry(w->interns[dict - 1], id), attribute, &bytes))
		return 0;
	key = load_le(bytes.p, f->elem_size);
	return f->flags & FIELD_SIGNED ? (uint64_t)sign_extend(key, f->elem_size) : key;
}

/* Keys of the keyed fields, by own column. */
static void row_keys(const struct writer *w, const struct schema *s, const struct row *row,
		     uint64_t keys[SCHEMA_MAX_FIELDS])
{
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		unsigned ref = f->key_ref - 1u;

		if (f->key_ref)
			keys[s->own_of[i]] = keyed_key(f, key_attribute(w, s->refs[ref],
									row->refs[ref],
									f->key_attribute));
	}
}

int writer_add(struct writer *w, const struct row *row, struct error *err)
{
	uint64_t keys[SCHEMA_MAX_FIELDS];
	const struct schema *s = writer_schema_get(w, row->schema);

	assert(s && s->kind == SCHEMA_EVENT);
	if (row_bytes(s, row) > ROW_MAX_BYTES)
		return error_set(err, ERR_USAGE, "%s: an event of more than %d bytes", s->name,
				 ROW_MAX_BYTES);
	row_keys(w, s, row, keys);
	TRY(rows_add(w->rows, s, row, keys, err));
	w->row_total++;
	if (row->ts_ns < w->min_ts)
		w->min_ts = row->ts_ns;
	if (row->ts_ns > w->max_ts)
		w->max_ts = row->ts_ns;
	return is_full(w) ? writer_flush(w, err) : 0;
}

int writer_loss(struct writer *w, const struct loss *loss, struct error *err)
{
	loss_encode(loss, &w->losses);
	w->loss_count++;
	w->lost_total += loss->count;
	if (w->losses.is_failed)
		return error_nomem(err);
	if (w->loss_count < FULL_RECORDS)
		return 0;
	TRY(write_names(w, err));
	return write_records(w, err);
}

int writer_clock(struct writer *w, const struct clock_reading *c, struct error *err)
{
	clock_encode(c, &w->clocks);
	w->clock_count++;
	if (w->clocks.is_failed)
		return error_nomem(err);
	if (w->clock_count < FULL_RECORDS)
		return 0;
	TRY(write_names(w, err));
	return write_records(w, err);
}

/* The last 16 bytes of a section: its length, the End block's length, "DNE!". */
static int put_trailer(struct writer *w, struct error *err)
{
	struct buf raw = {0};
	uint64_t section = sink_bytes(w->sink) - w->start_bytes;
	size_t block = BLOCK_HEADER_LEN + w->body.len + PART_HEADER_LEN + 16;
	int rc;

	put_u64(&raw, section + block);
	put_u32(&raw, (uint32_t)block);
	put_bytes(&raw, "DNE!", 4);
	rc = raw.is_failed ? error_nomem(err)
			   : packer_add_raw(1, view_of(raw.data, raw.len), &w->body, err);
	buf_release(&raw);
	return rc;
}

/* END body: reason, totals, facts, index; then the trailer as a second part. */
static int write_end(struct writer *w, const char *reason, const struct buf *facts,
		     struct error *err)
{
	struct block_header h = {.type = BLOCK_END,
				 .min_ts = w->row_total ? w->min_ts : 0,
				 .max_ts = w->max_ts};
	struct buf raw = {0};
	size_t totals;
	int rc;

	put_string(&raw, reason, strlen(reason));
	put_varint(&raw, w->row_total);
	put_varint(&raw, w->lost_total);
	put_string(&raw, facts->data, facts->len);
	totals = raw.len;
	index_encode(&w->index, &raw);
	if (raw.len > BLOCK_MAX_RAW - 16) { /* too long: a tape without an index */
		raw.len = totals;
		put_varint(&raw, 0);
	}
	h.raw_len = (uint32_t)raw.len + 16;
	buf_clear(&w->body);
	rc = raw.is_failed ? error_nomem(err)
			   : packer_add(w->packer, 0, view_of(raw.data, raw.len), &w->body, err);
	buf_release(&raw);
	if (rc)
		return rc;
	TRY(put_trailer(w, err));
	return write_body(w, &h, err);
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
	if (!rc)
		rc = write_end(w, reason, &facts, err);
	buf_release(&facts);
	return rc;
}

uint64_t writer_rows(const struct writer *w)
{
	return w->row_total;
}

uint64_t writer_bytes(const struct writer *w)
{
	return sink_bytes(w->sink) - w->start_bytes;
}

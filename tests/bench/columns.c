/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * columns.c -- where the bytes of a tape are: by block type and part as they are stored, and
 * by column, each compressed for itself:
 *
 *	columns TAPE [LINES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "format/column.h"
#include "format/rows.h"
#include "tests/bench/walk.h"

enum { LEVEL = 3, TYPES = 256, TAGS = 256, WHAT_ENTRIES = 100, WHAT_RAWS };

/* One column over all blocks. */
struct tally {
	uint64_t section;
	uint32_t schema, what, index;
	char name[160];
	uint64_t rows, raw_bytes, zstd_bytes;
	uint64_t codecs[256]; /* rows in each */
};

struct share {
	uint64_t count, bytes, raw_bytes;
};

struct account {
	struct walk walk;
	ZSTD_CCtx *zstd;
	struct buf scratch;
	struct tally *tallies;
	size_t count, cap;
	uint64_t events;
	struct share types[TYPES], tags[TAGS];
	uint32_t rows_of[SCHEMA_MAX + 1]; /* in the current block */
};

static const char *codec_name(unsigned codec)
{
	static const char *const names[] = {"-",      "CONST",  "VARINT", "DELTA",    "TABLE",
					    "TIME",   "KEYED",  "AS_IS",  "PLANES",   "RECENT",
					    "PAIRED", "LISTED", "SHARED", "RECALLED", "CROSSED",
					    "PACED",  "NEARBY", "TOLD",   "REUSED"};

	return codec < sizeof(names) / sizeof(*names) ? names[codec] : "?";
}

static const char *what_name(unsigned what)
{
	static const char *const names[] = {"value", "reference", "presence", "raw"};

	return what < 4 ? names[what] : what == WHAT_RAWS ? "entry raw" : "entry";
}

static const char *tag_name(unsigned tag)
{
	static const char *const names[] = {"directory", "used entries", "CPUs, schemas",
					    "times",     "references",   "values",
					    "raw times", "raw values"};

	return tag < PART_COUNT ? names[tag] : tag == PART_TAG_PADDING ? "padding" : "?";
}

/* Name of the own field with this number. */
static const char *own_name(const struct schema *s, uint32_t own)
{
	for (unsigned i = 0; i < s->field_count; i++)
		if (!s->fields[i].ref && s->own_of[i] == own)
			return s->fields[i].name;
	return "?";
}

static void name_column(const struct section *section, struct tally *t)
{
	static const char *const hot[] = {"time", "cpu", "schema"};
	const struct schema *s = section_schema(section, t->schema), *dict;
	const char *field = "?";

	if (t->schema == 0) {
		snprintf(t->name, sizeof(t->name), "(every row).%s",
			 t->index < 3 ? hot[t->index] : "?");
		return;
	}
	if (s && t->what == COLUMN_REF && t->index < s->ref_count) {
		dict = section_schema(section, s->refs[t->index]);
		field = dict ? dict->name : "?";
	} else if (s && t->what == WHAT_ENTRIES && t->index < s->field_count) {
		field = s->fields[t->index].name;
	} else if (t->what == WHAT_RAWS) {
		field = "(keyed)";
	} else if (s) {
		field = own_name(s, t->index);
	}
	snprintf(t->name, sizeof(t->name), "%.60s.%.60s", s ? s->name : "?", field);
}

static struct tally *tally_of(struct account *a, uint32_t schema, uint32_t what, uint32_t index)
{
	uint64_t section = a->walk.section.number;
	struct tally *t;

	for (size_t i = 0; i < a->count; i++) {
		t = &a->tallies[i];
		if (t->section == section && t->schema == schema && t->what == what &&
		    t->index == index)
			return t;
	}
	if (!array_grow((void **)&a->tallies, &a->cap, a->count + 1, sizeof(*t)))
		exit(1);
	t = &a->tallies[a->count++];
	*t = (struct tally){.section = section, .schema = schema, .what = what, .index = index};
	name_column(&a->walk.section, t);
	return t;
}

/* Bytes of the column as a zstd frame of its own, or as it is where that is less. */
static size_t packed(struct account *a, struct view in)
{
	size_t len = view_len(in), room = ZSTD_compressBound(len), n;

	buf_clear(&a->scratch);
	if (!buf_reserve(&a->scratch, room))
		exit(1);
	n = ZSTD_compressCCtx(a->zstd, a->scratch.data, room, in.p, len, LEVEL);
	return ZSTD_isError(n) || n > len ? len : n;
}

static void count_column(struct account *a, struct tally *t, uint8_t codec, uint64_t rows,
			 struct view in)
{
	t->rows += rows;
	t->codecs[codec] += rows;
	t->raw_bytes += view_len(in);
	t->zstd_bytes += packed(a, in);
}

static void damaged(const char *what)
{
	fprintf(stderr, "columns: a %s is not what docs/FORMAT.md says\n", what);
	exit(1);
}

struct line {
	uint64_t schema, index, len;
	uint8_t what, codec, part;
	struct view bytes;
};

/* The next line of the directory, with its bytes cut off the part they lie in. */
static bool take_line(struct view *directory, struct view parts[BLOCK_MAX_PARTS], struct line *l)
{
	return take_varint(directory, &l->schema) && take_u8(directory, &l->what) &&
	       take_varint(directory, &l->index) && take_u8(directory, &l->codec) &&
	       take_u8(directory, &l->part) && take_varint(directory, &l->len) &&
	       l->schema <= SCHEMA_MAX && l->part < BLOCK_MAX_PARTS &&
	       take_bytes(&parts[l->part], l->len, &l->bytes);
}

/* How many rows each schema has in the block. */
static void count_rows(struct account *a, const struct line *schemas)
{
	uint32_t rows = a->walk.block.header.rows;
	uint64_t *ids = calloc(rows ? rows : 1, sizeof(*ids));
	struct error err;

	if (!ids)
		exit(1);
	walk_must(column_decode_ints(schemas->codec, schemas->bytes, rows, ids, &err), &err);
	memset(a->rows_of, 0, sizeof(a->rows_of));
	a->rows_of[0] = rows;
	for (uint32_t i = 0; i < rows; i++)
		if (ids[i] && ids[i] <= SCHEMA_MAX)
			a->rows_of[ids[i]]++;
	free(ids);
}

static void count_data(struct account *a)
{
	const struct block_header *h = &a->walk.block.header;
	struct view parts[BLOCK_MAX_PARTS] = {0}, again[BLOCK_MAX_PARTS], directory;
	struct line l;

	for (unsigned i = 0; i < h->part_count; i++) {
		struct share *tag = &a->tags[a->walk.parts[i].tag];

		parts[i] = walk_part(&a->walk, i);
		tag->count++;
		tag->bytes += a->walk.parts[i].stored_len;
		tag->raw_bytes += a->walk.parts[i].raw_len;
	}
	a->events += h->rows;
	if (h->rows == 0)
		return;
	memcpy(again, parts, sizeof(parts));
	for (directory = parts[0]; view_len(directory) > 0;) {
		if (!take_line(&directory, again, &l))
			damaged("directory");
		if (l.schema == 0 && l.what == COLUMN_VALUE && l.index == HOT_SCHEMA)
			count_rows(a, &l);
	}
	for (directory = parts[0]; take_line(&directory, parts, &l);)
		count_column(a, tally_of(a, (uint32_t)l.schema, l.what, (uint32_t)l.index), l.codec,
			     a->rows_of[l.schema], l.bytes);
}

static void count_run(struct account *a, const struct schema *s, uint64_t rows, struct view in)
{
	struct view bytes;
	uint8_t codec;

	for (uint32_t i = 0; i < s->field_count; i++) {
		if (!take_u8(&in, &codec) || !take_string(&in, &bytes))
			damaged("dictionary column");
		count_column(a, tally_of(a, s->id, WHAT_ENTRIES, i), codec, rows, bytes);
	}
	if (!take_string(&in, &bytes))
		damaged("dictionary's keyed bytes");
	if (view_len(bytes) > 0)
		count_column(a, tally_of(a, s->id, WHAT_RAWS, 0), CODEC_AS_IS, rows, bytes);
}

static void count_dict(struct account *a)
{
	struct view in = walk_part(&a->walk, 0), columns;
	uint64_t schema, first, count;
	const struct schema *s;

	while (view_len(in) > 0) {
		if (!take_varint(&in, &schema) || !take_varint(&in, &first) ||
		    !take_varint(&in, &count) || !take_string(&in, &columns) || schema > SCHEMA_MAX)
			damaged("dictionary run");
		s = section_schema(&a->walk.section, (uint32_t)schema);
		if (s)
			count_run(a, s, count, columns);
	}
}

static int by_bytes(const void *left, const void *right)
{
	const struct tally *l = left, *r = right;

	return l->zstd_bytes < r->zstd_bytes ? 1 : l->zstd_bytes > r->zstd_bytes ? -1 : 0;
}

static unsigned main_codec(const struct tally *t)
{
	unsigned best = 0;

	for (unsigned i = 1; i < 256; i++)
		if (t->codecs[i] > t->codecs[best])
			best = i;
	return best;
}

static void print_columns(const struct account *a, bool is_dict, size_t lines)
{
	uint64_t raw = 0, zstd = 0;
	size_t n = 0;

	printf("\n%-50s %-10s %-7s %10s %11s %11s %7s\n",
	       is_dict ? "dictionary columns, each by itself" : "columns of events, each by itself",
	       "what", "codec", "rows", "raw bytes", "zstd bytes", "B/event");
	for (size_t i = 0; i < a->count; i++) {
		const struct tally *t = &a->tallies[i];

		if ((t->what >= WHAT_ENTRIES) != is_dict)
			continue;
		raw += t->raw_bytes;
		zstd += t->zstd_bytes;
		if (n++ < lines)
			printf("%-50s %-10s %-7s %10llu %11llu %11llu %7.3f\n", t->name,
			       what_name(t->what), codec_name(main_codec(t)),
			       (unsigned long long)t->rows, (unsigned long long)t->raw_bytes,
			       (unsigned long long)t->zstd_bytes,
			       (double)t->zstd_bytes / (double)a->events);
	}
	printf("%-50s %-10s %-7s %10s %11llu %11llu %7.3f\n", "all of them", "", "", "",
	       (unsigned long long)raw, (unsigned long long)zstd, (double)zstd / (double)a->events);
}

static void print_place(const char *name, const struct share *p, uint64_t events)
{
	if (p->count)
		printf("%-20s %8llu %11llu %11llu %7.3f\n", name, (unsigned long long)p->count,
		       (unsigned long long)p->raw_bytes, (unsigned long long)p->bytes,
		       (double)p->bytes / (double)events);
}

static void print_places(const struct account *a)
{
	struct share all = {0};

	printf("%llu events\n\n%-20s %8s %11s %11s %7s\n", (unsigned long long)a->events,
	       "as stored: blocks", "count", "raw bytes", "bytes", "B/event");
	for (unsigned i = 0; i < TYPES; i++) {
		all.count += a->types[i].count;
		all.bytes += a->types[i].bytes;
		all.raw_bytes += a->types[i].raw_bytes;
		print_place(block_type_name((uint8_t)i), &a->types[i], a->events);
	}
	print_place("all of them", &all, a->events);
	printf("\nparts of DATA blocks\n");
	for (unsigned i = 0; i < TAGS; i++)
		print_place(tag_name(i), &a->tags[i], a->events);
}

int main(int argc, char **argv)
{
	struct account *a = calloc(1, sizeof(*a));
	size_t lines = argc > 2 ? strtoul(argv[2], NULL, 10) : 30;

	if (argc < 2 || !a || !(a->zstd = ZSTD_createCCtx())) {
		fprintf(stderr, "usage: columns TAPE [LINES]\n");
		return 2;
	}
	walk_begin(&a->walk, argv[1]);
	while (walk_next(&a->walk)) {
		const struct block_header *h = &a->walk.block.header;
		struct share *type = &a->types[h->type];

		type->count++;
		type->bytes += (uint64_t)h->header_len + h->body_len;
		type->raw_bytes += h->raw_len;
		if (h->type == BLOCK_DATA)
			count_data(a);
		else if (h->type == BLOCK_DICT)
			count_dict(a);
	}
	if (a->events == 0)
		a->events = 1;
	qsort(a->tallies, a->count, sizeof(*a->tallies), by_bytes);
	print_places(a);
	print_columns(a, false, lines);
	print_columns(a, true, lines);
	walk_end(&a->walk);
	ZSTD_freeCCtx(a->zstd);
	buf_release(&a->scratch);
	free(a->tallies);
	free(a);
	return 0;
}

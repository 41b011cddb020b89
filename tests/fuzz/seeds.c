/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * seeds.c -- writes the first inputs of the fuzz targets of format/ and analyze/, from the
 * sample tape and sound tapes:
 *
 *	cc -I. -D_POSIX_C_SOURCE=200809L -o build/seeds tests/fuzz/seeds.c \
 *		tests/format/forge.c tests/format/sample_tape.c format/[a-z]*.c -lzstd -lz
 *	build/seeds tests/fuzz/corpus testdata/hello.tape testdata/good-[a-z]*.tape
 *
 * Then `fuzz_NAME -merge=1 NEW tests/fuzz/corpus/NAME` keeps what reaches something.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/block.h"
#include "format/column.h"
#include "format/index.h"
#include "format/clock_reading.h"
#include "format/fact.h"
#include "format/loss.h"
#include "tests/format/forge.h"
#include "tests/format/sample_tape.h"

static const char *root;

static void save(const char *target, const char *name, const void *data, size_t len)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%s", root, target, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void save_buf(const char *target, const char *name, struct buf *b)
{
	save(target, name, b->data, b->len);
	buf_release(b);
}

static struct part part_at(const struct sample *t, size_t at, unsigned index,
			   struct block_header *h)
{
	struct part parts[BLOCK_MAX_PARTS];

	if (block_header_decode(view_of(t->data + at, t->len - at), h, NULL) ||
	    parts_decode(view_of(t->data + at + h->header_len, h->body_len), h, parts, NULL) ||
	    index >= h->part_count)
		abort();
	return parts[index];
}

/* The first part of the first block of this type. */
static void take_raw(const struct sample *t, uint8_t type, struct buf *out)
{
	struct unpacker *u = unpacker_new();
	struct block_header h;
	struct part part = part_at(t, sample_find_block(t, type, 0), 0, &h);

	if (!buf_reserve(out, part.raw_len) || unpacker_run(u, &part, out->data, NULL))
		abort();
	out->len = part.raw_len;
	unpacker_free(u);
}

/* Long texts of names, which would only be in the way, stay as they are. */
static bool is_packed(const struct block_header *h)
{
	return h->type == BLOCK_SCHEMA && h->raw_len > 4096;
}

/* The same tape without compression: what the fuzzer changes is what the decoders see. */
static void unpack_tape(const struct sample *t, struct buf *out)
{
	struct unpacker *u = unpacker_new();
	struct block_header h;

	for (size_t at = 0; at < t->len; at += h.header_len + h.body_len) {
		struct body body = {0};
		unsigned i = 0;

		part_at(t, at, 0, &h);
		if (is_packed(&h)) {
			put_bytes(out, t->data + at, h.header_len + h.body_len);
			continue;
		}
		do {
			struct part part = part_at(t, at, i, &h);
			uint8_t *raw = malloc(part.raw_len + 1);

			if (unpacker_run(u, &part, raw, NULL))
				abort();
			forge_part(&body, 0, part.tag, part.raw_len, view_of(raw, part.raw_len));
			free(raw);
		} while (++i < h.part_count);
		h.raw_len = body.raw_len;
		forge_block(out, h, &body);
		body_release(&body);
	}
	unpacker_free(u);
}

static void save_tapes(void)
{
	struct sample *t = sample_new(12, 100), *epochs = sample_new_epochs(30, 7, 3);
	struct buf raw = {0}, more = {0};

	save("cursor", "packed", t->data, t->len);
	save("cursor", "cut", t->data, t->len - 100);
	unpack_tape(t, &raw);
	save("cursor", "raw", raw.data, raw.len);
	put_bytes(&more, "not a block", 11);
	put_bytes(&more, raw.data, raw.len);
	raw.data[BLOCK_HEADER_LEN] ^= 1;
	put_bytes(&more, raw.data, raw.len);
	save_buf("cursor", "two_sections", &more);
	save_buf("cursor", "damaged_section", &raw);
	unpack_tape(epochs, &raw);
	save_buf("cursor", "epochs", &raw);
	sample_free(t);
	sample_free(epochs);
}

/* Headers and bodies, for those who take bodies apart. */
static void save_parts(void)
{
	static const uint8_t types[] = {BLOCK_SECTION, BLOCK_DICT, BLOCK_DATA, BLOCK_END};
	struct sample *t = sample_new(60, 100);
	struct block_header h;
	char name[20];

	for (unsigned i = 0; i < sizeof(types); i++) {
		size_t at = sample_find_block(t, types[i], 0);

		if (block_header_decode(view_of(t->data + at, t->len - at), &h, NULL))
			abort();
		snprintf(name, sizeof(name), "type%u", types[i]);
		save("part", name, t->data + at, h.header_len + h.body_len);
	}
	sample_free(t);
}

static void save_names(void)
{
	struct sample *t = sample_new(60, 100);
	struct buf names = {0}, entries = {0}, both = {0};

	take_raw(t, BLOCK_SCHEMA, &names);
	take_raw(t, BLOCK_DICT, &entries);
	put_string(&both, names.data, names.len);
	put_bytes(&both, entries.data, entries.len);
	save_buf("dict", "sample", &both);
	save_buf("schema", "sample", &names);
	buf_release(&entries);
	sample_free(t);
}

static void save_index(void)
{
	struct index ix = {0};
	struct buf b = {0};

	for (uint32_t i = 0; i < 8; i++) {
		struct block_header h = {.type = BLOCK_DATA,
					 .header_len = BLOCK_HEADER_LEN,
					 .body_len = 100 + i,
					 .rows = 1000 * i,
					 .epoch = i / 3,
					 .min_ts = sample_ts(i ^ 1),
					 .max_ts = sample_ts(i + 5)};

		index_add(&ix, 250 * (uint64_t)i, &h);
	}
	index_encode(&ix, &b);
	save_buf("index", "eight", &b);
	index_release(&ix);
}

static void save_items(void)
{
	const struct loss loss = {.from_ns = sample_ts(1),
				  .to_ns = sample_ts(2),
				  .cpu = LOSS_ANY_CPU,
				  .count = 1000,
				  .cause = LOSS_RING_FULL};
	const struct clock_reading clock = {.ts_ns = sample_ts(3), .realtime_ns = UINT64_MAX};
	struct buf b = {0};

	put_u8(&b, 0);
	fact_encode("host", "sample", &b);
	fact_encode("sysctl net.ipv4.tcp_rmem", "4096 131072 6291456", &b);
	save_buf("record", "facts", &b);
	put_u8(&b, 1);
	loss_encode(&loss, &b);
	loss_encode(&loss, &b);
	save_buf("record", "losses", &b);
	put_u8(&b, 2);
	clock_encode(&clock, &b);
	clock_encode(&clock, &b);
	save_buf("record", "clocks", &b);
}

static void save_ints(const char *name, const uint64_t *values, uint16_t n)
{
	struct buf column = {0}, b = {0};

	put_u8(&b, column_encode_ints(values, n, &column));
	put_u16(&b, n);
	put_u8(&b, 0);
	put_bytes(&b, column.data, column.len);
	save_buf("column", name, &b);
	buf_release(&column);
}

static void save_ids(const char *name, const uint64_t *values, uint16_t n)
{
	struct buf column = {0}, b = {0};

	put_u8(&b, column_encode_ids(values, n, &column));
	put_u16(&b, n);
	put_u8(&b, 0);
	put_bytes(&b, column.data, column.len);
	save_buf("column", name, &b);
	buf_release(&column);
}

static void save_strings(const char *name, const struct view *values, uint16_t n, uint8_t fixed)
{
	struct byte_table *t = byte_table_new();
	struct buf column = {0}, b = {0};

	put_u8(&b, column_encode_bytes(t, values, n, &column));
	put_u16(&b, n);
	put_u8(&b, fixed);
	put_bytes(&b, column.data, column.len);
	save_buf("column", name, &b);
	buf_release(&column);
	byte_table_free(t);
}

static void save_columns(void)
{
	const uint64_t same[] = {300, 300, 300}, small[] = {0, 100, 3, 90},
		       times[] = {1000000, 1000010, 1000005},
		       ids[] = {90000, 90001, 90000, 5, 90001, 90002, 5, 5, 90000, 7, 90001, 5};
	uint64_t wide[24];
	const struct view texts[] = {view_of("a", 1), view_of("", 0), view_of("a", 1)},
			  fixed[] = {view_of("abcd", 4), view_of("efgh", 4)};

	save_ints("const", same, 3);
	save_ints("varint", small, 4);
	save_ints("delta", times, 3);
	for (unsigned i = 0; i < 24; i++)
		wide[i] = UINT64_C(1) << 40 << i % 3;
	save_ints("listed", wide, 24);
	save_ids("recent", ids, 12);
	save_strings("table", texts, 3, 0);
	save_strings("fixed", fixed, 2, 4);
	save_strings("const_bytes", fixed, 1, 4);
}

static struct sample load(const char *path)
{
	struct sample t = {0};
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END)) {
		perror(path);
		exit(1);
	}
	t.len = (size_t)ftell(f);
	t.data = malloc(t.len + 1);
	rewind(f);
	if (!t.data || fread(t.data, 1, t.len, f) != t.len)
		abort();
	fclose(f);
	return t;
}

/* The tape for the cursor, and for some views: fuzz_analyze takes the first byte as its choice. */
static void save_tape(const char *path, unsigned number)
{
	enum { CHOICES = 3, PRINTERS = 21, SOME = 64 };
	struct sample t = load(path);
	struct buf raw = {0}, input = {0};
	char name[40];

	unpack_tape(&t, &raw);
	snprintf(name, sizeof(name), "tape%u", number);
	save("cursor", name, raw.data, raw.len);
	for (unsigned i = 0; i < CHOICES; i++) {
		unsigned choice = (number * CHOICES + i) % PRINTERS;

		put_u8(&input, (uint8_t)(choice | (i == 1 ? SOME : 0)));
		put_bytes(&input, raw.data, raw.len);
		snprintf(name, sizeof(name), "tape%u_%u", number, i);
		save_buf("analyze", name, &input);
	}
	buf_release(&raw);
	free(t.data);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: seeds DIRECTORY [TAPE...]\n");
		return 2;
	}
	root = argv[1];
	save_tapes();
	save_parts();
	save_names();
	save_index();
	save_items();
	save_columns();
	for (int i = 2; i < argc; i++)
		save_tape(argv[i], (unsigned)i - 2);
	return 0;
}

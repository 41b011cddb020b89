// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_part.c -- any bytes as one block: its parts, from the body and from its table alone,
 * what they decompress to, and all of that as lists of used entries.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/dict.h"
#include "format/part.h"
#include "format/used.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void read_used(struct view in)
{
	struct used_reader reader = {.in = in};
	struct used_run run;
	struct error err = {0};
	uint32_t dict = 0;
	uint64_t next = 1;
	int rc;

	while ((rc = used_next(&reader, &run, &err)) == 0) {
		if (run.dict != dict || run.first < next)
			next = 1; /* a dictionary may be listed again */
		dict = run.dict;
		check(dict >= 1 && dict <= SCHEMA_MAX && run.count >= 1 && run.first >= next);
		next = (uint64_t)run.first + run.count;
		check(next <= DICT_MAX_ENTRIES + 1);
	}
	check(rc == END || (rc == err.status && err.text[0] != '\0'));
}

enum { ENOUGH_IDS = 1 << 12 };

/* List what `in` lists again; false when it is too much. */
static bool list_again(struct used *u, struct view in)
{
	struct used_reader reader = {.in = in};
	struct used_run run;
	size_t left = ENOUGH_IDS;

	while (used_next(&reader, &run, NULL) == 0) {
		if (run.count > left)
			return false;
		for (uint32_t i = 0; i < run.count; i++)
			check(used_add(u, run.dict, run.first + i));
		left -= run.count;
	}
	return true;
}

/* What was listed in any order is listed in one, which stays the same. */
static void write_used(struct view in)
{
	struct used *u = used_new();
	struct buf first = {0}, second = {0};

	check(u != NULL);
	if (list_again(u, in)) {
		used_encode(u, &first);
		check(list_again(u, view_of(first.data, first.len)));
		used_encode(u, &second);
		check(first.len == second.len &&
		      (first.len == 0 || memcmp(first.data, second.data, first.len) == 0));
	}
	buf_release(&first);
	buf_release(&second);
	used_free(u);
}

static void open_part(struct unpacker *u, const struct part *part)
{
	struct error err = {0};
	uint8_t *raw = malloc(part->raw_len ? part->raw_len : 1);
	int rc;

	check(raw != NULL);
	rc = unpacker_run(u, part, raw, &err);
	check(rc == err.status);
	if (!rc) {
		read_used(view_of(raw, part->raw_len));
		write_used(view_of(raw, part->raw_len));
	}
	free(raw);
}

/* The same parts when only the table is at hand and the rest is read later. */
static void read_late(struct view block, const struct block_header *h, const struct part *parts)
{
	struct part late[BLOCK_MAX_PARTS];
	struct source *source;

	check(source_open_memory(block.p, view_len(block), &source, NULL) == 0);
	check(parts_decode(view_of(block.p + h->header_len, h->part_count * (size_t)PART_ENTRY_LEN),
			   h, late, NULL) == 0);
	for (unsigned i = 0; i < h->part_count; i++) {
		check(part_read(&late[i], source, h->header_len, NULL) == 0);
		check(view_len(late[i].stored) == view_len(parts[i].stored));
		check(view_len(late[i].stored) == 0 ||
		      memcmp(late[i].stored.p, parts[i].stored.p, view_len(parts[i].stored)) == 0);
	}
	source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct view block = view_of(data, size);
	struct block_header h;
	struct unpacker *u;

	read_used(block);
	if (size < BLOCK_HEADER_LEN || block_header_decode(block, &h, NULL) ||
	    (uint64_t)h.header_len + h.body_len > size ||
	    parts_decode(view_of(data + h.header_len, h.body_len), &h, parts, NULL))
		return 0;
	u = unpacker_new();
	check(u != NULL);
	for (unsigned i = 0; i < h.part_count; i++)
		open_part(u, &parts[i]);
	read_late(block, &h, parts);
	unpacker_free(u);
	return 0;
}

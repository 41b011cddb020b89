/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* walk.c -- a tape's blocks for programs that measure. */
#include "tests/bench/walk.h"

#include <stdio.h>
#include <stdlib.h>

void walk_must(int rc, const struct error *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "bench: %s\n", err->text);
	exit(1);
}

static void out_of_memory(void)
{
	struct error err;

	walk_must(error_nomem(&err), &err);
}

void walk_begin(struct walk *w, const char *path)
{
	struct error err;

	*w = (struct walk){.unpacker = unpacker_new()};
	if (!w->unpacker)
		out_of_memory();
	walk_must(source_open(path, &w->source, &err), &err);
	scan_init(&w->scan, w->source);
}

struct view walk_part(struct walk *w, unsigned i)
{
	struct part *part = &w->parts[i];
	struct error err;

	if (i >= w->block.header.part_count)
		return (struct view){NULL, NULL};
	buf_clear(&w->raw[i]);
	if (!buf_reserve(&w->raw[i], part->raw_len + 1))
		out_of_memory();
	walk_must(unpacker_run(w->unpacker, part, w->raw[i].data, &err), &err);
	return view_of(w->raw[i].data, part->raw_len);
}

static void enter_section(struct walk *w)
{
	uint64_t number = w->section.number + (w->section.salt != 0);
	struct view in = walk_part(w, 0);
	struct error err;

	section_release(&w->section);
	w->section = (struct section){.salt = w->block.header.salt, .number = number};
	dict_set_drop(w->dicts);
	w->dicts = NULL;
	walk_must(section_take_features(&in, &err), &err);
}

static void enter_epoch(struct walk *w)
{
	uint32_t epoch = w->block.header.epoch;

	if (w->dicts && dict_set_epoch(w->dicts) == epoch)
		return;
	dict_set_drop(w->dicts);
	w->dicts = dict_set_new(epoch);
	if (!w->dicts)
		out_of_memory();
}

static void take_in(struct walk *w)
{
	const struct block_header *h = &w->block.header;
	struct error err;

	switch (h->type) {
	case BLOCK_SECTION:
		enter_section(w);
		break;
	case BLOCK_SCHEMA:
		walk_must(section_take_schemas(&w->section, walk_part(w, 0), &err), &err);
		break;
	case BLOCK_DICT:
		enter_epoch(w);
		walk_must(dict_set_decode(w->dicts, &w->section, walk_part(w, 0),
					  (uint64_t)h->body_len * BLOCK_WORK_PER_BYTE, &err),
			  &err);
		break;
	case BLOCK_DATA:
		enter_epoch(w);
		break;
	default:
		break;
	}
}

bool walk_next(struct walk *w)
{
	struct error err;
	int rc = scan_next(&w->scan, NULL, NULL, &w->block, &err);

	if (rc == 1)
		return false;
	walk_must(rc, &err);
	if (w->block.kind == SCAN_GAP) {
		fprintf(stderr, "bench: the tape is damaged at byte %llu\n",
			(unsigned long long)w->block.offset);
		exit(1);
	}
	walk_must(parts_decode(w->block.body, &w->block.header, w->parts, &err), &err);
	take_in(w);
	return true;
}

void walk_end(struct walk *w)
{
	dict_set_drop(w->dicts);
	section_release(&w->section);
	unpacker_free(w->unpacker);
	source_close(w->source);
	for (unsigned i = 0; i < BLOCK_MAX_PARTS; i++)
		buf_release(&w->raw[i]);
}

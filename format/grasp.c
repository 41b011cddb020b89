/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* grasp.c -- the decoders of section, dictionaries and rows, stopped at the first fault. */
#include "format/grasp.h"

#include <stdlib.h>

#include "format/batch.h"
#include "format/block_reader.h"
#include "format/dict.h"
#include "format/clock_reading.h"
#include "format/loss.h"
#include "format/section.h"

struct grasp {
	struct unpacker *unpacker;
	struct block_reader reader;
	struct section section;
	struct dict_set *dicts; /* of the current epoch; NULL = none yet */
	struct dict_set *none;  /* times and types of rows need no entries */
	uint64_t newest_ns;
};

int grasp_new(struct grasp **out, struct error *err)
{
	struct grasp *g = calloc(1, sizeof(*g));

	if (!g)
		return error_nomem(err);
	g->unpacker = unpacker_new();
	g->none = dict_set_new(0);
	block_reader_init(&g->reader, g->unpacker, NULL);
	if (!g->unpacker || !g->none) {
		grasp_free(g);
		return error_nomem(err);
	}
	*out = g;
	return 0;
}

void grasp_free(struct grasp *g)
{
	if (!g)
		return;
	unpacker_free(g->unpacker);
	section_release(&g->section);
	dict_set_drop(g->dicts);
	dict_set_drop(g->none);
	block_reader_release(&g->reader);
	free(g);
}

uint64_t grasp_newest_ns(const struct grasp *g)
{
	return g->newest_ns;
}

int grasp_open(struct grasp *g, const struct scan_item *block, struct view *out, struct error *err)
{
	return block_reader_open(&g->reader, block, 0, out, err);
}

static int take_fact(struct grasp *g, struct view *in, struct error *err)
{
	struct view rest = *in, key, value;

	if (!take_string(&rest, &key) || !take_string(&rest, &value))
		return error_set(err, ERR_CORRUPT, "a fact is cut short");
	TRY(section_take_facts(&g->section, (struct view){.p = in->p, .end = rest.p}, err));
	*in = rest;
	return 0;
}

static int take_name(struct grasp *g, struct view *in, struct error *err)
{
	struct view rest = *in, record;
	uint8_t kind;

	if (!take_u8(&rest, &kind) || !take_string(&rest, &record))
		return error_set(err, ERR_CORRUPT, "a schema record is cut short");
	TRY(section_take_schemas(&g->section, (struct view){.p = in->p, .end = rest.p}, err));
	*in = rest;
	return 0;
}

static int take_loss(struct view *in, struct error *err)
{
	struct view rest = *in;
	struct loss loss;

	TRY(loss_decode(&rest, &loss, err));
	*in = rest;
	return 0;
}

static int take_clock(struct grasp *g, struct view *in, struct error *err)
{
	struct view rest = *in;
	struct clock_reading clock;

	TRY(clock_decode(&rest, &clock, err));
	if (clock.ts_ns > g->newest_ns)
		g->newest_ns = clock.ts_ns;
	*in = rest;
	return 0;
}

/* One record of the block; *in moves behind it. */
static int take_record(struct grasp *g, uint8_t type, struct view *in, struct error *err)
{
	switch (type) {
	case BLOCK_SCHEMA:
		return take_name(g, in, err);
	case BLOCK_LOSS:
		return take_loss(in, err);
	case BLOCK_CLOCK:
		return take_clock(g, in, err);
	default:
		return take_fact(g, in, err);
	}
}

int grasp_accept(struct grasp *g, const struct scan_item *block, struct error *err)
{
	struct view in;
	int rc = grasp_open(g, block, &in, err);

	if (!rc)
		rc = section_take_features(&in, err);
	return status_is_damage(rc) ? 0 : rc;
}

int grasp_records(struct grasp *g, uint8_t type, struct view *in, uint32_t *count,
		  struct error *err)
{
	for (*count = 0; view_len(*in) > 0; ++*count)
		TRY(take_record(g, type, in, err));
	return 0;
}

bool grasp_has_epoch(const struct grasp *g, uint32_t epoch)
{
	return g->dicts && dict_set_epoch(g->dicts) == epoch;
}

int grasp_epoch(struct grasp *g, uint32_t epoch, struct error *err)
{
	if (grasp_has_epoch(g, epoch))
		return 0;
	dict_set_drop(g->dicts);
	g->dicts = dict_set_new(epoch);
	return g->dicts ? 0 : error_nomem(err);
}

/* What the block holds becomes known; *in is left at the first fault. */
static int learn(struct grasp *g, const struct block_header *h, struct view *in, uint32_t *count,
		 struct error *why)
{
	if (h->type == BLOCK_SECTION)
		TRY(section_take_features(in, why));
	if (h->type != BLOCK_DICT)
		return grasp_records(g, h->type, in, count, why);
	TRY(grasp_epoch(g, h->epoch, why));
	return dict_set_take(g->dicts, &g->section, in, (uint64_t)h->body_len * BLOCK_WORK_PER_BYTE,
			     why);
}

int grasp_block(struct grasp *g, const struct scan_item *block, struct view *sound, uint32_t *count,
		struct error *why)
{
	struct view in;
	int rc;

	*sound = view_of(NULL, 0);
	*count = 0;
	TRY(grasp_open(g, block, &in, why));
	*sound = in;
	rc = learn(g, &block->header, &in, count, why);
	sound->end = in.p;
	return rc;
}

int grasp_rows(struct grasp *g, const struct scan_item *block, struct error *why)
{
	struct data_block data = {.header = &block->header, .body = block->body};
	struct batch *batch = NULL;
	int rc = batch_decode(&g->section, g->none, &data, g->unpacker, &batch, why);

	batch_free(batch);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* shortcut.c -- from the ends of sections backwards (docs/FORMAT.md section 9). */
#include "format/shortcut.h"

#include <stdlib.h>
#include <string.h>

#include "format/end_totals.h"
#include "format/index.h"

enum { TRAILER_LEN = 16, SECTIONS_MAX = 4096 };

struct shortcuts {
	struct shortcut *all; /* ascending once complete */
	size_t count, cap;
};

struct search {
	struct source *source;
	struct unpacker *unpacker;
	uint64_t from_ns, to_ns;
	struct shortcuts *found;
};

void shortcuts_free(struct shortcuts *s)
{
	if (!s)
		return;
	free(s->all);
	free(s);
}

static bool add(struct shortcuts *s, struct shortcut one)
{
	void *all = s->all;

	if (!array_grow(&all, &s->cap, s->count + 1, sizeof(*s->all)))
		return false;
	s->all = all;
	s->all[s->count++] = one;
	return true;
}

static bool is_inside(const struct search *q, const struct index_entry *e)
{
	return e->max_ts >= q->from_ns && e->min_ts < q->to_ns;
}

/* Is there a DATA block inside with the epoch of entry `at`? Epochs only grow. */
static bool is_epoch_needed(const struct search *q, const struct index *ix, size_t at)
{
	for (size_t i = at; i < ix->count && ix->entries[i].epoch == ix->entries[at].epoch; i++)
		if (ix->entries[i].type == BLOCK_DATA && is_inside(q, &ix->entries[i]))
			return true;
	return false;
}

/* The answer for all blocks of an epoch is the same: `*needed` holds it from `*epoch` on. */
static bool may_skip(const struct search *q, const struct index *ix, size_t at, uint32_t *epoch,
		     bool *needed)
{
	const struct index_entry *e = &ix->entries[at];

	if (e->type == BLOCK_DATA)
		return !is_inside(q, e);
	if (e->type != BLOCK_DICT)
		return false;
	if (e->epoch != *epoch) {
		*epoch = e->epoch;
		*needed = is_epoch_needed(q, ix, at);
	}
	return !*needed;
}

static bool add_section(struct search *q, const struct index *ix, uint64_t start)
{
	struct shortcut run = {0};
	bool needed = true;
	uint32_t epoch = 0;

	for (size_t i = 0; i < ix->count; i++) {
		const struct index_entry *e = &ix->entries[i];

		if (may_skip(q, ix, i, &epoch, &needed) &&
		    (run.blocks == 0 || run.to == start + e->offset)) {
			if (run.blocks++ == 0)
				run.from = start + e->offset;
			run.to = start + e->offset + e->len;
			continue;
		}
		if (run.blocks && !add(q->found, run))
			return false;
		run.blocks = 0;
	}
	return run.blocks == 0 || add(q->found, run);
}

/* Part 0 of an END block: what precedes the index is stepped over. */
static bool take_index(struct view in, struct index *ix)
{
	struct end_totals skipped;

	return end_totals_decode(&in, &skipped, NULL) == 0 && index_decode(&in, ix, NULL) == 0;
}

/* The index of the END block that fills `block`; false when it is none, or not sound, or does not
 * list all blocks before it: one that is left out may need what others have. */
static bool open_end(struct search *q, struct view block, struct index *ix)
{
	struct part parts[BLOCK_MAX_PARTS];
	struct block_header h;
	uint8_t *raw;
	bool is_ok;

	if (block_header_decode(block, &h, NULL) || h.type != BLOCK_END ||
	    (uint64_t)h.header_len + h.body_len != view_len(block) || h.part_count == 0)
		return false;
	block.p += h.header_len;
	if (parts_decode(block, &h, parts, NULL) || !part_is_sound(&parts[0]))
		return false;
	raw = malloc(parts[0].raw_len + 1u);
	is_ok = raw && unpacker_run(q->unpacker, &parts[0], raw, NULL) == 0 &&
		take_index(view_of(raw, parts[0].raw_len), ix) && ix->count == h.seq;
	free(raw);
	return is_ok;
}

/* The section that ends at `end`: its length, 0 when it does not say. */
static int take_section(struct search *q, uint64_t end, uint64_t *len, struct error *err)
{
	struct index ix = {0};
	struct view bytes;
	uint32_t block;
	int rc = 0;

	*len = 0;
	if (end < TRAILER_LEN)
		return 0;
	TRY(source_read(q->source, end - TRAILER_LEN, TRAILER_LEN, &bytes, err));
	if (view_len(bytes) < TRAILER_LEN || memcmp(bytes.p + 12, "DNE!", 4) != 0)
		return 0;
	*len = load_le64(bytes.p);
	block = (uint32_t)load_le(bytes.p + 8, 4);
	if (*len > end || block > *len || block > BLOCK_HEADER_MAX + BLOCK_MAX_BODY) {
		*len = 0;
		return 0;
	}
	TRY(source_read(q->source, end - block, block, &bytes, err));
	if (view_len(bytes) == block && open_end(q, bytes, &ix) && !add_section(q, &ix, end - *len))
		rc = error_nomem(err);
	index_release(&ix);
	return rc;
}

static int compare(const void *a, const void *b)
{
	const struct shortcut *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

int shortcuts_new(struct source *source, struct unpacker *unpacker, uint64_t from_ns,
		  uint64_t to_ns, struct shortcuts **out, struct error *err)
{
	struct search q = {source, unpacker, from_ns, to_ns, calloc(1, sizeof(struct shortcuts))};
	uint64_t end = source_size(source), len = 1;
	int rc = 0;

	if (!q.found)
		return error_nomem(err);
	for (int i = 0; i < SECTIONS_MAX && end != UINT64_MAX && len > 0 && !rc; i++) {
		rc = take_section(&q, end, &len, err);
		end -= len;
	}
	if (rc) {
		shortcuts_free(q.found);
		return rc;
	}
	if (q.found->count)
		qsort(q.found->all, q.found->count, sizeof(*q.found->all), compare);
	*out = q.found;
	return 0;
}

const struct shortcut *shortcuts_find(const struct shortcuts *s, uint64_t offset)
{
	size_t lo = 0, hi = s ? s->count : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->all[mid].from < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return s && lo < s->count && s->all[lo].from == offset ? &s->all[lo] : NULL;
}

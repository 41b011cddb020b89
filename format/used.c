/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* used.c -- runs of entry ids, by dictionary (docs/FORMAT.md section 7.6). */
#include "format/used.h"

#include <stdlib.h>
#include <string.h>

#include "format/dict.h"

/* Bits of one dictionary's ids; only words [low, high) are not 0. */
struct ids {
	uint64_t *words;
	size_t cap, low, high;
};

struct used {
	struct ids *dicts; /* [schema id - 1] */
	size_t cap;
};

struct used *used_new(void)
{
	return calloc(1, sizeof(struct used));
}

void used_free(struct used *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->cap; i++)
		free(u->dicts[i].words);
	free(u->dicts);
	free(u);
}

static bool ids_add(struct ids *set, uint64_t id)
{
	size_t word = (size_t)(id / 64);
	void *words = set->words;

	if (word >= set->cap) {
		if (id > DICT_MAX_ENTRIES ||
		    !array_grow(&words, &set->cap, word + 1, sizeof(*set->words)))
			return false;
		set->words = words;
	}
	set->words[word] |= UINT64_C(1) << (id % 64);
	if (set->high == 0 || word < set->low)
		set->low = word;
	if (word + 1 > set->high)
		set->high = word + 1;
	return true;
}

bool used_add(struct used *u, uint32_t dict, const uint64_t *ids, size_t n)
{
	void *dicts = u->dicts;
	uint64_t last = 0;

	if (!array_grow(&dicts, &u->cap, dict, sizeof(*u->dicts)))
		return false;
	u->dicts = dicts;
	for (size_t i = 0; i < n; i++) {
		if (ids[i] && ids[i] != last && !ids_add(&u->dicts[dict - 1], ids[i]))
			return false;
		last = ids[i];
	}
	return true;
}

static bool has(const struct ids *set, uint64_t id)
{
	return id / 64 < set->high && set->words[id / 64] >> (id % 64) & 1;
}

/* Append the runs, each as the gap before it and its length - 1; returns how many. */
static uint64_t put_runs(const struct ids *set, struct buf *out)
{
	uint64_t id = (uint64_t)set->low * 64, end = (uint64_t)set->high * 64, next = 1, runs = 0;

	while (id < end) {
		uint64_t first = id;

		if (!set->words[id / 64]) {
			id = (id / 64 + 1) * 64;
			continue;
		}
		if (!has(set, id)) {
			id++;
			continue;
		}
		while (has(set, id))
			id++;
		put_varint(out, first - next);
		put_varint(out, id - first - 1);
		next = id;
		runs++;
	}
	return runs;
}

void used_encode(struct used *u, struct buf *out)
{
	struct buf runs = {0};

	for (size_t i = 0; i < u->cap; i++) {
		struct ids *set = &u->dicts[i];
		uint64_t count;

		if (set->high == 0)
			continue;
		buf_clear(&runs);
		count = put_runs(set, &runs);
		put_varint(out, i + 1);
		put_varint(out, count);
		put_bytes(out, runs.data, runs.len);
		out->is_failed |= runs.is_failed;
		memset(set->words + set->low, 0, (set->high - set->low) * sizeof(*set->words));
		set->low = set->high = 0;
	}
	buf_release(&runs);
}

static bool take_dict(struct used_reader *r)
{
	uint64_t dict;

	if (!take_varint(&r->in, &dict) || dict == 0 || dict > SCHEMA_MAX ||
	    !take_varint(&r->in, &r->left))
		return false;
	r->dict = (uint32_t)dict;
	r->next = 1;
	return true;
}

int used_next(struct used_reader *r, struct used_run *out, struct error *err)
{
	uint64_t gap, more;

	while (r->left == 0) {
		if (view_len(r->in) == 0)
			return END;
		if (!take_dict(r))
			return error_set(err, ERR_CORRUPT, "a list of used entries is damaged");
	}
	if (!take_varint(&r->in, &gap) || !take_varint(&r->in, &more) || gap > DICT_MAX_ENTRIES ||
	    more > DICT_MAX_ENTRIES || r->next + gap + more > DICT_MAX_ENTRIES)
		return error_set(err, ERR_CORRUPT, "a list of used entries is damaged");
	*out = (struct used_run){.dict = r->dict,
				 .first = (uint32_t)(r->next + gap),
				 .count = (uint32_t)more + 1};
	r->next += gap + more + 1;
	r->left--;
	return 0;
}

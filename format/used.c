/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* used.c -- runs of entry ids, by dictionary (docs/FORMAT.md section 7.6). */
#include "format/used.h"

#include <stdlib.h>
#include <string.h>

#include "format/dict.h"

/* One dictionary's ids. */
struct ids {
	uint8_t *seen; /* [cap] by id; 0 is no entry, whatever it says */
	size_t cap;
	size_t end; /* above the highest */
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
		free(u->dicts[i].seen);
	free(u->dicts);
	free(u);
}

/* Room for one beyond those there is room for. */
static SELDOM bool reserve(struct used *u, uint32_t dict, uint32_t id)
{
	void *dicts = u->dicts, *seen;
	struct ids *set;

	if (!array_grow(&dicts, &u->cap, dict, sizeof(*u->dicts)))
		return false;
	u->dicts = dicts;
	set = &u->dicts[dict - 1];
	seen = set->seen;
	if (!array_grow(&seen, &set->cap, (size_t)id + 1, sizeof(*set->seen)))
		return false;
	set->seen = seen;
	return true;
}

bool used_add(struct used *u, uint32_t dict, uint32_t id)
{
	struct ids *set;

	if (id > DICT_MAX_ENTRIES)
		return false;
	if ((dict > u->cap || id >= u->dicts[dict - 1].cap) && !reserve(u, dict, id))
		return false;
	set = &u->dicts[dict - 1];
	set->seen[id] = 1;
	set->end = id < set->end ? set->end : (size_t)id + 1;
	return true;
}

/* From `id` on, the first that was seen. */
static size_t next_seen(const struct ids *set, size_t id)
{
	while (id + 8 <= set->end && load_le64(set->seen + id) == 0)
		id += 8;
	while (id < set->end && !set->seen[id])
		id++;
	return id;
}

/* Append the runs, each as the gap before it and its length - 1; returns how many. */
static uint64_t put_runs(const struct ids *set, struct buf *out)
{
	uint64_t runs = 0;
	size_t next = 1, first;

	while ((first = next_seen(set, next)) < set->end) {
		size_t id = first;

		while (id < set->end && set->seen[id])
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

		buf_clear(&runs);
		count = put_runs(set, &runs);
		if (count > 0) {
			put_varint(out, i + 1);
			put_varint(out, count);
			put_bytes(out, runs.data, runs.len);
			out->is_failed |= runs.is_failed;
		}
		if (set->end)
			memset(set->seen, 0, set->end);
		set->end = 0;
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

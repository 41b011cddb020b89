/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dict.c -- the reader's dictionaries (docs/FORMAT.md section 6). */
#include "format/dict.h"

#include <stdlib.h>

#include "format/attributes.h"
#include "format/entries.h"

/* Entries of ids that follow each other without a gap. */
struct run {
	uint32_t first; /* id */
	uint32_t at;    /* of the entry */
};

/* Memory goes with the entries that are present, never with their ids. */
struct dict {
	struct attributes entries; /* ascending by id */
	struct run *runs;          /* ascending; one, unless entries are missing */
	size_t run_count, run_cap;
	uint64_t next_id; /* lowest that may come */
};

/* Of an attribute: what describes it, and the least that malloc takes for its two arrays. */
enum { ATTRIBUTE_BYTES = sizeof(struct attribute) + 64 };

struct dict_set {
	unsigned holders;
	uint32_t epoch;
	uint64_t total;      /* bytes of all dictionaries */
	size_t frame_bytes;  /* what they take beside their entries */
	struct keyed *keyed; /* no value between blocks; NULL until one has keys */
	struct dict **dicts; /* [schema id - 1] */
	size_t cap;
};

struct dict_set *dict_set_new(uint32_t epoch)
{
	struct dict_set *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->holders = 1;
	d->epoch = epoch;
	return d;
}

struct dict_set *dict_set_hold(struct dict_set *d)
{
	d->holders++;
	return d;
}

static void dict_free(struct dict *dict)
{
	if (!dict)
		return;
	attributes_release(&dict->entries);
	free(dict->runs);
	free(dict);
}

void dict_set_drop(struct dict_set *d)
{
	if (!d || --d->holders > 0)
		return;
	for (size_t i = 0; i < d->cap; i++)
		dict_free(d->dicts[i]);
	free(d->dicts);
	keyed_free(d->keyed);
	free(d);
}

uint32_t dict_set_epoch(const struct dict_set *d)
{
	return d->epoch;
}

static struct dict *find(const struct dict_set *d, uint32_t schema)
{
	return schema >= 1 && schema <= d->cap ? d->dicts[schema - 1] : NULL;
}

static struct dict *find_or_add(struct dict_set *d, const struct schema *layout)
{
	struct dict *dict = find(d, layout->id);
	void *dicts = d->dicts;

	if (dict)
		return dict;
	if (!array_grow(&dicts, &d->cap, layout->id, sizeof(*d->dicts)))
		return NULL;
	d->dicts = dicts;
	dict = calloc(1, sizeof(*dict));
	if (!dict || !attributes_init(&dict->entries, layout)) {
		free(dict);
		return NULL;
	}
	dict->next_id = 1;
	d->dicts[layout->id - 1] = dict;
	d->frame_bytes += sizeof(*dict) + layout->field_count * ATTRIBUTE_BYTES;
	return dict;
}

size_t dict_set_bytes(const struct dict_set *d)
{
	return (size_t)d->total;
}

size_t dict_set_memory(const struct dict_set *d)
{
	return (size_t)d->total + d->frame_bytes;
}

/* Decoding of a DICT block. */
struct intake {
	const struct section *section;
	bool is_keyed_lost; /* a run was stepped over: keyed values are unknown from here on */
	uint64_t values;    /* of all runs: each takes time, also if it is stepped over */
	uint64_t most_values;
	uint64_t work; /* bytes that may still come of this block */
};

/* A run's place in its block. */
struct run_head {
	uint64_t schema, first, count;
	struct view columns;
};

static bool has_keys(const struct schema *s)
{
	for (unsigned i = 0; i < s->field_count; i++)
		if (s->fields[i].key_ref)
			return true;
	return false;
}

/* Step over a run that cannot be read; its entries stay absent. */
static int skip_run(struct intake *in)
{
	in->is_keyed_lost = true;
	return 0;
}

static int take_head(struct view *body, struct run_head *h, struct error *err)
{
	if (!take_varint(body, &h->schema) || !take_varint(body, &h->first) ||
	    !take_varint(body, &h->count) || !take_string(body, &h->columns))
		return error_set(err, ERR_CORRUPT, "a dictionary block is cut short");
	if (h->first == 0 || h->first > DICT_MAX_ENTRIES ||
	    h->count > DICT_MAX_ENTRIES - h->first + 1)
		return error_set(err, ERR_CORRUPT, "dictionary entries %llu + %llu, limit is %d",
				 (unsigned long long)h->first, (unsigned long long)h->count,
				 DICT_MAX_ENTRIES);
	return 0;
}

static int count_values(struct intake *in, uint64_t values, struct error *err)
{
	in->values += values;
	if (in->values > in->most_values)
		return error_set(err, ERR_CORRUPT,
				 "a dictionary block of %llu values, limit is %llu",
				 (unsigned long long)in->values,
				 (unsigned long long)in->most_values);
	return 0;
}

/* `count` entries were appended; there is room for a run. */
static void note_entries(struct dict *dict, uint64_t first, uint64_t count)
{
	if (count == 0)
		return;
	if (dict->run_count == 0 || first != dict->next_id)
		dict->runs[dict->run_count++] = (struct run){(uint32_t)first,
							     (uint32_t)(dict->entries.count -
									count)};
	dict->next_id = first + count;
}

static int add_entries(struct dict_set *d, struct dict *dict, struct intake *in,
		       const struct run_head *h, struct error *err)
{
	uint64_t cost = h->count * DICT_ENTRY_COST, bytes;
	void *runs = dict->runs;

	if (h->first < dict->next_id)
		return error_set(err, ERR_CORRUPT, "dictionary %s: entry %llu after entry %llu",
				 dict->entries.schema->name, (unsigned long long)h->first,
				 (unsigned long long)dict->next_id - 1);
	if (cost > in->work)
		return error_set(err, ERR_CORRUPT,
				 "dictionary %s: more entries than its block may hold",
				 dict->entries.schema->name);
	if (!array_grow(&runs, &dict->run_cap, dict->run_count + 1, sizeof(*dict->runs)))
		return error_nomem(err);
	dict->runs = runs;
	TRY(attributes_decode(&dict->entries, h->columns, (size_t)h->count, d->keyed,
			      in->work - cost, &bytes, err));
	note_entries(dict, h->first, h->count);
	in->work -= bytes + cost;
	d->total += bytes + cost;
	return 0;
}

/* Before and after entries are added: what is over the limit is no more than a block's. */
static int check_total(const struct dict_set *d, struct error *err)
{
	if (d->total > DICT_MAX_BYTES)
		return error_set(err, ERR_CORRUPT, "dictionaries of more than %d bytes",
				 DICT_MAX_BYTES);
	return 0;
}

/* What predicts values; false without memory. */
static bool has_last_values(struct dict_set *d)
{
	if (d->keyed)
		return true;
	d->keyed = keyed_new();
	d->frame_bytes += d->keyed ? sizeof(*d->keyed) : 0;
	return d->keyed;
}

static int add_run(struct dict_set *d, struct intake *in, const struct schema *layout,
		   const struct run_head *h, struct error *err)
{
	struct dict *dict;

	TRY(check_total(d, err));
	dict = find_or_add(d, layout);
	if (!dict || (has_keys(layout) && !has_last_values(d)))
		return error_nomem(err);
	TRY(add_entries(d, dict, in, h, err));
	return check_total(d, err);
}

static int take_run(struct dict_set *d, struct intake *in, struct view *body, struct error *err)
{
	const struct schema *layout;
	struct run_head h;
	int rc;

	TRY(take_head(body, &h, err));
	layout = h.schema > SCHEMA_MAX ? NULL : section_schema(in->section, (uint32_t)h.schema);
	if (!layout || layout->kind != SCHEMA_DICT || layout->field_count == 0)
		return skip_run(in);
	if (in->is_keyed_lost && has_keys(layout))
		return 0;
	TRY(count_values(in, h.count * layout->field_count, err));
	rc = add_run(d, in, layout, &h, err);
	return rc == ERR_UNSUPPORTED ? skip_run(in) : rc;
}

int dict_set_take(struct dict_set *d, const struct section *s, struct view *body, uint64_t work,
		  struct error *err)
{
	struct intake in = {.section = s, .work = work};
	struct view rest = *body;
	int rc = 0;

	if (in.work > DICT_MAX_BYTES)
		in.work = DICT_MAX_BYTES;
	in.most_values = work < ENTRIES_MAX_VALUES ? work : ENTRIES_MAX_VALUES;
	while (view_len(rest) > 0 && !rc) {
		rc = take_run(d, &in, &rest, err);
		if (!rc)
			*body = rest;
	}
	if (d->keyed)
		keyed_reset(d->keyed);
	return rc;
}

int dict_set_decode(struct dict_set *d, const struct section *s, struct view body, uint64_t work,
		    struct error *err)
{
	return dict_set_take(d, s, &body, work, err);
}

/* Number of the last run that begins at or before `id`, or run_count. */
static size_t run_find(const struct dict *dict, uint32_t id)
{
	size_t lo = 0, hi = dict->run_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (dict->runs[mid].first <= id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? lo - 1 : dict->run_count;
}

/* The dictionary's entries, and which of them has the id; NULL when it is absent. */
static inline const struct attributes *find_entry(const struct dict_set *d, uint32_t schema,
						  uint32_t id, size_t *at)
{
	const struct dict *dict = find(d, schema);
	size_t run, end;

	if (!dict)
		return NULL;
	run = dict->run_count == 1 && id >= dict->runs[0].first ? 0 : run_find(dict, id);
	if (run == dict->run_count)
		return NULL;
	*at = dict->runs[run].at + (size_t)(id - dict->runs[run].first);
	end = run + 1 < dict->run_count ? dict->runs[run + 1].at : dict->entries.count;
	return *at < end ? &dict->entries : NULL;
}

bool dict_set_attribute(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
			struct view *out)
{
	size_t at;
	const struct attributes *entries = find_entry(d, dict, id, &at);

	return entries && attributes_bytes(entries, at, attribute, out);
}

bool dict_set_int(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
		  uint64_t *out)
{
	size_t at;
	const struct attributes *entries = find_entry(d, dict, id, &at);

	return entries && attributes_int(entries, at, attribute, out);
}

bool dict_set_find(const struct dict_set *d, uint32_t dict, uint32_t id, struct dict_entry *out)
{
	out->entries = find_entry(d, dict, id, &out->at);
	return out->entries;
}

bool dict_entry_attribute(const struct dict_entry *e, int attribute, struct view *out)
{
	return attributes_bytes(e->entries, e->at, attribute, out);
}

bool dict_entry_int(const struct dict_entry *e, int attribute, uint64_t *out)
{
	return attributes_int(e->entries, e->at, attribute, out);
}

void dict_entry_ints(const struct dict_entry *e, const int16_t *attributes, size_t count,
		     uint64_t *out)
{
	attributes_ints(e->entries, e->at, attributes, count, out);
}

bool dict_set_keys(const struct dict_set *d, uint32_t dict, int attribute, const uint32_t *ids,
		   size_t count, uint16_t *out)
{
	const struct dict *found = find(d, dict);
	uint64_t value;

	if (found && found->run_count == 1)
		return attributes_keys(&found->entries, attribute, found->runs[0].first, ids, count,
				       out);
	for (size_t i = 0; i < count; i++) {
		value = 0;
		if (ids[i] && !dict_set_int(d, dict, ids[i], attribute, &value))
			return false;
		out[i] = (uint16_t)value;
	}
	return true;
}

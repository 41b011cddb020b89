/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dict.c -- the reader's dictionaries (docs/FORMAT.md section 6). */
#include "format/dict.h"

#include <stdlib.h>

#include "format/entries.h"

/* Entries of ids that follow each other without a gap. */
struct run {
	uint32_t first; /* id */
	uint32_t at;    /* where[at] belongs to it */
};

/* Memory goes with the entries that are present, never with their ids. */
struct dict {
	const struct schema *layout;
	uint32_t *where; /* offset in `bytes` of each entry, ascending by id */
	size_t count, where_cap;
	struct run *runs; /* ascending; one, unless entries are missing */
	size_t run_count, run_cap;
	uint64_t next_id; /* lowest that may come */
	struct buf bytes;
};

struct dict_set {
	unsigned holders;
	uint32_t epoch;
	uint64_t total;      /* bytes of all dictionaries */
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
	buf_release(&dict->bytes);
	free(dict->where);
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
	if (!dict)
		return NULL;
	dict->layout = layout;
	dict->next_id = 1;
	d->dicts[layout->id - 1] = dict;
	return dict;
}

size_t dict_set_bytes(const struct dict_set *d)
{
	return (size_t)d->total;
}

/* The run that an entry with this id belongs to is the last one. */
static bool run_open(struct dict *dict, uint64_t id)
{
	void *runs = dict->runs;

	if (dict->run_count > 0 && id == dict->next_id)
		return true;
	if (!array_grow(&runs, &dict->run_cap, dict->run_count + 1, sizeof(*dict->runs)))
		return false;
	dict->runs = runs;
	dict->runs[dict->run_count++] = (struct run){.first = (uint32_t)id,
						     .at = (uint32_t)dict->count};
	return true;
}

static int add_entry(struct dict_set *d, struct dict *dict, uint64_t id, struct view *entries,
		     struct error *err)
{
	size_t size = entry_size(dict->layout, *entries);
	void *where = dict->where;

	if (size == 0)
		return error_set(err, ERR_CORRUPT, "dictionary %s: entry %llu is cut short",
				 dict->layout->name, (unsigned long long)id);
	d->total += size + DICT_ENTRY_COST;
	if (d->total > DICT_MAX_BYTES)
		return error_set(err, ERR_CORRUPT, "dictionaries of more than %d bytes",
				 DICT_MAX_BYTES);
	if (!run_open(dict, id) ||
	    !array_grow(&where, &dict->where_cap, dict->count + 1, sizeof(*dict->where)))
		return error_nomem(err);
	dict->where = where;
	dict->where[dict->count] = (uint32_t)dict->bytes.len;
	put_bytes(&dict->bytes, entries->p, size);
	if (dict->bytes.is_failed)
		return error_nomem(err);
	dict->count++;
	dict->next_id = id + 1;
	entries->p += size;
	return 0;
}

static int add_entries(struct dict_set *d, const struct schema *layout, uint64_t first,
		       uint64_t count, struct view entries, struct error *err)
{
	struct dict *dict = find_or_add(d, layout);

	if (!dict)
		return error_nomem(err);
	if (first < dict->next_id)
		return error_set(err, ERR_CORRUPT, "dictionary %s: entry %llu after entry %llu",
				 layout->name, (unsigned long long)first,
				 (unsigned long long)dict->next_id - 1);
	for (uint64_t i = 0; i < count; i++)
		TRY(add_entry(d, dict, first + i, &entries, err));
	return 0;
}

/* Decoding of a DICT block. */
struct intake {
	const struct section *section;
	struct keyed *keyed;
	bool is_keyed_lost; /* a run was stepped over: keyed values are unknown from here on */
	uint64_t values;    /* of all runs: each takes time, also if it is stepped over */
	uint64_t most_values;
	uint64_t work; /* bytes that may still come of this block */
	struct buf packed;
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

static int take_run(struct dict_set *d, struct intake *in, struct view *body, struct error *err)
{
	const struct schema *layout;
	uint64_t schema, first, count;
	struct view columns;
	int rc;

	if (!take_varint(body, &schema) || !take_varint(body, &first) ||
	    !take_varint(body, &count) || !take_string(body, &columns))
		return error_set(err, ERR_CORRUPT, "a dictionary block is cut short");
	if (first == 0 || first > DICT_MAX_ENTRIES || count > DICT_MAX_ENTRIES - first + 1)
		return error_set(err, ERR_CORRUPT, "dictionary entries %llu + %llu, limit is %d",
				 (unsigned long long)first, (unsigned long long)count,
				 DICT_MAX_ENTRIES);
	layout = schema > SCHEMA_MAX ? NULL : section_schema(in->section, (uint32_t)schema);
	if (!layout || layout->kind != SCHEMA_DICT || layout->field_count == 0)
		return skip_run(in);
	if (in->is_keyed_lost && has_keys(layout))
		return 0;
	in->values += count * layout->field_count;
	if (in->values > in->most_values)
		return error_set(err, ERR_CORRUPT,
				 "a dictionary block of %llu values, limit is %llu",
				 (unsigned long long)in->values,
				 (unsigned long long)in->most_values);
	buf_clear(&in->packed);
	rc = entries_decode(layout, columns, (size_t)count, in->keyed, in->work, &in->packed, err);
	if (rc == ERR_UNSUPPORTED)
		return skip_run(in);
	TRY(rc);
	if (in->packed.len + count * DICT_ENTRY_COST > in->work)
		return error_set(err, ERR_CORRUPT,
				 "dictionary %s: more entries than its block may hold",
				 layout->name);
	in->work -= in->packed.len + count * DICT_ENTRY_COST;
	return add_entries(d, layout, first, count, view_of(in->packed.data, in->packed.len), err);
}

int dict_set_take(struct dict_set *d, const struct section *s, struct view *body, uint64_t work,
		  struct error *err)
{
	struct intake in = {.section = s, .keyed = keyed_new(), .work = work};
	struct view rest = *body;
	int rc = 0;

	if (!in.keyed)
		return error_nomem(err);
	if (in.work > DICT_MAX_BYTES)
		in.work = DICT_MAX_BYTES;
	in.most_values = work < ENTRIES_MAX_VALUES ? work : ENTRIES_MAX_VALUES;
	while (view_len(rest) > 0 && !rc) {
		rc = take_run(d, &in, &rest, err);
		if (!rc)
			*body = rest;
	}
	buf_release(&in.packed);
	keyed_free(in.keyed);
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

/* The packed entry and all that follows it; false when absent. */
static bool find_entry(const struct dict *dict, uint32_t id, struct view *out)
{
	size_t run, at, end;

	if (!dict)
		return false;
	run = dict->run_count == 1 && id >= dict->runs[0].first ? 0 : run_find(dict, id);
	if (run == dict->run_count)
		return false;
	at = dict->runs[run].at + (size_t)(id - dict->runs[run].first);
	end = run + 1 < dict->run_count ? dict->runs[run + 1].at : dict->count;
	if (at >= end)
		return false;
	at = dict->where[at];
	*out = view_of(dict->bytes.data + at, dict->bytes.len - at);
	return true;
}

/* The attribute's bytes, and its field; NULL when there is none. */
static const struct field *find_attribute(const struct dict_set *d, uint32_t dict, uint32_t id,
					  int attribute, struct view *out)
{
	const struct dict *found = find(d, dict);
	struct view entry;

	if (!find_entry(found, id, &entry) ||
	    !entry_attribute(found->layout, entry, attribute, out))
		return NULL;
	return &found->layout->fields[attribute];
}

bool dict_set_attribute(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
			struct view *out)
{
	struct view bytes;
	const struct field *f = find_attribute(d, dict, id, attribute, &bytes);

	if (!f || f->kind == FIELD_INT)
		return false;
	*out = bytes;
	return true;
}

bool dict_set_int(const struct dict_set *d, uint32_t dict, uint32_t id, int attribute,
		  uint64_t *out)
{
	struct view bytes;
	const struct field *f = find_attribute(d, dict, id, attribute, &bytes);

	if (!f || f->kind != FIELD_INT)
		return false;
	*out = load_le(bytes.p, f->elem_size);
	if (f->flags & FIELD_SIGNED)
		*out = (uint64_t)sign_extend(*out, f->elem_size);
	return true;
}

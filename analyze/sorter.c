/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sorter.c -- packed rows, merge-sorted in memory; what does not fit is written as sorted
 * runs to one temporary file, and merged with a heap of the runs' next rows.
 */
#include "analyze/sorter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyze/cell_order.h"
#include "analyze/packed_row.h"

enum { RUN_BUFFER = 32 << 10, LENGTH_BYTES = 4, PRUNE_ROWS = 1024 };

/* A packed row in s->bytes: its keys, then its cells. */
struct entry {
	size_t at, len;
};

/* A sorted stretch of the file. */
struct run {
	off_t at;         /* next byte to read */
	off_t end;        /* of the run */
	struct buf ahead; /* read, but not yet taken */
	size_t taken;     /* of it */
	struct view row;  /* the next one, in `ahead` */
};

struct sorter {
	bool is_descending[SORTER_KEYS];
	size_t key_count, cell_count;
	uint64_t limit; /* 0 = none */
	struct buf bytes;
	struct entry *entries, *spare; /* owned; spare is for merging */
	size_t count, cap, spare_cap;
	bool is_worst_known; /* entries[limit - 1] is the last one that may be needed */
	FILE *file;          /* owned; NULL = all is in memory */
	off_t file_len;
	struct run *runs; /* owned; a heap while they are merged */
	size_t run_count, run_cap;
	bool is_reading;
	size_t next;        /* entry */
	uint64_t given;     /* rows */
	struct cell *cells; /* owned; of the row given last */
	struct arena arena;
	struct buf key_bytes; /* of the row being added */
};

struct sorter *sorter_new(const bool *is_descending, size_t key_count, size_t cell_count,
			  uint64_t limit)
{
	struct sorter *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (key_count)
		memcpy(s->is_descending, is_descending, key_count * sizeof(*is_descending));
	s->key_count = key_count;
	s->cell_count = cell_count;
	s->limit = limit;
	s->cells = calloc(cell_count + SORTER_KEYS, sizeof(*s->cells));
	if (!s->cells) {
		sorter_free(s);
		return NULL;
	}
	return s;
}

void sorter_free(struct sorter *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->run_count; i++)
		buf_release(&s->runs[i].ahead);
	if (s->file)
		fclose(s->file);
	buf_release(&s->bytes);
	buf_release(&s->key_bytes);
	arena_release(&s->arena);
	free(s->entries);
	free(s->spare);
	free(s->runs);
	free(s->cells);
	free(s);
}

/* ---- order ---- */

/* Keys are never nested (sorter_add), so need no arena. */
static int compare(const struct sorter *s, struct view a, struct view b)
{
	for (size_t i = 0; i < s->key_count; i++) {
		struct cell x = {0}, y = {0};
		int order;

		packed_row_take(&a, &x, 1, NULL);
		packed_row_take(&b, &y, 1, NULL);
		order = cell_order(&x, &y);
		/* what is unknown stays last */
		if (s->is_descending[i] && x.kind != CELL_NULL && y.kind != CELL_NULL)
			order = -order;
		if (order)
			return order;
	}
	return 0;
}

static struct view entry_view(const struct sorter *s, const struct entry *e)
{
	return view_of(s->bytes.data + e->at, e->len);
}

static void merge_halves(const struct sorter *s, const struct entry *from, struct entry *to,
			 size_t begin, size_t middle, size_t end)
{
	size_t a = begin, b = middle;

	for (size_t i = begin; i < end; i++) {
		bool takes_first = a < middle &&
				   (b == end || compare(s, entry_view(s, &from[a]),
							entry_view(s, &from[b])) <= 0);

		to[i] = takes_first ? from[a++] : from[b++];
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool sort_entries(struct sorter *s)
{
	void *spare = s->spare;

	if (!array_grow(&spare, &s->spare_cap, s->count, sizeof(*s->spare)))
		return false;
	s->spare = spare;
	for (size_t width = 1; width < s->count; width *= 2) {
		struct entry *sorted = s->spare;
		size_t cap = s->cap;

		for (size_t at = 0; at < s->count; at += 2 * width)
			merge_halves(s, s->entries, sorted, at, least(at + width, s->count),
				     least(at + 2 * width, s->count));
		s->spare = s->entries;
		s->entries = sorted;
		s->cap = s->spare_cap;
		s->spare_cap = cap;
	}
	if (s->limit && s->count > s->limit)
		s->count = (size_t)s->limit;
	return true;
}

/* ---- too many for memory ---- */

/* Forget the bytes of rows that were dropped. */
static int compact(struct sorter *s, struct error *err)
{
	struct buf kept = {0};

	for (size_t i = 0; i < s->count; i++) {
		struct entry *e = &s->entries[i];
		size_t at = kept.len;

		put_bytes(&kept, s->bytes.data + e->at, e->len);
		e->at = at;
	}
	if (kept.is_failed) {
		buf_release(&kept);
		return error_nomem(err);
	}
	buf_release(&s->bytes);
	s->bytes = kept;
	return 0;
}

static int write_failed(struct error *err)
{
	if (errno == ENOMEM)
		return error_nomem(err);
	return error_sys(err, errno, "a temporary file could not be written");
}

static bool write_row(FILE *file, struct view row)
{
	uint8_t length[LENGTH_BYTES];

	store_le(length, LENGTH_BYTES, view_len(row));
	return fwrite(length, LENGTH_BYTES, 1, file) == 1 &&
	       fwrite(row.p, 1, view_len(row), file) == view_len(row);
}

/* Write all entries, which are sorted, as a run. */
static int spill(struct sorter *s, struct error *err)
{
	struct run run = {.at = s->file_len, .end = s->file_len};
	void *runs = s->runs;

	if (!array_grow(&runs, &s->run_cap, s->run_count + 1, sizeof(*s->runs)))
		return error_nomem(err);
	s->runs = runs;
	if (!s->file)
		s->file = tmpfile();
	if (!s->file)
		return write_failed(err);
	for (size_t i = 0; i < s->count; i++) {
		if (!write_row(s->file, entry_view(s, &s->entries[i])))
			return write_failed(err);
		run.end += (off_t)(LENGTH_BYTES + s->entries[i].len);
	}
	if (fflush(s->file) != 0)
		return write_failed(err);
	s->file_len = run.end;
	s->runs[s->run_count++] = run;
	s->count = 0;
	s->is_worst_known = false;
	buf_clear(&s->bytes);
	return 0;
}

static int make_room(struct sorter *s, struct error *err)
{
	if (!sort_entries(s))
		return error_nomem(err);
	if (s->limit && s->count == s->limit) {
		TRY(compact(s, err));
		s->is_worst_known = true;
	}
	return s->bytes.len > SORTER_BYTES / 2 ? spill(s, err) : 0;
}

static bool is_full(const struct sorter *s)
{
	if (s->bytes.len + s->count * sizeof(struct entry) > SORTER_BYTES)
		return true;
	return s->limit && s->count > PRUNE_ROWS && s->count / 2 > s->limit;
}

/* What is nested has no order. */
static void pack_keys(struct sorter *s, const struct cell *keys)
{
	static const struct cell nothing = {0};

	buf_clear(&s->key_bytes);
	for (size_t i = 0; i < s->key_count; i++) {
		bool is_nested = keys[i].kind == CELL_OBJECT || keys[i].kind == CELL_LIST;

		packed_row_put(&s->key_bytes, is_nested ? &nothing : &keys[i], 1);
	}
}

int sorter_add(struct sorter *s, const struct cell *keys, const struct cell *cells,
	       struct error *err)
{
	void *entries = s->entries;
	struct entry e = {.at = s->bytes.len};

	pack_keys(s, keys);
	if (s->is_worst_known && !s->key_bytes.is_failed &&
	    compare(s, view_of(s->key_bytes.data, s->key_bytes.len),
		    entry_view(s, &s->entries[s->limit - 1])) >= 0)
		return 0;
	if (!array_grow(&entries, &s->cap, s->count + 1, sizeof(*s->entries)))
		return error_nomem(err);
	s->entries = entries;
	put_bytes(&s->bytes, s->key_bytes.data, s->key_bytes.len);
	packed_row_put(&s->bytes, cells, s->cell_count);
	if (s->bytes.is_failed || s->key_bytes.is_failed)
		return error_nomem(err);
	e.len = s->bytes.len - e.at;
	s->entries[s->count++] = e;
	return is_full(s) ? make_room(s, err) : 0;
}

/* ---- the way back ---- */

static int read_failed(int saved_errno, struct error *err)
{
	return error_sys(err, saved_errno, "a temporary file could not be read");
}

/* Have `need` bytes ahead. */
static int read_ahead(const struct sorter *s, struct run *run, size_t need, struct error *err)
{
	size_t has = run->ahead.len - run->taken, want;

	if (has >= need)
		return 0;
	if (has)
		memmove(run->ahead.data, run->ahead.data + run->taken, has);
	run->ahead.len = has;
	run->taken = 0;
	want = need - has > RUN_BUFFER ? need - has : RUN_BUFFER;
	if ((off_t)want > run->end - run->at)
		want = (size_t)(run->end - run->at);
	if (!buf_reserve(&run->ahead, want))
		return error_nomem(err);
	while (want) {
		ssize_t n = pread(fileno(s->file), run->ahead.data + run->ahead.len, want, run->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return read_failed(n < 0 ? errno : EIO, err);
		run->ahead.len += (size_t)n;
		run->at += n;
		want -= (size_t)n;
	}
	return run->ahead.len < need ? read_failed(EIO, err) : 0;
}

/* Move to the run's next row. 0, END, ... */
static int run_next(const struct sorter *s, struct run *run, struct error *err)
{
	size_t len;

	if (run->taken == run->ahead.len && run->at == run->end)
		return END;
	TRY(read_ahead(s, run, LENGTH_BYTES, err));
	len = (size_t)load_le(run->ahead.data + run->taken, LENGTH_BYTES);
	TRY(read_ahead(s, run, LENGTH_BYTES + len, err));
	run->row = view_of(run->ahead.data + run->taken + LENGTH_BYTES, len);
	run->taken += LENGTH_BYTES + len;
	return 0;
}

/* The earlier run goes first where rows are equal. */
static bool run_is_before(const struct sorter *s, const struct run *a, const struct run *b)
{
	int order = compare(s, a->row, b->row);

	return order < 0 || (order == 0 && a->end < b->end);
}

static void sift_down(struct sorter *s, size_t i)
{
	for (;;) {
		struct run moved = s->runs[i];
		size_t first = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->run_count; child++)
			if (run_is_before(s, &s->runs[child], &s->runs[first]))
				first = child;
		if (first == i)
			return;
		s->runs[i] = s->runs[first];
		s->runs[first] = moved;
		i = first;
	}
}

static int start_reading(struct sorter *s, struct error *err)
{
	s->is_reading = true;
	if (!sort_entries(s))
		return error_nomem(err);
	if (!s->file)
		return 0;
	TRY(spill(s, err));
	for (size_t i = 0; i < s->run_count; i++) {
		int rc = run_next(s, &s->runs[i], err);

		if (rc < 0)
			return rc;
		if (rc == END) /* only the last run can be empty */
			s->run_count--;
	}
	for (size_t i = s->run_count / 2; i-- > 0;)
		sift_down(s, i);
	return 0;
}

static int give(struct sorter *s, struct view row, const struct cell **cells, struct error *err)
{
	arena_reset(&s->arena);
	if (!packed_row_take(&row, s->cells, s->key_count + s->cell_count, &s->arena))
		return error_nomem(err);
	*cells = s->cells + s->key_count;
	s->given++;
	return 0;
}

/* The row at the top of the heap was given: the run has another, or leaves. */
static int leave_top(struct sorter *s, struct error *err)
{
	int rc = run_next(s, &s->runs[0], err);

	if (rc < 0)
		return rc;
	if (rc == END) {
		buf_release(&s->runs[0].ahead);
		s->runs[0] = s->runs[--s->run_count];
	}
	sift_down(s, 0);
	return 0;
}

int sorter_next(struct sorter *s, const struct cell **cells, struct error *err)
{
	bool is_first = !s->is_reading;

	if (is_first)
		TRY(start_reading(s, err));
	if (s->limit && s->given == s->limit)
		return END;
	if (!s->file) {
		if (s->next == s->count)
			return END;
		return give(s, entry_view(s, &s->entries[s->next++]), cells, err);
	}
	if (!is_first && s->run_count)
		TRY(leave_top(s, err));
	return s->run_count ? give(s, s->runs[0].row, cells, err) : END;
}

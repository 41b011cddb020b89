/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.h -- what a view hands to a renderer: columns declared once, rows of typed
 * cells. Views fill cells and know no printf; renderers print cells and know no TCP.
 * Column keys are the JSON keys and CSV heads, a promise to users.
 */
#ifndef ANALYZE_TABLE_H
#define ANALYZE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"

enum cell_kind {
	CELL_NULL = 0, /* unknown: JSON null, empty CSV field, "-" in text */
	CELL_INT,      /* num, signed */
	CELL_UINT,     /* (uint64_t)num */
	CELL_HEX,      /* (uint64_t)num as "0x..." text in every format */
	CELL_BOOL,
	CELL_TEXT,   /* hostile until the renderer has escaped it */
	CELL_NAME,   /* text that stands for num; printed as text */
	CELL_OBJECT, /* items with keys */
	CELL_LIST,   /* items without keys */
};

enum unit {
	UNIT_NONE = 0,
	UNIT_NS,    /* duration in nanoseconds; text shows 14.2 µs */
	UNIT_US,    /* the same in microseconds */
	UNIT_TIME,  /* instant on the tape's clock, ns; text shows seconds since the first event */
	UNIT_BYTES, /* text shows 11 B, 1.4 MB */
};

enum align { ALIGN_LEFT = 0, ALIGN_RIGHT, ALIGN_BY_VALUE /* numbers to the right */ };

struct cell {
	enum cell_kind kind;
	/* Text, and the key of any member: this program's words, of which JSON escapes nothing. */
	uint32_t is_own;
	int64_t num;
	union {
		struct view text; /* lent until the row has been rendered */
		struct {
			const struct member *items; /* lent likewise */
			size_t item_count;
		};
	};
};

struct member {
	const char *key; /* NULL in a list; hostile as any text */
	struct cell cell;
};

struct column {
	const char *key;   /* "duration_ns"; NULL = shown in text only */
	const char *title; /* text heading: "duration"; NULL = not shown in text; a table
			    * whose titles are all "" has no line of headings */
	const char *doc;   /* one line for the man page */
	enum unit unit;
	enum align align;
	int width;           /* least characters in text; 0 = as the title */
	const char *made_of; /* of a column without a key: the keys it is made of, "laddr,lport" */
	bool is_hidden;      /* shown only when --fields names it */
	bool wraps;          /* the last one: words that do not fit into the line go below it */
};

static inline bool column_is_shown(const struct column *c)
{
	return c->title != NULL;
}

struct table {
	const char *name; /* "conns" */
	const struct column *columns;
	size_t column_count;
};

/* Compilers keep cells that are made member by member in registers; others they build in memory
 * and copy, which takes longer than all else about a row. */
static inline struct cell cell_make(enum cell_kind kind, int64_t num, struct view text)
{
	struct cell c;

	c.kind = kind;
	c.is_own = false;
	c.num = num;
	c.text = text;
	return c;
}

static inline struct cell cell_null(void)
{
	return cell_make(CELL_NULL, 0, view_of(NULL, 0));
}

static inline struct cell cell_uint(uint64_t v)
{
	return cell_make(CELL_UINT, (int64_t)v, view_of(NULL, 0));
}

static inline struct cell cell_int(int64_t v)
{
	return cell_make(CELL_INT, v, view_of(NULL, 0));
}

static inline struct cell cell_hex(uint64_t v)
{
	return cell_make(CELL_HEX, (int64_t)v, view_of(NULL, 0));
}

static inline struct cell cell_bool(bool v)
{
	return cell_make(CELL_BOOL, v, view_of(NULL, 0));
}

static inline struct cell cell_of_items(enum cell_kind kind, const struct member *items,
					size_t count)
{
	struct cell c;

	c.kind = kind;
	c.is_own = false;
	c.num = 0;
	c.items = items;
	c.item_count = count;
	return c;
}

/* The items are lent until the row has been rendered. */
static inline struct cell cell_object(const struct member *items, size_t count)
{
	return cell_of_items(CELL_OBJECT, items, count);
}

static inline struct cell cell_list(const struct member *items, size_t count)
{
	return cell_of_items(CELL_LIST, items, count);
}

static inline struct cell cell_text(struct view v)
{
	return cell_make(CELL_TEXT, 0, v);
}

static inline struct cell cell_name(const char *name, uint64_t num)
{
	return cell_make(CELL_NAME, (int64_t)num, view_of(name, strlen(name)));
}

/* A text that no tape has a part in, without quotes and backslashes: no one need look at each byte. */
static inline struct cell cell_own(struct view v)
{
	struct cell c = cell_make(CELL_TEXT, 0, v);

	c.is_own = true;
	return c;
}

/* NULL becomes CELL_NULL. */
static inline struct cell cell_word(const char *s)
{
	return s ? cell_own(view_of(s, strlen(s))) : cell_null();
}

/* NULL becomes CELL_NULL. */
static inline struct cell cell_string(const char *s)
{
	return s ? cell_text(view_of(s, strlen(s))) : cell_null();
}

#endif

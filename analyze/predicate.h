/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * predicate.h -- what --where asks of a row:
 *
 *	newstate==TCP_ESTABLISHED && (dport==443 || saddr==10.0.0.0/8) && !uncertain
 *
 *	either = both { "||" both }          also "or"
 *	both   = one { "&&" one }            also "and"
 *	one    = "!" one | "(" either ")" | test      also "not"
 *	test   = name [ operator value ]     == != < <= > >= & ~ !~, also = and =~
 *	value  = word | 'text' | "text" | name
 *
 * Names are told by whoever knows the rows: predicate_bind() for each, then
 * predicate_has() with a cell for each. A word on the right is a name where there is one.
 */
#ifndef ANALYZE_PREDICATE_H
#define ANALYZE_PREDICATE_H

#include "analyze/table.h"
#include "format/error.h"

enum { PREDICATE_NAMES = 32, PREDICATE_NODES = 256, PREDICATE_DEPTH = 32 };

struct predicate; /* opaque */

/* *out is the caller's on 0; ERR_USAGE with what is wrong, and where. */
int predicate_parse(const char *text, struct predicate **out, struct error *err);
void predicate_free(struct predicate *p);
const char *predicate_text(const struct predicate *p);

size_t predicate_name_count(const struct predicate *p);
const char *predicate_name(const struct predicate *p, size_t i);
/* A name may be a text instead: it stands on the right only. */
bool predicate_may_lack(const struct predicate *p, size_t i);
/* Name i is this column, or, if NULL, none. May be done again. ERR_USAGE when what it is
 * compared with makes no sense. */
int predicate_bind(struct predicate *p, size_t i, const struct column *column, struct error *err);

/* The unquoted words and texts that name i is compared with by == and !=, *at from 0; NULL
 * after the last. */
const char *predicate_word(const struct predicate *p, size_t i, size_t *at);

/* cells[i] is the value of name i. Instants with units count from origin_ns. */
bool predicate_has(const struct predicate *p, const struct cell *cells, uint64_t origin_ns);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * literal.h -- a value as people write it in --where: 443, 0x1f, 5ms, 64K, 10.0.0.0/8,
 * TCP_ESTABLISHED, 'hello *'. One spelling may mean several things; what it is compared
 * with decides.
 */
#ifndef ANALYZE_LITERAL_H
#define ANALYZE_LITERAL_H

#include "analyze/address_range.h"
#include "analyze/table.h"

struct number {
	bool is_negative;
	uint64_t size;
};

/* -1, 0 or 1. */
int number_compare(struct number a, struct number b);

struct literal {
	const char *text; /* as it is meant, without quotes; lent by who made it */
	bool is_null;     /* null, without quotes: what is unknown */
	bool has_number;
	struct number number;
	enum unit unit; /* of the number: UNIT_NS of a time, UNIT_BYTES of a size with letters */
	bool has_range;
	struct address_range range;
};

/* What `text` may mean; in quotes it is a text only. */
struct literal literal_of(const char *text, bool is_quoted);

enum comparison {
	COMPARE_NONE = 0, /* is it there, and neither 0 nor empty? */
	COMPARE_EQUAL,
	COMPARE_UNEQUAL,
	COMPARE_LESS,
	COMPARE_LESS_EQUAL,
	COMPARE_GREATER,
	COMPARE_GREATER_EQUAL,
	COMPARE_LIKE, /* a glob: * and ? */
	COMPARE_UNLIKE,
	COMPARE_BITS, /* has one of these bits */
};

/* Does the order -1, 0 or 1 of two values pass? */
bool comparison_has(enum comparison op, int order);
/* What is unknown passes no comparison but that with null; a list passes when one of its items does. */
bool literal_fits(const struct literal *l, enum comparison op, const struct cell *cell);
/* The number a cell is or stands for; false when there is none. */
bool cell_number(const struct cell *cell, struct number *out);

#endif

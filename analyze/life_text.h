/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_text.h -- who and where a socket life is, as text for cells. A text lives in the
 * struct, which the caller keeps until the row has been rendered.
 */
#ifndef ANALYZE_LIFE_TEXT_H
#define ANALYZE_LIFE_TEXT_H

#include "analyze/life.h"
#include "analyze/table.h"

enum { PROCESS_MAX = 32 };

/* An address that was spelled, kept for the next row: most have the same. Start with {0}. */
struct address_text {
	uint8_t addr[16];
	uint8_t len;
	char text[ADDRESS_MAX];
};

struct life_text {
	char laddr[ADDRESS_MAX], raddr[ADDRESS_MAX];
	char local[ENDPOINT_MAX], remote[ENDPOINT_MAX];
	char process[PROCESS_MAX]; /* "nginx[812]"; "" = owner not known */
	bool has_remote;
};

void life_text_fill(struct life_text *t, const struct life *l);
/* The same in two parts, for who needs only one: `laddr` and `raddr`, and the other texts.
 * Either sets has_remote. */
void life_text_locate(struct life_text *t, const struct life *l);
void life_text_name(struct life_text *t, const struct life *l);
/* The other end is known to be one. */
bool life_text_has_remote(const struct life *l);
/* Lent until the next call for *t. */
struct cell address_cell(struct address_text *t, const uint8_t addr[16]);
/* A port or pid as a cell; 0 is null. */
static inline struct cell cell_nonzero(uint64_t v)
{
	return v ? cell_uint(v) : cell_null();
}

/* A text as a cell; "" is null. */
static inline struct cell cell_nonempty(const char *text)
{
	return text[0] ? cell_string(text) : cell_null();
}

#endif

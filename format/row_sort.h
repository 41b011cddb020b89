/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * row_sort.h -- brings the rows of a block into its order: CPU by CPU, each in the order of
 * time, equal times as they came (docs/FORMAT.md section 7).
 */
#ifndef FORMAT_ROW_SORT_H
#define FORMAT_ROW_SORT_H

#include <stdbool.h>
#include <stddef.h>

struct row_head;
struct row_sort; /* scratch, reused from block to block; opaque */

struct row_sort *row_sort_new(void); /* NULL without memory */
void row_sort_free(struct row_sort *s);
/* Puts them into *out, which is lent until the next call. False without memory. */
bool row_sort_run(struct row_sort *s, const struct row_head *heads, size_t count,
		  const struct row_head **out);

#endif

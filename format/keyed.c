/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* keyed.c -- prediction by key (docs/FORMAT.md section 7.5). */
#include "format/keyed.h"

#include <stdlib.h>
#include <string.h>

struct keyed *keyed_new(void)
{
	return calloc(1, sizeof(struct keyed));
}

void keyed_free(struct keyed *k)
{
	free(k);
}

void keyed_reset(struct keyed *k)
{
	for (size_t i = 0; i < KEYED_PLACES / KEYED_PAGE; i++) {
		if (k->is_touched[i])
			memset(k->last + i * KEYED_PAGE, 0, KEYED_PAGE * sizeof(*k->last));
		k->is_touched[i] = false;
	}
}

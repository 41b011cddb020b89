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
	memset(k, 0, sizeof(*k));
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.c -- cells from C strings.
 */
#include "analyze/table.h"

#include <string.h>

struct cell cell_string(const char *s)
{
	return s ? cell_text(view_of(s, strlen(s))) : cell_null();
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* choice.c -- wanted and unwanted blocks. */
#include "format/choice.h"

#include "format/used.h"

enum scan_want choice_of_block(const struct block_header *h, const void *arg)
{
	const struct choice *c = arg;

	if (h->type != BLOCK_DATA)
		return SCAN_BODY;
	if (h->rows == 0 || h->max_ts < c->from_ns || h->min_ts >= c->to_ns)
		return SCAN_HEADER;
	return c->is_sparse ? SCAN_TABLE : SCAN_BODY;
}

bool choice_has_used(const struct choice *c, const struct section *section,
		     const struct dict_set *dicts, struct view used)
{
	struct used_reader reader = {.in = used};
	struct used_run run;
	int rc;

	if (!c->wants_entry)
		return true;
	while ((rc = used_next(&reader, &run, NULL)) == 0) {
		const struct schema *dict = section_schema(section, run.dict);

		for (uint32_t i = 0; dict && i < run.count; i++)
			if (c->wants_entry(c->arg, dict, dicts, run.first + i))
				return true;
	}
	return rc < 0;
}

// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_dict.c -- a SCHEMA block as a string, then any bytes as a DICT block. */
#include <stdint.h>
#include <stdlib.h>

#include "format/block.h"
#include "format/dict.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static uint64_t read_entry(const struct dict_set *d, const struct schema *s, uint32_t id)
{
	uint64_t sum = 0, number;
	struct view bytes;

	for (int i = -1; i <= s->field_count; i++) {
		if (dict_set_int(d, s->id, id, i, &number))
			sum += number;
		if (!dict_set_attribute(d, s->id, id, i, &bytes))
			continue;
		check(i >= 0 && i < s->field_count);
		check(s->fields[i].kind == FIELD_STRING ||
		      view_len(bytes) == field_bytes(&s->fields[i]));
		for (const uint8_t *p = bytes.p; p < bytes.end; p++)
			sum += *p;
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t ids[] =
		{0, 1, 2, 3, 4, 16, 255, DICT_MAX_ENTRIES, DICT_MAX_ENTRIES + 1};
	struct view in = view_of(data, size), names;
	struct dict_set *d = dict_set_new(1);
	struct section s = {0};
	struct error err = {0};

	if (d && take_string(&in, &names)) {
		section_take_schemas(&s, names, NULL);
		if (dict_set_decode(d, &s, in, (uint64_t)view_len(in) * BLOCK_WORK_PER_BYTE, &err))
			check(err.status < 0 && err.text[0] != '\0');
		for (uint32_t id = 1; id <= s.schema_count; id++)
			for (size_t i = 0; section_schema(&s, id) && i < 9; i++)
				read_entry(d, section_schema(&s, id), ids[i]);
	}
	dict_set_drop(d);
	section_release(&s);
	return 0;
}

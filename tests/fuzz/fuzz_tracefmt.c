// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// fuzz-sources: record/tracefmt.c record/printfmt.c record/constant.c record/span.c
/* fuzz_tracefmt.c -- any text as a format file: what is accepted keeps its promises. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/tracefmt.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void check_field(const struct tracefmt *f, const struct tracefmt_field *field)
{
	check(field->name[0] != '\0' && field->type[0] != '\0');
	check(field->offset + field->size <= f->size && f->size <= TRACEFMT_MAX_ENTRY);
	check(field->count * field->elem_size <= field->size || field->is_data_loc ||
	      field->is_rel_loc);
	check(field->symbol_count <= TRACEFMT_MAX_SYMBOLS);
	for (size_t i = 0; i < field->symbol_count; i++)
		check(field->symbols[i].name[0] != '\0' || field->symbols[i].value_text);
	check(tracefmt_find(f, field->name) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tracefmt *f = NULL;
	struct error err = {0};

	if (tracefmt_parse((const char *)data, size, &f, &err) != OK) {
		check(err.status < 0 && err.text[0] != '\0' && !f);
		return 0;
	}
	check(f->name[0] != '\0' && f->field_count <= TRACEFMT_MAX_FIELDS);
	for (size_t i = 0; i < f->field_count; i++)
		check_field(f, &f->fields[i]);
	tracefmt_free(f);
	return 0;
}

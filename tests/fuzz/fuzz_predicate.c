// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_predicate.c -- any text as --where: it is refused with a sentence, or answers for any
 * row, the same each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/predicate.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

/* Cells of all kinds, some with bytes of the input as text. */
static struct cell cell_at(size_t i, const char *text, size_t len)
{
	static const struct member items[] = {{"a", {.kind = CELL_UINT, .num = 7}}};

	switch (i % 8) {
	case 0:
		return cell_uint(len * i);
	case 1:
		return cell_int(-(int64_t)i);
	case 2:
		return cell_text(view_of(text, len));
	case 3:
		return cell_name(text, i);
	case 4:
		return cell_object(items, 1);
	case 5:
		return cell_hex(len << 20);
	case 6:
		return cell_bool(len & 1);
	default:
		return cell_null();
	}
}

static void ask(struct predicate *p, const char *text, size_t len)
{
	static const struct column columns[] = {{.key = "a_ns", .unit = UNIT_TIME},
						{.key = "a_us"},
						{.key = "a_ns", .unit = UNIT_NS}};
	struct cell cells[PREDICATE_NAMES];
	struct error err = {0};

	for (size_t i = 0; i < predicate_name_count(p); i++) {
		const struct column *c = predicate_may_lack(p, i) && len % 2 ? NULL
									     : &columns[i % 3];
		size_t at = 0;

		if (predicate_bind(p, i, c, &err)) {
			check(err.status == ERR_USAGE && err.text[0]);
			return;
		}
		while (predicate_word(p, i, &at))
			;
		cells[i] = cell_at(i + len, text, len);
	}
	check(predicate_has(p, cells, 5) == predicate_has(p, cells, 5));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	struct predicate *p = NULL;
	struct error err = {0};

	check(text != NULL);
	if (size)
		memcpy(text, data, size);
	if (predicate_parse(text, &p, &err))
		check(err.status == ERR_USAGE && err.text[0]);
	else
		ask(p, text, strlen(text));
	predicate_free(p);
	free(text);
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_record.c -- any bytes as facts, losses or clock readings, as the first one says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/clock_reading.h"
#include "format/fact.h"
#include "format/loss.h"

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static int take_facts(struct view *in, struct error *err)
{
	struct fact_list l = {0};
	int rc = facts_decode(in, &l, err);

	check(l.count <= FACTS_MAX);
	for (size_t i = 0; i < l.count; i++) {
		check(strlen(l.facts[i].key) <= FACT_MAX_KEY);
		check(strlen(l.facts[i].value) <= FACT_MAX_VALUE);
		check(fact_list_find(&l, l.facts[i].key) != NULL);
	}
	fact_list_release(&l);
	return rc;
}

static int take_loss(struct view *in, struct error *err)
{
	struct loss a, b;
	struct buf bytes = {0};
	struct view again;

	TRY(loss_decode(in, &a, err));
	loss_encode(&a, &bytes);
	again = view_of(bytes.data, bytes.len);
	check(loss_decode(&again, &b, NULL) == 0 && view_len(again) == 0);
	check(a.from_ns == b.from_ns && a.to_ns == b.to_ns && a.count == b.count);
	check(a.cpu == b.cpu && a.schema == b.schema && a.cause == b.cause);
	buf_release(&bytes);
	return 0;
}

static int take_clock(struct view *in, struct error *err)
{
	struct clock_reading a, b;
	struct buf bytes = {0};
	struct view again;

	TRY(clock_decode(in, &a, err));
	clock_encode(&a, &bytes);
	again = view_of(bytes.data, bytes.len);
	check(clock_decode(&again, &b, NULL) == 0 && view_len(again) == 0);
	check(memcmp(&a, &b, sizeof(a)) == 0);
	buf_release(&bytes);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int (*const takes[])(struct view *, struct error *) = {take_facts, take_loss, take_clock};
	struct view in = view_of(data, size);
	struct error err = {0};
	uint8_t which;
	int rc = 0;

	if (!take_u8(&in, &which))
		return 0;
	while (!rc && view_len(in) > 0)
		rc = takes[which % 3](&in, &err);
	check(!rc || (err.status == rc && err.text[0] != '\0'));
	return 0;
}

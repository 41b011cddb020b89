// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_recovery.c -- any bytes as a tape: what is recovered is whole and has the same events. */
#include <stdint.h>
#include <stdlib.h>

#include "format/cursor.h"
#include "format/recovery.h"
#include "format/source.h"

/* More take too long, or are too many at once for a reader. */
enum { ENOUGH_VALUES = 1000000, ENOUGH_RECORDS = 1 << 17 };

struct reading {
	uint64_t events, values, records;
	uint64_t sum; /* of all events, whatever their order: that rests on promises of the tape */
	bool is_complete;
	int rc;
};

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 29;
}

static void read_event(struct reading *r, const struct event *ev)
{
	uint64_t h = mix(mix(ev->ts_ns, ev->cpu), ev->schema->id), v;
	struct view bytes;

	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_int(ev, i, &v)) {
			h = mix(h, v);
		} else if (event_bytes(ev, i, &bytes)) {
			h = mix(h, view_len(bytes));
			for (const uint8_t *p = bytes.p; p < bytes.end; p++)
				h = mix(h, *p);
		} else {
			h = mix(h, 77);
		}
	}
	r->events++;
	r->values += ev->schema->field_count + 1u;
	r->sum += h;
}

static bool is_enough(const struct reading *r)
{
	return r->values > ENOUGH_VALUES || r->records > ENOUGH_RECORDS;
}

static struct reading read_tape(struct source *source)
{
	struct reading r = {0};
	struct error err;
	struct cursor *c;
	struct item item;

	r.rc = cursor_open(source, &c, &err);
	if (r.rc)
		return r;
	while (!is_enough(&r) && (r.rc = cursor_next(c, &item, &err)) == 0) {
		if (item.kind == ITEM_EVENT)
			read_event(&r, &item.event);
		r.records += item.kind == ITEM_LOSS || item.kind == ITEM_CLOCK;
	}
	r.is_complete = cursor_health(c)->is_complete;
	cursor_close(c);
	return r;
}

static struct reading read_bytes(const uint8_t *data, size_t size)
{
	struct reading r;
	struct source *source;

	check(source_open_memory(data, size, &source, NULL) == 0);
	r = read_tape(source);
	source_close(source);
	return r;
}

/* All of it into *sink. *is_whole says whether anything was missing. */
static int recover(const uint8_t *data, size_t size, struct sink *sink, bool *is_whole)
{
	struct source *source;
	struct recovery *r;
	struct recovery_item item;
	struct error err = {0};
	int rc;

	check(source_open_memory(data, size, &source, NULL) == 0);
	rc = recovery_open(source, "fuzz", &r, &err);
	if (rc == 0) {
		recovery_write_to(r, sink);
		while ((rc = recovery_next(r, &item, &err)) == 0)
			check(item.kind == RECOVERY_SECTION || item.gap.reason[0] != '\0');
		*is_whole = recovery_is_whole(recovery_total(r));
		recovery_close(r);
	}
	source_close(source);
	check(rc == END || err.text[0] != '\0');
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading old = read_bytes(data, size), new;
	struct sink *sink;
	const uint8_t *tape;
	bool is_whole = false;
	size_t len;
	int rc;

	if (is_enough(&old) || sink_open_memory(&sink, NULL))
		return 0;
	rc = recover(data, size, sink, &is_whole);
	check(rc == old.rc);
	tape = sink_memory(sink, &len);
	if (rc == END) {
		new = read_bytes(tape, len);
		check(new.rc == END &&new.is_complete);
		check(new.events == old.events &&new.sum == old.sum);
		check(is_whole == old.is_complete);
	}
	sink_close(sink, NULL);
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_cursor.c -- any bytes as a tape: read to the end, every field of every event; again
 * with a limit of time, and of dictionary entries.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/cursor.h"
#include "format/dict.h"
#include "format/source.h"

/* 64 KiB can hold 400 compressed blocks of 65536 rows: enough has been seen before. */
enum { ENOUGH_EVENTS = 200000, ENOUGH_VALUES = 1000000 };

/* What one pass saw. */
struct pass {
	uint64_t from_ns, to_ns;
	uint32_t entry; /* not 0: only blocks that refer to an entry with this id */
	uint64_t events, values;
	uint64_t first_ts, last_ts;
	uint64_t sum;  /* of every byte, so that all are touched */
	bool is_sound; /* nothing was skipped */
	int rc;
};

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void read_bytes(struct pass *p, struct view bytes)
{
	for (const uint8_t *at = bytes.p; at < bytes.end; at++)
		p->sum += *at;
}

static void read_text(struct pass *p, const char *text)
{
	read_bytes(p, view_of(text, strlen(text)));
}

static void read_field(struct pass *p, const struct event *ev, int i)
{
	const struct field *f = &ev->schema->fields[i];
	struct view bytes;
	uint64_t v;

	p->values++;
	if (event_int(ev, i, &v)) {
		check(f->kind == FIELD_INT);
		p->sum += v;
	} else if (event_bytes(ev, i, &bytes)) {
		check(f->kind == FIELD_STRING || view_len(bytes) == field_bytes(f));
		read_bytes(p, bytes);
	}
}

static void read_event(struct pass *p, const struct item *item)
{
	const struct event *ev = &item->event;
	struct view bytes;
	uint64_t v;

	check(ev->ts_ns >= p->from_ns && ev->ts_ns < p->to_ns);
	check(section_schema(item->section, ev->schema->id) == ev->schema);
	if (p->events++ == 0)
		p->first_ts = ev->ts_ns;
	p->last_ts = ev->ts_ns;
	for (int i = 0; i < ev->schema->field_count && p->values < ENOUGH_VALUES; i++)
		read_field(p, ev, i);
	for (int ref = 0; ref <= ev->schema->ref_count + 1; ref++) {
		p->sum += event_ref(ev, ref) + event_epoch(ev);
		p->sum += event_ref_int(ev, ref, 0, &v);
		if (event_ref_bytes(ev, ref, 1, &bytes))
			read_bytes(p, bytes);
	}
}

static void read_section(struct pass *p, const struct section *s)
{
	for (size_t i = 0; i < s->facts.count; i++) {
		read_text(p, s->facts.facts[i].key);
		read_text(p, s->facts.facts[i].value);
	}
	for (uint32_t id = 0; id <= s->schema_count + 1; id++) {
		const struct schema *schema = section_schema(s, id);

		if (!schema)
			continue;
		read_text(p, schema->name);
		for (unsigned i = 0; i < schema->field_count; i++)
			p->sum += section_enum(s, schema->fields[i].enum_id) != NULL;
	}
}

static void read_item(struct pass *p, const struct item *item)
{
	switch (item->kind) {
	case ITEM_EVENT:
		read_event(p, item);
		break;
	case ITEM_SECTION:
	case ITEM_SCHEMA:
		read_section(p, item->section);
		break;
	case ITEM_GAP:
		check(item->gap.reason[0] != '\0');
		read_text(p, item->gap.reason);
		break;
	case ITEM_END:
		read_text(p, item->end.reason);
		break;
	case ITEM_LOSS:
		p->sum += item->loss.count;
		break;
	case ITEM_CLOCK:
		p->sum += item->clock.ts_ns;
		break;
	default:
		abort();
	}
}

static bool wants_entry(void *arg, const struct schema *dict, const struct dict_set *dicts,
			uint32_t id)
{
	struct pass *p = arg;
	struct view bytes;

	check(id > 0 && id <= DICT_MAX_ENTRIES);
	if (dict_set_attribute(dicts, dict->id, id, 0, &bytes))
		read_bytes(p, bytes);
	return id == p->entry;
}

static void read_tape(struct pass *p, struct source *source)
{
	struct error err = {0};
	struct cursor *cursor;
	struct item item;

	p->rc = cursor_open(source, &cursor, &err);
	if (p->rc) {
		check(p->rc < 0 && err.text[0] != '\0');
		return;
	}
	cursor_limit_time(cursor, p->from_ns, p->to_ns, NULL);
	if (p->entry)
		cursor_limit_entries(cursor, wants_entry, p);
	while ((p->rc = cursor_next(cursor, &item, &err)) == 0 && p->events < ENOUGH_EVENTS)
		read_item(p, &item);
	if (p->rc == END)
		check(cursor_next(cursor, &item, &err) == END);
	p->is_sound = cursor_health(cursor)->damaged_blocks == 0 &&
		      cursor_health(cursor)->skipped_bytes == 0;
	read_text(p, cursor_health(cursor)->first_problem);
	cursor_close(cursor);
}

static struct pass run(const uint8_t *data, size_t size, struct pass p)
{
	struct source *source;

	if (source_open_memory(data, size, &source, NULL))
		abort();
	read_tape(&p, source);
	source_close(source);
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pass all = run(data, size, (struct pass){.to_ns = UINT64_MAX}), part;
	uint64_t middle = all.first_ts + (all.last_ts - all.first_ts) / 2;

	if (all.rc != END || all.events == 0)
		return 0;
	/* What a limit leaves unread is not seen to be damaged, and takes nothing behind it away. */
	part = run(data, size, (struct pass){.from_ns = middle, .to_ns = UINT64_MAX});
	check(!all.is_sound || part.rc < 0 || part.events <= all.events);
	run(data, size, (struct pass){.to_ns = middle});
	part = run(data, size, (struct pass){.to_ns = UINT64_MAX, .entry = 1});
	check(!all.is_sound || part.rc < 0 || part.events <= all.events);
	return 0;
}

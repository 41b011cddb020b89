/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_writer_outage.c -- a disk that is full for a while costs events, and they are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/source.h"
#include "format/writer.h"
#include "tests/format/forge.h"
#include "tests/format/tight_file.h"

enum { EVENTS = 2, CPUS = 3, MAX_ROWS = 20000, STEP_NS = 1000000, NOTHING = 10, LONG = 60000 };

struct added {
	uint32_t schema, cpu;
	bool is_seen, is_lost;
};

struct world {
	struct tight_file file;
	struct writer *writer;
	uint32_t dict, events[EVENTS];
	struct added added[MAX_ROWS]; /* the row of time (i + 1) * STEP_NS */
	unsigned count;
	uint64_t told; /* losses told to the writer */
	uint64_t random;
};

static void add_event(struct world *w, unsigned n)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", n ? "second" : "first", "format");
	struct field bound = forge_field("bound", FIELD_STRING, 1, 0);

	assert_int_equal(schema_add_ref(s, w->dict, NULL), 1);
	bound.ref = 1;
	forge_add(s, bound);
	forge_add(s, forge_field("number", FIELD_INT, 8, 1));
	assert_int_equal(writer_schema(w->writer, s, &w->events[n], NULL), 0);
}

static void open_writer(struct world *w, struct sink *sink)
{
	struct writer_options opt = {.salt = 5,
				     .zstd_level = 1,
				     .block_rows = 10,
				     .dict_limit = 50};
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);

	assert_int_equal(writer_new(sink, &opt, &w->writer, NULL), 0);
	assert_int_equal(writer_fact(w->writer, "host", "early", NULL), 0);
	forge_add(dict, forge_field("text", FIELD_STRING, 1, 0));
	assert_int_equal(writer_schema(w->writer, dict, &w->dict, NULL), 0);
	for (unsigned i = 0; i < EVENTS; i++)
		add_event(w, i);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->random = 1;
	tight_file_open(&w->file);
	open_writer(w, w->file.sink);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	writer_free(w->writer);
	tight_file_close(&w->file);
	free(w);
	return 0;
}

/* What row `i` is bound to; neighbours share it, and it comes again later. */
static size_t entry_text(unsigned i, char text[32])
{
	return (size_t)snprintf(text, 32, "entry %u", i / 3 % 100);
}

static uint32_t intern(struct world *w, const char *text, size_t len)
{
	struct buf packed = {0};
	uint32_t id = 0;

	put_u16(&packed, (uint16_t)len);
	put_bytes(&packed, text, len);
	assert_int_equal(writer_intern(w->writer, w->dict, packed.data, packed.len, &id, NULL), 0);
	buf_release(&packed);
	return id;
}

static void add_row(struct world *w)
{
	struct added *a = &w->added[w->count];
	struct value value = {.num = w->count};
	char text[32];
	uint32_t id = intern(w, text, entry_text(w->count, text));
	struct row row = {.refs = &id, .values = &value};

	assert_true(w->count < MAX_ROWS);
	a->schema = row.schema = w->events[w->count % EVENTS];
	a->cpu = row.cpu = w->count % 7 % CPUS;
	row.ts_ns = (uint64_t)++w->count * STEP_NS;
	assert_int_equal(writer_add(w->writer, &row, NULL), 0);
}

static void add_rows(struct world *w, unsigned n)
{
	while (n-- > 0)
		add_row(w);
}

static void tell_loss(struct world *w, uint64_t count)
{
	struct loss loss = {.from_ns = 1, .to_ns = 2, .count = count, .cause = LOSS_RING_FULL};

	w->told += count;
	assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
}

/* What a reader found. */
struct found {
	uint64_t events, lost, told_losses;
	uint64_t last_ts;
	struct section_end end;
	struct health health;
};

static void see_event(struct world *w, struct found *f, const struct event *ev)
{
	unsigned i = (unsigned)(ev->ts_ns / STEP_NS) - 1;
	struct view bytes = {0};
	uint64_t number = 0;
	char text[32];
	size_t len = entry_text(i, text);

	assert_true(i < w->count && !w->added[i].is_seen && !w->added[i].is_lost);
	w->added[i].is_seen = true;
	assert_int_equal(ev->schema->id, w->added[i].schema);
	assert_int_equal(ev->cpu, w->added[i].cpu);
	assert_true(event_int(ev, 1, &number));
	assert_int_equal(number, i);
	assert_true(event_bytes(ev, 0, &bytes));
	assert_int_equal(view_len(bytes), len);
	assert_memory_equal(bytes.p, text, len);
	f->events++;
	f->last_ts = ev->ts_ns;
}

/* A loss begins and ends with an event that is missing, and counts those between. */
static void see_loss(struct world *w, struct found *f, const struct loss *loss)
{
	uint64_t first = loss->from_ns / STEP_NS - 1, last = loss->to_ns / STEP_NS - 1, count = 0;

	if (loss->cause == LOSS_RING_FULL) {
		f->told_losses += loss->count;
		return;
	}
	assert_int_equal(loss->cause, LOSS_WRITE);
	assert_true(f->last_ts < loss->from_ns);
	for (uint64_t i = first; i <= last && i < w->count; i++) {
		struct added *a = &w->added[i];

		if (a->schema != loss->schema || a->cpu != loss->cpu)
			continue;
		assert_false(a->is_seen || a->is_lost);
		a->is_lost = true;
		count++;
	}
	assert_int_equal(count, loss->count);
	assert_true(w->added[first].is_lost && w->added[last].is_lost);
	f->lost += loss->count;
}

static struct found read_tape(struct world *w, const char *path)
{
	struct found f = {0};
	struct error err = {0};
	struct source *source;
	struct cursor *cursor;
	struct item item;

	assert_int_equal(source_open(path, &source, NULL), 0);
	if (cursor_open(source, &cursor, &err))
		fail_msg("%s", err.text);
	while (cursor_next(cursor, &item, NULL) == 0) {
		if (item.kind == ITEM_GAP)
			fail_msg("%s", item.gap.reason);
		if (item.kind == ITEM_SECTION)
			assert_string_equal(fact_list_find(&item.section->facts, "host"), "early");
		if (item.kind == ITEM_EVENT)
			see_event(w, &f, &item.event);
		if (item.kind == ITEM_LOSS)
			see_loss(w, &f, &item.loss);
		if (item.kind == ITEM_END)
			f.end = item.end;
	}
	f.health = *cursor_health(cursor);
	assert_int_equal(f.health.unreadable_events, 0);
	cursor_close(cursor);
	source_close(source);
	return f;
}

/* Nothing is on the tape twice, and nothing missing without being counted. */
static struct found everything_is_told(struct world *w, const char *path)
{
	struct found f = read_tape(w, path);

	assert_true(f.health.is_complete);
	assert_int_equal(f.events + f.lost, w->count);
	assert_int_equal(f.told_losses, w->told);
	assert_int_equal(f.end.rows, f.events);
	assert_int_equal(f.end.lost, f.lost + w->told);
	assert_int_equal(writer_rows(w->writer), f.events);
	return f;
}

static void end(struct world *w)
{
	struct error err = {0};

	if (writer_end(w->writer, "stop", &err))
		fail_msg("%s", err.text);
	assert_null(writer_stall_reason(w->writer));
}

static void a_full_disk_is_waited_out(void **state)
{
	struct world *w = *state;
	struct found f;

	add_rows(w, 100);
	assert_null(writer_stall_reason(w->writer));
	tight_file_allow(&w->file, NOTHING);
	add_rows(w, 200);
	assert_non_null(writer_stall_reason(w->writer));
	assert_non_null(strstr(writer_stall_reason(w->writer), w->file.path));
	tight_file_free_room(&w->file);
	add_rows(w, 100);
	assert_null(writer_stall_reason(w->writer));
	end(w);
	f = everything_is_told(w, w->file.path);
	assert_int_equal(f.lost, 200);
	for (unsigned i = 0; i < w->count; i++)
		assert_int_equal(w->added[i].is_lost, i >= 100 && i < 300);
}

static void a_disk_that_is_full_from_the_beginning_costs_no_names(void **state)
{
	struct world *w = *state;
	struct found f;

	tight_file_allow(&w->file, NOTHING);
	add_rows(w, 50);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(writer_bytes(w->writer), 0);
	tight_file_free_room(&w->file);
	add_rows(w, 50);
	end(w);
	f = everything_is_told(w, w->file.path);
	assert_int_equal(f.lost, 50);
}

/* Entries that wait are written before there is a row, or fail to be. */
static void intern_much(struct world *w)
{
	char *text = calloc(1, LONG);

	for (unsigned i = 0; i < 60; i++) {
		memcpy(text, &i, sizeof(i));
		intern(w, text, LONG);
	}
	free(text);
}

static void entries_that_find_no_room_cost_the_rows_in_hand(void **state)
{
	struct world *w = *state;
	struct found f;
	uint32_t epoch;

	add_rows(w, 25);
	epoch = writer_epoch(w->writer);
	tight_file_allow(&w->file, NOTHING);
	intern_much(w);
	assert_non_null(writer_stall_reason(w->writer));
	assert_int_equal(writer_epoch(w->writer), epoch); /* ids are good until the next add */
	add_rows(w, 1);
	assert_int_not_equal(writer_epoch(w->writer), epoch);
	tight_file_free_room(&w->file);
	add_rows(w, 25);
	end(w);
	f = everything_is_told(w, w->file.path);
	assert_int_equal(f.lost, 6);
}

static void room_that_comes_back_before_the_next_row_is_used(void **state)
{
	struct world *w = *state;

	add_rows(w, 25);
	tight_file_allow(&w->file, NOTHING);
	intern_much(w);
	tight_file_free_room(&w->file);
	add_rows(w, 30);
	end(w);
	assert_int_equal(everything_is_told(w, w->file.path).lost, 6);
}

static void room_that_comes_back_before_the_end_is_used(void **state)
{
	struct world *w = *state;

	add_rows(w, 25);
	tight_file_allow(&w->file, NOTHING);
	intern_much(w);
	tight_file_free_room(&w->file);
	end(w);
	assert_int_equal(everything_is_told(w, w->file.path).lost, 5);
}

static void a_disk_that_stays_full_is_told_at_the_end(void **state)
{
	struct world *w = *state;
	struct error err = {0};
	struct found f;
	struct stat st;

	add_rows(w, 100);
	tight_file_allow(&w->file, NOTHING);
	add_rows(w, 57);
	assert_int_equal(writer_end(w->writer, "stop", &err), ERR_IO);
	assert_non_null(strstr(err.text, w->file.path));
	assert_non_null(strstr(err.text, "57 events"));
	f = read_tape(w, w->file.path);
	assert_int_equal(f.events, 100);
	assert_int_equal(f.lost, 0);
	assert_true(f.health.is_cut);
	assert_int_equal(f.health.skipped_bytes, 0);
	assert_int_equal(stat(w->file.path, &st), 0);
	assert_int_equal(st.st_size, writer_bytes(w->writer));
}

static uint64_t next_random(struct world *w, uint64_t below)
{
	w->random = w->random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (w->random >> 33) % below;
}

/* Some blocks of a flush find room, and others do not. */
static void whatever_block_finds_no_room_nothing_is_lost_untold(void **state)
{
	struct world *w = *state;
	uint64_t outages = 0;

	for (unsigned round = 0; round < 600; round++) {
		if (next_random(w, 3) == 0)
			tight_file_free_room(&w->file);
		else
			tight_file_allow(&w->file, next_random(w, 1200));
		if (next_random(w, 4) == 0)
			tell_loss(w, next_random(w, 5));
		add_rows(w, (unsigned)next_random(w, 40));
		if (next_random(w, 2) == 0)
			assert_int_equal(writer_flush(w->writer, NULL), 0);
		outages += writer_stall_reason(w->writer) != NULL;
	}
	assert_true(outages > 100);
	tight_file_free_room(&w->file);
	end(w);
	assert_true(everything_is_told(w, w->file.path).events > 1000);
}

static void losses_that_wait_too_long_are_counted_together(void **state)
{
	struct world *w = *state;

	add_rows(w, 10);
	tight_file_allow(&w->file, NOTHING);
	for (unsigned i = 0; i < 10000; i++)
		tell_loss(w, i % 3);
	tight_file_free_room(&w->file);
	add_rows(w, 10);
	end(w);
	assert_int_equal(everything_is_told(w, w->file.path).lost, 0);
}

/* The real thing: a file system of 256 KiB, half of it taken by something else. */
static void a_file_system_that_fills_up_and_is_tidied_up(void **state)
{
	struct world *w = *state;
	char disk[] = "/tmp/tcptape-full.XXXXXX", command[200], tape[64], ballast[64];
	struct sink *sink;
	struct found f;
	static uint8_t block[128 << 10];
	FILE *file;

	assert_non_null(mkdtemp(disk));
	snprintf(command, sizeof(command), "mount -t tmpfs -o size=256k tmpfs %s 2>/dev/null",
		 disk);
	if (geteuid() != 0 || system(command) != 0) {
		rmdir(disk);
		print_message("needs root, and a Linux that lets it mount\n");
		skip();
	}
	snprintf(tape, sizeof(tape), "%s/tape", disk);
	snprintf(ballast, sizeof(ballast), "%s/ballast", disk);
	file = fopen(ballast, "wb");
	assert_int_equal(fwrite(block, 1, sizeof(block), file), sizeof(block));
	assert_int_equal(fclose(file), 0);
	writer_free(w->writer);
	assert_int_equal(sink_open(tape, true, &sink, NULL), 0);
	open_writer(w, sink);
	while (!writer_stall_reason(w->writer))
		add_row(w);
	add_rows(w, 100);
	assert_non_null(writer_stall_reason(w->writer));
	assert_int_equal(unlink(ballast), 0);
	add_rows(w, 100);
	end(w);
	f = everything_is_told(w, tape);
	assert_true(f.lost >= 100 && f.lost < 150);
	sink_close(sink, NULL);
	snprintf(command, sizeof(command), "umount %s", disk);
	assert_int_equal(system(command), 0);
	rmdir(disk);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_disk_is_waited_out),
		TEST(a_disk_that_is_full_from_the_beginning_costs_no_names),
		TEST(entries_that_find_no_room_cost_the_rows_in_hand),
		TEST(room_that_comes_back_before_the_next_row_is_used),
		TEST(room_that_comes_back_before_the_end_is_used),
		TEST(a_disk_that_stays_full_is_told_at_the_end),
		TEST(whatever_block_finds_no_room_nothing_is_lost_untold),
		TEST(losses_that_wait_too_long_are_counted_together),
		TEST(a_file_system_that_fills_up_and_is_tidied_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * damage.c -- tapes that are cut at every byte, or that have flipped bits. Nothing of it may
 * crash, hang or go unnoticed; what is read must be what was written, and all of what is not
 * damaged; what `recover` makes of it must be whole and tell the same.
 *
 *	damage cuts STEP TAPE...           at every STEP-th byte
 *	damage flips COUNT SEED TAPE...    COUNT times one to three bits of one of the tapes
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "analyze/remarks.h"
#include "format/scan.h"
#include "tests/torture/event_lines.h"
#include "tests/torture/tape_text.h"

enum { PATIENCE_S = 10, FLIPS_MAX = 3 };

/* A block of the sound tape. */
struct place {
	size_t at, body, end;
	uint8_t type;
	uint32_t rows;
	unsigned section;
};

struct subject {
	const char *path;
	uint8_t *tape; /* owned, as the others */
	size_t len;
	struct place *places;
	size_t place_count, place_cap;
	struct tape_text text;
	struct event_lines *lines;
};

/* What is being done, for the one who reads that it failed. */
static char doing[256];

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "FAILED: %s: ", doing);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void give_up(int signal)
{
	(void)signal;
	if (write(STDERR_FILENO, "FAILED: no end: ", 16) < 0 ||
	    write(STDERR_FILENO, doing, strlen(doing)) < 0)
		_exit(2);
	_exit(1);
}

/* Of CPU time: a machine that is busy elsewhere proves nothing. */
static void be_patient(void)
{
	const struct itimerval patience = {.it_value.tv_sec = PATIENCE_S};

	setitimer(ITIMER_PROF, &patience, NULL);
}

static void read_file(struct subject *s)
{
	FILE *f = fopen(s->path, "rb");
	long len;

	snprintf(doing, sizeof(doing), "%s", s->path);
	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		fail("cannot be read");
	s->len = (size_t)len;
	s->tape = malloc(s->len + 1);
	if (!s->tape || fread(s->tape, 1, s->len, f) != s->len)
		fail("cannot be read");
	fclose(f);
}

static void find_places(struct subject *s)
{
	struct source *source;
	struct scan scan;
	struct scan_item item;
	unsigned section = 0;

	if (source_open_memory(s->tape, s->len, &source, NULL))
		fail("out of memory");
	scan_init(&scan, source);
	while (scan_next(&scan, NULL, NULL, &item, NULL) == 0) {
		const struct block_header *h = &item.header;
		void *places = s->places;

		if (item.kind != SCAN_BLOCK)
			fail("the tape is not sound at byte %zu", (size_t)item.offset);
		if (!array_grow(&places, &s->place_cap, s->place_count + 1, sizeof(*s->places)))
			fail("out of memory");
		section += h->type == BLOCK_SECTION;
		s->places = places;
		s->places[s->place_count++] = (struct place){
			.at = item.offset,
			.body = item.offset + h->header_len,
			.end = item.offset + h->header_len + h->body_len,
			.type = h->type,
			.rows = h->type == BLOCK_DATA ? h->rows : 0,
			.section = section,
		};
	}
	source_close(source);
}

static void subject_open(struct subject *s, const char *path)
{
	*s = (struct subject){.path = path};
	read_file(s);
	find_places(s);
	if (tape_verify(s->tape, s->len) != 0)
		fail("the tape is not sound to begin with");
	s->text = tape_text(s->tape, s->len);
	s->lines = event_lines_new(&s->text);
}

static void subject_close(struct subject *s)
{
	event_lines_free(s->lines);
	tape_text_release(&s->text);
	free(s->places);
	free(s->tape);
}

/* `recover` gives a whole tape with the same events, or none where none is left. */
static void check_recovery(const uint8_t *tape, size_t len, const struct tape_text *want)
{
	struct recovered r = tape_recover(tape, len);
	struct tape_text got;

	if (r.status != want->status)
		fail("recover ends with %d, replay with %d", r.status, want->status);
	if (want->status == EXIT_NOT_A_TAPE) {
		free(r.tape);
		return;
	}
	if (tape_verify(r.tape, r.len) != 0)
		fail("the recovered tape is not whole");
	got = tape_text(r.tape, r.len);
	if (got.count != want->count)
		fail("%zu events recovered of %zu", got.count, want->count);
	for (size_t i = 0; i < got.count; i++)
		if (strcmp(got.events[i], want->events[i]) != 0)
			fail("recovered\n%s\ninstead of\n%s", got.events[i], want->events[i]);
	tape_text_release(&got);
	free(r.tape);
}

/* Verify, replay and recover. Returns the events that could be read, and those whose names could
 * not. */
static size_t check_reading(struct subject *s, const uint8_t *tape, size_t len, int status,
			    size_t *nulled)
{
	struct tape_text text = tape_text(tape, len);
	int verified = tape_verify(tape, len);
	const char *stray = event_lines_stray(s->lines, &text, false, nulled);
	size_t events = text.count + text.unreadable;

	if (stray)
		fail("an event that was not recorded:\n%s", stray);
	/* Without its first header a section is not shown, but verify finds its other blocks. */
	if (text.status != status ||
	    (verified != status && (status != EXIT_NOT_A_TAPE || verified != EXIT_DAMAGED)))
		fail("verify ends with %d, replay with %d, not %d", verified, text.status, status);
	check_recovery(tape, len, &text);
	tape_text_release(&text);
	return events;
}

/* Events in blocks that are whole before `len`; *status is what verify must say. */
static size_t whole_before(const struct subject *s, size_t len, int *status)
{
	size_t rows = 0;

	*status = len < s->places[0].body ? EXIT_NOT_A_TAPE : EXIT_DAMAGED;
	for (size_t i = 0; i < s->place_count && s->places[i].end <= len; i++) {
		rows += s->places[i].rows;
		if (s->places[i].end == len && s->places[i].type == BLOCK_END)
			*status = 0;
	}
	return rows;
}

static void cut(struct subject *s, size_t step)
{
	size_t cuts = 0, events = 0;

	for (size_t len = 0; len < s->len; len += step) {
		/* A copy that ends where its memory ends: sanitizers see one byte too many. */
		uint8_t *tape = malloc(len ? len : 1);
		size_t want, got, nulled;
		int status;

		if (!tape)
			fail("out of memory");
		memcpy(tape, s->tape, len);
		snprintf(doing, sizeof(doing), "%s cut to %zu bytes", s->path, len);
		be_patient();
		want = whole_before(s, len, &status);
		got = check_reading(s, tape, len, status, &nulled);
		if (got != want || nulled)
			fail("%zu events of %zu, %zu without a value", got, want, nulled);
		free(tape);
		events += got;
		cuts++;
	}
	printf("cut: %s, %zu bytes, %zu events: %zu cuts, %zu events read, none wrong, none missing "
	       "before the cut\n",
	       s->path, s->len, s->text.count, cuts, events);
}

/* A generator of our own: the same seed is the same campaign everywhere. */
static uint64_t dice(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct flips {
	size_t bits[FLIPS_MAX];
	unsigned count;
};

static bool has_bit(const struct flips *f, size_t bit)
{
	for (unsigned i = 0; i < f->count; i++)
		if (f->bits[i] == bit)
			return true;
	return false;
}

static void flip(const struct subject *s, struct flips *f, uint8_t *tape, uint64_t *seed)
{
	unsigned count = 1 + (unsigned)(dice(seed) % FLIPS_MAX);

	f->count = 0;
	snprintf(doing, sizeof(doing), "%s with flipped bits", s->path);
	while (f->count < count) {
		size_t bit = (size_t)(dice(seed) % (8 * s->len)), len = strlen(doing);

		if (has_bit(f, bit))
			continue;
		f->bits[f->count++] = bit;
		tape[bit / 8] ^= (uint8_t)(1u << bit % 8);
		snprintf(doing + len, sizeof(doing) - len, " %zu.%zu", bit / 8, bit % 8);
	}
}

static bool is_hit(const struct flips *f, size_t from, size_t to)
{
	for (unsigned i = 0; i < f->count; i++)
		if (f->bits[i] / 8 >= from && f->bits[i] / 8 < to)
			return true;
	return false;
}

struct toll {
	size_t events, expected, nulled, sections;
};

/* Events that must be readable: those of blocks that were not hit, in sections whose first
 * header was not. */
static size_t expected(const struct subject *s, const struct flips *f, int *status,
		       struct toll *toll)
{
	bool has_section = false, is_lost = false;
	size_t rows = 0;

	for (size_t i = 0; i < s->place_count; i++) {
		const struct place *p = &s->places[i];

		if (p->type == BLOCK_SECTION) {
			is_lost = is_hit(f, p->at, p->body);
			has_section |= !is_lost;
			toll->sections += is_lost;
		}
		if (!is_lost && !is_hit(f, p->at, p->end))
			rows += p->rows;
	}
	*status = has_section ? EXIT_DAMAGED : EXIT_NOT_A_TAPE;
	return rows;
}

static void flip_once(struct subject *s, uint64_t *seed, struct toll *toll)
{
	uint8_t *tape = malloc(s->len);
	size_t want, got, nulled;
	struct flips f;
	int status;

	if (!tape)
		fail("out of memory");
	memcpy(tape, s->tape, s->len);
	flip(s, &f, tape, seed);
	be_patient();
	want = expected(s, &f, &status, toll);
	got = check_reading(s, tape, s->len, status, &nulled);
	if (got != want)
		fail("%zu events, not %zu", got, want);
	free(tape);
	toll->events += got;
	toll->expected += s->text.count;
	toll->nulled += nulled;
}

static void flip_all(struct subject *subjects, size_t count, size_t times, uint64_t seed)
{
	struct toll toll = {0};

	for (size_t i = 0; i < times; i++)
		flip_once(&subjects[i % count], &seed, &toll);
	printf("flip: %zu times in %zu tapes: all reported, no event wrong, %zu of %zu events read, "
	       "%zu of them without some value; %zu sections lost with their first header\n",
	       times, count, toll.events, toll.expected, toll.nulled, toll.sections);
}

int main(int argc, char **argv)
{
	bool is_cut = argc > 3 && strcmp(argv[1], "cuts") == 0;
	bool is_flip = argc > 4 && strcmp(argv[1], "flips") == 0;
	int first = is_cut ? 3 : 4;
	size_t count = (size_t)(argc - first);
	struct subject *subjects;

	if (!is_cut && !is_flip) {
		fputs("usage: damage cuts STEP TAPE... | damage flips COUNT SEED TAPE...\n",
		      stderr);
		return 2;
	}
	subjects = calloc(count, sizeof(*subjects));
	if (!subjects)
		return 1;
	signal(SIGPROF, give_up);
	for (size_t i = 0; i < count; i++)
		subject_open(&subjects[i], argv[first + (int)i]);
	for (size_t i = 0; i < count && is_cut; i++)
		cut(&subjects[i], strtoull(argv[2], NULL, 10));
	if (is_flip)
		flip_all(subjects, count, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	for (size_t i = 0; i < count; i++)
		subject_close(&subjects[i]);
	free(subjects);
	return 0;
}

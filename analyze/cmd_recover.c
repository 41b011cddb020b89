/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* cmd_recover.c -- a copy of what is sound, and a list of what is not. */
#include "analyze/cmd_recover.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/units.h"
#include "format/recovery.h"

enum { SHOWN_MAX = 64 };

struct recover {
	const struct arguments *arguments;
	const char *tape, *output; /* for people */
	struct source *source;
	struct sink *sink; /* NULL until something can be recovered */
	struct recovery *recovery;
	struct recovery_item shown[SHOWN_MAX]; /* the first damages */
	uint64_t damages;
};

/* Overwriting a tape with what is read from it would end it. */
static int refuse_same_file(const struct arguments *a, struct error *err)
{
	const char *path = a->tapes[0];
	struct stat in, out;
	int rc = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &in) : stat(path, &in);

	if (rc || strcmp(a->output, "-") == 0 || stat(a->output, &out) || in.st_dev != out.st_dev ||
	    in.st_ino != out.st_ino)
		return 0;
	return error_set(err, ERR_USAGE, "%s is the tape itself: choose another output", a->output);
}

/* What the new tape is told of where it comes from: a directory would tell too much. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "standard input";
	return slash && slash[1] ? slash + 1 : path;
}

static int take(struct recover *r, const struct recovery_item *item, struct error *err)
{
	switch (item->kind) {
	case RECOVERY_DAMAGE:
		if (r->damages < SHOWN_MAX)
			r->shown[r->damages] = *item;
		r->damages++;
		return 0;
	case RECOVERY_SECTION:
		if (r->sink)
			return 0;
		TRY(sink_open(r->arguments->output, r->arguments->is_forced, &r->sink, err));
		recovery_write_to(r->recovery, r->sink);
	}
	return 0;
}

static int copy(struct recover *r, struct error *err)
{
	struct recovery_item item;
	int rc;

	TRY(refuse_same_file(r->arguments, err));
	TRY(source_open(r->arguments->tapes[0], &r->source, err));
	TRY(recovery_open(r->source, name_of(r->arguments->tapes[0]), &r->recovery, err));
	while ((rc = recovery_next(r->recovery, &item, err)) == 0)
		TRY(take(r, &item, err));
	return rc < 0 ? rc : 0;
}

static void print_damage(const struct recover *r, const struct recovery_item *item, FILE *remarks)
{
	char text[512], events[48] = "";

	if (item->has_events && item->events)
		snprintf(events, sizeof(events), " with %" PRIu64 " event%s", item->events,
			 units_plural(item->events));
	snprintf(text, sizeof(text), "%.200s: at byte %" PRIu64 ": %" PRIu64 " byte%s%s: %s",
		 r->tape, item->gap.offset, item->gap.bytes, units_plural(item->gap.bytes), events,
		 item->gap.reason);
	remark_print(text, remarks);
}

static void print_damages(const struct recover *r, FILE *remarks)
{
	char text[320];

	for (uint64_t i = 0; i < r->damages && i < SHOWN_MAX; i++)
		print_damage(r, &r->shown[i], remarks);
	if (r->damages <= SHOWN_MAX)
		return;
	snprintf(text, sizeof(text), "%.200s: and in %" PRIu64 " more places", r->tape,
		 r->damages - SHOWN_MAX);
	remark_print(text, remarks);
}

static void print_total(const struct recover *r, uint64_t bytes, FILE *remarks)
{
	const struct recovery_total *t = recovery_total(r->recovery);
	char text[1024], phrase[256], size[UNITS_MAX];

	recovery_phrase(t, phrase, sizeof(phrase));
	snprintf(text, sizeof(text),
		 "%.200s: %" PRIu64 " block%s with %" PRIu64 " event%s, %s, to %.200s; %s", r->tape,
		 t->blocks, units_plural(t->blocks), t->events, units_plural(t->events),
		 units_bytes(bytes, size), r->output, phrase);
	remark_print(text, remarks);
}

/* What failed is told of the tape it is about. */
static void name_tape(const struct recover *r, struct error *err)
{
	char text[sizeof(err->text)];

	if (err->status == ERR_USAGE || strstr(err->text, r->tape) || strstr(err->text, r->output))
		return;
	snprintf(text, sizeof(text), "%.100s: %.150s", r->tape, err->text);
	memcpy(err->text, text, sizeof(text));
}

enum exit_status cmd_recover(const struct arguments *a, FILE *remarks, struct error *err)
{
	struct recover r = {
		.arguments = a,
		.tape = strcmp(a->tapes[0], "-") == 0 ? "standard input" : a->tapes[0],
		.output = strcmp(a->output, "-") == 0 ? "standard output" : a->output,
	};
	uint64_t bytes = 0;
	bool is_whole = false;
	int rc, closed;

	if (a->tape_count > 1) {
		error_set(err, ERR_USAGE, "one tape at a time: %s", a->tapes[1]);
		return EXIT_USAGE;
	}
	rc = copy(&r, err);
	if (r.sink)
		bytes = sink_bytes(r.sink);
	closed = sink_close(r.sink, rc ? NULL : err);
	if (rc == 0)
		rc = closed;
	if (rc == 0) {
		print_damages(&r, remarks);
		print_total(&r, bytes, remarks);
		is_whole = recovery_is_whole(recovery_total(r.recovery));
	} else {
		name_tape(&r, err);
	}
	recovery_close(r.recovery);
	source_close(r.source);
	if (rc)
		return status_exit(rc);
	return is_whole ? EXIT_FINE : EXIT_DAMAGED;
}

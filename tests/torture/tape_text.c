/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tape_text.c -- what command.c and cmd_recover.c do for a file, in memory. */
#include "tests/torture/tape_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/cmd_verify.h"
#include "analyze/remarks.h"
#include "format/recovery.h"

static void must(int is_fine, const char *what)
{
	if (is_fine)
		return;
	fprintf(stderr, "torture: %s\n", what);
	exit(1);
}

/* Run a view; what it prints is *text, owned by the caller. */
static int run(view_fn view, enum render_format format, const void *tape, size_t len, char **text,
	       struct health *health)
{
	const struct selection all = {0};
	struct render_options opt = {.format = format};
	struct remarks remarks = {0};
	struct view_input in = {.selection = &all, .format = format, .remarks = &remarks};
	struct error err = {0};
	size_t size;
	FILE *out = open_memstream(text, &size);
	int rc;

	must(out != NULL, "out of memory");
	in.renderer = render_new(out, &opt);
	must(in.renderer && source_open_memory(tape, len, &in.source, &err) == 0, "out of memory");
	rc = view == cmd_verify ? 0 : cursor_open(in.source, &in.cursor, &err);
	if (rc == 0)
		rc = view(&in, &err);
	if (in.cursor)
		remarks.health = *cursor_health(in.cursor);
	*health = remarks.health;
	cursor_close(in.cursor);
	source_close(in.source);
	render_finish(in.renderer);
	render_free(in.renderer);
	fclose(out);
	return rc ? (int)status_exit(rc) : (int)remarks_status(&remarks, false);
}

int tape_verify(const void *tape, size_t len)
{
	struct health health;
	char *text;
	int status = run(cmd_verify, RENDER_JSON, tape, len, &text, &health);

	free(text);
	return status;
}

static void keep(struct tape_text *t, char *line)
{
	void *events = t->events;

	must(array_grow(&events, &t->cap, t->count + 1, sizeof(*t->events)), "out of memory");
	t->events = events;
	t->events[t->count++] = line;
}

struct tape_text tape_text(const void *tape, size_t len)
{
	struct tape_text t = {0};
	struct health health;

	t.status = run(view_canonical, RENDER_CANONICAL, tape, len, &t.text, &health);
	t.unreadable = health.unreadable_events;
	for (char *p = t.text, *end; (end = strchr(p, '\n')); p = end + 1) {
		*end = '\0';
		if (strncmp(p, "event ", 6) == 0)
			keep(&t, p);
	}
	return t;
}

void tape_text_release(struct tape_text *t)
{
	free(t->text);
	free(t->events);
	*t = (struct tape_text){0};
}

/* All of it into *sink. */
static int copy(struct source *source, struct sink *sink, struct error *err)
{
	struct recovery *r;
	struct recovery_item item;
	int rc;

	TRY(recovery_open(source, "torture", &r, err));
	recovery_write_to(r, sink);
	do
		rc = recovery_next(r, &item, err);
	while (rc == 0);
	if (rc == END)
		rc = recovery_is_whole(recovery_total(r)) ? 0 : ERR_CORRUPT;
	recovery_close(r);
	return rc;
}

struct recovered tape_recover(const void *tape, size_t len)
{
	struct recovered out = {0};
	struct error err = {0};
	struct source *source;
	struct sink *sink;
	const uint8_t *data;

	must(source_open_memory(tape, len, &source, &err) == 0, "out of memory");
	must(sink_open_memory(&sink, &err) == 0, "out of memory");
	out.status = (int)status_exit(copy(source, sink, &err));
	data = sink_memory(sink, &out.len);
	out.tape = malloc(out.len ? out.len : 1);
	must(out.tape != NULL, "out of memory");
	if (out.len)
		memcpy(out.tape, data, out.len);
	source_close(source);
	sink_close(sink, NULL);
	return out;
}

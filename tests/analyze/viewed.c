/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* viewed.c -- what command.c does for a tape, without files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/scope.h"
#include "format/sink.h"
#include "format/source.h"
#include "tests/analyze/viewed.h"

enum { WORDS_MAX = 16 };

struct line {
	char text[256];
	char *words[WORDS_MAX];
	int count;
};

static void parse(struct line *l, const char *options, struct arguments *a)
{
	static char tape[] = "tape";
	struct error err;

	memcpy(l->text, options, strlen(options) + 1);
	for (char *p = l->text; p && *p;) {
		l->words[l->count++] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = 0;
	}
	l->words[l->count++] = tape;
	assert_int_equal(arguments_parse(a,
					 OPTIONS_SELECTION | OPTIONS_OUTPUT | OPTIONS_QUERY |
						 OPTIONS_INFO | OPTIONS_REPLAY | OPTIONS_BY |
						 OPTIONS_ALL | OPTIONS_TOP | OPTIONS_CONNS,
					 l->count, l->words, &err),
			 0);
}

enum { WHOLE = 0, BLOCKS = 1u << 30, PART = 1u << 31 }; /* beside enum scope_spare */

static void narrow(struct viewed *v, struct view_input *in, unsigned spares)
{
	if (in->is_unnumbered)
		spares |= SPARE_NUMBERS;
	assert_int_equal(scope_find(in->scope, in->source, in->selection, spares, &v->err), 0);
	assert_int_equal(scope_limit(in->scope, in->cursor, &v->err), 0);
	if (in->scope->has_origin)
		view_set_origin(in, in->scope->origin_ns);
}

static void run(struct viewed *v, view_fn view, struct view_input *in, unsigned how)
{
	struct scope scope = {0};
	bool reads_blocks = how & BLOCKS;

	if (!reads_blocks)
		assert_int_equal(cursor_open(in->source, &in->cursor, &v->err), 0);
	in->scope = &scope;
	if (how & PART)
		narrow(v, in, how & ~PART);
	v->rc = view(in, &v->err);
	assert_int_equal(render_finish(in->renderer), 0);
	if (!reads_blocks)
		v->remarks.health = *cursor_health(in->cursor);
	cursor_close(in->cursor);
	scope_release(&scope);
}

static struct viewed view_how(view_fn view, const void *data, size_t len, const char *options,
			      unsigned how)
{
	struct viewed v = {0};
	struct line line = {0};
	struct arguments a;
	struct selection selection;
	struct render_options opt = {0};
	struct view_input in = {.selection = &selection, .remarks = &v.remarks};
	size_t printed;
	FILE *out = open_memstream(&v.text, &printed);

	parse(&line, options, &a);
	selection = arguments_selection(&a);
	opt.format = in.format = a.format;
	in.speed = a.speed;
	in.by = a.by;
	in.interval_ns = a.interval_ns;
	in.shows_all = a.shows_all;
	in.role = a.role;
	in.has_budget = a.has_budget;
	in.lists_events = a.lists_events;
	in.is_unnumbered = a.is_unnumbered;
	in.query = opt.query = &a.query;
	in.is_page = a.format == RENDER_TEXT && query_is_open(&a.query);
	in.renderer = render_new(out, &opt);
	assert_non_null(in.renderer);
	assert_int_equal(source_open_memory(data, len, &in.source, &v.err), 0);
	run(&v, view, &in, how);
	source_close(in.source);
	render_free(in.renderer);
	fclose(out);
	arguments_release(&a);
	return v;
}

struct viewed view_bytes(view_fn view, const void *data, size_t len, const char *options,
			 bool reads_blocks)
{
	return view_how(view, data, len, options, reads_blocks ? BLOCKS : WHOLE);
}

struct viewed view_part(view_fn view, const void *data, size_t len, const char *options,
			unsigned spares)
{
	return view_how(view, data, len, options, spares | PART);
}

void viewed_release(struct viewed *v)
{
	free(v->text);
	v->text = NULL;
}

struct viewed view_built(view_fn view, const struct build_tape *b, const char *options)
{
	size_t len;
	const uint8_t *data = sink_memory(b->sink, &len);
	struct viewed v = view_bytes(view, data, len, options, false);

	assert_int_equal(v.rc, 0);
	return v;
}

void view_prints(view_fn view, const struct build_tape *b, const char *options, const char *want)
{
	struct viewed v = view_built(view, b, options);

	assert_string_equal(v.text, want);
	viewed_release(&v);
}

void view_tells(view_fn view, const struct build_tape *b, const char *options, const char *want)
{
	struct viewed v = view_built(view, b, options);

	if (!strstr(v.text, want))
		fprintf(stderr, "%s\nlacks %s\n", v.text, want);
	assert_non_null(strstr(v.text, want));
	viewed_release(&v);
}

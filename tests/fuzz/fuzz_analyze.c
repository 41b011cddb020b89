// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_analyze.c -- any bytes as a tape: every view prints it in every format. The first
 * byte chooses the view and the format, the rest is the tape.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/cmd_verify.h"
#include "analyze/remarks.h"
#include "analyze/view.h"
#include "format/source.h"

static const struct {
	view_fn view;
	const char *by;
} views[] = {
	{view_info, NULL},
	{view_replay, NULL},
	{view_conns, NULL},
	{view_states, NULL},
	{view_timeline, NULL},
	{view_exchanges, NULL},
	{view_rtt, NULL},
	{view_rtt, "peer"},
	{view_rtt, "conn"},
	{view_drops, NULL},
	{view_drops, "location"},
	{view_drops, "conn"},
	{view_top, NULL},
	{view_cwnd, NULL},
	{view_cwnd, "conn"},
	{view_retransmits, NULL},
	{view_retransmits, "service"},
	{view_exchanges, "peer"},
	{view_resets, NULL},
	{view_resets, "stage"},
};

enum { VIEWS = sizeof(views) / sizeof(views[0]), FORMATS = 3 };

static void run_view(unsigned choice, struct source *source, const struct selection *selection,
		     FILE *out, FILE *err)
{
	unsigned view = choice % (VIEWS + 1);
	enum render_format format = (enum render_format)(choice / (VIEWS + 1) % FORMATS);
	struct render_options opt = {.format = format, .use_colour = choice & 128};
	struct renderer *r = render_new(out, &opt);
	struct remarks remarks = {0};
	struct view_input in = {.selection = selection,
				.renderer = r,
				.format = format,
				.source = source,
				.interval_ns = 1000000,
				.is_page = format == RENDER_TEXT,
				.by = view < VIEWS ? views[view].by : NULL,
				.shows_all = choice & 128,
				.has_budget = choice & 32,
				.remarks = &remarks};
	struct error why;

	if (!r)
		return;
	if (view == VIEWS) {
		cmd_verify(&in, &why);
	} else if (cursor_open(source, &in.cursor, &why) == 0) {
		views[view].view(&in, &why);
		remarks.health = *cursor_health(in.cursor);
		cursor_close(in.cursor);
	}
	remarks_print(&remarks, "fuzz", err);
	render_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t conns[] = {1, 2};
	const struct selection all = {0}, some = {.conns = conns, .conn_count = 2};
	struct source *source;
	char *text = NULL;
	size_t len;
	FILE *out;

	if (size < 1 || source_open_memory(data + 1, size - 1, &source, NULL) != 0)
		return 0;
	out = open_memstream(&text, &len);
	if (out) {
		run_view(data[0], source, data[0] & 64 ? &some : &all, out, out);
		fclose(out);
	}
	free(text);
	source_close(source);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* account.c -- sums for record/status, and sentences. */
#include "record/account.h"

#include <stdio.h>
#include <stdlib.h>

#include "bpf/wire.h"
#include "record/cost.h"
#include "record/host.h"
#include "record/printable.h"

static const uint64_t SHOW_EVERY = 500000000;

int account_open(struct account *a, bool is_quiet, struct error *err)
{
	a->is_quiet = is_quiet;
	return status_new(stderr, is_quiet, &a->line, err);
}

void account_close(struct account *a)
{
	status_free(a->line);
	a->line = NULL;
}

void account_begin(struct account *a, uint64_t now_ns)
{
	a->start_ns = now_ns;
	a->start_cpu_ns = cost_cpu_ns();
}

void account_tell(struct account *a, const struct error *trouble, const char *what)
{
	if (!trouble->status || a->is_quiet)
		return;
	status_erase(a->line);
	printable_say(stderr, trouble->text, what);
}

void account_watch_output(struct account *a)
{
	const char *reason = piece_stall_reason(series_piece(a->series));

	if (a->is_quiet || !stall_is_news(&a->stall, reason))
		return;
	status_erase(a->line);
	stall_tell(&a->stall, reason, series_unwritten(a->series), stderr);
}

static uint64_t lost(const struct account *a)
{
	return losses_total(a->losses) + series_unwritten(a->series);
}

bool account_show(struct account *a, uint64_t now_ns)
{
	struct status_now n = {.elapsed_ns = now_ns - a->start_ns};

	if (now_ns - a->shown_ns < SHOW_EVERY)
		return false;
	n.events = series_rows(a->series);
	n.lost = lost(a);
	n.bytes = series_bytes(a->series);
	a->shown_ns = now_ns;
	status_show(a->line, &n);
	return true;
}

uint64_t account_due_ns(const struct account *a)
{
	return status_is_live(a->line) ? a->shown_ns + SHOW_EVERY : UINT64_MAX;
}

struct status_total account_total(const struct account *a)
{
	struct status_total total = {
		.output = series_path(a->series),
		.finished = series_finished(a->series),
		.deleted = series_deleted(a->series),
		.run_ns = host_now_ns() - a->start_ns,
		.start_cpu_ns = a->start_cpu_ns,
		.events = series_rows(a->series),
		.lost = lost(a),
		.unwritten = series_unwritten(a->series),
		.shed = losses_shed(a->losses),
		.bytes = series_bytes(a->series),
		.ring_peak_percent = drain_peak_percent(a->drain),
	};

	cost_measure(&total);
	return total;
}

int account_summary(struct account *a, struct status_total *total, struct error *err)
{
	size_t count = catalog_count(a->catalog);
	struct status_type *types;

	if (a->is_quiet)
		return 0;
	types = calloc(count + 1, sizeof(*types));
	if (!types)
		return error_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const struct catalog_event *e = catalog_at(a->catalog, i);

		types[i].name = e->full_name;
		types[i].events = series_rows_of(a->series, e->number);
	}
	/* The only rows that are no event of the catalog. */
	types[count].name = "tcptape:sock_snapshot";
	types[count].events = series_rows_of(a->series, WIRE_SOCK_SNAPSHOT);
	total->types = types;
	total->type_count = count + 1;
	status_erase(a->line);
	status_summary(stderr, total);
	free(types);
	return 0;
}

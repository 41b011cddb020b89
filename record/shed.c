/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* shed.c -- from a number of types to programs, facts and sentences. */
#include "record/shed.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "record/budget.h"
#include "record/cost.h"
#include "record/host.h"

enum { FACTS_A_PIECE = 1000 }; /* a section has room for 4096 of all kinds */

struct shed {
	struct shed_scene scene;
	struct budget *budget;
	size_t level, highest; /* now, and ever */
	unsigned facts;        /* in this piece */
	bool is_short_told;
};

int shed_new(const struct shed_scene *scene, struct shed **out, struct error *err)
{
	struct shed *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(err);
	s->scene = *scene;
	if (budget_new(scene->catalog, scene->max_cpu_percent, &s->budget, err)) {
		free(s);
		return ERR_NOMEM;
	}
	*out = s;
	return 0;
}

void shed_free(struct shed *s)
{
	if (!s)
		return;
	budget_free(s->budget);
	free(s);
}

static struct budget_use measure(struct shed *s, uint64_t now_ns)
{
	struct status_total cost;

	for (size_t i = 0; i < budget_count(s->budget); i++) {
		struct budget_type *t = budget_at(s->budget, i);

		t->events = series_rows_of(s->scene.series, t->number);
		t->shed = losses_shed_of(s->scene.losses, t->number);
	}
	cost_measure(&cost);
	return (struct budget_use){.now_ns = now_ns,
				   .cpu_ns = cost.cpu_ns,
				   .events = series_rows(s->scene.series)};
}

void shed_begin(struct shed *s)
{
	struct budget_use use = measure(s, host_now_ns());

	budget_begin(s->budget, &use);
}

/* "2026-11-21T12:03:04Z tcp:tcp_probe: left out (41 % of a core, limit 20 %)" */
static int write_fact(struct shed *s, const char *name, const char *what, const char *why,
		      struct error *err)
{
	char text[200], when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (s->facts++ >= FACTS_A_PIECE)
		return 0;
	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(text, sizeof(text), "%s %.80s: %s (%s)", when, name, what, why);
	return writer_fact(piece_writer(series_piece(s->scene.series)), "shed", text, err);
}

int shed_piece(struct shed *s, struct error *err)
{
	s->facts = 0;
	for (size_t i = 0; i < s->level; i++)
		TRY(write_fact(s, budget_at(s->budget, i)->name, "left out",
			       "since before this piece", err));
	return 0;
}

/* Tell programs and tape about types from..to. */
static int change(struct shed *s, size_t from, size_t to, bool is_shed, struct error *err)
{
	for (size_t i = from; i < to; i++) {
		const struct budget_type *t = budget_at(s->budget, i);

		attach_shed(s->scene.attach, t->number, is_shed);
		TRY(write_fact(s, t->name, is_shed ? "left out" : "recorded again",
			       budget_reason(s->budget), err));
	}
	return 0;
}

static void tell(struct shed *s, struct error *news)
{
	size_t level = budget_level(s->budget);

	if (level > s->highest) {
		error_set(news, ERR_KERNEL,
			  "over --max-cpu (%s): left out and counted are the types of events up to "
			  "%.80s, until the load is lower",
			  budget_reason(s->budget), budget_at(s->budget, level - 1)->name);
		s->highest = level;
	} else if (level == s->level && !s->is_short_told) {
		error_set(news, ERR_KERNEL,
			  "over --max-cpu (%s), and nothing more can be left out: choose fewer "
			  "events with -e or --port",
			  budget_reason(s->budget));
		s->is_short_told = true;
	}
}

int shed_tick(struct shed *s, uint64_t now_ns, struct error *news, struct error *err)
{
	struct budget_use use;
	size_t level;

	if (!budget_is_due(s->budget, now_ns))
		return 0;
	use = measure(s, now_ns);
	if (!budget_weigh(s->budget, &use))
		return 0;
	level = budget_level(s->budget);
	tell(s, news);
	if (level == s->level)
		TRY(write_fact(s, "nothing more", "can be left out", budget_reason(s->budget),
			       err));
	TRY(change(s, s->level, level, true, err));
	TRY(change(s, level, s->level, false, err));
	s->level = level;
	return 0;
}

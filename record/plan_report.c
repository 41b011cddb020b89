/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* plan_report.c -- aligned text of checks, options and events. */
#include "record/plan_report.h"

#include <inttypes.h>
#include <string.h>

#include "bpf/wire.h"
#include "record/check.h"
#include "record/own.h"
#include "record/printable.h"

static const char *const states[] = {"ok", "warn", "fails"};

static void put_line(FILE *to, const char *name, const char *text)
{
	fprintf(to, "%-11s  ", name);
	printable_put(to, text);
	fputc('\n', to);
}

static void put_check(FILE *to, const struct check *c)
{
	fprintf(to, "%-5s  ", states[c->state]);
	put_line(to, c->name, c->finding);
	if (!c->advice[0])
		return;
	fprintf(to, "%20s-> ", "");
	printable_put(to, c->advice);
	fputc('\n', to);
}

/* Events that the recorder knows, the user wants and this kernel does not have. */
static void put_missing(FILE *to, const struct checkup *u)
{
	for (size_t i = 0; i < typed_count(); i++) {
		const struct typed_event *e = &typed_events()[i];
		bool is_there = e->number == WIRE_SOCK_SNAPSHOT;
		char name[160];

		snprintf(name, sizeof(name), "%s:%s", e->group, e->name);
		for (size_t k = 0; !is_there && k < catalog_count(u->catalog); k++)
			is_there = strcmp(catalog_at(u->catalog, k)->full_name, name) == 0;
		if (!is_there && name_is_chosen(&u->opt->globs, name))
			fprintf(to, "  %-11s  %s: this kernel does not have it\n", "not", name);
	}
}

static void put_event(FILE *to, const struct catalog_event *e, const struct filter *f, bool is_full)
{
	static const char *const ways[] =
		{[WAY_TYPED] = "typed", [WAY_GENERIC] = "generic", [WAY_NONE] = "not"};
	bool has_reason = catalog_needs_a_word(e);

	if (is_full || has_reason)
		fprintf(to, "  %-11s  %s%s%s%s\n", ways[e->way], e->full_name,
			has_reason ? ": " : "", has_reason ? e->reason : "",
			e->way == WAY_GENERIC && filter_is_blind(f) ? " (whatever the filter says)"
								    : "");
}

void plan_tell_unavailable(const struct catalog *c, const struct btf_enums *btf, FILE *to)
{
	enum { SENTENCES_MAX = 8 };
	size_t count = 0;

	if (btf_enums_trouble(btf))
		fprintf(to,
			"tcptape-record: %s; events have the fields of their formats only, and no "
			"sockets from before are recorded\n",
			btf_enums_trouble(btf));
	for (size_t i = 0; i < catalog_count(c); i++) {
		const struct catalog_event *e = catalog_at(c, i);

		if (e->way == WAY_NONE && count++ < SENTENCES_MAX)
			fprintf(to, "tcptape-record: %s is not recorded: %s\n", e->full_name,
				e->reason);
	}
	if (count > SENTENCES_MAX)
		fprintf(to, "tcptape-record: %zu more are not recorded: tcptape info lists them\n",
			count - SENTENCES_MAX);
}

static void put_events(FILE *to, const struct checkup *u, bool is_full)
{
	if (!u->catalog)
		return;
	for (size_t i = 0; i < catalog_count(u->catalog); i++)
		put_event(to, catalog_at(u->catalog, i), &u->opt->filter, is_full);
	put_missing(to, u);
}

int plan_doctor(const struct record_options *opt, FILE *to, struct error *err)
{
	struct checkup u = {.root = "", .opt = opt, .is_trial = true};
	const struct check *c;
	size_t warnings = 0;
	int rc;

	while ((c = check_next(&u))) {
		put_check(to, c);
		fflush(to); /* whatever the next one does */
		warnings += c->state == CHECK_WARN;
	}
	rc = check_verdict(&u, err);
	if (!rc) {
		fprintf(to,
			"\nA recording works here%s. It holds the events, every field of the "
			"kernel's own format,\nthe sockets that exist at the start, and what "
			"was lost; never payload. --dry-run lists the events.\n",
			warnings ? ", with the limits above" : "");
		put_events(to, &u, false);
	}
	check_release(&u);
	return rc;
}

static void put_filter(FILE *to, const struct record_options *opt)
{
	static const char *const whose[FILTER_KINDS] = {
		[FILTER_PORT] = "one end of which has ",
		[FILTER_ADDR] = "one end of which is in ",
		[FILTER_SAMPLE] = "of which this part is chosen: ",
		[FILTER_NETNS] = "in ",
		[FILTER_CGROUP] = "of ",
		[FILTER_PID] = "of ",
		[FILTER_COMM] = "of ",
	};
	struct filter_line line;

	if (filter_is_open(&opt->filter))
		fprintf(to, "%-11s  none: every connection\n", "filter");
	for (size_t at = 0; filter_next(&opt->filter, &at, &line);) {
		bool is_first = at == 1, is_or = line.index > 0;

		fprintf(to, "%-11s  %s%s", is_first ? "filter" : "",
			is_first ? "only connections " : (is_or ? "or " : "and "),
			is_or ? "" : whose[line.kind]);
		printable_put(to, line.text);
		fputc('\n', to);
	}
}

static void put_own(FILE *to, const struct record_options *opt)
{
	const struct own own = own_of(opt);
	char ends[128];

	if (!own.is_known)
		return;
	own_text(&own, ends, sizeof(ends));
	fprintf(to, "%-11s  the connection of %s, which carries the tape\n", "left out", ends);
}

static void put_stacks(FILE *to, const struct checkup *u)
{
	size_t count = 0;

	for (size_t i = 0; u->catalog && i < catalog_count(u->catalog); i++)
		count += catalog_at(u->catalog, i)->has_stack;
	if (count)
		fprintf(to, "%-11s  of %zu events\n", "stacks", count);
}

static void put_end(FILE *to, const struct record_options *opt)
{
	fprintf(to, "%-11s  Ctrl-C or SIGTERM", "until");
	if (opt->duration_ns)
		fprintf(to, ", or %.9g s have passed", (double)opt->duration_ns / 1e9);
	if (opt->limits.max_bytes)
		fprintf(to, ", or the tape has %llu KiB",
			(unsigned long long)opt->limits.max_bytes >> 10);
	if (opt->command) {
		fputs(", or '", to);
		printable_put_part(to, opt->command[0], 100);
		fputs("' ends", to);
	}
	fputc('\n', to);
}

static void put_output(FILE *to, const struct record_options *opt)
{
	fprintf(to, "%-11s  ", "output");
	printable_put(to, strcmp(opt->output, "-") == 0 ? "standard output" : opt->output);
	fputs(opt->is_forced ? ", overwritten if it exists\n" : "\n", to);
	if (!limits_rotate(&opt->limits))
		return;
	fprintf(to, "%-11s  numbered, the next one on SIGUSR1", "pieces");
	if (opt->limits.rotate_bytes)
		fprintf(to, ", after %llu KiB", (unsigned long long)opt->limits.rotate_bytes >> 10);
	if (opt->limits.rotate_ns)
		fprintf(to, ", after %.9g s", (double)opt->limits.rotate_ns / 1e9);
	if (opt->limits.keep)
		fprintf(to, "; the last %u are kept", opt->limits.keep);
	fputc('\n', to);
}

static void put_limits(FILE *to, const struct limits *l)
{
	if (l->max_memory_bytes)
		fprintf(to, "%-11s  %llu KiB, with the buffer\n", "memory",
			(unsigned long long)l->max_memory_bytes >> 10);
	if (l->max_cpu_percent)
		fprintf(to, "%-11s  %u %% of a core; over it, types of events are left out\n",
			"processor", l->max_cpu_percent);
	if (l->min_free_percent)
		fprintf(to, "%-11s  %u %% of the file system\n", "stays free", l->min_free_percent);
	if (l->min_free_bytes)
		fprintf(to, "%-11s  %llu KiB of the file system\n", "stays free",
			(unsigned long long)l->min_free_bytes >> 10);
}

int plan_dry_run(const struct record_options *opt, FILE *to, struct error *err)
{
	struct checkup u = {.root = "", .opt = opt};
	int rc;

	while (check_next(&u))
		;
	put_output(to, opt);
	put_end(to, opt);
	put_filter(to, opt);
	put_own(to, opt);
	put_stacks(to, &u);
	fprintf(to, "%-11s  %" PRIu64 " KiB\n", "buffer", opt->buffer_bytes >> 10);
	put_limits(to, &opt->limits);
	for (size_t i = 0; i < u.row_count; i++)
		if (strcmp(u.rows[i].name, "events") == 0 || strcmp(u.rows[i].name, "disk") == 0 ||
		    strcmp(u.rows[i].name, "descriptors") == 0)
			put_line(to, u.rows[i].name, u.rows[i].finding);
	put_events(to, &u, true);
	for (size_t i = 0; i < u.row_count; i++)
		if (u.rows[i].state != CHECK_OK)
			put_check(to, &u.rows[i]);
	rc = check_verdict(&u, err);
	check_release(&u);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.c -- brings a recording up, runs it, and closes it in order:
 *
 *	checks -> catalog -> output -> programs loaded, attached -> snapshot -> command
 *	-> drain, now and then losses, clocks, flush -> detach -> rest -> end of the tape
 */
#include "record/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "record/attach.h"
#include "record/btf_enums.h"
#include "record/catalog.h"
#include "record/child.h"
#include "record/cost.h"
#include "record/drain.h"
#include "record/host.h"
#include "record/losses.h"
#include "record/privilege.h"
#include "record/shell_words.h"
#include "record/snapshot.h"
#include "record/stall.h"
#include "record/status.h"
#include "record/stop.h"
#include "record/symbols.h"
#include "record/tracefs.h"
#include "record/translate.h"
#include "record/urgency.h"

enum {
	POLL_MS = 100,        /* the ring is emptied at least that often */
	BATCH_RECORDS = 2048, /* between two looks at the clock */
};

static const uint64_t FLUSH_EVERY = 800000000; /* with a poll on top: under a second */
static const uint64_t CLOCK_EVERY = 10000000000;
static const uint64_t STATUS_EVERY = 500000000;

struct session {
	const struct record_options *opt;
	char *const *argv;
	struct stop *stop;
	struct child *child;
	struct btf_enums *btf;
	struct tracefs *tracefs;
	struct catalog *catalog;
	struct sink *sink;
	struct writer *writer;
	struct symbols *symbols;
	struct resolver *resolver;
	struct attach *attach;
	struct translator *translator;
	struct drain *drain;
	struct losses *losses;
	struct status_line *status;
	struct urgency urgency;
	struct stall stall;
	int epoll_fd;
	uint64_t start_ns, flushed_ns, clocked_ns, shown_ns;
	const char *end_reason; /* NULL = still running */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The programs last: a process that detaches them must not hold the tape open. */
static void session_close(struct session *s)
{
	losses_close(s->losses);
	drain_close(s->drain);
	translator_free(s->translator);
	resolver_free(s->resolver);
	symbols_close(s->symbols);
	writer_free(s->writer);
	sink_close(s->sink, NULL);
	catalog_close(s->catalog);
	tracefs_close(s->tracefs);
	btf_enums_close(s->btf);
	status_free(s->status);
	child_free(s->child);
	stop_close(s->stop);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	attach_close(s->attach);
}

static int open_kernel(struct session *s, struct error *err)
{
	attach_silence();
	TRY(btf_enums_open(&s->btf, err));
	TRY(tracefs_open(&s->tracefs, err));
	return 0;
}

static int open_catalog(struct session *s, struct error *err)
{
	struct catalog_kernel k = {.tracefs = s->tracefs, .btf = s->btf};

	return catalog_open(&k, &s->opt->globs, &s->catalog, err);
}

static int start_child(struct session *s, struct error *err)
{
	if (!s->opt->command)
		return 0;
	TRY(child_start(s->opt->command, &s->child, err));
	if (strcmp(s->opt->output, "-") == 0)
		child_divert_output(s->child);
	return 0;
}

static int open_writer(struct session *s, struct error *err)
{
	struct writer_options options = {.salt = now_ns() ^ (uint64_t)getpid() << 48};

	TRY(sink_open(s->opt->output, s->opt->is_forced, &s->sink, err));
	return writer_new(s->sink, &options, &s->writer, err);
}

/* "port 80" or "port 8000-8010" */
static int write_filters(struct session *s, struct error *err)
{
	char text[64];

	for (size_t i = 0; i < s->opt->port_count; i++) {
		const struct port_range *p = &s->opt->ports[i];

		if (p->first == p->last)
			snprintf(text, sizeof(text), "port %u", p->first);
		else
			snprintf(text, sizeof(text), "port %u-%u", p->first, p->last);
		TRY(writer_fact(s->writer, "filter", text, err));
	}
	return 0;
}

static int write_facts(struct session *s, struct error *err)
{
	struct buf command = {0};
	int rc;

	shell_words_put(&command, (const char *const *)s->argv);
	put_u8(&command, 0);
	if (command.len > FACT_MAX_VALUE) /* what is longer can still be recorded */
		memcpy(command.data + FACT_MAX_VALUE - 4, " ...", 5);
	rc = command.is_failed ? error_nomem(err) : 0;
	if (!rc)
		rc = writer_fact(s->writer, "command", (char *)command.data, err);
	buf_release(&command);
	if (rc)
		return rc;
	for (size_t i = 0; i < s->opt->globs.count; i++)
		TRY(writer_fact(s->writer, "event_pattern", s->opt->globs.names[i], err));
	TRY(write_filters(s, err));
	return host_facts(s->writer, err);
}

static int write_clock(struct session *s, struct error *err)
{
	struct clock_reading c;

	if (host_clock(&c))
		return 0;
	return writer_clock(s->writer, &c, err);
}

/* Programs, and everything that stands behind them. */
static int open_chain(struct session *s, struct error *err)
{
	const uint32_t *dictionaries = catalog_dictionaries(s->catalog);

	TRY(attach_open(s->catalog, s->btf, s->opt, &s->attach, err));
	TRY(drain_open(attach_ring_fd(s->attach), attach_ring_bytes(s->attach), &s->drain, err));
	TRY(catalog_register(s->catalog, s->writer, err));
	TRY(symbols_open(&s->symbols, err));
	symbols_problem(s->symbols); /* read them now, not under way */
	TRY(resolver_new(s->writer, dictionaries, s->symbols, &s->resolver, err));
	TRY(translator_new(s->catalog, s->resolver, s->writer, &s->translator, err));
	return losses_open(s->attach, s->catalog, now_ns(), &s->losses, err);
}

static int watch(struct session *s, int fd, uint32_t events, struct error *err)
{
	struct epoll_event e = {.events = events, .data = {.fd = fd}};

	if (fd >= 0 && epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e))
		return error_set(err, ERR_IO, "cannot wait for events on descriptor %d", fd);
	return 0;
}

/* The ring is edge-triggered: data waits in it most of the time, and only a program that
 * finds it filling up shall wake us before the time. */
static int open_epoll(struct session *s, struct error *err)
{
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0)
		return error_set(err, ERR_IO, "cannot wait for events");
	TRY(watch(s, attach_ring_fd(s->attach), EPOLLIN | EPOLLET, err));
	TRY(watch(s, stop_fd(s->stop), EPOLLIN, err));
	return s->child ? watch(s, child_fd(s->child), EPOLLIN, err) : 0;
}

/* Translate what waits, up to `limit` records. */
static int empty_ring(struct session *s, size_t limit, size_t *taken, struct error *err)
{
	const void *record;
	size_t len;

	for (*taken = 0; *taken < limit; ++*taken) {
		record = drain_next(s->drain, &len);
		if (!record)
			return 0;
		TRY(translator_add(s->translator, record, len, err));
	}
	return 0;
}

/* Take what was in the ring before `ts_ns`, and one record more perhaps. */
static int empty_until(struct session *s, uint64_t ts_ns, struct error *err)
{
	const struct wire_head *record;
	size_t len;

	do {
		record = drain_next(s->drain, &len);
		if (record)
			TRY(translator_add(s->translator, record, len, err));
	} while (record && record->ts_ns < ts_ns);
	return 0;
}

/* Rows of the snapshot between the events, in the order of time. */
static int write_snapshot(struct session *s, struct snapshot_reader *reader, struct error *err)
{
	const struct recipe *recipe = catalog_snapshot(s->catalog);
	const struct wire_existing *row;
	int rc;

	while ((rc = snapshot_next(reader, &row, err)) == 0) {
		TRY(empty_until(s, row->head.ts_ns, err));
		TRY(translator_add_as(s->translator, recipe, row, err));
	}
	return rc == END ? 0 : rc;
}

static int take_snapshot(struct session *s, struct error *err)
{
	struct snapshot_reader *reader;
	int rc;

	TRY(snapshot_open(s->btf, s->opt, s->writer, &reader, err));
	rc = write_snapshot(s, reader, err);
	snapshot_close(reader);
	return rc;
}

/* From now on events count. */
static int session_start(struct session *s, struct error *err)
{
	TRY(attach_start(s->attach, s->catalog, err));
	s->start_ns = now_ns();
	s->flushed_ns = s->start_ns;
	s->clocked_ns = s->start_ns;
	TRY(catalog_facts(s->catalog, s->writer, err));
	TRY(write_clock(s, err));
	TRY(writer_flush(s->writer, err)); /* from here on, whatever happens, it is a tape */
	TRY(take_snapshot(s, err));
	return s->child ? child_go(s->child, err) : 0;
}

static int session_open(struct session *s, struct error *err)
{
	TRY(privilege_check(err));
	TRY(stop_open(&s->stop, err));
	TRY(start_child(s, err));
	urgency_begin(&s->urgency);
	TRY(open_kernel(s, err));
	TRY(open_catalog(s, err));
	TRY(open_writer(s, err));
	TRY(write_facts(s, err));
	TRY(open_chain(s, err));
	TRY(open_epoll(s, err));
	return status_new(stderr, s->opt->is_quiet, &s->status, err);
}

/* Events that were translated, but could not be put on the tape. */
static uint64_t unwritten(const struct session *s)
{
	return translator_rows(s->translator) - writer_rows(s->writer);
}

/* A full disk does not end the recording. */
static void watch_output(struct session *s)
{
	const char *reason = writer_stall_reason(s->writer);

	if (s->opt->is_quiet || !stall_is_news(&s->stall, reason))
		return;
	status_erase(s->status);
	stall_tell(&s->stall, reason, unwritten(s), stderr);
}

static void show_status(struct session *s, uint64_t now)
{
	struct status_now n = {.elapsed_ns = now - s->start_ns,
			       .events = writer_rows(s->writer),
			       .lost = losses_total(s->losses) + unwritten(s),
			       .bytes = sink_bytes(s->sink)};

	s->shown_ns = now;
	status_show(s->status, &n);
}

/* What is due by the clock. */
static int tick(struct session *s, struct error *err)
{
	uint64_t now = now_ns();

	if (now - s->clocked_ns >= CLOCK_EVERY) {
		TRY(write_clock(s, err));
		s->clocked_ns = now;
	}
	if (now - s->flushed_ns >= FLUSH_EVERY) {
		TRY(losses_read(s->losses, s->writer, now, err));
		TRY(writer_flush(s->writer, err));
		s->flushed_ns = now;
	}
	if (now - s->shown_ns >= STATUS_EVERY)
		show_status(s, now);
	return 0;
}

static void look_for_end(struct session *s)
{
	int status;

	if (stop_requested(s->stop))
		s->end_reason = "signal";
	else if (s->child && child_has_ended(s->child, &status))
		s->end_reason = "command";
	else if (s->opt->duration_ns && now_ns() - s->start_ns >= s->opt->duration_ns)
		s->end_reason = "duration";
}

static int poll_timeout(const struct session *s)
{
	uint64_t gone = now_ns() - s->start_ns, left;

	if (!s->opt->duration_ns)
		return POLL_MS;
	left = s->opt->duration_ns > gone ? (s->opt->duration_ns - gone) / 1000000 + 1 : 0;
	return left < POLL_MS ? (int)left : POLL_MS;
}

static int session_loop(struct session *s, struct error *err)
{
	struct epoll_event events[4];
	size_t taken = 0;

	while (!s->end_reason) {
		if (taken < BATCH_RECORDS)
			epoll_wait(s->epoll_fd, events, 4, poll_timeout(s));
		urgency_update(&s->urgency, drain_waiting(s->drain), attach_ring_bytes(s->attach));
		TRY(empty_ring(s, BATCH_RECORDS, &taken, err));
		TRY(tick(s, err));
		watch_output(s);
		look_for_end(s);
	}
	return 0;
}

static int write_cost(struct session *s, struct status_total *total, struct error *err)
{
	const char *problem = symbols_problem(s->symbols);

	*total = (struct status_total){
		.output = s->opt->output,
		.run_ns = now_ns() - s->start_ns,
		.events = writer_rows(s->writer),
		.lost = losses_total(s->losses) + unwritten(s),
		.ring_peak_percent = drain_peak_percent(s->drain),
	};
	cost_measure(total);
	TRY(cost_facts(total, s->writer, err));
	TRY(translator_facts(s->translator, s->writer, err));
	return problem ? writer_fact(s->writer, "unavailable", problem, err) : 0;
}

/* Nothing is sent any more: take the rest, then close the tape. */
static int session_end(struct session *s, struct status_total *total, struct error *err)
{
	size_t taken;

	attach_stop(s->attach);
	do
		TRY(empty_ring(s, BATCH_RECORDS, &taken, err));
	while (taken);
	TRY(losses_read(s->losses, s->writer, now_ns(), err));
	TRY(write_clock(s, err));
	TRY(writer_flush(s->writer, err));
	watch_output(s);
	TRY(write_cost(s, total, err));
	TRY(writer_end(s->writer, s->end_reason, err));
	total->bytes = sink_bytes(s->sink);
	return 0;
}

static int session_summary(const struct session *s, struct status_total *total, struct error *err)
{
	size_t count = catalog_count(s->catalog);
	struct status_type *types = calloc(count ? count : 1, sizeof(*types));

	if (!types)
		return error_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const struct catalog_event *e = catalog_at(s->catalog, i);

		types[i].name = e->full_name;
		types[i].events = translator_rows_of(s->translator, e->number);
	}
	total->types = types;
	total->type_count = count;
	status_erase(s->status);
	status_summary(stderr, total);
	free(types);
	return 0;
}

static int session_record(struct session *s, struct error *err)
{
	struct status_total total;
	struct sink *sink;

	TRY(session_open(s, err));
	TRY(session_start(s, err));
	TRY(session_loop(s, err));
	TRY(session_end(s, &total, err));
	sink = s->sink;
	s->sink = NULL;
	TRY(sink_close(sink, err));
	return s->opt->is_quiet ? 0 : session_summary(s, &total, err);
}

int session_run(const struct record_options *opt, char *const argv[], struct error *err)
{
	struct session s = {.opt = opt, .argv = argv, .epoll_fd = -1};
	int rc = session_record(&s, err);

	session_close(&s);
	return rc;
}

int session_list_events(const struct record_options *opt, struct error *err)
{
	struct session s = {.opt = opt, .epoll_fd = -1};
	int rc = open_kernel(&s, err);

	if (!rc)
		rc = open_catalog(&s, err);
	for (size_t i = 0; !rc && i < catalog_count(s.catalog); i++)
		puts(catalog_at(s.catalog, i)->full_name);
	session_close(&s);
	return rc;
}

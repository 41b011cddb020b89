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

#include "record/account.h"
#include "record/attach.h"
#include "record/btf_enums.h"
#include "record/catalog.h"
#include "record/child.h"
#include "record/confine.h"
#include "record/drain.h"
#include "record/filter_watch.h"
#include "record/host.h"
#include "record/losses.h"
#include "record/own.h"
#include "record/piece.h"
#include "record/plan_report.h"
#include "record/privilege.h"
#include "record/selector.h"
#include "record/rest.h"
#include "record/series.h"
#include "record/shed.h"
#include "record/snapshot.h"
#include "record/stop.h"
#include "record/symbols.h"
#include "record/tracefs.h"
#include "record/urgency.h"

enum {
	BATCH_RECORDS = 2048, /* between two looks at the clock */
};

struct session {
	const struct record_options *opt;
	char *const *argv;
	struct stop *stop;
	struct child *child;
	struct btf_enums *btf;
	struct tracefs *tracefs;
	struct catalog *catalog;
	struct symbols *symbols;
	struct recording recording;
	struct series *series;
	struct attach *attach;
	struct snapshot_kinds *snapshot;
	struct drain *drain;
	struct losses *losses;
	struct shed *shed;
	struct urgency urgency;
	struct account account;
	struct filter_watch filter_watch;
	struct rest rest;
	const char *end_reason; /* NULL = still running */
};

/* The programs last: a process that detaches them must not hold the tape open. */
static void session_close(struct session *s)
{
	filter_watch_end(&s->filter_watch);
	shed_free(s->shed);
	losses_close(s->losses);
	snapshot_unload(s->snapshot);
	drain_close(s->drain);
	series_close(s->series, NULL);
	symbols_close(s->symbols);
	catalog_close(s->catalog);
	tracefs_close(s->tracefs);
	btf_enums_close(s->btf);
	account_close(&s->account);
	child_free(s->child);
	stop_close(s->stop);
	rest_close(&s->rest);
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

	TRY(catalog_open(&k, &s->opt->globs, &s->catalog, err));
	return catalog_choose_stacks(s->catalog, &s->opt->stacks, err);
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

static void tell_own(struct session *s)
{
	char ends[128];

	if (!s->recording.own.is_known || s->opt->is_quiet)
		return;
	own_text(&s->recording.own, ends, sizeof(ends));
	fprintf(stderr,
		"tcptape-record: the connection of %s carries this tape and is left out; "
		"--include-own records it, too\n",
		ends);
}

static int open_output(struct session *s, struct error *err)
{
	TRY(symbols_open(&s->symbols, err));
	s->recording = (struct recording){.opt = s->opt,
					  .argv = s->argv,
					  .catalog = s->catalog,
					  .symbols = s->symbols,
					  .own = own_of(s->opt)};
	tell_own(s);
	TRY(recording_draw_id(&s->recording, err));
	return series_open(&s->recording, &s->series, err);
}

static int open_shed(struct session *s, struct error *err)
{
	const struct shed_scene scene = {.catalog = s->catalog,
					 .attach = s->attach,
					 .losses = s->losses,
					 .series = s->series,
					 .max_cpu_percent = s->opt->limits.max_cpu_percent};

	return shed_new(&scene, &s->shed, err);
}

/* Programs, and everything that stands behind them. */
static int open_chain(struct session *s, struct error *err)
{
	struct snapshot_scene scene;
	struct drain_source source;

	TRY(attach_open(s->catalog, s->btf, s->opt, &s->attach, err));
	source = attach_source(s->attach);
	TRY(drain_open(&source, &s->drain, err));
	s->recording.stacks_fd = attach_stacks_fd(s->attach);
	TRY(piece_prepare(series_piece(s->series), err));
	symbols_problem(s->symbols); /* read them now, not under way */
	scene = (struct snapshot_scene){.btf = s->btf, .opt = s->opt, .attach = s->attach};
	TRY(snapshot_load(&scene, &s->snapshot, err));
	TRY(losses_open(s->attach, s->catalog, host_now_ns(), &s->losses, err));
	return open_shed(s, err);
}

/* What wakes it but for the programs. */
static int open_rest(struct session *s, struct error *err)
{
	TRY(rest_open(&s->rest, s->attach, s->drain, err));
	TRY(wakeup_add(&s->rest.wakeup, stop_fd(s->stop), false, err));
	return s->child ? wakeup_add(&s->rest.wakeup, child_fd(s->child), false, err) : 0;
}

/* Translate what waits, up to `limit` records. */
static int empty_ring(struct session *s, size_t limit, size_t *taken, struct error *err)
{
	const void *record;
	size_t len;

	for (*taken = 0; *taken < limit; ++*taken) {
		record = drain_next(s->drain, UINT64_MAX, &len);
		if (!record)
			return 0;
		TRY(piece_add(series_piece(s->series), record, len, err));
	}
	return 0;
}

/* Take what was sent until `ts_ns`. */
static int empty_until(struct session *s, uint64_t ts_ns, struct error *err)
{
	const struct wire_head *record;
	size_t len;

	while ((record = drain_next(s->drain, ts_ns, &len)))
		TRY(piece_add(series_piece(s->series), record, len, err));
	return 0;
}

/* What iterators found, between the events, in the order of time. */
static int add_found(struct session *s, const struct recipe *recipe, const struct wire_head *row,
		     struct error *err)
{
	TRY(empty_until(s, row->ts_ns, err));
	return piece_add_as(series_piece(s->series), recipe, row, err);
}

static int write_snapshot(struct session *s, struct snapshot_reader *reader, struct error *err)
{
	const struct recipe *recipe = catalog_snapshot(s->catalog);
	const struct wire_existing *row;
	int rc;

	while ((rc = snapshot_next(reader, &row, err)) == 0)
		if (row)
			TRY(add_found(s, recipe, &row->head, err));
		else
			TRY(empty_until(s, host_now_ns(), err));
	return rc == END ? 0 : rc;
}

/* `is_first`: what is missing of it is told, and will be missing of all. Later ones are taken
 * without privileges. */
static int take_snapshot(struct session *s, bool is_first, struct error *err)
{
	struct writer *writer = piece_writer(series_piece(s->series));
	struct error trouble = {0};
	struct snapshot_reader *reader;
	const char *problem;
	int rc;

	TRY(snapshot_open(s->snapshot, is_first, writer, &reader, err));
	rc = write_snapshot(s, reader, err);
	for (size_t i = 0; is_first && (problem = snapshot_problem(reader, i)); i++) {
		error_set(&trouble, ERR_KERNEL, "%s", problem);
		account_tell(&s->account, &trouble, "");
	}
	snapshot_close(reader);
	return rc;
}

/* What waits at the listeners now, which no event may tell of: a full queue is silent. */
static int write_listeners(struct session *s, struct error *err)
{
	const struct catalog_event *e = catalog_find(s->catalog, WIRE_LISTENER);
	struct snapshot_reader *reader;
	const struct wire_existing *row;
	struct wire_listener listener;
	int rc;

	if (!e || e->way != WAY_TYPED)
		return 0;
	TRY(snapshot_open(s->snapshot, false, NULL, &reader, err));
	while ((rc = snapshot_next(reader, &row, err)) == 0)
		if (row && snapshot_listener(row, &listener) &&
		    (rc = add_found(s, &e->recipe, &listener.head, err)))
			break;
	snapshot_close(reader);
	return rc == END ? 0 : rc;
}

/* What the recorder does not need any more. */
static void give_up(struct session *s)
{
	const struct confine_needs needs = {
		.beside = limits_rotate(&s->opt->limits) ? series_path(s->series) : NULL,
		.bpf_fd = attach_ring_fd(s->attach),
	};
	struct error trouble = {0};

	confine(&needs, &trouble);
	account_tell(&s->account, &trouble, "; recording goes on");
}

static void begin_account(struct session *s)
{
	s->account.catalog = s->catalog;
	s->account.series = s->series;
	s->account.losses = s->losses;
	s->account.drain = s->drain;
	account_begin(&s->account, host_now_ns());
}

/* From now on events count. */
static int session_start(struct session *s, struct error *err)
{
	TRY(attach_start(s->attach, s->catalog, err));
	TRY(snapshot_select(s->snapshot, err));
	attach_send(s->attach);
	if (!s->opt->is_quiet)
		plan_tell_unavailable(s->catalog, s->btf, stderr);
	begin_account(s);
	TRY(series_begin(s->series, s->account.start_ns, err));
	TRY(take_snapshot(s, true, err));
	shed_begin(s->shed);
	filter_watch_begin(&s->filter_watch, &s->opt->filter);
	give_up(s);
	return s->child ? child_go(s->child, err) : 0;
}

static int session_open(struct session *s, struct error *err)
{
	TRY(privilege_check(err));
	TRY(stop_open(&s->stop, err));
	if (limits_rotate(&s->opt->limits))
		stop_turn_on_hangup(s->stop);
	TRY(start_child(s, err));
	urgency_begin(&s->urgency);
	TRY(open_kernel(s, err));
	TRY(open_catalog(s, err));
	TRY(open_output(s, err));
	TRY(open_chain(s, err));
	TRY(open_rest(s, err));
	return account_open(&s->account, s->opt->is_quiet, err);
}

/* The next piece begins, and no event falls between the two: the ring holds what happens
 * meanwhile. */
static int turn(struct session *s, uint64_t now, struct error *err)
{
	struct error trouble = {0};
	struct status_total total;
	int rc = series_load(s->series, now, &trouble);

	if (rc && series_is_gone(s->series)) {
		*err = trouble;
		return rc;
	}
	if (rc) {
		account_tell(&s->account, &trouble, "; recording goes on in the same file");
		return rc == ERR_NOMEM ? error_nomem(err) : 0;
	}
	urgency_hurry(&s->urgency);
	TRY(empty_until(s, now, err));
	TRY(write_listeners(s, err));
	total = account_total(&s->account);
	TRY(series_turn(s->series, s->losses, &total, &trouble, err));
	account_tell(&s->account, &trouble, "");
	TRY(shed_piece(s->shed, err));
	return take_snapshot(s, false, err);
}

static void ask_for_turn(struct session *s)
{
	struct error trouble = {0};

	series_ask(s->series);
	if (limits_rotate(&s->opt->limits))
		return;
	error_set(&trouble, ERR_USAGE,
		  "SIGUSR1 begins a new file only with --keep, --rotate-size or --rotate-time");
	account_tell(&s->account, &trouble, "");
}

/* What is due by the clock. */
static int tick(struct session *s, struct error *err)
{
	uint64_t now = host_now_ns();
	struct error news = {0}, gone = {0};

	TRY(shed_tick(s->shed, now, &news, err));
	account_tell(&s->account, &news, "");
	TRY(piece_tick(series_piece(s->series), s->losses, now, s->rest.look_ns, err));
	if (stop_take_turn(s->stop))
		ask_for_turn(s);
	if (series_is_due(s->series, now))
		TRY(turn(s, now, err));
	if (!account_show(&s->account, now))
		return 0;
	filter_watch_tick(&s->filter_watch, &gone);
	account_tell(&s->account, &gone, "; recording goes on");
	return series_mind_disk(s->series, err);
}

static void look_for_end(struct session *s)
{
	int status;

	if (stop_requested(s->stop))
		s->end_reason = "signal";
	else if (s->child && child_has_ended(s->child, &status))
		s->end_reason = "command";
	else if (s->opt->duration_ns && host_now_ns() - s->account.start_ns >= s->opt->duration_ns)
		s->end_reason = "duration";
	else if (s->opt->limits.max_bytes &&
		 series_kept_bytes(s->series) >= s->opt->limits.max_bytes)
		s->end_reason = "size";
}

/* What the clock asks for, apart from looking. */
static uint64_t due_ns(const struct session *s)
{
	uint64_t turn_ns = series_due_ns(s->series), show_ns = account_due_ns(&s->account);
	uint64_t first_ns = turn_ns < show_ns ? turn_ns : show_ns;
	uint64_t end_ns = s->account.start_ns + s->opt->duration_ns;

	return s->opt->duration_ns && end_ns < first_ns ? end_ns : first_ns;
}

/* Some of what waits. */
static int look(struct session *s, struct error *err)
{
	size_t taken;

	urgency_update(&s->urgency, drain_waiting(s->drain), attach_ring_bytes(s->attach));
	TRY(empty_ring(s, BATCH_RECORDS, &taken, err));
	rest_count(&s->rest, taken, taken == BATCH_RECORDS);
	return 0;
}

static int session_loop(struct session *s, struct error *err)
{
	while (!s->end_reason) {
		rest_until(&s->rest, due_ns(s));
		TRY(look(s, err));
		TRY(tick(s, err));
		account_watch_output(&s->account);
		look_for_end(s);
	}
	return 0;
}

static void tell_size(struct session *s)
{
	struct error why = {0};

	error_set(&why, ERR_USAGE,
		  "the tape is nearly as large as --max-size allows: it ends here");
	account_tell(&s->account, &why, "");
}

static void tell_nothing(struct session *s)
{
	uint64_t chosen, others;
	struct error news = {0};

	if (series_rows(s->series) > series_rows_of(s->series, WIRE_SOCK_SNAPSHOT) +
					     series_rows_of(s->series, WIRE_LISTENER))
		return;
	selector_opened(attach_typed(s->attach), &chosen, &others);
	filter_watch_nothing(&s->filter_watch, others, &news);
	account_tell(&s->account, &news, "");
}

/* Nothing is sent any more: take the rest, then close the tape. */
static int session_end(struct session *s, struct status_total *total, struct error *err)
{
	size_t taken;

	if (strcmp(s->end_reason, "size") == 0)
		tell_size(s);
	attach_stop(s->attach);
	do
		TRY(empty_ring(s, BATCH_RECORDS, &taken, err));
	while (taken);
	TRY(write_listeners(s, err));
	*total = account_total(&s->account);
	TRY(series_end(s->series, s->losses, s->end_reason, total, err));
	account_watch_output(&s->account);
	*total = account_total(&s->account);
	tell_nothing(s);
	return 0;
}

static int session_record(struct session *s, struct error *err)
{
	struct status_total total;
	struct series *series;

	TRY(session_open(s, err));
	TRY(session_start(s, err));
	TRY(session_loop(s, err));
	TRY(session_end(s, &total, err));
	TRY(account_summary(&s->account, &total, err));
	series = s->series;
	s->series = NULL;
	return series_close(series, err);
}

int session_run(const struct record_options *opt, char *const argv[], struct error *err)
{
	struct session s = {.opt = opt, .argv = argv, .rest = {.wakeup = {.fd = -1}}};
	int rc = session_record(&s, err);

	session_close(&s);
	return rc;
}

int session_list_events(const struct record_options *opt, struct error *err)
{
	struct session s = {.opt = opt, .rest = {.wakeup = {.fd = -1}}};
	int rc = open_kernel(&s, err);

	if (!rc)
		rc = open_catalog(&s, err);
	for (size_t i = 0; !rc && i < catalog_count(s.catalog); i++)
		puts(catalog_at(s.catalog, i)->full_name);
	session_close(&s);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* command.c -- one way through every command; what differs is in its row. */
#include "analyze/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyze/completion.h"
#include "analyze/follow.h"
#include "analyze/help.h"
#include "analyze/memory_limit.h"
#include "analyze/nearest.h"
#include "analyze/pager.h"
#include "analyze/progress.h"
#include "analyze/scope.h"
#include "format/source.h"

/* One run of a command, over all its tapes. */
struct run {
	const struct command *command;
	const struct arguments *arguments;
	struct selection selection;
	struct renderer *renderer;
	bool is_limited; /* its memory, by --max-memory */
	FILE *out, *err;
	FILE *progress; /* where to say how far it is; NULL = nowhere */
};

static bool limit_memory(const struct command *c, const struct arguments *a)
{
	memory_limit_keep();
	return c->options & OPTIONS_READ && memory_limit_set(a->max_memory_bytes);
}

static void explain_limit(const struct command *c, const struct arguments *a, const char *tape,
			  struct error *err)
{
	bool can_ask_for_less = c->options & OPTIONS_SELECTION && !c->view_blocks;

	memory_limit_explain(a->max_memory_bytes, tape,
			     can_ask_for_less ? "ask for less with --port, --since" : "", err);
}

static bool wants_colour(const struct arguments *a, bool is_terminal)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	if (a->colour != COLOUR_AUTO)
		return a->colour == COLOUR_ALWAYS;
	return is_terminal && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
}

static unsigned spares_of(const struct run *r)
{
	return r->command->spares | (r->arguments->is_unnumbered ? SPARE_NUMBERS : 0);
}

/* Leave unread what the answer does not need. */
static int narrow(const struct run *r, struct view_input *in, struct error *err)
{
	unsigned spares = spares_of(r);

	if (in->format == RENDER_CANONICAL)
		return 0;
	TRY(scope_find(in->scope, in->source, in->selection, spares, err));
	TRY(scope_limit(in->scope, in->cursor, err));
	if (in->scope->has_origin)
		view_set_origin(in, in->scope->origin_ns);
	return 0;
}

/* Run the view, whose cursor is at its beginning. */
static int read_cursor(const struct run *r, struct view_input *in, struct error *err)
{
	int rc = in->follow ? 0 : narrow(r, in, err);

	if (rc == 0)
		rc = r->command->view(in, err);
	remarks_set_health(in->remarks, cursor_health(in->cursor));
	cursor_close(in->cursor);
	scope_release(in->scope);
	return rc;
}

static int follow_source(const struct run *r, struct view_input *in, struct error *err)
{
	struct follow follow = {
		.tape = source_name(in->source),
		.fail_on_loss = r->arguments->fail_on_loss,
	};
	int rc = follow_open(&follow, in->source, &in->cursor, err);

	in->follow = &follow;
	if (rc == 0)
		rc = read_cursor(r, in, err);
	follow_release(&follow);
	return rc;
}

/* Run the command over an open source. */
static int read_source(const struct run *r, struct source *source, struct remarks *remarks,
		       struct error *err)
{
	struct scope scope = {0};
	struct progress progress = {.to = r->progress};
	struct view_input in = {
		.selection = &r->selection,
		.renderer = r->renderer,
		.format = r->arguments->format,
		.speed = r->arguments->speed,
		.by = r->arguments->by,
		.interval_ns = r->arguments->interval_ns,
		.shows_all = r->arguments->shows_all,
		.role = r->arguments->role,
		.has_budget = r->arguments->has_budget,
		.source = source,
		.remarks = remarks,
		.scope = &scope,
		.progress = &progress,
		.is_unnumbered = r->arguments->is_unnumbered,
		.query = &r->arguments->query,
		.lists_events = r->arguments->lists_events,
		.is_page = r->arguments->format == RENDER_TEXT &&
			   query_is_open(&r->arguments->query),
	};
	int rc;

	if (r->command->view_blocks)
		return r->command->view_blocks(&in, err);
	if (r->arguments->is_following)
		return follow_source(r, &in, err);
	if (scope_is_asked_for(&r->selection, spares_of(r)))
		source_read_sparsely(source);
	TRY(cursor_open(source, &in.cursor, err));
	rc = read_cursor(r, &in, err);
	progress_clear(&progress);
	return rc;
}

/* A long name is not there to its end. */
static bool names_tape(const struct error *err, const char *tape)
{
	char start[100];

	snprintf(start, sizeof(start), "%s", tape);
	return strstr(err->text, start) != NULL;
}

static void print_error(const struct run *r, const char *tape, struct error *err)
{
	char text[sizeof(err->text) + 256];

	if (err->status == ERR_NOMEM && r->is_limited)
		explain_limit(r->command, r->arguments, tape, err);
	if (names_tape(err, tape) || err->status == ERR_USAGE)
		snprintf(text, sizeof(text), "%s", err->text);
	else
		snprintf(text, sizeof(text), "%.200s: %s", tape, err->text);
	remark_print(text, r->err);
}

static const char *tape_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int finish(const struct run *r, struct error *err)
{
	const struct error *problem = render_problem(r->renderer);
	int rc = render_finish(r->renderer);

	if (problem->status)
		*err = *problem;
	else if (rc == ERR_NOMEM)
		error_nomem(err);
	else if (rc)
		error_set(err, ERR_IO, "the output could not be written");
	return rc;
}

static void explain_uncounted(const struct run *r)
{
	uint64_t rows = render_uncounted(r->renderer);
	char text[128];

	if (!rows)
		return;
	snprintf(text, sizeof(text),
		 "--count-by: %" PRIu64 " rows are not counted, their values differ too much",
		 rows);
	remark_print(text, r->err);
}

static enum exit_status run_tape(const struct run *r, const char *path)
{
	const char *tape = tape_name(path);
	bool is_selecting = r->arguments->format != RENDER_CANONICAL;
	struct remarks remarks = {.absent = {.selection = is_selecting ? &r->selection : NULL}};
	struct source *source = NULL;
	struct error err = {0};
	enum exit_status status;
	int rc;

	if (r->arguments->tape_count > 1) {
		render_heading(r->renderer, tape);
		render_set_tape(r->renderer, tape);
	}
	rc = source_open(path, &source, &err);
	if (rc == 0)
		rc = read_source(r, source, &remarks, &err);
	source_close(source);
	if (rc)
		render_discard(r->renderer);
	status = status_exit(rc);
	if (finish(r, &err))
		status = status_exit(err.status);
	remarks_print(&remarks, tape, r->err);
	explain_uncounted(r);
	if (status != EXIT_FINE) {
		print_error(r, tape, &err);
		return status;
	}
	return remarks_status(&remarks, r->arguments->fail_on_loss);
}

static bool has_selection(const struct selection *s)
{
	return !selection_is_open(s) || s->event_count || s->has_since || s->has_until;
}

/* What is on the terminal already must not be written over. */
static FILE *progress_to(const struct arguments *a, bool is_terminal, FILE *err)
{
	bool is_live = a->speed > 0 || a->is_following;

	return !is_terminal && !is_live && isatty(fileno(err)) ? err : NULL;
}

static enum exit_status run_tapes(const struct command *c, const struct arguments *a,
				  bool is_terminal, FILE *out, FILE *err)
{
	struct render_options options = {
		.format = a->format,
		.use_colour = a->format == RENDER_TEXT && wants_colour(a, is_terminal),
		.is_live = a->speed > 0 || a->is_following,
		.query = &a->query,
	};
	struct run r = {
		.command = c,
		.arguments = a,
		.selection = arguments_selection(a),
		.is_limited = limit_memory(c, a),
		.renderer = render_new(out, &options),
		.out = out,
		.err = err,
		.progress = progress_to(a, is_terminal, err),
	};
	enum exit_status status = EXIT_FINE;

	if (c->view_blocks && has_selection(&r.selection))
		remark_print("every block is checked, whatever is selected", err);
	if (a->format == RENDER_CANONICAL &&
	    (has_selection(&r.selection) || !query_is_open(&a->query)))
		remark_print("the canonical text has every event, whatever is selected", err);
	if (!r.renderer) {
		remark_print("out of memory", err);
		return EXIT_TROUBLE;
	}
	for (size_t i = 0; i < a->tape_count && !render_is_closed(r.renderer); i++)
		status = exit_worse(status, run_tape(&r, a->tapes[i]));
	render_free(r.renderer);
	return status;
}

/* Events that are waited for would not come through a pager in time. */
static enum exit_status run_paged(const struct command *c, const struct arguments *a, FILE *out,
				  FILE *err)
{
	bool is_terminal = isatty(fileno(out)), is_live = a->speed > 0 || a->is_following;
	struct pager pager = {0};
	enum exit_status status;

	if (!a->is_unpaged && !is_live)
		pager_start(&pager, out, err);
	status = run_tapes(c, a, is_terminal, out, err);
	pager_finish(&pager, out, err);
	return status;
}

static enum exit_status usage(const struct command *c, const struct error *problem, FILE *err)
{
	char text[sizeof(problem->text) + 128];

	if (c)
		snprintf(text, sizeof(text), "%s; see tcptape %s --help", problem->text, c->name);
	else
		snprintf(text, sizeof(text), "%s", problem->text);
	remark_print(text, err);
	return EXIT_USAGE;
}

static enum exit_status run_write(const struct command *c, const struct arguments *a, FILE *err)
{
	struct error problem = {0};
	bool is_limited = limit_memory(c, a);
	enum exit_status status = c->write(a, err, &problem);

	if (problem.status == ERR_USAGE)
		return usage(c, &problem, err);
	if (problem.status == ERR_NOMEM && is_limited)
		explain_limit(c, a, tape_name(a->tapes[0]), &problem);
	if (problem.status)
		remark_print(problem.text, err);
	return status;
}

/* --by takes the words of the command's row. */
static int check_by(const struct command *c, const struct arguments *a, struct error *err)
{
	const char *by = a->by;
	struct nearest n = nearest_to(by ? by : "");
	char words[HELP_WORDS_MAX];

	if (by && a->is_unnumbered && strcmp(by, "conn") == 0)
		return error_set(err, ERR_USAGE,
				 "--by conn needs the numbers that --no-conn leaves out");
	for (size_t i = 0; by && i < COMMAND_WORDS && c->by[i]; i++) {
		if (strcmp(c->by[i], by) == 0)
			return 0;
		nearest_offer(&n, c->by[i]);
	}
	if (!by)
		return 0;
	help_words(c, words);
	if (n.best)
		return error_set(err, ERR_USAGE, "--by %.40s: did you mean %s? %s counts by %s", by,
				 n.best, c->name, words);
	return error_set(err, ERR_USAGE, "--by %.40s: %s counts by %s", by, c->name, words);
}

/* Names of columns, before a long tape is read for nothing. */
static int check_columns(const struct command *c, const struct query *q, struct error *problem)
{
	if (c->options & OPTIONS_REPLAY) /* fields of events are known to the tape alone */
		return 0;
	return query_check(q, c->tables, COMMAND_TABLES, problem);
}

/* What was asked of the program itself is out. Who reads no more has what it wanted. */
static enum exit_status told(FILE *out, FILE *err)
{
	struct error problem;

	if ((fflush(out) == 0 && !ferror(out)) || errno == EPIPE)
		return EXIT_FINE;
	error_sys(&problem, errno, "cannot write standard output");
	remark_print(problem.text, err);
	return EXIT_TROUBLE;
}

/* argv begins with the program's name, and the command's. */
static enum exit_status run_command(const struct command *c, int argc, char **argv, FILE *out,
				    FILE *err)
{
	struct arguments a = {0};
	struct error problem = {0};
	enum exit_status status;
	int rc;

	if (c->run) {
		rc = c->run(argv[0], argv + 1, &problem);
		if (rc < 0)
			remark_print(problem.text, err);
		return status_exit(rc);
	}
	rc = arguments_parse(&a, c->options, argc - 2, argv + 2, &problem);
	if (rc == 0)
		rc = check_by(c, &a, &problem);
	if (rc == 0 && check_columns(c, &a.query, &problem)) {
		status = usage(c, &problem, err);
		help_columns(c, err);
	} else if (rc == ERR_USAGE) {
		status = usage(c, &problem, err);
	} else if (rc) {
		remark_print(problem.text, err);
		status = EXIT_TROUBLE;
	} else if (a.wants_help) {
		help_command(c, out);
		status = told(out, err);
	} else if (c->write) {
		status = run_write(c, &a, err);
	} else {
		status = run_paged(c, &a, out, err);
	}
	arguments_release(&a);
	return status;
}

static const struct command *find_command(const struct command_table *t, const char *name)
{
	for (const struct command *c = t->commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static enum exit_status unknown_command(const struct command_table *t, const char *name, FILE *err)
{
	struct nearest n = nearest_to(name);
	struct error problem = {0};

	for (const struct command *c = t->commands; c->name; c++)
		nearest_offer(&n, c->name);
	if (n.best)
		error_set(&problem, ERR_USAGE, "no command is called %.60s; did you mean %s?", name,
			  n.best);
	else if (*name && access(name, F_OK) == 0)
		error_set(&problem, ERR_USAGE,
			  "a command comes before %.60s: tcptape conns, or another; "
			  "try tcptape --help",
			  name);
	else
		error_set(&problem, ERR_USAGE, "no command is called %.60s; try tcptape --help",
			  *name ? name : "''");
	return usage(NULL, &problem, err);
}

static enum exit_status completion(const struct command_table *t, const char *shell, FILE *out,
				   FILE *err)
{
	struct error problem = {0};

	if (completion_print(t, shell, out, &problem))
		return usage(NULL, &problem, err);
	return told(out, err);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

/* What is no command, but asks something of the program itself, takes `most` words. */
static enum exit_status too_many(int most, char **argv, FILE *err)
{
	struct error problem;

	error_set(&problem, ERR_USAGE, "%s takes %s: '%.60s' is one too many", argv[1],
		  most ? "one word" : "no word", argv[2 + most]);
	return usage(NULL, &problem, err);
}

static enum exit_status help(const struct command_table *t, const char *about, FILE *out, FILE *err)
{
	const struct command *c = about ? find_command(t, about) : NULL;

	if (about && !c)
		return unknown_command(t, about, err);
	if (c)
		help_command(c, out);
	else
		help_all(t, out);
	return told(out, err);
}

enum exit_status command_main(const struct command_table *t, int argc, char **argv, FILE *out,
			      FILE *err)
{
	struct error problem = {.text = "a command comes first: tcptape COMMAND TAPE... [options];"
					" try tcptape --help"};
	const struct command *c;

	if (argc < 2) {
		help_all(t, err);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h", "help"))
		return argc > 3 ? too_many(1, argv, err)
				: help(t, argc > 2 && argv[2][0] != '-' ? argv[2] : NULL, out, err);
	if (is_one_of(argv[1], "--version", "-V", "version")) {
		if (argc > 2)
			return too_many(0, argv, err);
		fprintf(out, "tcptape %s\n", t->version);
		return told(out, err);
	}
	if (strcmp(argv[1], "completion") == 0)
		return argc > 3 ? too_many(1, argv, err)
				: completion(t, argc > 2 ? argv[2] : NULL, out, err);
	if (argv[1][0] == '-')
		return usage(NULL, &problem, err);
	c = find_command(t, argv[1]);
	return c ? run_command(c, argc, argv, out, err) : unknown_command(t, argv[1], err);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_command.c -- what every command has in common, with commands that do little. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyze/command.h"
#include "tests/format/sample_tape.h"

static const struct column columns[] = {{.key = "events", .title = "events"}};
static const struct table table = {"count", columns, 1};

static int view_count(const struct view_input *in, struct error *err)
{
	struct cell cells[1];
	uint64_t events = 0;
	struct item item;
	int rc;

	render_begin(in->renderer, &table);
	while ((rc = view_next(in, &item, err)) == 0)
		events += item.kind == ITEM_EVENT;
	cells[0] = cell_uint(events);
	render_row(in->renderer, cells);
	return rc < 0 ? rc : 0;
}

static int view_refuse(const struct view_input *in, struct error *err)
{
	(void)in;
	return error_set(err, ERR_USAGE, "choose one with --conn");
}

static int run_fail(const char *self, char **argv, struct error *err)
{
	return error_set(err, ERR_IO, "%s cannot %s", self, argv[0]);
}

static const struct command commands[] = {
	{"count", "count the events", OPTIONS_SELECTION | OPTIONS_OUTPUT, .view = view_count,
	 .examples = {{"a.tape", "all of them"}}},
	{"sort", "count the events by something", OPTIONS_OUTPUT | OPTIONS_BY, .view = view_count,
	 .by = {"reason", "location", "second"}},
	{"refuse", "refuse", OPTIONS_OUTPUT, .view = view_refuse},
	{"fail", "fail", 0, .run = run_fail},
	{0},
};
static const struct command_table commands_table = {commands, "1.2.3"};

struct ran {
	char *out, *err;
	size_t out_len, err_len;
	int status;
};

/* Words are parted by single spaces. */
static struct ran run(const char *line)
{
	char text[512], *argv[16] = {NULL};
	struct ran r = {0};
	FILE *out = open_memstream(&r.out, &r.out_len), *err = open_memstream(&r.err, &r.err_len);
	int argc = 0;

	assert_true(strlen(line) < sizeof(text));
	memcpy(text, line, strlen(line) + 1);
	for (char *p = text; p;) {
		argv[argc++] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = 0;
	}
	r.status = command_main(&commands_table, argc, argv, out, err);
	fclose(out);
	fclose(err);
	return r;
}

static void check(const char *line, int status, const char *out, const char *err)
{
	struct ran r = run(line);

	assert_string_equal(r.err, err);
	assert_string_equal(r.out, out);
	assert_int_equal(r.status, status);
	free(r.out);
	free(r.err);
}

/* A tape in the working directory of the test; bytes from `cut` on are left out. */
static void write_tape(const char *path, size_t cut)
{
	struct sample *s = sample_new(100, 40);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s->data, 1, s->len - cut, f), s->len - cut);
	fclose(f);
	sample_free(s);
}

static const char lost[] = "5 events lost on CPU 1 between 0.000002 s and 0.000003 s (the "
			   "kernel-side buffer was full)\n";

static void a_sound_tape_is_answered_and_losses_are_told(void **state)
{
	char remark[256];

	(void)state;
	write_tape("test_command.tape", 0);
	snprintf(remark, sizeof(remark), "tcptape: test_command.tape: %s", lost);
	check("tcptape count test_command.tape -f json", EXIT_FINE, "{\"events\":100}\n", remark);
	check("tcptape count test_command.tape -f json --fail-on-loss", EXIT_DAMAGED,
	      "{\"events\":100}\n", remark);
	unlink("test_command.tape");
}

static void by_takes_the_words_of_its_command(void **state)
{
	struct ran r;

	(void)state;
	write_tape("test_command.tape", 0);
	r = run("tcptape sort test_command.tape -f json --by second");
	assert_int_equal(r.status, EXIT_FINE);
	free(r.out);
	free(r.err);
	check("tcptape sort test_command.tape --by seconds", EXIT_USAGE, "",
	      "tcptape: --by seconds: did you mean second? sort counts by reason, location or "
	      "second; see tcptape sort --help\n");
	check("tcptape sort test_command.tape --by xyzzy", EXIT_USAGE, "",
	      "tcptape: --by xyzzy: sort counts by reason, location or second; see tcptape sort "
	      "--help\n");
	check("tcptape count test_command.tape --by reason", EXIT_USAGE, "",
	      "tcptape: --by is an option of other commands; see tcptape count --help\n");
	unlink("test_command.tape");
}

static void a_cut_tape_is_answered_with_3(void **state)
{
	struct ran r;

	(void)state;
	write_tape("test_command.tape", 1);
	r = run("tcptape count test_command.tape -f csv");
	assert_int_equal(r.status, EXIT_DAMAGED);
	assert_string_equal(r.out, "events\n100\n");
	assert_non_null(strstr(r.err, "test_command.tape: cut short: "));
	free(r.out);
	free(r.err);
	unlink("test_command.tape");
}

static void several_tapes_go_on_after_one_that_is_missing(void **state)
{
	struct ran r;

	(void)state;
	write_tape("test_command.tape", 0);
	r = run("tcptape count test_command.none test_command.tape -f json");
	assert_int_equal(r.status, EXIT_TROUBLE);
	assert_string_equal(r.out, "{\"tape\":\"test_command.tape\",\"events\":100}\n");
	assert_non_null(strstr(r.err, "tcptape: cannot open test_command.none: "));
	free(r.out);
	free(r.err);
	unlink("test_command.tape");
}

static void a_view_may_ask_for_another_command_line(void **state)
{
	(void)state;
	write_tape("test_command.tape", 0);
	check("tcptape refuse test_command.tape", EXIT_USAGE, "",
	      "tcptape: choose one with --conn\n");
	unlink("test_command.tape");
}

static void a_command_with_its_own_command_line_gets_it_untouched(void **state)
{
	(void)state;
	check("path/tcptape fail --port", EXIT_TROUBLE, "", "tcptape: path/tcptape cannot fail\n");
}

static void unknown_words_suggest_the_nearest(void **state)
{
	(void)state;
	check("tcptape coutn x", EXIT_USAGE, "",
	      "tcptape: no command is called coutn; did you mean count?\n");
	check("tcptape count --evnet x", EXIT_USAGE, "",
	      "tcptape: unknown option --evnet; did you mean --event?; see tcptape count --help\n");
}

static void help_and_version_go_to_standard_output(void **state)
{
	static const char *const lines[] = {"tcptape --help", "tcptape -h", "tcptape help",
					    "tcptape help count", "tcptape count --help"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct ran r = run(lines[i]);

		assert_int_equal(r.status, EXIT_FINE);
		assert_non_null(strstr(r.out, "Examples:\n"));
		assert_string_equal(r.err, "");
		free(r.out);
		free(r.err);
	}
	check("tcptape --version", EXIT_FINE, "tcptape 1.2.3\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_tape_is_answered_and_losses_are_told),
		cmocka_unit_test(by_takes_the_words_of_its_command),
		cmocka_unit_test(a_cut_tape_is_answered_with_3),
		cmocka_unit_test(several_tapes_go_on_after_one_that_is_missing),
		cmocka_unit_test(a_view_may_ask_for_another_command_line),
		cmocka_unit_test(a_command_with_its_own_command_line_gets_it_untouched),
		cmocka_unit_test(unknown_words_suggest_the_nearest),
		cmocka_unit_test(help_and_version_go_to_standard_output),
	};
	const char *tmp = getenv("TMP");

	/* Tapes are written where tests may write. */
	if (chdir(tmp && *tmp ? tmp : "/tmp") != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

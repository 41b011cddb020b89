/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "record/options.h"

enum { MAX_WORDS = 80 };

/* A command line; the words must live as long as *o. */
static int parse_words(const char *const *words, struct record_options *o, struct error *err)
{
	static const char *argv[MAX_WORDS + 2];
	int argc = 1;

	argv[0] = "tcptape-record";
	for (; *words; words++)
		argv[argc++] = *words;
	argv[argc] = NULL;
	return options_parse(argc, (char **)argv, o, err);
}

#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}
#define PARSE(o, ...) assert_int_equal(parse_words(WORDS(__VA_ARGS__), o, NULL), OK)

static void assert_usage(const char *sentence, const char *const *words)
{
	struct record_options o;
	struct error err = {0};

	assert_int_equal(parse_words(words, &o, &err), ERR_USAGE);
	assert_string_equal(err.text, sentence);
	options_release(&o);
}

static void options_without_words_record_the_default_events(void **state)
{
	const char *const none[] = {NULL};
	struct record_options o;

	(void)state;
	assert_int_equal(parse_words(none, &o, NULL), OK);
	assert_int_equal(o.action, ACTION_RECORD);
	assert_int_equal(o.duration_ns, 0);
	assert_int_equal(o.filter.counts[FILTER_PORT], 0);
	assert_in_range(o.buffer_bytes, 1 << 20, 32 << 20);
	assert_false(o.is_quiet || o.is_forced);
	assert_null(o.command);
	assert_true(name_is_chosen(&o.globs, "tcp:tcp_probe"));
	assert_true(name_is_chosen(&o.globs, "net:netif_receive_skb"));
	assert_false(name_is_chosen(&o.globs, "net:netif_rx"));
	options_release(&o);
}

static void options_name_a_tape_by_the_time_unless_told(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "-q");
	assert_true(strncmp(o.output, "tcptape-20", 10) == 0);
	assert_int_equal(strlen(o.output), strlen("tcptape-20260504-031502.tape"));
	options_release(&o);
	PARSE(&o, "-o", "a.tape", "--output=b.tape");
	assert_string_equal(o.output, "b.tape");
	options_release(&o);
	PARSE(&o, "-o-");
	assert_string_equal(o.output, "-");
	options_release(&o);
}

static void options_take_fractions_of_a_second(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "-d", "2");
	assert_int_equal(o.duration_ns, 2000000000);
	options_release(&o);
	PARSE(&o, "-d0.25");
	assert_int_equal(o.duration_ns, 250000000);
	options_release(&o);
	PARSE(&o, "--duration=.000000001");
	assert_int_equal(o.duration_ns, 1);
	options_release(&o);
	PARSE(&o, "-d", "1.5m");
	assert_int_equal(o.duration_ns, 90000000000);
	options_release(&o);
	PARSE(&o, "-d", "1.");
	assert_int_equal(o.duration_ns, 1000000000);
	options_release(&o);
}

static void options_refuse_durations_that_are_none(void **state)
{
	const char *const bad[] = {"0",   "",    ".",     "-1",  "5x",
				   "1e3", "0.0", "1.5ms", "nan", "99999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char sentence[100];

		snprintf(sentence, sizeof(sentence),
			 "--duration '%s': not a time such as 0.5, 30s or 10m", bad[i]);
		assert_usage(sentence, WORDS("-d", bad[i]));
	}
}

static void options_collect_ports_and_ranges(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "--port", "443,8000-8010", "--port=1-65535");
	assert_int_equal(o.filter.counts[FILTER_PORT], 3);
	assert_int_equal(o.filter.ports[0].first, 443);
	assert_int_equal(o.filter.ports[0].last, 443);
	assert_int_equal(o.filter.ports[1].first, 8000);
	assert_int_equal(o.filter.ports[1].last, 8010);
	assert_int_equal(o.filter.ports[2].last, 65535);
	options_release(&o);
}

static void options_refuse_ports_that_are_none(void **state)
{
	const char *const bad[] = {"0",   "",    "65536", "80,",       ",80",
				   "80-", "-80", "90-80", "80-90-100", "http"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char sentence[100];

		snprintf(sentence, sizeof(sentence),
			 "--port '%s': not a port or range from 1 to 65535", bad[i]);
		assert_usage(sentence, WORDS("--port", bad[i]));
	}
}

static void options_refuse_more_ports_than_their_limit(void **state)
{
	char many[3 * (FILTER_MAX_PORTS + 1) + 1] = "";
	struct record_options o;

	(void)state;
	for (int i = 0; i < FILTER_MAX_PORTS + 1; i++)
		memcpy(many + 3 * i, "80,", 4);
	many[3 * FILTER_MAX_PORTS - 1] = '\0';
	PARSE(&o, "--port", many);
	assert_int_equal(o.filter.counts[FILTER_PORT], FILTER_MAX_PORTS);
	options_release(&o);
	many[3 * FILTER_MAX_PORTS - 1] = ',';
	many[sizeof(many) - 2] = '\0';
	assert_usage("--port: more than 64 ports or ranges", WORDS("--port", many));
}

static void options_let_events_replace_the_default_ones(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "-e", "tcp:*,sched:sched_switch", "-e", "!tcp_probe");
	assert_true(name_is_chosen(&o.globs, "tcp:tcp_destroy_sock"));
	assert_true(name_is_chosen(&o.globs, "sched:sched_switch"));
	assert_false(name_is_chosen(&o.globs, "tcp:tcp_probe"));
	assert_false(name_is_chosen(&o.globs, "sock:inet_sock_set_state"));
	options_release(&o);
}

static void options_let_exclusions_alone_thin_out_the_default_ones(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "-e", "!skb:*");
	assert_true(name_is_chosen(&o.globs, "tcp:tcp_probe"));
	assert_false(name_is_chosen(&o.globs, "skb:kfree_skb"));
	options_release(&o);
	assert_usage("--event '!': empty name of an event", WORDS("-e", "!"));
	assert_usage("--event '': empty name of an event", WORDS("-e", ""));
	assert_usage("--event 'a,,b': empty name of an event", WORDS("-e", "a,,b"));
}

static void options_choose_events_with_stacks(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "--stacks", "skb:*,tcp_retransmit*", "--stacks", "!consume_skb");
	assert_true(name_is_chosen(&o.stacks, "skb:kfree_skb"));
	assert_true(name_is_chosen(&o.stacks, "tcp:tcp_retransmit_skb"));
	assert_false(name_is_chosen(&o.stacks, "skb:consume_skb"));
	assert_true(name_is_chosen(&o.globs, "tcp:tcp_probe")); /* events stay the default ones */
	options_release(&o);
	assert_usage("--stacks '': empty name of an event", WORDS("--stacks", ""));
	assert_usage("--stacks needs a value: --stacks GLOB", WORDS("--stacks"));
}

static void options_round_the_buffer_up_to_a_power_of_two(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "--buffer", "8M");
	assert_int_equal(o.buffer_bytes, 8 << 20);
	options_release(&o);
	PARSE(&o, "--buffer", "65537");
	assert_int_equal(o.buffer_bytes, 128 << 10);
	options_release(&o);
	PARSE(&o, "--buffer", "1g");
	assert_int_equal(o.buffer_bytes, 1 << 30);
	options_release(&o);
	assert_usage("--buffer '63k': must be from 64K to 1G", WORDS("--buffer", "63k"));
	assert_usage("--buffer '2G': must be from 64K to 1G", WORDS("--buffer", "2G"));
	assert_usage("--buffer '4294967295G': must be from 64K to 1G",
		     WORDS("--buffer", "4294967295G"));
	assert_usage("--buffer '8MB': not a size such as 8M", WORDS("--buffer", "8MB"));
	assert_usage("--buffer 'M': not a size such as 8M", WORDS("--buffer", "M"));
	assert_usage("--buffer '': not a size such as 8M", WORDS("--buffer", ""));
}

static void options_leave_the_command_as_it_is(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "-q", "--", "curl", "-o", "x", "--", "-q");
	assert_true(o.is_quiet);
	assert_non_null(o.command);
	assert_string_equal(o.command[0], "curl");
	assert_string_equal(o.command[1], "-o");
	assert_string_equal(o.command[3], "--");
	assert_string_equal(o.command[4], "-q");
	assert_null(o.command[5]);
	options_release(&o);
}

static void options_want_the_command_after_two_dashes(void **state)
{
	(void)state;
	assert_usage("unexpected 'bug.tape': a command to record goes after '--', a file name "
		     "after -o",
		     WORDS("bug.tape"));
	assert_usage("unexpected 'curl': a command to record goes after '--', a file name after -o",
		     WORDS("-q", "curl", "--", "x"));
	assert_usage("no command after '--'", WORDS("-q", "--"));
}

static void options_suggest_the_nearest_one(void **state)
{
	(void)state;
	assert_usage("unknown option '--ports'; did you mean '--port'?", WORDS("--ports=80"));
	assert_usage("unknown option '--list-event-names'; did you mean '--list-events'?",
		     WORDS("--list-event-names"));
	assert_usage("unknown option '--frobnicate'; --help lists them all", WORDS("--frobnicate"));
	assert_usage("unknown option '-x'; --help lists them all", WORDS("-qx"));
}

static void options_say_when_a_value_is_missing_or_too_much(void **state)
{
	(void)state;
	assert_usage("--output needs a value: --output FILE", WORDS("-o"));
	assert_usage("--port needs a value: --port N[,N...]", WORDS("--port"));
	assert_usage("--quiet takes no value", WORDS("--quiet=3"));
	assert_usage("--output '-d': looks like an option; write ./-d for a file",
		     WORDS("-o", "-d", "5"));
	assert_usage("--output: empty file name", WORDS("-o", ""));
}

static void options_help_and_version_win_over_what_follows(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "--help", "--nonsense");
	assert_int_equal(o.action, ACTION_HELP);
	options_release(&o);
	PARSE(&o, "-V", "nonsense");
	assert_int_equal(o.action, ACTION_VERSION);
	options_release(&o);
	PARSE(&o, "--list-events", "-e", "*");
	assert_int_equal(o.action, ACTION_LIST_EVENTS);
	options_release(&o);
}

static void options_know_verbs_as_the_first_word_only(void **state)
{
	struct record_options o;

	(void)state;
	PARSE(&o, "doctor", "-q", "-e", "tcp:*");
	assert_int_equal(o.action, ACTION_DOCTOR);
	assert_true(o.is_quiet);
	options_release(&o);
	PARSE(&o, "completion", "fish");
	assert_int_equal(o.action, ACTION_COMPLETION);
	assert_string_equal(o.shell, "fish");
	options_release(&o);
	PARSE(&o, "completion");
	assert_string_equal(o.shell, "");
	options_release(&o);
	assert_usage("completion takes one word: 'zsh' is one too many",
		     WORDS("completion", "fish", "zsh"));
	PARSE(&o, "--dry-run", "--", "doctor");
	assert_int_equal(o.action, ACTION_DRY_RUN);
	options_release(&o);
	assert_usage("unexpected 'doctor': a command to record goes after '--', a file name after "
		     "-o",
		     WORDS("-q", "doctor"));
}

static void options_help_shows_examples_first_within_eighty_columns(void **state)
{
	char *text = NULL;
	size_t len = 0, column = 0;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	options_print_help(f);
	assert_int_equal(fclose(f), 0);
	assert_true(strstr(text, "sudo tcptape-record -d 10") < strstr(text, "usage:"));
	assert_non_null(strstr(text, "  -o, --output FILE       write the tape"));
	assert_non_null(strstr(text, "      --port N[,N...]     only"));
	for (size_t i = 0; i < len; i++) {
		column = text[i] == '\n' ? 0 : column + 1;
		assert_true(column < 81);
	}
	free(text);
}

static void options_version_is_one_line(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	options_print_version(f);
	assert_int_equal(fclose(f), 0);
	assert_true(strncmp(text, "tcptape-record ", 15) == 0);
	assert_int_equal(text[len - 1], '\n');
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_without_words_record_the_default_events),
		cmocka_unit_test(options_name_a_tape_by_the_time_unless_told),
		cmocka_unit_test(options_take_fractions_of_a_second),
		cmocka_unit_test(options_refuse_durations_that_are_none),
		cmocka_unit_test(options_collect_ports_and_ranges),
		cmocka_unit_test(options_refuse_ports_that_are_none),
		cmocka_unit_test(options_refuse_more_ports_than_their_limit),
		cmocka_unit_test(options_let_events_replace_the_default_ones),
		cmocka_unit_test(options_let_exclusions_alone_thin_out_the_default_ones),
		cmocka_unit_test(options_choose_events_with_stacks),
		cmocka_unit_test(options_round_the_buffer_up_to_a_power_of_two),
		cmocka_unit_test(options_leave_the_command_as_it_is),
		cmocka_unit_test(options_want_the_command_after_two_dashes),
		cmocka_unit_test(options_suggest_the_nearest_one),
		cmocka_unit_test(options_say_when_a_value_is_missing_or_too_much),
		cmocka_unit_test(options_help_and_version_win_over_what_follows),
		cmocka_unit_test(options_know_verbs_as_the_first_word_only),
		cmocka_unit_test(options_help_shows_examples_first_within_eighty_columns),
		cmocka_unit_test(options_version_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

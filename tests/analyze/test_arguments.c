/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_arguments.c -- command lines are understood, or refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/arguments.h"

enum {
	ALL = OPTIONS_SELECTION | OPTIONS_OUTPUT | OPTIONS_REPLAY | OPTIONS_READ,
	WORDS_MAX = 16,
};

/* Words are parted by single spaces. */
struct line {
	char text[256];
	char *words[WORDS_MAX];
	int count;
	struct arguments a;
	struct error err;
};

static int parse_for(struct line *l, unsigned groups, const char *text)
{
	memset(l, 0, sizeof(*l));
	memcpy(l->text, text, strlen(text) + 1);
	for (char *p = l->text; p && *p;) {
		l->words[l->count++] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = 0;
	}
	return arguments_parse(&l->a, groups, l->count, l->words, &l->err);
}

static int parse(struct line *l, const char *text)
{
	return parse_for(l, ALL, text);
}

static void refuse(const char *text, const char *why)
{
	struct line l;

	assert_int_equal(parse(&l, text), ERR_USAGE);
	assert_string_equal(l.err.text, why);
	arguments_release(&l.a);
}

static void tapes_and_options_may_be_mixed(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "a.tape -f json b.tape --port 80"), 0);
	assert_int_equal(l.a.tape_count, 2);
	assert_string_equal(l.a.tapes[0], "a.tape");
	assert_string_equal(l.a.tapes[1], "b.tape");
	assert_int_equal(l.a.format, RENDER_JSON);
	assert_int_equal(l.a.port_count, 1);
	arguments_release(&l.a);
}

static void a_dash_is_a_tape_and_two_dashes_end_the_options(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "- -- -f --help"), 0);
	assert_int_equal(l.a.tape_count, 3);
	assert_string_equal(l.a.tapes[0], "-");
	assert_string_equal(l.a.tapes[2], "--help");
	arguments_release(&l.a);
}

static void values_stand_after_a_space_an_equals_sign_or_at_once(void **state)
{
	static const char *const lines[] = {"t -f csv", "t -fcsv", "t --format csv",
					    "t --format=csv"};
	struct line l;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(parse(&l, lines[i]), 0);
		assert_int_equal(l.a.format, RENDER_CSV);
		arguments_release(&l.a);
	}
}

static void ports_may_be_lists_and_ranges(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "t --port 80,443 --port 8000-8002"), 0);
	assert_int_equal(l.a.port_count, 5);
	assert_int_equal(l.a.ports[1], 443);
	assert_int_equal(l.a.ports[4], 8002);
	arguments_release(&l.a);
	assert_int_equal(parse(&l, "t --port 1-65535"), 0);
	assert_int_equal(l.a.port_count, 65535);
	arguments_release(&l.a);
}

static void impossible_ports_are_refused(void **state)
{
	static const char *const wrong[] = {"t --port 0",
					    "t --port 65536",
					    "t --port 1-",
					    "t --port 9-8",
					    "t --port 1,",
					    "t --port x",
					    "t --port 99999999999999999999",
					    "t --port 1;2"};
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(parse(&l, wrong[i]), ERR_USAGE);
		arguments_release(&l.a);
	}
}

static void addresses_become_ranges_of_16_bytes(void **state)
{
	static const uint8_t ten[16] = {[10] = 0xff, [11] = 0xff, [12] = 10};
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "t --addr 10.0.0.0/8 --addr ::1 --addr 10.0.0.0 --addr ::/0"),
			 0);
	assert_int_equal(l.a.range_count, 4);
	assert_memory_equal(l.a.ranges[0].addr, ten, 16);
	assert_int_equal(l.a.ranges[0].prefix_bits, 104);
	assert_int_equal(l.a.ranges[1].prefix_bits, 128);
	assert_int_equal(l.a.ranges[2].prefix_bits, 128);
	assert_int_equal(l.a.ranges[3].prefix_bits, 0);
	arguments_release(&l.a);
}

static void impossible_addresses_are_refused(void **state)
{
	static const char *const wrong[] =
		{"t --addr 10.0.0",
		 "t --addr 10.0.0.0/33",
		 "t --addr ::/129",
		 "t --addr 10.0.0.0/",
		 "t --addr localhost",
		 "t --addr /8",
		 "t --addr 10.0.0.0/8x",
		 "t --addr 1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:aaaa"};
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(parse(&l, wrong[i]), ERR_USAGE);
		arguments_release(&l.a);
	}
}

static void times_and_speed_are_read(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "t --since 1.5 --until 2m --speed 0.25"), 0);
	assert_true(l.a.has_since && l.a.has_until);
	assert_int_equal(l.a.since_ns, 1500000000);
	assert_int_equal(l.a.until_ns, INT64_C(120000000000));
	assert_true(l.a.speed > 0.2499 && l.a.speed < 0.2501);
	arguments_release(&l.a);
	refuse("t --speed 0", "--speed 0: a speed is a number above 0, as 1, 0.1 or 10");
	refuse("t --speed 2s", "--speed 2s: a speed is a number above 0, as 1, 0.1 or 10");
	refuse("t --since 5 --until 1s", "--until is before --since: nothing lies between them");
	refuse("t --since x", "--since x: a time is 1.5, 5ms, 2s or 1m");
}

static void a_memory_limit_has_a_unit_and_a_default(void **state)
{
	static const char *const wrong[] = {"1", "0G", "1023K", "G", "1.5G", "64MB", "-1G"};
	struct line l;
	char text[64], why[128];

	(void)state;
	assert_int_equal(parse(&l, "t"), 0);
	assert_int_equal(l.a.max_memory_bytes, 1024 << 20);
	arguments_release(&l.a);
	assert_int_equal(parse(&l, "t --max-memory 96m"), 0);
	assert_int_equal(l.a.max_memory_bytes, 96 << 20);
	arguments_release(&l.a);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "t --max-memory %s", wrong[i]);
		snprintf(why, sizeof(why), "--max-memory %s: a size is 256M or 1G, at least 1M",
			 wrong[i]);
		refuse(text, why);
	}
}

static void the_selection_lends_what_was_parsed(void **state)
{
	struct line l;
	struct selection s;

	(void)state;
	assert_int_equal(parse(&l, "t --pid 1,2 --conn 7 --comm a* -e tcp:* --event !x"), 0);
	s = arguments_selection(&l.a);
	assert_int_equal(s.pid_count, 2);
	assert_int_equal(s.pids[1], 2);
	assert_int_equal(s.conns[0], 7);
	assert_string_equal(s.comms[0], "a*");
	assert_int_equal(s.event_count, 2);
	assert_string_equal(s.events[1], "!x");
	assert_false(s.has_since);
	arguments_release(&l.a);
}

static void events_may_be_joined_by_commas(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "t -e tcp:*,!tcp_probe,x -e y"), 0);
	assert_int_equal(l.a.event_count, 4);
	assert_string_equal(l.a.events[0], "tcp:*");
	assert_string_equal(l.a.events[1], "!tcp_probe");
	assert_string_equal(l.a.events[2], "x");
	assert_string_equal(l.a.events[3], "y");
	arguments_release(&l.a);
}

static void colour_can_be_chosen_in_several_words(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "t --color"), 0);
	assert_int_equal(l.a.colour, COLOUR_ALWAYS);
	arguments_release(&l.a);
	assert_int_equal(parse(&l, "t --color=auto"), 0);
	assert_int_equal(l.a.colour, COLOUR_AUTO);
	arguments_release(&l.a);
	assert_int_equal(parse(&l, "t --no-color"), 0);
	assert_int_equal(l.a.colour, COLOUR_NEVER);
	arguments_release(&l.a);
	refuse("t --color=pink", "--color pink: the choices are auto, always and never");
}

static void an_unknown_option_suggests_the_nearest(void **state)
{
	(void)state;
	refuse("t --prot 80", "unknown option --prot; did you mean --port?");
	refuse("t --evnet=x", "unknown option --evnet; did you mean --event?");
	refuse("t --fail-on", "unknown option --fail-on; did you mean --fail-on-loss?");
	refuse("t --zzzzzzzz", "unknown option --zzzzzzzz");
	refuse("t -x", "unknown option -x");
}

static void an_option_of_another_command_is_unknown(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse_for(&l, OPTIONS_OUTPUT, "t --speed 1"), ERR_USAGE);
	assert_string_equal(l.err.text, "--speed is an option of other commands");
	arguments_release(&l.a);
	assert_int_equal(parse_for(&l, OPTIONS_OUTPUT, "t --port 1"), ERR_USAGE);
	arguments_release(&l.a);
}

static void missing_and_superfluous_values_are_refused(void **state)
{
	(void)state;
	refuse("t --port", "--port needs a value: --port PORT");
	refuse("t --no-color=1", "--no-color takes no value");
	refuse("", "no tape given (\"-\" is standard input)");
	refuse("-f json", "no tape given (\"-\" is standard input)");
}

static void help_needs_no_tape(void **state)
{
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, "--help --nonsense"), 0);
	assert_true(l.a.wants_help);
	arguments_release(&l.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tapes_and_options_may_be_mixed),
		cmocka_unit_test(a_dash_is_a_tape_and_two_dashes_end_the_options),
		cmocka_unit_test(values_stand_after_a_space_an_equals_sign_or_at_once),
		cmocka_unit_test(ports_may_be_lists_and_ranges),
		cmocka_unit_test(impossible_ports_are_refused),
		cmocka_unit_test(addresses_become_ranges_of_16_bytes),
		cmocka_unit_test(impossible_addresses_are_refused),
		cmocka_unit_test(times_and_speed_are_read),
		cmocka_unit_test(a_memory_limit_has_a_unit_and_a_default),
		cmocka_unit_test(the_selection_lends_what_was_parsed),
		cmocka_unit_test(events_may_be_joined_by_commas),
		cmocka_unit_test(colour_can_be_chosen_in_several_words),
		cmocka_unit_test(an_unknown_option_suggests_the_nearest),
		cmocka_unit_test(an_option_of_another_command_is_unknown),
		cmocka_unit_test(missing_and_superfluous_values_are_refused),
		cmocka_unit_test(help_needs_no_tape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

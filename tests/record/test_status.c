/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "record/status.h"

static const struct status_now start = {0};
static const struct status_now later = {.elapsed_ns = 12345678901,
					.events = 1234567,
					.lost = 0,
					.bytes = 3456789};

static void status_line_tells_time_rate_events_losses_and_size(void **state)
{
	const struct status_now before = {.elapsed_ns = 11345678901, .events = 1186447};
	char text[200];

	(void)state;
	status_line_text(text, sizeof(text), 200, &later, &before);
	assert_string_equal(text, "recording 12.3 s  48,120 events/s  1,234,567 events  0 lost  "
				  "3.5 MB  Ctrl-C ends");
}

static void status_line_shouts_losses(void **state)
{
	struct status_now now = later;
	char text[200];

	(void)state;
	now.lost = 12;
	status_line_text(text, sizeof(text), 200, &now, &start);
	assert_non_null(strstr(text, "  12 LOST  "));
}

static void status_line_never_reaches_the_last_column(void **state)
{
	char text[200];

	(void)state;
	for (unsigned width = 1; width < sizeof(text); width++) {
		status_line_text(text, sizeof(text), width, &later, &start);
		assert_true(strlen(text) < width);
	}
}

static void status_line_survives_numbers_of_any_size(void **state)
{
	const struct status_now most = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
	char text[200], small[10];

	(void)state;
	status_line_text(text, sizeof(text), 200, &most, &start);
	assert_non_null(strstr(text, "18,446,744,073,709,551,615 events"));
	assert_non_null(strstr(text, "18.4 EB"));
	status_line_text(text, sizeof(text), 200, &start, &most);
	assert_non_null(strstr(text, "  0 events/s  "));
	status_line_text(text, sizeof(text), 200, &most,
			 &(struct status_now){.elapsed_ns = UINT64_MAX - 1});
	assert_non_null(strstr(text, "  1,000,000,000,000,000,000 events/s  "));
	status_line_text(small, sizeof(small), 80, &most, &start);
	assert_string_equal(small, "recording");
}

/* The text that status_summary() prints, on the heap. */
static char *summary_of(const struct status_total *total)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	status_summary(f, total);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void status_summary_is_one_paragraph(void **state)
{
	const struct status_type types[] = {
		{"tcp:tcp_probe", 20},
		{"skb:consume_skb", 500},
		{"sock:inet_sock_set_state", 90},
		{"sock:sock_send_length", 90},
		{"tcp:tcp_bad_csum", 0},
		{"a:a", 7},
		{"b:b", 6},
		{"c:c", 5},
		{"d:d", 4},
	};
	const struct status_total total = {
		.output = "bug.tape",
		.run_ns = 2000000000,
		.events = 722,
		.bytes = 2888,
		.cpu_ns = 420000000,
		.start_cpu_ns = 400000000,
		.max_rss_bytes = 12345678,
		.ring_peak_percent = 3,
		.types = types,
		.type_count = sizeof(types) / sizeof(types[0]),
	};
	char *text = summary_of(&total);

	(void)state;
	assert_string_equal(
		text,
		"tcptape-record: 722 events in 2.0 s, none lost, to bug.tape: 2.9 kB.\n"
		"skb:consume_skb 500, sock:inet_sock_set_state 90, sock:sock_send_length 90,\n"
		"tcp:tcp_probe 20, a:a 7, b:b 6, 2 other types 9. The recorder took 400 ms of\n"
		"processor time to start, then 1.0 % of one core, and 12.3 MB of memory; its\n"
		"buffer was at most 3 % full.\n");
	free(text);
}

static void status_summary_of_many_events_tells_what_one_costs(void **state)
{
	const struct status_total total = {.output = "-",
					   .run_ns = 2000000000,
					   .events = 1000000,
					   .bytes = 2500000,
					   .cpu_ns = 650000000,
					   .start_cpu_ns = 500000000};
	char *text = summary_of(&total);

	(void)state;
	assert_non_null(strstr(text, "2.50 bytes an event"));
	assert_non_null(strstr(text, "150 ns an event"));
	free(text);
}

static void status_summary_of_nothing_divides_by_nothing(void **state)
{
	const struct status_total total = {.output = "-"};
	char *text = summary_of(&total);

	(void)state;
	assert_string_equal(text,
			    "tcptape-record: 0 events in 0.0 s, none lost, to standard "
			    "output: 0 B. The\nrecorder took 0 ms of processor time to start, "
			    "then 0.0 % of one core.\n");
	free(text);
}

static void status_summary_shouts_losses(void **state)
{
	const struct status_type types[] = {{"a:a", 1}};
	const struct status_total total = {.output = "x",
					   .events = 1,
					   .lost = 4321,
					   .types = types,
					   .type_count = 1};
	char *text = summary_of(&total);

	(void)state;
	assert_non_null(strstr(text, "1 event in 0.0 s, 4,321 LOST, to x"));
	assert_non_null(strstr(text, "a:a 1."));
	free(text);
}

static void status_summary_says_what_its_counts_hold(void **state)
{
	const struct status_type types[] = {{"a:a", 4}};
	const struct status_total total = {.output = "x",
					   .events = 1,
					   .unwritten = 3,
					   .types = types,
					   .type_count = 1};
	char *text = summary_of(&total);

	(void)state;
	assert_non_null(strstr(text, "With what could"));
	free(text);
}

static void status_shows_nothing_where_there_is_no_terminal(void **state)
{
	FILE *f = tmpfile();
	struct status_line *s = NULL;

	(void)state;
	assert_non_null(f);
	assert_int_equal(status_new(f, false, &s, NULL), OK);
	assert_false(status_is_live(s));
	status_show(s, &later);
	status_erase(s);
	status_free(s);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	assert_int_equal(ftell(f), 0);
	fclose(f);
}

/* A terminal of 40 columns: what is written to *f can be read from the answer. */
static int open_terminal(FILE **f)
{
	const struct winsize size = {.ws_row = 24, .ws_col = 40};
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char *name;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		skip();
	name = ptsname(master);
	*f = name ? fopen(name, "w") : NULL;
	if (!*f)
		skip();
	assert_int_equal(ioctl(fileno(*f), TIOCSWINSZ, &size), 0);
	return master;
}

static void status_rewrites_and_erases_its_line_on_a_terminal(void **state)
{
	struct status_line *s = NULL;
	char text[256] = {0};
	FILE *f = NULL;
	int master = open_terminal(&f);

	(void)state;
	assert_int_equal(status_new(f, false, &s, NULL), OK);
	assert_true(status_is_live(s));
	status_show(s, &later);
	assert_true(read(master, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "\rrecording 12.3 s  100,000 events/s  1,2\033[K");
	status_free(s);
	memset(text, 0, sizeof(text));
	assert_true(read(master, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "\r\033[K");
	fclose(f);
	close(master);
}

static void status_is_silent_when_quiet(void **state)
{
	struct status_line *s = NULL;
	FILE *f = NULL;
	int master = open_terminal(&f);

	(void)state;
	assert_int_equal(status_new(f, true, &s, NULL), OK);
	assert_false(status_is_live(s));
	status_free(s);
	status_free(NULL);
	fclose(f);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_line_tells_time_rate_events_losses_and_size),
		cmocka_unit_test(status_line_shouts_losses),
		cmocka_unit_test(status_line_never_reaches_the_last_column),
		cmocka_unit_test(status_line_survives_numbers_of_any_size),
		cmocka_unit_test(status_summary_is_one_paragraph),
		cmocka_unit_test(status_summary_of_many_events_tells_what_one_costs),
		cmocka_unit_test(status_summary_of_nothing_divides_by_nothing),
		cmocka_unit_test(status_summary_shouts_losses),
		cmocka_unit_test(status_summary_says_what_its_counts_hold),
		cmocka_unit_test(status_shows_nothing_where_there_is_no_terminal),
		cmocka_unit_test(status_rewrites_and_erases_its_line_on_a_terminal),
		cmocka_unit_test(status_is_silent_when_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_info.c -- what a tape holds, a row for each recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static struct viewed info(const struct sample *s, const char *options)
{
	return view_bytes(view_info, s->data, s->len, options, false);
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nlacks %s", text, part);
}

static void json_has_every_promised_key(void **state)
{
	static const char *const keys[] = {"host",
					   "kernel",
					   "arch",
					   "cpus",
					   "start_utc",
					   "duration_ns",
					   "events_total",
					   "events",
					   "lost_total",
					   "lost",
					   "complete",
					   "bytes",
					   "blocks",
					   "sockets",
					   "unavailable",
					   "recorder",
					   "cpu_ns",
					   "max_rss_bytes",
					   "ring_peak_percent"};
	struct sample *s = sample_new(100, 40);
	struct viewed v = info(s, "-f json");
	char key[64];

	(void)state;
	assert_int_equal(v.rc, 0);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(key, sizeof(key), "\"%s\":", keys[i]);
		expect(v.text, key);
	}
	viewed_release(&v);
	sample_free(s);
}

static void counts_and_losses_are_exact(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v = info(s, "-f json");
	char bytes[64];

	(void)state;
	snprintf(bytes, sizeof(bytes), "\"bytes\":%zu,", s->len);
	expect(v.text, bytes);
	expect(v.text, "\"events_total\":100,\"events\":{\"sample:state\":75,\"sample:note\":25}");
	expect(v.text, "\"lost_total\":5,\"lost\":[{\"from_ns\":1000002000,\"to_ns\":1000003000,"
		       "\"cpu\":1,\"event\":\"sample:note\",\"count\":5,\"cause\":\"ring_full\"}]");
	expect(v.text, "\"complete\":true,\"end\":\"stop\"");
	expect(v.text, "\"duration_ns\":99000,");
	expect(v.text, "\"start_utc\":\"2023-11-14T22:13:20.000000000Z\"");
	viewed_release(&v);
	sample_free(s);
}

static void what_is_unknown_is_null(void **state)
{
	struct sample *s = sample_new(10, 40);
	struct viewed v = info(s, "-f json");

	(void)state;
	expect(v.text, "\"kernel\":null");
	expect(v.text, "\"max_rss_bytes\":null");
	viewed_release(&v);
	sample_free(s);
}

static void a_selection_counts_only_what_it_keeps(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v = info(s, "-f json -e note");

	(void)state;
	expect(v.text, "\"events_total\":25,\"events\":{\"sample:note\":25}");
	viewed_release(&v);
	sample_free(s);
}

static void the_page_says_it_in_words(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v = info(s, "");

	(void)state;
	expect(v.text, "recorded      2023-11-14T22:13:20Z, for 99 µs, until it was stopped\n");
	expect(v.text, "lost          5 events\n");
	expect(v.text, ", complete\n");
	expect(v.text, "sample:state                         75");
	viewed_release(&v);
	sample_free(s);
}

static void two_tapes_in_one_file_are_two_rows(void **state)
{
	struct sample *one = sample_new(100, 40), *two = sample_new(7, 40);
	uint8_t *both = malloc(one->len + two->len);
	char bytes[64];
	struct viewed v;

	(void)state;
	memcpy(both, one->data, one->len);
	memcpy(both + one->len, two->data, two->len);
	v = view_bytes(view_info, both, one->len + two->len, "-f json", false);
	expect(v.text, "{\"section\":1,");
	expect(v.text, "{\"section\":2,");
	expect(v.text, "\"events_total\":7,");
	snprintf(bytes, sizeof(bytes), "\"bytes\":%zu,", two->len);
	expect(v.text, bytes);
	viewed_release(&v);
	v = view_bytes(view_info, both, one->len + two->len, "", false);
	expect(v.text, "\nrecording 2 on this tape\n");
	viewed_release(&v);
	free(both);
	sample_free(one);
	sample_free(two);
}

static void runs_are_counted_as_their_events_are(void **state)
{
	struct sample *s = sample_new(1000, 400);
	struct viewed runs = info(s, "-f json"), events = info(s, "-f json --event *");

	(void)state;
	assert_int_equal(runs.rc, 0);
	expect(runs.text, "\"events_total\":1000,");
	assert_string_equal(runs.text, events.text);
	viewed_release(&runs);
	viewed_release(&events);
	sample_free(s);
}

static void a_tape_without_its_end_is_not_complete(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v;

	(void)state;
	s->len = sample_find_block(s, BLOCK_END, 0);
	v = info(s, "-f json");
	assert_int_equal(v.rc, 0);
	expect(v.text, "\"complete\":false,\"end\":null");
	expect(v.text, "\"events_total\":100,");
	assert_true(v.remarks.health.is_cut);
	viewed_release(&v);
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_every_promised_key),
		cmocka_unit_test(counts_and_losses_are_exact),
		cmocka_unit_test(what_is_unknown_is_null),
		cmocka_unit_test(a_selection_counts_only_what_it_keeps),
		cmocka_unit_test(the_page_says_it_in_words),
		cmocka_unit_test(two_tapes_in_one_file_are_two_rows),
		cmocka_unit_test(runs_are_counted_as_their_events_are),
		cmocka_unit_test(a_tape_without_its_end_is_not_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

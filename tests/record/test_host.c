/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "format/cursor.h"
#include "format/sink.h"
#include "format/source.h"
#include "record/host.h"

/* A tape in memory with this machine's facts, opened for reading. */
struct tape {
	struct sink *sink;
	struct source *source;
	struct cursor *cursor;
	const struct section *section;
};

static int set_up(void **state)
{
	const struct writer_options opt = {.salt = 1};
	struct tape *t = calloc(1, sizeof(*t));
	struct writer *w = NULL;
	struct item item;
	const uint8_t *data;
	size_t len;

	assert_non_null(t);
	assert_int_equal(sink_open_memory(&t->sink, NULL), OK);
	assert_int_equal(writer_new(t->sink, &opt, &w, NULL), OK);
	assert_int_equal(host_facts(w, NULL), OK);
	assert_int_equal(writer_end(w, "stop", NULL), OK);
	writer_free(w);
	data = sink_memory(t->sink, &len);
	assert_int_equal(source_open_memory(data, len, &t->source, NULL), OK);
	assert_int_equal(cursor_open(t->source, &t->cursor, NULL), OK);
	while (cursor_next(t->cursor, &item, NULL) == OK)
		t->section = item.section;
	assert_non_null(t->section);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct tape *t = *state;

	cursor_close(t->cursor);
	source_close(t->source);
	sink_close(t->sink, NULL);
	free(t);
	return 0;
}

static const char *fact(void **state, const char *key)
{
	const struct tape *t = *state;

	return fact_list_find(&t->section->facts, key);
}

static void host_facts_tell_the_machine_and_the_recorder(void **state)
{
	struct utsname name;

	assert_int_equal(uname(&name), 0);
	assert_string_equal(fact(state, "kernel"), name.release);
	assert_string_equal(fact(state, "arch"), name.machine);
	assert_string_equal(fact(state, "host"), name.nodename);
	assert_string_equal(fact(state, "clock"), "boottime");
	assert_true(atol(fact(state, "cpus")) > 0);
	assert_int_equal(strlen(fact(state, "boot_id")), 36);
	assert_true(strtoull(fact(state, "start_realtime_ns"), NULL, 10) > 1600000000000000000);
	assert_true(strncmp(fact(state, "recorder"), "tcptape-record ", 15) == 0);
}

static void host_facts_tell_the_settings_without_tabs(void **state)
{
	const char *rmem = fact(state, "sysctl net.ipv4.tcp_rmem");

	assert_non_null(fact(state, "sysctl net.ipv4.tcp_syn_retries"));
	assert_non_null(rmem);
	assert_null(strpbrk(rmem, "\t\n"));
	assert_non_null(strchr(rmem, ' '));
}

static void host_facts_leave_out_what_this_kernel_lacks(void **state)
{
	const struct tape *t = *state;

	for (size_t i = 0; i < t->section->facts.count; i++)
		assert_string_not_equal(t->section->facts.facts[i].value, "");
}

static void host_clock_reads_all_clocks_within_a_millisecond(void **state)
{
	struct clock_reading a, b;

	(void)state;
	assert_int_equal(host_clock(&a), OK);
	assert_int_equal(host_clock(&b), OK);
	assert_int_equal(a.ts_ns, a.boottime_ns);
	assert_true(b.boottime_ns >= a.boottime_ns && b.monotonic_ns >= a.monotonic_ns);
	assert_true(a.boottime_ns + 1000000 >= a.monotonic_ns);
	assert_true(a.realtime_ns > 1600000000000000000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(host_facts_tell_the_machine_and_the_recorder),
		TEST(host_facts_tell_the_settings_without_tabs),
		TEST(host_facts_leave_out_what_this_kernel_lacks),
		cmocka_unit_test(host_clock_reads_all_clocks_within_a_millisecond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

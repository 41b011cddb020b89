/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_event_columns.c -- fields of events as columns of replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/sink.h"
#include "format/source.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static struct viewed replay(const char *options)
{
	struct build_tape b = {0};
	struct viewed v;
	const uint8_t *data;
	size_t len;

	tape_begin(&b);
	tape_hello(&b, 5000000000);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	v = view_bytes(view_replay, data, len, options, false);
	tape_release(&b);
	return v;
}

static void prints(const char *options, const char *want)
{
	struct viewed v = replay(options);

	if (v.rc)
		fail_msg("%s", v.err.text);
	assert_string_equal(v.text, want);
	viewed_release(&v);
}

static void refused(const char *options, const char *sentence)
{
	struct viewed v = replay(options);

	assert_int_equal(v.rc, ERR_USAGE);
	assert_string_equal(v.err.text, sentence);
	assert_string_equal(v.text, "");
	viewed_release(&v);
}

static void fields_are_columns_where_they_are_named(void **state)
{
	(void)state;
	prints("-f csv --where newstate==TCP_SYN_SENT --fields event,newstate,oldstate",
	       "event,newstate,oldstate\nsock:inet_sock_set_state,TCP_SYN_SENT,TCP_CLOSE\n");
	prints("-f json --where newstate==2 --fields newstate,ret",
	       "{\"newstate\":\"TCP_SYN_SENT\",\"ret\":null}\n");
	prints("-f csv --where newstate==TCP_SYN_SENT&&oldstate==TCP_CLOSE --count-by event",
	       "event,count\nsock:inet_sock_set_state,1\n");
}

static void not_naming_them_changes_nothing(void **state)
{
	struct viewed all = replay("-f json"),
		      some = replay("-f json --where newstate==TCP_SYN_SENT");

	(void)state;
	assert_non_null(strstr(all.text, some.text));
	assert_non_null(strstr(some.text, "\"fields\":{"));
	viewed_release(&all);
	viewed_release(&some);
}

static void slips_are_told(void **state)
{
	(void)state;
	refused("--where newstat==1", "no event on this tape has a field newstat; did you mean "
				      "newstate?; tcptape info --events lists them");
	refused("--fields event,xyzzyxyzzy", "no event on this tape has a field xyzzyxyzzy; "
					     "tcptape info --events lists them");
	refused("--where newstate==TCP_SYN_SEND",
		"--where: newstate is never TCP_SYN_SEND; did you mean TCP_SYN_SENT?");
	refused("--where event==inet_sock_set_state",
		"--where: event is never inet_sock_set_state; did you mean "
		"sock:inet_sock_set_state?");
	refused("--where event==qqqqqqqq", "--where: event is never qqqqqqqq");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_columns_where_they_are_named),
		cmocka_unit_test(not_naming_them_changes_nothing),
		cmocka_unit_test(slips_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

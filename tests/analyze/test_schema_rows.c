/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_schema_rows.c -- info --events tells what the schemas say, and what was counted. */
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

static void prints(const char *options, const char *want)
{
	struct build_tape b = {0};
	struct viewed v;
	const uint8_t *data;
	size_t len;

	tape_begin(&b);
	tape_hello(&b, 5000000000);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	v = view_bytes(view_info, data, len, options, false);
	if (v.rc)
		fail_msg("%s", v.err.text);
	assert_string_equal(v.text, want);
	viewed_release(&v);
	tape_release(&b);
}

static void a_field_has_type_size_and_origin(void **state)
{
	(void)state;
	prints("--events -f csv --where event==sock:inet_sock_set_state --limit 2 "
	       "--fields section,event,field,bytes,signed,shown_as,from,own,generic",
	       "section,event,field,bytes,signed,shown_as,from,own,generic\n"
	       "1,sock:inet_sock_set_state,oldstate,4,true,name,kernel,false,false\n"
	       "1,sock:inet_sock_set_state,newstate,4,true,name,kernel,false,false\n");
}

static void enumerations_are_told_in_full(void **state)
{
	(void)state;
	prints("--events -f json --where field==newstate --fields values",
	       "{\"values\":{\"TCP_ESTABLISHED\":1,\"TCP_SYN_SENT\":2,\"TCP_SYN_RECV\":3,"
	       "\"TCP_FIN_WAIT1\":4,\"TCP_FIN_WAIT2\":5,\"TCP_TIME_WAIT\":6,\"TCP_CLOSE\":7,"
	       "\"TCP_CLOSE_WAIT\":8,\"TCP_LAST_ACK\":9,\"TCP_LISTEN\":10,\"TCP_CLOSING\":11,"
	       "\"TCP_NEW_SYN_RECV\":12}}\n");
}

static void counts_are_of_what_is_selected(void **state)
{
	(void)state;
	prints("--events -f csv --where field==newstate --fields count", "count\n10\n");
	prints("--events -f csv --where field==newstate --fields count -e tcp:*", "count\n0\n");
}

static void a_query_wants_every_row_whole(void **state)
{
	(void)state;
	prints("--events -f text -e tcp_destroy_sock --where event==tcp:tcp_destroy_sock --fields "
	       "event,field",
	       "event                 field\n"
	       "tcp:tcp_destroy_sock  bytes_acked\n"
	       "tcp:tcp_destroy_sock  bytes_received\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_has_type_size_and_origin),
		cmocka_unit_test(enumerations_are_told_in_full),
		cmocka_unit_test(counts_are_of_what_is_selected),
		cmocka_unit_test(a_query_wants_every_row_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/frames.h"
#include "tests/record/kallsyms.h"

static const char sample[] = "ffffffff81001000 T tcp_v4_rcv\n"
			     "ffffffff81002000 T sk_skb_reason_drop\n"
			     "ffffffff81003000 t __traceiter_kfree_skb\n"
			     "ffffffff81004000 T bpf_trace_run4\n"
			     "ffffffff81005000 T ip_rcv\n"
			     "ffffffff81006000 t end_of_text\n"
			     "ffffffffc0001000 t nf_hook\t[nf_tables]\n"
			     "ffffffffc0002000 t bpf_prog_12ab_kfree_skb\t[bpf]\n";

enum { RCV = 1, DROP = 2, ITER = 3, RUN = 4, IP = 5 };

static uint64_t in(unsigned function)
{
	return 0xffffffff81000010 + function * 0x1000;
}

static const uint64_t nft = 0xffffffffc0001020, prog = 0xffffffffc0002030,
		      unknown = 0xffffffffd0000000;

static void assert_frames_of(const char *kallsyms, const uint64_t *frames, size_t count,
			     const char *text)
{
	struct symbols *s = symbols_of(kallsyms);
	struct buf out = {0};

	frames_put(&out, frames, count, s);
	put_u8(&out, 0);
	assert_false(out.is_failed);
	assert_string_equal((char *)out.data, text);
	buf_release(&out);
	symbols_close(s);
}

#define ASSERT_FRAMES(text, ...)                                                                   \
	do {                                                                                       \
		const uint64_t frames[] = {__VA_ARGS__};                                           \
		assert_frames_of(sample, frames, sizeof(frames) / sizeof(frames[0]), text);        \
	} while (0)

static void frames_are_named_from_the_innermost_on(void **state)
{
	(void)state;
	ASSERT_FRAMES("sk_skb_reason_drop+0x10;nf_hook+0x20 [nf_tables];ip_rcv+0x10", in(DROP), nft,
		      in(IP));
}

static void frames_begin_with_the_function_that_fired_the_event(void **state)
{
	(void)state;
	ASSERT_FRAMES("sk_skb_reason_drop+0x10;tcp_v4_rcv+0x10", prog, in(RUN), in(ITER), in(DROP),
		      in(RCV));
	ASSERT_FRAMES("sk_skb_reason_drop+0x10", in(ITER), in(DROP));
	ASSERT_FRAMES("sk_skb_reason_drop+0x10", prog, in(RUN), in(DROP));
}

/* Its symbol is hidden, or it has been taken for that of a module before it. */
static void frames_leave_out_our_program_whatever_its_name(void **state)
{
	(void)state;
	ASSERT_FRAMES("sk_skb_reason_drop+0x10", unknown, in(RUN), in(DROP));
	ASSERT_FRAMES("sk_skb_reason_drop+0x10", nft, in(RUN), in(ITER), in(DROP));
}

/* A program that is the event's cause is shown. */
static void frames_keep_other_programs_further_out(void **state)
{
	(void)state;
	ASSERT_FRAMES("sk_skb_reason_drop+0x10;bpf_prog_12ab_kfree_skb+0x30 [bpf];ip_rcv+0x10",
		      prog, in(RUN), in(DROP), prog, in(IP));
	ASSERT_FRAMES("ip_rcv+0x10;bpf_prog_12ab_kfree_skb+0x30 [bpf]", in(IP), prog);
}

static void frames_show_addresses_where_there_is_no_name(void **state)
{
	const uint64_t nameless[] = {prog, in(RUN), in(DROP)};

	(void)state;
	ASSERT_FRAMES("tcp_v4_rcv+0x10;0xffffffffd0000000;ip_rcv+0x10", in(RCV), unknown, in(IP));
	assert_frames_of("0000000000000000 T tcp_v4_rcv\n", nameless, 3,
			 "0xffffffffc0002030;0xffffffff81004010;0xffffffff81002010");
}

static void frames_end_before_the_first_empty_one(void **state)
{
	(void)state;
	ASSERT_FRAMES("tcp_v4_rcv+0x10", in(RCV), 0, in(IP));
	ASSERT_FRAMES("", 0, in(IP));
}

/* Better all of it than nothing. */
static void frames_of_machinery_alone_stay(void **state)
{
	(void)state;
	ASSERT_FRAMES("bpf_prog_12ab_kfree_skb+0x30 [bpf];bpf_trace_run4+0x10", prog, in(RUN));
}

static void frames_that_do_not_fit_are_left_out_whole(void **state)
{
	char kallsyms[800], name[601];
	uint64_t frames[200];
	struct symbols *s;
	struct buf out = {0};

	(void)state;
	memset(name, 'x', 600);
	name[600] = '\0';
	snprintf(kallsyms, sizeof(kallsyms), "ffffffff81001000 T %s\n", name);
	s = symbols_of(kallsyms);
	for (size_t i = 0; i < 200; i++)
		frames[i] = 0xffffffff81001000;
	put_u8(&out, 'b'); /* what is there stays, and does not count */
	frames_put(&out, frames, 200, s);
	assert_int_equal(out.len, 1 + 109 * 601 - 1); /* 65535 / 601 = 109 */
	assert_int_equal(out.data[0], 'b');
	assert_int_equal(out.data[out.len - 1], 'x');
	buf_release(&out);
	symbols_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_named_from_the_innermost_on),
		cmocka_unit_test(frames_begin_with_the_function_that_fired_the_event),
		cmocka_unit_test(frames_leave_out_our_program_whatever_its_name),
		cmocka_unit_test(frames_keep_other_programs_further_out),
		cmocka_unit_test(frames_show_addresses_where_there_is_no_name),
		cmocka_unit_test(frames_end_before_the_first_empty_one),
		cmocka_unit_test(frames_of_machinery_alone_stay),
		cmocka_unit_test(frames_that_do_not_fit_are_left_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

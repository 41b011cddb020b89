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

#include "record/symbols.h"
#include "tests/record/kallsyms.h"

static void assert_name(struct symbols *s, uint64_t address, const char *name)
{
	char out[SYMBOL_MAX_NAME];

	assert_true(symbols_lookup(s, address, out, sizeof(out)));
	assert_string_equal(out, name);
}

static void assert_unknown(struct symbols *s, uint64_t address)
{
	char out[SYMBOL_MAX_NAME] = "before";

	assert_false(symbols_lookup(s, address, out, sizeof(out)));
	assert_string_equal(out, "");
}

static const char sample[] = "0000000000000000 A fixed_percpu_data\n"
			     "ffffffff81000000 T _text\n"
			     "ffffffff81000ff0 t __pfx_tcp_v4_rcv\n"
			     "ffffffff81001000 T tcp_v4_rcv\n"
			     "ffffffff81001000 T tcp_v4_rcv_alias\n"
			     "ffffffff81000100 t sock_def_readable\n"
			     "ffffffff81002000 D not_code\n"
			     "ffffffffc0001000 t nf_hook\t[nf_tables]\n"
			     "ffffffffc0002000 t nf_other\t[nf_tables]\n"
			     "ffffffffc0003000 t bpf_prog_1\t[bpf]\n";

static void symbols_tell_the_function_and_the_offset(void **state)
{
	struct symbols *s = symbols_of(sample);

	(void)state;
	assert_null(symbols_problem(s));
	assert_name(s, 0xffffffff810011a5, "tcp_v4_rcv+0x1a5");
	assert_name(s, 0xffffffff81000101, "sock_def_readable+0x1");
	symbols_close(s);
}

static void symbols_show_no_offset_at_the_first_byte(void **state)
{
	struct symbols *s = symbols_of(sample);

	(void)state;
	assert_name(s, 0xffffffff81000100, "sock_def_readable");
	assert_name(s, 0xffffffffc0002000, "nf_other [nf_tables]");
	symbols_close(s);
}

static void symbols_prefer_the_first_of_several_names(void **state)
{
	struct symbols *s = symbols_of(sample);

	(void)state;
	assert_name(s, 0xffffffff81001000, "tcp_v4_rcv");
	symbols_close(s);
}

static void symbols_name_the_module(void **state)
{
	struct symbols *s = symbols_of(sample);

	(void)state;
	assert_name(s, 0xffffffffc0001010, "nf_hook+0x10 [nf_tables]");
	assert_name(s, 0xffffffffc0003004, "bpf_prog_1+0x4 [bpf]");
	symbols_close(s);
}

static void symbols_know_nothing_before_the_first_and_far_behind_the_last(void **state)
{
	struct symbols *s = symbols_of(sample);

	(void)state;
	assert_unknown(s, 0);
	assert_unknown(s, 0xffffffff80ffffff);
	assert_unknown(s, 0xffffffffc0003000 + (1 << 20));
	assert_unknown(s, UINT64_MAX);
	assert_unknown(s, 0xffffffffa0000000);
	symbols_close(s);
}

static void symbols_are_unavailable_when_addresses_are_hidden(void **state)
{
	struct symbols *s = symbols_of("0000000000000000 T _text\n0000000000000000 t tcp_v4_rcv\n");

	(void)state;
	assert_non_null(strstr(symbols_problem(s), "kptr_restrict"));
	assert_unknown(s, 0xffffffff81001000);
	symbols_close(s);
}

static void symbols_are_unavailable_without_the_file(void **state)
{
	struct symbols *s = NULL;

	(void)state;
	assert_int_equal(symbols_open_at("/nowhere/kallsyms", &s, NULL), OK);
	assert_unknown(s, 0xffffffff81001000);
	assert_string_equal(symbols_problem(s), "/nowhere/kallsyms: No such file or directory");
	symbols_close(s);
}

static void symbols_pass_over_lines_they_do_not_understand(void **state)
{
	struct symbols *s = symbols_of("\n"
				       "zzz\n"
				       "ffffffff81000000\n"
				       "ffffffff81000000 \n"
				       "ffffffff81000000 T\n"
				       "ffffffff81000000 T \n"
				       "ffffffff81000000 TT name\n"
				       "ffffffff81000008 T last");

	(void)state;
	assert_unknown(s, 0xffffffff81000000);
	assert_name(s, 0xffffffff81000009, "last+0x1");
	symbols_close(s);
}

static void symbols_cut_a_name_that_does_not_fit(void **state)
{
	struct symbols *s = symbols_of(sample);
	char out[8];

	(void)state;
	assert_true(symbols_lookup(s, 0xffffffff810011a5, out, sizeof(out)));
	assert_string_equal(out, "tcp_v4_");
	symbols_close(s);
}

static void symbols_of_the_running_kernel_fit_in_a_few_megabytes(void **state)
{
	struct symbols *s = NULL;

	(void)state;
	assert_int_equal(symbols_open(&s, NULL), OK);
	assert_true(symbols_bytes(s) < 4096); /* not read yet */
	if (symbols_problem(s)) {
		symbols_close(s);
		skip();
	}
	assert_in_range(symbols_bytes(s), 100 << 10, 32 << 20);
	symbols_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_tell_the_function_and_the_offset),
		cmocka_unit_test(symbols_show_no_offset_at_the_first_byte),
		cmocka_unit_test(symbols_prefer_the_first_of_several_names),
		cmocka_unit_test(symbols_name_the_module),
		cmocka_unit_test(symbols_know_nothing_before_the_first_and_far_behind_the_last),
		cmocka_unit_test(symbols_are_unavailable_when_addresses_are_hidden),
		cmocka_unit_test(symbols_are_unavailable_without_the_file),
		cmocka_unit_test(symbols_pass_over_lines_they_do_not_understand),
		cmocka_unit_test(symbols_cut_a_name_that_does_not_fit),
		cmocka_unit_test(symbols_of_the_running_kernel_fit_in_a_few_megabytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

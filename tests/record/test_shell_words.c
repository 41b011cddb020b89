/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_shell_words.c -- what can be pasted back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "record/shell_words.h"

static void check(const char *const *argv, const char *want)
{
	struct buf out = {0};

	shell_words_put(&out, argv);
	put_u8(&out, 0);
	assert_false(out.is_failed);
	assert_string_equal((char *)out.data, want);
	buf_release(&out);
}

#define CHECK(want, ...) check((const char *const[]){__VA_ARGS__, NULL}, want)

static void plain_words_stay_as_they_are(void **state)
{
	(void)state;
	CHECK("tcptape-record -o /tmp/a.tape --port 80,443 -d 2.5", "tcptape-record", "-o",
	      "/tmp/a.tape", "--port", "80,443", "-d", "2.5");
}

static void what_a_shell_would_change_is_quoted(void **state)
{
	(void)state;
	CHECK("-e 'tcp:*' -e '!sock:*'", "-e", "tcp:*", "-e", "!sock:*");
	CHECK("sh -c 'a & b; wait $!'", "sh", "-c", "a & b; wait $!");
	CHECK("echo '' 'two  spaces' '~' 'A=b' '#'", "echo", "", "two  spaces", "~", "A=b", "#");
	CHECK("echo 'it'\"'\"'s' ''\"'\"''", "echo", "it's", "'");
	CHECK("'\xc3\xbc' 'a\nb'", "\xc3\xbc", "a\nb");
}

/* The shell itself is asked: each argument comes back on a line of its own. */
static void a_shell_reads_the_same_arguments(void **state)
{
	const char *const argv[] = {"printf", "<%s>\\n", "a b",  "it's", "\"$HOME\"", "`id`",
				    "\\n",    "*",       "~",    "",     "!x",        "{1,2}",
				    "(",      "&",       "x=\t", "-e",   NULL};
	struct buf line = {0};
	char got[512];
	FILE *shell;
	size_t n;

	(void)state;
	shell_words_put(&line, argv);
	put_u8(&line, 0);
	shell = popen((char *)line.data, "r");
	assert_non_null(shell);
	n = fread(got, 1, sizeof(got) - 1, shell);
	got[n] = '\0';
	assert_int_equal(pclose(shell), 0);
	assert_string_equal(got, "<a b>\n<it's>\n<\"$HOME\">\n<`id`>\n<\\n>\n<*>\n<~>\n<>\n"
				 "<!x>\n<{1,2}>\n<(>\n<&>\n<x=\t>\n<-e>\n");
	buf_release(&line);
}

static void no_arguments_are_no_words(void **state)
{
	const char *const none[] = {NULL};

	(void)state;
	check(none, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_words_stay_as_they_are),
		cmocka_unit_test(what_a_shell_would_change_is_quoted),
		cmocka_unit_test(a_shell_reads_the_same_arguments),
		cmocka_unit_test(no_arguments_are_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

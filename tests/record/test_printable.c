/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "record/printable.h"

static void check_part(const char *text, size_t len, const char *want)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);

	assert_non_null(f);
	assert_int_equal(printable_put_part(f, text, len), strlen(want));
	assert_int_equal(fclose(f), 0);
	assert_string_equal(out, want);
	free(out);
}

static void check(const char *text, const char *want)
{
	check_part(text, strlen(text), want);
}

static void text_in_any_language_stays_as_it_is(void **state)
{
	(void)state;
	check("", "");
	check("a tape's name: 'x' \\x1b", "a tape's name: 'x' \\x1b");
	check("r\xc3\xa9seau-\xe2\x86\x92\xc2\xa0.tape", "r\xc3\xa9seau-\xe2\x86\x92\xc2\xa0.tape");
}

static void control_characters_are_named(void **state)
{
	(void)state;
	check("a\x1b[31mb\n\t\r\x7f"
	      "c",
	      "a\\x1b[31mb\\x0a\\x09\\x0d\\x7f"
	      "c");
	check("\xc2\x9b"
	      "31m\xc2\x80\xc2\x9f",
	      "\\xc2\\x9b31m\\xc2\\x80\\xc2\\x9f");
}

static void no_byte_beyond_the_length_is_looked_at(void **state)
{
	(void)state;
	check_part("ab\x1b", 2, "ab");
	check_part("ab\xc2\x9b", 3, "ab\xc2");
	check_part("ab", 9, "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_in_any_language_stays_as_it_is),
		cmocka_unit_test(control_characters_are_named),
		cmocka_unit_test(no_byte_beyond_the_length_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

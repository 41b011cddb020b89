/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_escape.c -- nothing hostile reaches a terminal, a JSON reader or a spreadsheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/escape.h"

typedef void (*escape_fn)(struct view in, struct buf *out);

static void check_bytes(escape_fn fn, const char *in, size_t len, const char *want)
{
	struct buf out = {0};

	fn(view_of(in, len), &out);
	put_u8(&out, 0);
	assert_false(out.is_failed);
	assert_string_equal((const char *)out.data, want);
	buf_release(&out);
}

static void check(escape_fn fn, const char *in, const char *want)
{
	check_bytes(fn, in, strlen(in), want);
}

static void text_passes_ordinary_and_foreign_letters(void **state)
{
	(void)state;
	check(escape_text, "", "");
	check(escape_text, "hello_client", "hello_client");
	check(escape_text, "µ → \"日本\" 🎈", "µ → \"日本\" 🎈");
}

static void text_shows_control_bytes_by_name_or_number(void **state)
{
	(void)state;
	check(escape_text, "a\nb\tc\rd", "a\\nb\\tc\\rd");
	check(escape_text, "\033[31mred", "\\x1b[31mred");
	check(escape_text, "\x7f", "\\x7f");
	check_bytes(escape_text, "a\0b", 3, "a\\x00b");
	check(escape_text, "back\\slash", "back\\\\slash");
}

static void text_shows_c1_controls_and_direction_changes(void **state)
{
	(void)state;
	check(escape_text,
	      "\xc2\x9b"
	      "31m",
	      "\\u{9b}31m");
	check(escape_text,
	      "a\xe2\x80\xae"
	      "b",
	      "a\\u{202e}b");
	check(escape_text,
	      "a\xef\xbb\xbf"
	      "b",
	      "a\\u{feff}b");
}

static void text_shows_bytes_that_are_not_utf8(void **state)
{
	(void)state;
	check(escape_text, "\xff\xfe", "\\xff\\xfe");
	check(escape_text, "\x9b", "\\x9b");
	check(escape_text, "\xc0\xaf", "\\xc0\\xaf");
	check(escape_text, "\xed\xa0\x80", "\\xed\\xa0\\x80");
	check(escape_text, "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	check(escape_text, "end\xe2\x82", "end\\xe2\\x82");
}

static void json_quotes_and_escapes(void **state)
{
	(void)state;
	check(escape_json, "", "\"\"");
	check(escape_json, "a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	check(escape_json, "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	check(escape_json, "\x01\033\x7f", "\"\\u0001\\u001b\\u007f\"");
	check(escape_json, "\xc2\x85 \xe2\x80\xa8", "\"\\u0085 \\u2028\"");
	check(escape_json, "µ🎈", "\"µ🎈\"");
}

static void json_writes_unseen_characters_beyond_the_first_plane_as_a_pair(void **state)
{
	(void)state;
	check(escape_json, "\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"");
}

static void json_replaces_bad_bytes_with_the_replacement_character(void **state)
{
	(void)state;
	check(escape_json,
	      "a\xff"
	      "b",
	      "\"a\xef\xbf\xbd"
	      "b\"");
	check(escape_json, "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void csv_quotes_only_what_needs_it(void **state)
{
	(void)state;
	check(escape_csv, "plain", "plain");
	check(escape_csv, "", "");
	check(escape_csv, "a,b", "\"a,b\"");
	check(escape_csv, "say \"hi\"", "\"say \"\"hi\"\"\"");
	check(escape_csv, " led", "\" led\"");
	check(escape_csv, "two\nlines", "two\\nlines");
}

static void width_counts_columns_and_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(escape_width(view_of("", 0)), 0);
	assert_int_equal(escape_width(view_of("14.2 µs", 8)), 7);
	assert_int_equal(escape_width(view_of("日本", 6)), 4);
	assert_int_equal(escape_width(view_of("e\xcc\x81", 3)), 1);
}

static void every_byte_pair_is_harmless_in_every_format(void **state)
{
	static const escape_fn fns[] = {escape_text, escape_json, escape_csv};

	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		uint8_t in[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};

		for (size_t f = 0; f < 3; f++) {
			struct buf out = {0};
			struct view rest;
			uint32_t c;

			fns[f](view_of(in, 2), &out);
			for (rest = view_of(out.data, out.len); escape_take(&rest, &c);) {
				assert_true(c >= 0x20 && !(c >= 0x7f && c < 0xa0));
				assert_true(c < ESCAPE_BAD_BYTE);
			}
			buf_release(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_passes_ordinary_and_foreign_letters),
		cmocka_unit_test(text_shows_control_bytes_by_name_or_number),
		cmocka_unit_test(text_shows_c1_controls_and_direction_changes),
		cmocka_unit_test(text_shows_bytes_that_are_not_utf8),
		cmocka_unit_test(json_quotes_and_escapes),
		cmocka_unit_test(json_writes_unseen_characters_beyond_the_first_plane_as_a_pair),
		cmocka_unit_test(json_replaces_bad_bytes_with_the_replacement_character),
		cmocka_unit_test(csv_quotes_only_what_needs_it),
		cmocka_unit_test(width_counts_columns_and_not_bytes),
		cmocka_unit_test(every_byte_pair_is_harmless_in_every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_cmd_verify.c -- damage is found, named, and what survives is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/cmd_verify.h"
#include "format/block.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static struct viewed verify(const struct sample *s, const char *options)
{
	return view_bytes(cmd_verify, s->data, s->len, options, true);
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nlacks %s", text, part);
}

static void a_sound_tape_is_one_row(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v = verify(s, "-f json");

	(void)state;
	assert_int_equal(v.rc, 0);
	assert_int_equal(remarks_status(&v.remarks, false), EXIT_FINE);
	expect(v.text, "{\"section\":1,\"offset\":0,");
	expect(v.text, "\"events\":100,");
	expect(v.text, "\"state\":\"sound\",\"reason\":null}\n");
	assert_ptr_equal(strchr(v.text, '\n') + 1, v.text + strlen(v.text));
	viewed_release(&v);
	sample_free(s);
}

static void a_flipped_bit_damages_one_block(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t at = sample_find_block(s, BLOCK_DATA, 1);
	struct viewed v;

	(void)state;
	s->data[at + BLOCK_HEADER_LEN + 20] ^= 4;
	v = verify(s, "-f json");
	assert_int_equal(v.rc, 0);
	assert_int_equal(remarks_status(&v.remarks, false), EXIT_DAMAGED);
	expect(v.text, "\"blocks\":1,\"events\":null,\"from_ns\":null,\"to_ns\":null,"
		       "\"state\":\"damaged\",\"reason\":\"DATA block");
	expect(v.text, "\"events\":40,");
	expect(v.text, "\"events\":20,");
	viewed_release(&v);
	sample_free(s);
}

static void a_block_that_is_gone_is_missing(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t at = sample_find_block(s, BLOCK_DATA, 1), next = sample_find_block(s, BLOCK_DATA, 2);
	struct viewed v;

	(void)state;
	memmove(s->data + at, s->data + next, s->len - next);
	s->len -= next - at;
	v = verify(s, "-f json");
	expect(v.text, "\"bytes\":0,\"blocks\":1,");
	expect(v.text, "\"state\":\"missing\"");
	assert_int_equal(remarks_status(&v.remarks, false), EXIT_DAMAGED);
	viewed_release(&v);
	sample_free(s);
}

static void a_cut_is_told_from_damage(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v;

	(void)state;
	s->len = sample_find_block(s, BLOCK_END, 0) + 10;
	v = verify(s, "");
	expect(v.text, " cut ");
	expect(v.text, "100 events");
	expect(v.text, "; cut short\n");
	assert_int_equal(remarks_status(&v.remarks, false), EXIT_DAMAGED);
	viewed_release(&v);
	sample_free(s);
}

static void blocks_without_their_section_are_shown_although_nothing_can_be_read(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct viewed v;

	(void)state;
	s->data[0] ^= 1;
	v = verify(s, "-f json");
	assert_int_equal(v.rc, ERR_NOT_A_TAPE);
	expect(v.text, "a section whose beginning is missing");
	viewed_release(&v);
	sample_free(s);
}

static void another_kind_of_file_is_not_a_tape(void **state)
{
	static const char text[] = "host = laptop\nkernel = 6.18\n";
	struct viewed v = view_bytes(cmd_verify, text, sizeof(text) - 1, "", true);

	(void)state;
	assert_int_equal(v.rc, ERR_NOT_A_TAPE);
	assert_string_equal(v.text, "");
	viewed_release(&v);
	v = view_bytes(cmd_verify, "", 0, "", true);
	assert_int_equal(v.rc, ERR_NOT_A_TAPE);
	viewed_release(&v);
}

static void sections_are_numbered(void **state)
{
	struct sample *s = sample_new(20, 40);
	uint8_t *both = malloc(2 * s->len);
	struct viewed v;

	(void)state;
	memcpy(both, s->data, s->len);
	memcpy(both + s->len, s->data, s->len);
	v = view_bytes(cmd_verify, both, 2 * s->len, "-f json", true);
	expect(v.text, "{\"section\":1,");
	expect(v.text, "{\"section\":2,");
	assert_int_equal(remarks_status(&v.remarks, false), EXIT_FINE);
	viewed_release(&v);
	free(both);
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_tape_is_one_row),
		cmocka_unit_test(a_flipped_bit_damages_one_block),
		cmocka_unit_test(a_block_that_is_gone_is_missing),
		cmocka_unit_test(a_cut_is_told_from_damage),
		cmocka_unit_test(
			blocks_without_their_section_are_shown_although_nothing_can_be_read),
		cmocka_unit_test(another_kind_of_file_is_not_a_tape),
		cmocka_unit_test(sections_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

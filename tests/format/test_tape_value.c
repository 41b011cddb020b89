/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tape_value.c -- the public interface: values of events, and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/tcptape.h"
#include "format/writer.h"
#include "tests/format/forge.h"
#include "tests/format/open_tape.h"

static void assert_text(struct tcptape *t, uint64_t field, const char *want)
{
	char text[200];

	assert_int_equal(tcptape_value_text(t, field, text, sizeof(text)), strlen(want));
	assert_string_equal(text, want);
}

static void integers_come_with_their_sign_and_their_names(void **state)
{
	struct open_tape *f = *state;
	uint64_t field = open_tape_go_to_value(f->t, "state", "delta", true), value = 0;
	int64_t number = 0, index = (int64_t)((tcptape_event_ns(f->t) - sample_ts(0)) / 1000);

	assert_true(tcptape_value_i64(f->t, field, &number));
	assert_int_equal(number, -index);
	assert_true(tcptape_value_u64(f->t, field, &value));
	assert_true(value == (uint64_t)-index);
	assert_int_equal(tcptape_field_flags(f->t, field), TCPTAPE_SIGNED | TCPTAPE_OPTIONAL);
	field = tcptape_field_find(f->t, tcptape_event_schema(f->t), "state");
	assert_true(tcptape_value_u64(f->t, field, &value));
	assert_string_equal(tcptape_enum_name(f->t, field, value), value == 1 ? "OPEN" : "SHUT");
	assert_text(f->t, field, value == 1 ? "OPEN" : "SHUT");
	assert_null(tcptape_enum_name(f->t, field, 3));
	assert_int_equal(tcptape_event_cpu(f->t), index % 3);
}

static void null_is_told_from_every_value(void **state)
{
	struct open_tape *f = *state;
	uint64_t field = open_tape_go_to_value(f->t, "state", "delta", false), value = 7;
	const void *data = &value;
	char text[4] = "abc";
	int64_t number = 7;
	size_t len = 7;

	assert_false(tcptape_value_u64(f->t, field, &value));
	assert_false(tcptape_value_i64(f->t, field, &number));
	assert_int_equal(tcptape_value_text(f->t, field, text, sizeof(text)), -1);
	assert_string_equal(text, "");
	assert_int_equal(tcptape_value_text(f->t, field, NULL, 0), -1);
	field = open_tape_go_to_value(f->t, "state", "title", false); /* refers to no entry */
	assert_false(tcptape_value_bytes(f->t, field, &data, &len));
	assert_true(value == 7 && number == 7 && len == 7 && data == &value);
}

static void bytes_and_texts_are_those_written(void **state)
{
	struct open_tape *f = *state;
	uint64_t schema, field = open_tape_go_to_value(f->t, "note", "text", true), number;
	const void *data;
	size_t len;

	open_tape_go_to_value(f->t, "note", "text", true);
	assert_true(tcptape_event_ns(f->t) == sample_ts(4));
	schema = tcptape_event_schema(f->t);
	assert_text(f->t, field, "note 4");
	assert_false(tcptape_value_u64(f->t, field, &number));
	field = tcptape_field_find(f->t, schema, "addr");
	assert_true(tcptape_value_bytes(f->t, field, &data, &len));
	assert_int_equal(len, 4);
	assert_memory_equal(data, "\x7f\0\0\4", 4);
	assert_text(f->t, field, "127.0.0.4");
	assert_text(f->t, tcptape_field_find(f->t, schema, "mem"), "[4,0,0]");
}

static void a_text_is_cut_to_its_buffer_and_says_so(void **state)
{
	struct open_tape *f = *state;
	uint64_t field = open_tape_go_to_value(f->t, "note", "addr", true);
	char text[12] = "...........";

	assert_int_equal(tcptape_value_text(f->t, field, text, 5), 9);
	assert_memory_equal(text, "127.\0......", 12);
	assert_int_equal(tcptape_value_text(f->t, field, text, 1), 9);
	assert_memory_equal(text, "\0", 2 - 1);
	assert_int_equal(tcptape_value_text(f->t, field, text, 9), 9);
	assert_string_equal(text, "127.0.0.");
	assert_int_equal(tcptape_value_text(f->t, field, text, 10), 9);
	assert_string_equal(text, "127.0.0.0");
	assert_int_equal(tcptape_value_text(f->t, field, NULL, 0), 9);
}

/* A tape with one event: a field of this kind and role, with the enumeration SYN=2, ACK=16. */
static struct sink *write_one(struct field field, struct value value, const char *byte_order)
{
	struct schema *schema = schema_new(SCHEMA_EVENT, "g", "one", NULL);
	struct enumeration *flags = enumeration_new("flags");
	struct writer_options opt = {.salt = 1};
	struct row row = {.ts_ns = 1, .values = &value};
	struct sink *sink = NULL;
	struct writer *w = NULL;
	uint16_t enum_id;

	assert_int_equal(sink_open_memory(&sink, NULL), 0);
	assert_int_equal(writer_new(sink, &opt, &w, NULL), 0);
	assert_int_equal(writer_fact(w, "byte_order", byte_order, NULL), 0);
	assert_int_equal(enumeration_add(flags, 2, "SYN", NULL), 0);
	assert_int_equal(enumeration_add(flags, 16, "ACK", NULL), 0);
	assert_int_equal(writer_enumeration(w, flags, &enum_id, NULL), 0);
	forge_add(schema, field);
	assert_int_equal(writer_schema(w, schema, &row.schema, NULL), 0);
	assert_int_equal(writer_add(w, &row, NULL), 0);
	assert_int_equal(writer_end(w, "stop", NULL), 0);
	writer_free(w);
	return sink;
}

/* The text of that value; NULL: there is none. */
static void check_text(struct field field, struct value value, const char *byte_order,
		       const char *want)
{
	struct sink *sink = write_one(field, value, byte_order);
	struct tcptape *t = NULL;
	const uint8_t *data;
	uint64_t handle;
	size_t len;

	data = sink_memory(sink, &len);
	assert_int_equal(tcptape_open_memory(data, len, &t, NULL), 0);
	open_tape_go_to(t, TCPTAPE_EVENT);
	handle = tcptape_field_at(t, tcptape_event_schema(t), 0);
	assert_true(tcptape_value_exists(t, handle));
	if (want)
		assert_text(t, handle, want);
	else
		assert_int_equal(tcptape_value_text(t, handle, NULL, 0), -1);
	tcptape_close(t);
	sink_close(sink, NULL);
}

static void check_int(enum field_role role, unsigned flags, uint64_t value, const char *want)
{
	struct field f = forge_field("f", FIELD_INT, 8, 1);

	f.role = (uint8_t)role;
	f.flags = (uint8_t)flags;
	f.enum_id = flags & FIELD_BITS ? 1 : 0;
	check_text(f, (struct value){.num = value}, "little", want);
}

static void the_field_decides_how_an_integer_looks(void **state)
{
	(void)state;
	check_int(ROLE_NONE, 0, UINT64_MAX, "18446744073709551615");
	check_int(ROLE_NONE, FIELD_SIGNED, UINT64_MAX, "-1");
	check_int(ROLE_POINTER, 0, 0xffff8881058b1280, "0xffff8881058b1280");
	check_int(ROLE_BOOL, 0, 1, "true");
	check_int(ROLE_BOOL, 0, 0, "false");
	check_int(ROLE_NONE, FIELD_BITS, 18, "SYN|ACK");
	check_int(ROLE_NONE, FIELD_BITS, 0x112, "SYN|ACK|0x100");
	check_int(ROLE_NONE, FIELD_BITS, 4, "0x4");
	check_int(ROLE_NONE, FIELD_BITS, 0, "");
}

static void check_bytes(enum field_kind kind, enum field_role role, unsigned elem_size,
			const char *bytes, unsigned len, const char *want)
{
	unsigned count = kind == FIELD_STRING ? 0 : len / elem_size;
	struct field f = forge_field("f", kind, elem_size, count);
	uint8_t *copy = forge_exact(bytes, len);

	f.role = (uint8_t)role;
	f.flags = kind == FIELD_ARRAY ? FIELD_SIGNED : 0;
	check_text(f, (struct value){.bytes = copy, .len = len}, elem_size > 1 ? "big" : "little",
		   want);
	free(copy);
}

static void the_field_decides_how_bytes_look(void **state)
{
	static const char v4[28] = "\2\0\x1f\x90\x7f\0\0\1",
			  v6[28] = "\0\x0a\0\x50\0\0\0\0\xfe\x80", none[28] = "\1\0/run/socket";

	(void)state;
	check_bytes(FIELD_BYTES, ROLE_NONE, 1, "\0\xffz", 3, "00ff7a");
	check_bytes(FIELD_BYTES, ROLE_TEXT, 1, "init\0\0x", 7, "init");
	check_bytes(FIELD_STRING, ROLE_NONE, 1, "a\nb", 3, "a\nb");
	check_bytes(FIELD_STRING, ROLE_NONE, 1, "", 0, "");
	check_bytes(FIELD_BYTES, ROLE_IPV6, 1, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16,
		    "2001:db8::1");
	check_bytes(FIELD_BYTES, ROLE_IPV6, 1, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16,
		    "::ffff:127.0.0.1");
	check_bytes(FIELD_BYTES, ROLE_ADDR, 1, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16,
		    "127.0.0.1");
	check_bytes(FIELD_BYTES, ROLE_SOCKADDR, 1, v4, 28, "127.0.0.1:8080");
	check_bytes(FIELD_BYTES, ROLE_SOCKADDR, 1, v6, 28, "[fe80::]:80");
	check_bytes(FIELD_BYTES, ROLE_SOCKADDR, 1, none, 28, NULL);
	check_bytes(FIELD_BYTES, ROLE_IPV4, 1, "\1\2\3", 3, NULL);
	check_bytes(FIELD_ARRAY, ROLE_NONE, 1, "\1\xff", 2, "[1,-1]");
	check_bytes(FIELD_ARRAY, ROLE_NONE, 2, "\1\2\xff\xfe", 4, "[258,-2]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(integers_come_with_their_sign_and_their_names,
						open_tape_setup, open_tape_teardown),
		cmocka_unit_test_setup_teardown(null_is_told_from_every_value, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(bytes_and_texts_are_those_written, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(a_text_is_cut_to_its_buffer_and_says_so,
						open_tape_setup, open_tape_teardown),
		cmocka_unit_test(the_field_decides_how_an_integer_looks),
		cmocka_unit_test(the_field_decides_how_bytes_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

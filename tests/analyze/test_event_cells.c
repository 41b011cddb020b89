/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_event_cells.c -- every kind and role of field looks as its schema asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/event_cells.h"
#include "format/cursor.h"
#include "format/source.h"
#include "format/writer.h"
#include "tests/analyze/printed.h"

/* One event with one field. */
struct one {
	struct sink *sink;
	struct writer *writer;
	struct source *source;
	struct cursor *cursor;
	uint16_t states, bits;
};

static void one_begin(struct one *o)
{
	struct writer_options opt = {.salt = 1};
	struct enumeration *states = enumeration_new("states"), *bits = enumeration_new("bits");

	assert_int_equal(sink_open_memory(&o->sink, NULL), 0);
	assert_int_equal(writer_new(o->sink, &opt, &o->writer, NULL), 0);
	assert_int_equal(enumeration_add(states, 1, "TCP_ESTABLISHED", NULL), 0);
	assert_int_equal(enumeration_add(states, UINT64_MAX, "NONE", NULL), 0);
	assert_int_equal(enumeration_add(bits, 2, "SYN", NULL), 0);
	assert_int_equal(enumeration_add(bits, 16, "ACK", NULL), 0);
	assert_int_equal(writer_enumeration(o->writer, states, &o->states, NULL), 0);
	assert_int_equal(writer_enumeration(o->writer, bits, &o->bits, NULL), 0);
}

static void one_release(struct one *o)
{
	cursor_close(o->cursor);
	source_close(o->source);
	writer_free(o->writer);
	sink_close(o->sink, NULL);
}

static void one_write(struct one *o, struct field f, const struct value *value)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "test", "one", NULL);
	struct row row = {.ts_ns = 1, .values = value};
	const uint8_t *data;
	size_t len;

	f.name = (char *)(uintptr_t) "value";
	f.type = (char *)(uintptr_t) "test";
	assert_true(schema_add_field(s, &f, NULL) >= 0);
	assert_int_equal(writer_schema(o->writer, s, &row.schema, NULL), 0);
	assert_int_equal(writer_add(o->writer, &row, NULL), 0);
	assert_int_equal(writer_end(o->writer, "stop", NULL), 0);
	data = sink_memory(o->sink, &len);
	assert_int_equal(source_open_memory(data, len, &o->source, NULL), 0);
	assert_int_equal(cursor_open(o->source, &o->cursor, NULL), 0);
}

static void print_first_event(struct one *o, const char *want)
{
	static const struct column column = {.key = "fields"}, extra = {.key = "extra"};
	const struct column columns[] = {column, extra};
	const struct table table = {"one", columns, 2};
	const struct render_options json = {.format = RENDER_JSON};
	struct event_cells cells;
	struct arena arena = {0};
	struct printed p;
	struct item item;
	struct cell row[2];

	do
		assert_int_equal(cursor_next(o->cursor, &item, NULL), 0);
	while (item.kind != ITEM_EVENT);
	assert_int_equal(event_cells_fill(&item.event, item.section, &arena, &cells, NULL), 0);
	printed_open(&p, &json);
	render_begin(p.renderer, &table);
	row[0] = cells.fields;
	row[1] = cells.extra;
	render_row(p.renderer, row);
	printed_check(&p, want);
	arena_release(&arena);
}

/* The field's value as JSON. `enum_name` 's' states, 'b' bits. */
static void check(struct field f, struct value v, char enum_name, const char *want)
{
	char line[256];
	struct one o = {0};

	one_begin(&o);
	if (enum_name)
		f.enum_id = enum_name == 's' ? o.states : o.bits;
	one_write(&o, f, &v);
	snprintf(line, sizeof(line), "{\"fields\":{\"value\":%s},\"extra\":{}}\n", want);
	print_first_event(&o, line);
	one_release(&o);
}

static struct field int_field(uint8_t size, uint8_t flags, uint8_t role)
{
	return (struct field){.kind = FIELD_INT,
			      .elem_size = size,
			      .count = 1,
			      .flags = flags,
			      .role = role};
}

static struct field bytes_field(uint16_t count, uint8_t role)
{
	return (struct field){.kind = FIELD_BYTES, .elem_size = 1, .count = count, .role = role};
}

static struct value num(uint64_t v)
{
	return (struct value){.num = v};
}

static struct value bytes(const void *p)
{
	return (struct value){.bytes = p};
}

static void integers_keep_sign_and_size(void **state)
{
	(void)state;
	check(int_field(4, 0, 0), num(UINT32_MAX), 0, "4294967295");
	check(int_field(4, FIELD_SIGNED, 0), num(UINT64_MAX), 0, "-1");
	check(int_field(8, 0, 0), num(UINT64_MAX), 0, "18446744073709551615");
	check(int_field(1, FIELD_SIGNED, 0), num((uint64_t)-128), 0, "-128");
}

static void pointers_and_booleans_have_their_form(void **state)
{
	(void)state;
	check(int_field(8, 0, ROLE_POINTER), num(0xffff888000001000), 0, "\"0xffff888000001000\"");
	check(int_field(8, 0, ROLE_POINTER), num(0), 0, "\"0x0\"");
	check(int_field(1, 0, ROLE_BOOL), num(1), 0, "true");
	check(int_field(1, 0, ROLE_BOOL), num(0), 0, "false");
}

static void enumerations_are_names_or_else_numbers(void **state)
{
	(void)state;
	check(int_field(4, FIELD_SIGNED, 0), num(1), 's', "\"TCP_ESTABLISHED\"");
	check(int_field(4, FIELD_SIGNED, 0), num(UINT64_MAX), 's', "\"NONE\"");
	check(int_field(4, FIELD_SIGNED, 0), num(77), 's', "77");
}

static void bits_are_joined_and_unnamed_ones_are_a_number(void **state)
{
	(void)state;
	check(int_field(2, FIELD_BITS, 0), num(2), 'b', "\"SYN\"");
	check(int_field(2, FIELD_BITS, 0), num(18), 'b', "\"SYN|ACK\"");
	check(int_field(2, FIELD_BITS, 0), num(0x112), 'b', "\"SYN|ACK|0x100\"");
	check(int_field(2, FIELD_BITS, 0), num(0x100), 'b', "\"0x100\"");
	check(int_field(2, FIELD_BITS, 0), num(0), 'b', "\"\"");
}

static void addresses_are_text(void **state)
{
	static const uint8_t v4[] = {127, 0, 0, 1};
	static const uint8_t v6[16] = {[15] = 1};
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 1};
	uint8_t any[16] = {0};

	(void)state;
	memcpy(any, mapped, 12);
	any[12] = 10;
	any[15] = 1;
	check(bytes_field(4, ROLE_IPV4), bytes(v4), 0, "\"127.0.0.1\"");
	check(bytes_field(16, ROLE_IPV6), bytes(v6), 0, "\"::1\"");
	check(bytes_field(16, ROLE_IPV6), bytes(any), 0, "\"::ffff:10.0.0.1\"");
	check(bytes_field(16, ROLE_ADDR), bytes(any), 0, "\"10.0.0.1\"");
	check(bytes_field(16, ROLE_ADDR), bytes(v6), 0, "\"::1\"");
}

static void socket_addresses_are_text_with_the_port(void **state)
{
	uint8_t v4[28] = {2, 0, 0x1f, 0x90, 127, 0, 0, 1};
	uint8_t v6[28] = {10, 0, 0x1f, 0x90, [23] = 1};
	uint8_t v4_of_big_endian[28] = {0, 2, 0x1f, 0x90, 127, 0, 0, 1};
	uint8_t unix_socket[28] = {1, 0, '/'};

	(void)state;
	check(bytes_field(28, ROLE_SOCKADDR), bytes(v4), 0, "\"127.0.0.1:8080\"");
	check(bytes_field(28, ROLE_SOCKADDR), bytes(v6), 0, "\"[::1]:8080\"");
	check(bytes_field(28, ROLE_SOCKADDR), bytes(v4_of_big_endian), 0, "\"127.0.0.1:8080\"");
	check(bytes_field(28, ROLE_SOCKADDR), bytes(unix_socket), 0, "null");
}

static void text_ends_at_the_first_nul_and_is_escaped(void **state)
{
	static const char comm[16] = "na\"me\033\0hidden";

	(void)state;
	check(bytes_field(16, ROLE_TEXT), bytes(comm), 0, "\"na\\\"me\\u001b\"");
}

static void strings_keep_their_length(void **state)
{
	struct field f = {.kind = FIELD_STRING, .role = ROLE_TEXT, .elem_size = 1};
	struct value v = {.bytes = (const uint8_t *)"hello, tape", .len = 5};

	(void)state;
	check(f, v, 0, "\"hello\"");
	v.len = 0;
	check(f, v, 0, "\"\"");
}

static void other_bytes_are_hexadecimal(void **state)
{
	static const uint8_t raw[] = {0, 0xab, 0xff};

	(void)state;
	check(bytes_field(3, ROLE_NONE), bytes(raw), 0, "\"00abff\"");
}

static void arrays_are_lists(void **state)
{
	struct field f = {.kind = FIELD_ARRAY, .elem_size = 2, .count = 3, .flags = FIELD_SIGNED};
	static const uint8_t raw[] = {1, 0, 0xff, 0xff, 0, 1};

	(void)state;
	check(f, bytes(raw), 0, "[1,-1,256]");
	f.flags = 0;
	check(f, bytes(raw), 0, "[1,65535,256]");
}

/* Integers are converted by the recorder; what lies inside of arrays and addresses is not. */
static void arrays_of_a_big_endian_machine_are_the_same_lists(void **state)
{
	struct field f = {.kind = FIELD_ARRAY, .elem_size = 8, .count = 2, .flags = FIELD_SIGNED};
	static const uint8_t raw[] = {[7] = 1, 255, 255, 255, 255, 255, 255, 255, 254};
	struct value v = bytes(raw);
	struct one o = {0};

	(void)state;
	one_begin(&o);
	assert_int_equal(writer_fact(o.writer, "byte_order", "big", NULL), 0);
	one_write(&o, f, &v);
	print_first_event(&o, "{\"fields\":{\"value\":[1,-2]},\"extra\":{}}\n");
	one_release(&o);
}

static void an_absent_value_is_null(void **state)
{
	struct value absent = {.is_absent = true};

	(void)state;
	check(int_field(4, FIELD_OPTIONAL, 0), absent, 0, "null");
}

static void extra_fields_are_apart_from_the_kernels(void **state)
{
	struct value v = num(7);
	struct one o = {0};

	(void)state;
	one_begin(&o);
	one_write(&o, int_field(4, FIELD_EXTRA, 0), &v);
	print_first_event(&o, "{\"fields\":{},\"extra\":{\"value\":7}}\n");
	one_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_keep_sign_and_size),
		cmocka_unit_test(pointers_and_booleans_have_their_form),
		cmocka_unit_test(enumerations_are_names_or_else_numbers),
		cmocka_unit_test(bits_are_joined_and_unnamed_ones_are_a_number),
		cmocka_unit_test(addresses_are_text),
		cmocka_unit_test(socket_addresses_are_text_with_the_port),
		cmocka_unit_test(text_ends_at_the_first_nul_and_is_escaped),
		cmocka_unit_test(strings_keep_their_length),
		cmocka_unit_test(other_bytes_are_hexadecimal),
		cmocka_unit_test(arrays_are_lists),
		cmocka_unit_test(arrays_of_a_big_endian_machine_are_the_same_lists),
		cmocka_unit_test(an_absent_value_is_null),
		cmocka_unit_test(extra_fields_are_apart_from_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

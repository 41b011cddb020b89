/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_spans.c -- what the headers of blocks tell of sections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/spans.h"
#include "format/sink.h"
#include "format/source.h"
#include "tests/analyze/build_tape.h"

static const uint64_t T0 = 5000000000;

static void flush(struct build_tape *b)
{
	struct error err;

	tape_check(writer_flush(b->writer, &err), &err);
}

static struct spans read_spans(const void *data, size_t len)
{
	struct spans s = {0};
	struct source *source;
	struct error err;

	tape_check(source_open_memory(data, len, &source, &err), &err);
	assert_int_equal(spans_read(&s, source, &err), 0);
	source_close(source);
	return s;
}

static void each_section_has_its_own(void **state)
{
	struct build_tape b = {0};
	struct spans s;
	uint8_t *twice;
	const uint8_t *data;
	size_t len;

	(void)state;
	tape_begin(&b);
	tape_send(&b, T0 + 5, &hello_client, 1);
	flush(&b);
	tape_send(&b, T0 + 90, &hello_client, 1);
	tape_recv(&b, T0 + 70, &hello_client, 1, 0);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	twice = malloc(2 * len);
	assert_non_null(twice);
	memcpy(twice, data, len);
	memcpy(twice + len, data, len);
	s = read_spans(twice, 2 * len);
	assert_int_equal(s.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(spans_find(&s, i)->first_ns, T0 + 5);
		assert_int_equal(spans_find(&s, i)->last_ns, T0 + 90);
		assert_int_equal(spans_find(&s, i)->schema_bits,
				 UINT64_C(1) << b.schemas[BUILD_SEND] |
					 UINT64_C(1) << b.schemas[BUILD_RECV]);
	}
	assert_null(spans_find(&s, 2));
	assert_false(s.has_holes);
	spans_release(&s);
	free(twice);
	tape_release(&b);
}

static void a_section_without_events_has_none(void **state)
{
	struct build_tape b = {0};
	struct spans s;
	const uint8_t *data;
	size_t len;

	(void)state;
	tape_begin(&b);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	s = read_spans(data, len);
	assert_int_equal(s.count, 1);
	assert_null(spans_find(&s, 0));
	spans_release(&s);
	tape_release(&b);
}

static void losses_and_damage_are_holes(void **state)
{
	struct build_tape b = {0};
	struct spans s;
	uint8_t *copy;
	const uint8_t *data;
	size_t len;

	(void)state;
	tape_begin(&b);
	tape_send(&b, T0, &hello_client, 1);
	flush(&b);
	tape_loss(&b, T0, T0 + 1, BUILD_SEND);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	s = read_spans(data, len);
	assert_true(s.has_holes);
	spans_release(&s);
	tape_release(&b);

	tape_begin(&b);
	tape_send(&b, T0, &hello_client, 1);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, data, len);
	copy[50] ^= 1; /* in the first header */
	s = read_spans(copy, len);
	assert_true(s.has_holes);
	spans_release(&s);
	free(copy);
	tape_release(&b);
}

/* A block that the tape ends in is read by nobody. */
static void a_block_that_is_cut_does_not_count(void **state)
{
	struct build_tape b = {0};
	struct spans s;
	const uint8_t *data;
	size_t len, before;

	(void)state;
	tape_begin(&b);
	tape_send(&b, T0, &hello_client, 1);
	flush(&b);
	sink_memory(b.sink, &before);
	tape_send(&b, T0 + 1, &hello_client, 1);
	flush(&b);
	data = sink_memory(b.sink, &len);
	for (size_t cut = before; cut < len; cut += 7) {
		s = read_spans(data, cut);
		assert_int_equal(spans_find(&s, 0)->last_ns, T0);
		spans_release(&s);
	}
	s = read_spans(data, len);
	assert_int_equal(spans_find(&s, 0)->last_ns, T0 + 1);
	spans_release(&s);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_section_has_its_own),
		cmocka_unit_test(a_section_without_events_has_none),
		cmocka_unit_test(losses_and_damage_are_holes),
		cmocka_unit_test(a_block_that_is_cut_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

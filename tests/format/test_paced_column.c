/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_paced_column.c -- the time column, and the bits it leaves uncoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/bits.h"
#include "format/paced_column.h"
#include "format/paced_encoder.h"

enum { ROWS = 2000 };

struct world {
	uint64_t ts[ROWS], cpu[ROWS], schema[ROWS], out[ROWS];
	struct buf symbols, low;
	struct paced_encoder *encoder;
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	w->encoder = paced_encoder_new();
	return w;
}

static void world_free(struct world *w)
{
	paced_encoder_free(w->encoder);
	buf_release(&w->symbols);
	buf_release(&w->low);
	free(w);
}

static struct time_rows rows_of(const struct world *w, size_t count)
{
	return (struct time_rows){count, count ? w->ts[0] : 0, w->cpu, w->schema};
}

static int decode(struct world *w, size_t count, size_t symbols, size_t low)
{
	uint32_t schema[ROWS], starts[ROWS + 1];
	struct lanes lanes = {.starts = starts};
	struct time_lanes rows = {&lanes, count ? w->ts[0] : 0, schema};

	for (size_t i = 0; i < count; i++) {
		schema[i] = (uint32_t)w->schema[i];
		if (i == 0 || w->cpu[i] != w->cpu[i - 1])
			starts[lanes.count++] = (uint32_t)i;
	}
	starts[lanes.count] = (uint32_t)count;
	return paced_decode(&rows, view_of(w->symbols.data, symbols), view_of(w->low.data, low),
			    w->out, NULL);
}

static void round_trip(struct world *w, size_t count)
{
	struct time_rows rows = rows_of(w, count);

	buf_clear(&w->symbols);
	buf_clear(&w->low);
	assert_true(paced_encoder_run(w->encoder, &rows, w->ts, &w->symbols, &w->low));
	assert_int_equal(w->symbols.len, count);
	assert_int_equal(decode(w, count, w->symbols.len, w->low.len), 0);
	assert_memory_equal(w->out, w->ts, count * sizeof(w->ts[0]));
}

/* Small regular steps with noise, on a few CPUs. */
static void fill(struct world *w)
{
	uint64_t ts = UINT64_C(1) << 60, noise = 1;

	for (size_t i = 0; i < ROWS; i++) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		ts += 300 + 100 * (i % 7) + (noise >> 58);
		w->ts[i] = ts;
		w->cpu[i] = i * 3 / ROWS; /* CPU by CPU */
		w->schema[i] = 1 + i % 7;
	}
}

static void times_come_back(void **state)
{
	struct world *w = world_new();

	(void)state;
	round_trip(w, 0);
	fill(w);
	round_trip(w, 1);
	round_trip(w, ROWS);
	assert_true(w->low.len < ROWS);
	world_free(w);
}

static void extreme_times_come_back(void **state)
{
	static const uint64_t extremes[] = {0,
					    0,
					    1,
					    1,
					    255,
					    UINT64_C(1) << 31,
					    UINT64_C(1) << 62,
					    UINT64_C(1) << 63,
					    UINT64_MAX - 1,
					    UINT64_MAX,
					    UINT64_MAX};
	struct world *w = world_new();

	(void)state;
	memcpy(w->ts, extremes, sizeof(extremes));
	for (size_t i = 0; i < 11; i++) {
		w->cpu[i] = i % 2 ? UINT64_MAX : 0;
		w->schema[i] = i % 3;
	}
	round_trip(w, 11);
	world_free(w);
}

/* Noise of 0 to 63 bits: what is usual and what is not take different ways. */
static void steps_of_every_size_come_back(void **state)
{
	struct world *w = world_new();
	uint64_t ts = 1, noise = 1;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		ts += noise >> (1 + i / 4 % 63) >> (i % 3);
		w->ts[i] = ts;
		w->cpu[i] = i / 512;
		w->schema[i] = i / 128 % 2;
		if (i % 512 == 511)
			ts = w->ts[0];
	}
	for (size_t count = 0; count < ROWS; count += 1 + count / 8)
		round_trip(w, count);
	world_free(w);
}

/* A few rows are forgotten in another way than many. */
static void a_block_knows_nothing_of_the_one_before(void **state)
{
	static const size_t counts[] = {ROWS, 300, 200, 256, 257, 3, 3, ROWS, 1, 200};
	struct world *w = world_new();

	(void)state;
	fill(w);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		round_trip(w, counts[i]);
	world_free(w);
}

static void a_stream_of_another_length_is_refused(void **state)
{
	struct world *w = world_new();

	(void)state;
	fill(w);
	round_trip(w, 100);
	assert_int_equal(decode(w, 100, w->symbols.len - 1, w->low.len), ERR_CORRUPT);
	assert_int_equal(decode(w, 99, w->symbols.len, w->low.len), ERR_CORRUPT);
	for (size_t len = 0; len < w->low.len; len++)
		assert_int_equal(decode(w, 100, w->symbols.len, len), ERR_CORRUPT);
	put_u8(&w->low, 0);
	assert_int_equal(decode(w, 100, w->symbols.len, w->low.len), ERR_CORRUPT);
	world_free(w);
}

static void bits_of_every_width_come_back(void **state)
{
	struct buf b = {0};
	struct bit_writer w = {.out = &b};
	struct bit_reader r;

	(void)state;
	for (unsigned n = 0; n <= 64; n++)
		bits_put(&w, UINT64_C(0xfedcba9876543210) * (n + 1), n);
	bits_finish(&w);
	assert_int_equal(b.len, (64 * 65 / 2 + 7) / 8);
	r = bits_of(view_of(b.data, b.len));
	for (unsigned n = 0; n <= 64; n++)
		assert_true(bits_take(&r, n) ==
			    (UINT64_C(0xfedcba9876543210) * (n + 1) & bits_mask(n)));
	assert_true(bits_are_over(&r));
	assert_int_equal(bits_take(&r, 8), 0);
	assert_false(bits_are_over(&r));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_come_back),
		cmocka_unit_test(extreme_times_come_back),
		cmocka_unit_test(steps_of_every_size_come_back),
		cmocka_unit_test(a_block_knows_nothing_of_the_one_before),
		cmocka_unit_test(a_stream_of_another_length_is_refused),
		cmocka_unit_test(bits_of_every_width_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_times.c -- any bytes as the time column of rows of two CPUs: u8 codec, u8 min_ts, u8 half the
 * number of rows, u8 of them on the first CPU, each row's schema, each row's symbol; what is left are the raw bits. It is
 * refused or not, and what was decoded is encoded, decoded again and the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/paced_column.h"
#include "format/paced_encoder.h"

enum { MOST_ROWS = 512 };

struct desk {
	uint32_t rows, starts[3];
	struct lanes lanes;
	uint32_t schemas[MOST_ROWS];
	uint64_t cpus[MOST_ROWS], wide[MOST_ROWS]; /* schemas, for the encoder */
	uint64_t ts[MOST_ROWS], again[MOST_ROWS];
};

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void take_rows(struct desk *d, struct view *in)
{
	uint8_t count = 0, first = 0, schema = 0;

	take_u8(in, &count);
	take_u8(in, &first);
	d->rows = 2 + 2u * count;
	d->starts[1] = 1 + first % (d->rows - 1);
	d->starts[2] = d->rows;
	d->lanes = (struct lanes){.starts = d->starts, .count = 2};
	for (uint32_t i = 0; i < d->rows; i++) {
		take_u8(in, &schema);
		d->schemas[i] = schema;
		d->wide[i] = schema;
		d->cpus[i] = i >= d->starts[1];
	}
}

static struct view take_symbols(const struct desk *d, struct view *in)
{
	size_t len = view_len(*in) < d->rows ? view_len(*in) : d->rows;
	struct view symbols = view_of(in->p, len);

	in->p += len;
	return symbols;
}

static void check_again(struct desk *d, const struct time_lanes *lanes)
{
	struct time_rows rows = {d->rows, lanes->base, d->cpus, d->wide};
	struct buf symbols = {0}, low = {0};
	struct paced_encoder *encoder = paced_encoder_new();

	check(encoder != NULL);
	check(paced_encoder_run(encoder, &rows, d->ts, &symbols, &low));
	check(paced_decode(lanes, view_of(symbols.data, symbols.len), view_of(low.data, low.len),
			   d->again, NULL) == 0);
	check(memcmp(d->ts, d->again, d->rows * sizeof(d->ts[0])) == 0);
	paced_encoder_free(encoder);
	buf_release(&symbols);
	buf_release(&low);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct view in = view_of(data, size), symbols;
	uint8_t codec = 0, base = 0;
	struct time_lanes lanes;
	int rc;

	check(d != NULL);
	take_u8(&in, &codec);
	take_u8(&in, &base);
	take_rows(d, &in);
	symbols = take_symbols(d, &in);
	lanes = (struct time_lanes){&d->lanes, base, d->schemas};
	rc = codec % 4 ? paced_decode(&lanes, symbols, in, d->ts, NULL)
		       : times_decode(&lanes, symbols, in, d->ts, NULL);
	check(rc == 0 || rc == ERR_CORRUPT);
	if (rc == 0)
		check_again(d, &lanes);
	free(d);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * decode.c -- decodes every column of a tape, block by block:
 *
 *	decode TAPE             prints events, DATA blocks, stored bytes, nanoseconds of CPU time
 *	decode TAPE FRAMES      only copies its zstd frames to FRAMES, for zstd -d; prints their bytes
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analyze/memory_limit.h"
#include "format/batch.h"
#include "tests/bench/walk.h"

enum { CODEC_ZSTD = 1 };

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void decode_block(struct walk *w)
{
	struct data_block block = {&w->block.header, w->block.body, w->source, w->block.offset};
	struct batch *batch;
	struct error err;
	size_t bad;

	walk_must(batch_decode(&w->section, w->dicts, &block, w->unpacker, &batch, &err), &err);
	bad = batch_open_all(batch);
	if (bad) {
		fprintf(stderr, "decode: %zu columns of the block at %llu could not be decoded\n",
			bad, (unsigned long long)w->block.offset);
		exit(1);
	}
	batch_free(batch);
}

static void decode_tape(struct walk *w)
{
	uint64_t events = 0, blocks = 0, bytes = 0, before = cpu_ns();

	while (walk_next(w)) {
		bytes += (uint64_t)w->block.header.header_len + w->block.header.body_len;
		if (w->block.header.type != BLOCK_DATA || w->block.header.rows == 0)
			continue;
		decode_block(w);
		events += w->block.header.rows;
		blocks++;
	}
	printf("%llu %llu %llu %llu\n", (unsigned long long)events, (unsigned long long)blocks,
	       (unsigned long long)bytes, (unsigned long long)(cpu_ns() - before));
}

static void copy_frames(struct walk *w, const char *path)
{
	FILE *out = fopen(path, "wb");
	uint64_t bytes = 0, raw = 0;

	if (!out) {
		perror(path);
		exit(1);
	}
	while (walk_next(w)) {
		for (unsigned i = 0; i < w->block.header.part_count; i++) {
			const struct part *part = &w->parts[i];

			if (part->codec != CODEC_ZSTD)
				continue;
			bytes += fwrite(part->stored.p, 1, part->stored_len, out);
			raw += part->raw_len;
		}
	}
	if (fclose(out)) {
		perror(path);
		exit(1);
	}
	printf("%llu %llu\n", (unsigned long long)bytes, (unsigned long long)raw);
}

int main(int argc, char **argv)
{
	struct walk w;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: decode TAPE [FRAMES]\n");
		return 2;
	}
	memory_limit_keep();
	walk_begin(&w, argv[1]);
	if (argc == 3)
		copy_frames(&w, argv[2]);
	else
		decode_tape(&w);
	walk_end(&w);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * decode.c -- decodes every column of a tape, block by block:
 *
 *	decode TAPE             prints events, DATA blocks, stored bytes, nanoseconds of CPU time
 *	decode TAPE FRAMES [N]  only copies its zstd frames to FRAMES, for zstd -d; prints their bytes. With
 *	                        N again from the first, until they have N bytes
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

/* Zstd frames on their way to another file. */
struct frames {
	FILE *out;
	uint64_t bytes, raw;
	uint64_t enough; /* bytes */
};

static void copy_block(const struct walk *w, struct frames *f)
{
	for (unsigned i = 0; i < w->block.header.part_count && f->bytes < f->enough; i++) {
		const struct part *part = &w->parts[i];

		if (part->codec != CODEC_ZSTD)
			continue;
		f->bytes += fwrite(part->stored.p, 1, part->stored_len, f->out);
		f->raw += part->raw_len;
	}
}

static void copy_tape(const char *tape, struct frames *f)
{
	struct walk w;

	walk_begin(&w, tape);
	while (f->bytes < f->enough && walk_next(&w))
		copy_block(&w, f);
	walk_end(&w);
}

static void copy_frames(const char *tape, const char *path, const char *least)
{
	struct frames f = {.out = fopen(path, "wb"), .enough = UINT64_MAX};

	if (!f.out) {
		perror(path);
		exit(1);
	}
	if (least)
		f.enough = strtoull(least, NULL, 10);
	do
		copy_tape(tape, &f);
	while (least && f.bytes > 0 && f.bytes < f.enough);
	if (fclose(f.out)) {
		perror(path);
		exit(1);
	}
	printf("%llu %llu\n", (unsigned long long)f.bytes, (unsigned long long)f.raw);
}

int main(int argc, char **argv)
{
	struct walk w;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: decode TAPE [FRAMES [BYTES]]\n");
		return 2;
	}
	memory_limit_keep();
	if (argc > 2) {
		copy_frames(argv[1], argv[2], argc == 4 ? argv[3] : NULL);
		return 0;
	}
	walk_begin(&w, argv[1]);
	decode_tape(&w);
	walk_end(&w);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * write_tapes.c -- writes tapes of fixed content into a directory. Every machine must
 * write the same bytes, given the same zstd, whose version is printed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <zstd.h>

#include "tests/analyze/build_tape.h"
#include "tests/format/sample_tape.h"

static void save(const char *dir, const char *name, const void *data, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.tape", dir, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void save_sample(const char *dir, const char *name, struct sample *t)
{
	save(dir, name, t->data, t->len);
	sample_free(t);
}

static void save_hello(const char *dir)
{
	struct build_tape b = {0};
	const uint8_t *data;
	size_t len;

	tape_begin(&b);
	for (uint64_t i = 0; i < 100; i++)
		tape_hello(&b, 1000000000 + i * 5000000);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	save(dir, "hello", data, len);
	tape_release(&b);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: write_tapes DIRECTORY\n");
		return 2;
	}
	save_sample(argv[1], "small", sample_new(12, 100));
	save_sample(argv[1], "large", sample_new(60000, 0));
	save_sample(argv[1], "epochs", sample_new_epochs(5000, 700, 15));
	save_hello(argv[1]);
	printf("zstd %s\n", ZSTD_versionString());
	return 0;
}

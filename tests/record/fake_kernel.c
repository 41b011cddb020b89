/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fake_kernel.c -- see fake_kernel.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/record/fake_kernel.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/source.h"

enum { PATH_SIZE = 512 };

static const char common[] =
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

struct fake_kernel *fake_kernel_new(void)
{
	struct fake_kernel *k;
	char path[PATH_SIZE];

	if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
		return NULL;
	k = calloc(1, sizeof(*k));
	assert_non_null(k);
	assert_int_equal(btf_enums_open(&k->btf, NULL), OK);
	snprintf(k->root, sizeof(k->root), "/tmp/fake_kernel.XXXXXX");
	assert_non_null(mkdtemp(k->root));
	snprintf(path, sizeof(path), "%s/events", k->root);
	assert_int_equal(mkdir(path, 0700), 0);
	return k;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void fake_kernel_free(struct fake_kernel *k)
{
	if (!k)
		return;
	nftw(k->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	tracefs_close(k->tracefs);
	btf_enums_close(k->btf);
	free(k);
}

void fake_kernel_add(struct fake_kernel *k, const char *group, const char *name, const char *fields,
		     const char *print_fmt)
{
	char path[PATH_SIZE];
	FILE *f;

	snprintf(path, sizeof(path), "%s/events/%s", k->root, group);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/events/%s/%s", k->root, group, name);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/events/%s/%s/format", k->root, group, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "name: %s\nID: 7\nformat:\n%s%s\nprint fmt: %s\n", name, common, fields,
		print_fmt);
	assert_int_equal(fclose(f), 0);
}

int fake_kernel_catalog(struct fake_kernel *k, const char *glob, struct catalog **out,
			struct error *err)
{
	struct catalog_kernel kernel = {.btf = k->btf};
	struct name_list globs = {0};
	int rc;

	assert_int_equal(tracefs_open_at(k->root, &k->tracefs, NULL), OK);
	kernel.tracefs = k->tracefs;
	assert_int_equal(name_list_add(&globs, glob, NULL), OK);
	rc = catalog_open(&kernel, &globs, out, err);
	name_list_release(&globs);
	return rc;
}

void fake_tape_begin(struct fake_tape *t, struct catalog *c)
{
	struct writer_options options = {.salt = 1};

	*t = (struct fake_tape){.catalog = c};
	assert_int_equal(sink_open_memory(&t->sink, NULL), OK);
	assert_int_equal(writer_new(t->sink, &options, &t->writer, NULL), OK);
	assert_int_equal(catalog_register(c, t->writer, NULL), OK);
	assert_int_equal(resolver_new(t->writer, catalog_dictionaries(c), NULL, &t->resolver, NULL),
			 OK);
	assert_int_equal(translator_new(c, t->resolver, t->writer, &t->translator, NULL), OK);
}

void fake_tape_read(struct fake_tape *t)
{
	const uint8_t *data;
	size_t len;

	assert_int_equal(writer_end(t->writer, "stop", NULL), OK);
	data = sink_memory(t->sink, &len);
	assert_int_equal(source_open_memory(data, len, &t->source, NULL), OK);
	assert_int_equal(cursor_open(t->source, &t->cursor, NULL), OK);
}

bool fake_tape_next(struct fake_tape *t, struct item *item)
{
	int rc;

	do {
		rc = cursor_next(t->cursor, item, NULL);
		assert_in_range(rc, OK, END);
	} while (rc == OK && item->kind != ITEM_EVENT);
	return rc == OK;
}

void fake_tape_release(struct fake_tape *t)
{
	cursor_close(t->cursor);
	source_close(t->source);
	translator_free(t->translator);
	resolver_free(t->resolver);
	writer_free(t->writer);
	sink_close(t->sink, NULL);
	catalog_close(t->catalog);
}

uint64_t fake_int(const struct event *ev, const char *field)
{
	int index = schema_find(ev->schema, field);
	uint64_t value = 0;

	assert_true(index >= 0);
	assert_true(event_int(ev, index, &value));
	return value;
}

bool fake_is_null(const struct event *ev, const char *field)
{
	int index = schema_find(ev->schema, field);
	struct view bytes;
	uint64_t value;

	assert_true(index >= 0);
	return !event_int(ev, index, &value) && !event_bytes(ev, index, &bytes);
}

void fake_assert_bytes(const struct event *ev, const char *field, const void *bytes, size_t len)
{
	int index = schema_find(ev->schema, field);
	struct view v = {0};

	assert_true(index >= 0);
	assert_true(event_bytes(ev, index, &v));
	assert_int_equal(view_len(v), len);
	assert_memory_equal(v.p, bytes, len);
}

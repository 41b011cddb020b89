/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fake_kernel.h -- for tests: a tracefs with format files written by the test, beside the
 * running kernel's BTF; and a recording into memory that is read back. Everything
 * asserts.
 */
#ifndef TESTS_RECORD_FAKE_KERNEL_H
#define TESTS_RECORD_FAKE_KERNEL_H

#include "format/cursor.h"
#include "format/sink.h"
#include "record/catalog.h"
#include "record/translate.h"

struct fake_kernel {
	char root[64]; /* directory, removed at the end */
	struct tracefs *tracefs;
	struct btf_enums *btf;
};

/* NULL where the running kernel has no BTF. */
struct fake_kernel *fake_kernel_new(void);
void fake_kernel_free(struct fake_kernel *k);
/* Give it an event. `fields` are format file lines without the common ones; `print_fmt`
 * what follows "print fmt: ". */
void fake_kernel_add(struct fake_kernel *k, const char *group, const char *name, const char *fields,
		     const char *print_fmt);
/* Open tracefs and choose events by one glob. */
int fake_kernel_catalog(struct fake_kernel *k, const char *glob, struct catalog **out,
			struct error *err);

/* A catalog whose events are written to memory. */
struct fake_tape {
	struct catalog *catalog; /* owned */
	struct sink *sink;
	struct writer *writer;
	struct resolver *resolver;
	struct translator *translator;
	struct source *source;
	struct cursor *cursor;
};

/* Takes the catalog, and registers it. */
void fake_tape_begin(struct fake_tape *t, struct catalog *c);
/* Close the tape and begin to read it. */
void fake_tape_read(struct fake_tape *t);
/* The next event; false at the end. Lent until the next call. */
bool fake_tape_next(struct fake_tape *t, struct item *item);
void fake_tape_release(struct fake_tape *t);

/* A value of an event by the field's name; asserts that it has one. */
uint64_t fake_int(const struct event *ev, const char *field);
bool fake_is_null(const struct event *ev, const char *field);
void fake_assert_bytes(const struct event *ev, const char *field, const void *bytes, size_t len);

#endif

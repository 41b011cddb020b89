/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check.h -- whether a recording would work here: one row for each thing looked at.
 *
 * Order of use: fill in root, opt and is_trial, check_next until NULL, then read rows and what was
 * found on the way, check_release. Nothing is written, mounted or left behind.
 */
#ifndef RECORD_CHECK_H
#define RECORD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "record/btf_enums.h"
#include "record/catalog.h"
#include "record/options.h"
#include "record/tracefs.h"

enum check_state { CHECK_OK, CHECK_WARN, CHECK_FAILS };

enum { CHECK_MAX_ROWS = 20, CHECK_VALUE = 256 };

struct check {
	const char *name; /* lent for ever */
	enum check_state state;
	int status;        /* what the recording would end with; OK unless it fails */
	char finding[320]; /* one sentence */
	char advice[160];  /* what to do; "" = nothing */
};

struct checkup {
	const char *root;                 /* "" = this host; where proc/ and sys/ are; lent */
	const struct record_options *opt; /* lent */
	bool is_trial;                    /* load and attach the programs for a moment */
	bool is_short_of_memory;          /* found: nothing large is tried any more */
	/* Found by the checks; NULL where it failed. */
	struct btf_enums *btf;
	struct tracefs *tracefs;
	struct catalog *catalog;
	struct check rows[CHECK_MAX_ROWS];
	size_t row_count;
	size_t next; /* in the table of checks */
};

/* The next row, lent until check_release(); NULL after the last. Failures are rows, not errors. */
const struct check *check_next(struct checkup *u);
void check_release(struct checkup *u);
/* 0, or the status and sentence of the first row that fails. */
int check_verdict(const struct checkup *u, struct error *err);

/* For the checks themselves. */
void check_ok(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void check_warn(struct check *c, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void check_fail(struct check *c, enum status status, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* First line of root/path; false if it cannot be read or is empty. */
bool check_line(const struct checkup *u, const char *path, char value[CHECK_VALUE]);
/* Value of a line "KEY:<blanks>VALUE" in root/path. */
bool check_keyed(const struct checkup *u, const char *path, const char *key,
		 char value[CHECK_VALUE]);
/* Major number * 256 + minor; 0 if it cannot be read. */
unsigned check_kernel_version(const struct checkup *u);
/* Whether this is the running host, and not a made-up root. */
bool check_is_real(const struct checkup *u);

#endif

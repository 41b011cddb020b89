/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.h -- the TCP sockets that exist when a recording begins, with their owners:
 * one row of tcptape:sock_snapshot each. Taken after the programs are attached, so that
 * no socket falls between the two; what happens meanwhile is on the tape as events.
 *
 * Both halves may be missing: without the socket iterator only sockets that a process
 * holds are seen, without the file iterator no owners.
 */
#ifndef RECORD_SNAPSHOT_H
#define RECORD_SNAPSHOT_H

#include "format/error.h"
#include "format/writer.h"
#include "record/btf_enums.h"
#include "record/options.h"
#include "record/recipe.h"
#include "record/translate.h"

/* What a snapshot is taken with; all lent. */
struct snapshot_tools {
	const struct btf_enums *btf;
	const struct record_options *options;
	const struct recipe *recipe;
	struct translator *translator;
	struct writer *writer;
};

/* 0, or an error of the writer or of memory. What the kernel refuses becomes a fact. */
int snapshot_take(const struct snapshot_tools *t, struct error *err);

#endif

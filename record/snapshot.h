/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.h -- the TCP sockets that exist when a recording begins, one row of
 * tcptape:sock_snapshot each: first what processes hold open, with its owner, in all
 * network namespaces; then what else lies in this namespace's hash tables (orphans,
 * unaccepted connections). Sockets in TIME_WAIT and half-open requests are counted only:
 * facts time_wait_sockets and request_sockets. Read in the order of time, so that the caller can merge
 * the rows with the events of the ring.
 *
 * Open it after the programs are attached: no socket falls between the two then. Either
 * half may be missing on old kernels, which becomes a fact.
 */
#ifndef RECORD_SNAPSHOT_H
#define RECORD_SNAPSHOT_H

#include "bpf/wire.h"
#include "format/error.h"
#include "format/writer.h"
#include "record/btf_enums.h"
#include "record/options.h"

struct snapshot_kinds;  /* opaque: the programs, loaded once for any number of snapshots */
struct snapshot_reader; /* opaque: one snapshot being taken */

/* Load the programs; one that the kernel refuses is left out. 0 and *out, or ERR_NOMEM. */
int snapshot_load(const struct btf_enums *btf, const struct record_options *opt,
		  struct snapshot_kinds **out, struct error *err);
/* NULL is fine. */
void snapshot_unload(struct snapshot_kinds *k);

/* Needs no privileges. All lent while it lives. 0 and *out, or ERR_NOMEM. */
int snapshot_open(const struct snapshot_kinds *k, struct writer *w, struct snapshot_reader **out,
		  struct error *err);
/* NULL is fine. */
void snapshot_close(struct snapshot_reader *r);
/* 0 and the next socket, lent until the next call; END; or an error of memory or of the
 * writer. */
int snapshot_next(struct snapshot_reader *r, const struct wire_existing **out, struct error *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.h -- the TCP sockets that exist when a recording begins, one row of
 * tcptape:sock_snapshot each: first what processes hold open, with its owner, in all
 * network namespaces; then what else lies in the hash tables of one namespace after the other
 * (orphans, unaccepted connections). Sockets in TIME_WAIT and half-open requests are counted
 * only: facts time_wait_sockets and request_sockets, of all these namespaces together and of each
 * that has some. Read in the order of time, so that the caller can merge the rows with the events
 * of the ring.
 *
 * Open it after the programs are attached: no socket falls between the two then. Either
 * half may be missing on old kernels, and a namespace may be closed to us, which becomes a fact
 * and a problem.
 */
#ifndef RECORD_SNAPSHOT_H
#define RECORD_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "format/writer.h"
#include "record/attach.h"
#include "record/btf_enums.h"
#include "record/options.h"

struct snapshot_kinds;  /* opaque: the programs, loaded once for any number of snapshots */
struct snapshot_reader; /* opaque: one snapshot being taken */

struct snapshot_scene {
	const struct btf_enums *btf;
	const struct record_options *opt;
	const struct attach *attach; /* opened */
};

/* Load the programs; one that the kernel refuses is left out. Lent until it returns. 0 and *out, or ERR_NOMEM. */
int snapshot_load(const struct snapshot_scene *scene, struct snapshot_kinds **out,
		  struct error *err);
/* NULL is fine. */
void snapshot_unload(struct snapshot_kinds *k);

/* Decide which of the connections that exist are recorded, in all network namespaces; after
 * attach_start(). */
int snapshot_select(const struct snapshot_kinds *k, struct error *err);
/* The tables of other network namespaces are looked into if `is_everywhere`, which needs
 * CAP_SYS_ADMIN; nothing else needs privileges. Facts go to `w`, or nowhere if it is NULL. All
 * lent while it lives. 0 and *out, or ERR_NOMEM. */
int snapshot_open(const struct snapshot_kinds *k, bool is_everywhere, struct writer *w,
		  struct snapshot_reader **out, struct error *err);
/* NULL is fine. */
void snapshot_close(struct snapshot_reader *r);
/* 0 and the next socket, lent until the next call, or NULL in between: those that come are looked
 * at from now on, and a walk through an empty table takes milliseconds. END; or an error of
 * memory, of the writer, or ERR_KERNEL when there is no way back from another namespace. */
int snapshot_next(struct snapshot_reader *r, const struct wire_existing **out, struct error *err);
/* What waits at it, as a record of its own. False when it does not listen. */
bool snapshot_listener(const struct wire_existing *row, struct wire_listener *out);
/* After END: what is missing of the snapshot, a sentence each; NULL when `index` is past the
 * last. Lent while the reader lives. */
const char *snapshot_problem(const struct snapshot_reader *r, size_t index);

#endif

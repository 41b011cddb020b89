/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * attach.h -- the BPF programs: loaded (loading.h), attached, detached.
 *
 * Order of use: attach_open (loads the typed programs and lets the catalog fall back
 * where the kernel refuses), catalog_register, attach_start, attach_send, attach_stop, attach_close.
 */
#ifndef RECORD_ATTACH_H
#define RECORD_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "record/btf_enums.h"
#include "record/catalog.h"
#include "record/drain.h"
#include "record/options.h"

struct attach; /* opaque */
struct typed;

/* From now on libbpf prints nothing: what went wrong is told once, by us. */
void attach_silence(void);
/* `btf` and `opt`, which gives filter and buffer size, are lent until attach_close(). 0 and *out, ERR_KERNEL, ERR_NOMEM. */
int attach_open(struct catalog *c, const struct btf_enums *btf, const struct record_options *opt,
		struct attach **out, struct error *err);
/* Attach everything; connections are decided from now on. An event that refuses is dropped from the catalog with its reason;
 * ERR_KERNEL when none is left. */
int attach_start(struct attach *a, struct catalog *c, struct error *err);
/* Let all begin at once. */
void attach_send(struct attach *a);
/* No record is sent afterwards; those that are in the ring are complete. */
void attach_stop(struct attach *a);
/* Detach, in a process of its own that outlives this call by a moment. NULL is fine. */
void attach_close(struct attach *a);

int attach_ring_fd(const struct attach *a);
size_t attach_ring_bytes(const struct attach *a);
/* Where records come from. */
struct drain_source attach_source(const struct attach *a);
/* The kernel's table of stacks, or -1 when no event asks for them. */
int attach_stacks_fd(const struct attach *a);
/* Per-CPU array of struct wire_missed by event number. */
int attach_missed_fd(const struct attach *a);
/* Between attach_start() and attach_stop(): from now on this event's program only counts, or sends
 * records again. */
void attach_shed(struct attach *a, uint16_t number, bool is_shed);
/* What the reader does from now on; WIRE_READER_NAPS at first. */
void attach_reader(struct attach *a, enum wire_reader what);
/* How often the kernel skipped the program of catalog_at(c, index) because it was already
 * running on that CPU (5.12: an interrupt with events of its own); 0 where the kernel does
 * not tell. */
uint64_t attach_skipped(const struct attach *a, const struct catalog *c, size_t index);

/* The typed programs' object, for record/selector.h; lent. */
const struct typed *attach_typed(const struct attach *a);

#endif

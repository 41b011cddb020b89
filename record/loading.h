/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loading.h -- the object of typed programs: opened for the events of a catalog, and loaded. What the
 * kernel refuses falls back to the generic way, event by event.
 */
#ifndef RECORD_LOADING_H
#define RECORD_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "record/btf_enums.h"
#include "record/catalog.h"
#include "record/options.h"
#include "record/percpu.h"

struct bpf_program;
struct typed; /* bpf/typed.skel.h */

enum { LOADING_PROGRAMS_MAX = SUBSTITUTE_MAX_FUNCTIONS }; /* of one typed event */

/* What it takes; all lent. */
struct loading {
	struct catalog *catalog; /* events fall back in it */
	const struct btf_enums *btf;
	const struct record_options *opt;
	size_t ring_bytes;
	struct percpu_size lanes;
	/* found by loading_run(); 0 = not there */
	int32_t cast;            /* bpf_rdonly_cast() in the kernel's BTF */
	int32_t data_ready_site; /* site_find() */
	bool has_fronts;         /* programs stand behind those of fronts.h */
	const char *types; /* a file that stands in for the kernel's BTF; NULL = the kernel's */
};

/* 0 and *out, which typed__destroy() ends; ERR_KERNEL, ERR_NOMEM. */
int loading_run(const struct loading *wanted, struct typed **out, struct error *err);
/* The event's program, or one of its substitute's, by number below LOADING_PROGRAMS_MAX; NULL where
 * the kernel has no such function, or the object no such program. */
struct bpf_program *loading_program(const struct typed *skel, const struct btf_enums *btf,
				    const struct catalog_event *e, size_t index);
/* May tracing programs ask for a socket's cookie? */
bool loading_has_cookie_helper(const struct btf_enums *btf);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * btf_enums.h -- names and numbers from the running kernel's BTF: enumerators, and
 * which tracepoints can be attached to with types. The sole reader of BTF here.
 *
 * Not thread-safe while opening; const functions may run in parallel.
 */
#ifndef RECORD_BTF_ENUMS_H
#define RECORD_BTF_ENUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"
#include "format/enumeration.h"

struct btf;       /* libbpf's */
struct btf_enums; /* opaque */

/* 0 and *out, ERR_NOMEM. For a kernel without BTF, or whose BTF cannot be read, there are no types
 * in it. */
int btf_enums_open(struct btf_enums **out, struct error *err);
/* Why there are none, in a sentence, lent; NULL when there are. */
const char *btf_enums_trouble(const struct btf_enums *b);
/* NULL is fine. */
void btf_enums_close(struct btf_enums *b);
/* Lent until btf_enums_close(). */
const struct btf *btf_enums_btf(const struct btf_enums *b);

/* Value of an enumerator ("TCP_ESTABLISHED") of any enum, anonymous ones included. */
bool btf_enums_value(const struct btf_enums *b, const char *enumerator, int64_t *out);
/* All enumerators of `enum enum_name` as an enumeration of that name, each without
 * `strip` at its start ("SKB_DROP_REASON_"; NULL = as they are). 0 and *out (the
 * caller's), END when there is no such enum, ERR_NOMEM. Of several names for one value
 * the first counts. */
int btf_enums_list(const struct btf_enums *b, const char *enum_name, const char *strip,
		   struct enumeration **out, struct error *err);
/* The same for the enum, named or not, that `enumerator` belongs to (the TCP states are
 * in an anonymous one); the enumeration is called `name`. */
int btf_enums_list_around(const struct btf_enums *b, const char *enumerator, const char *name,
			  const char *strip, struct enumeration **out, struct error *err);
/* Whether a tp_btf program can attach to the tracepoint (typedef btf_trace_NAME). */
bool btf_enums_has_tracepoint(const struct btf_enums *b, const char *name);
/* Number of the tracepoint's own arguments, or -1 when it has no type. */
int btf_enums_tracepoint_args(const struct btf_enums *b, const char *name);

/* Whether a program can attach to the start or end of a function of the kernel proper. */
bool btf_enums_has_function(const struct btf_enums *b, const char *name);
bool btf_enums_has_struct(const struct btf_enums *b, const char *name);

#endif

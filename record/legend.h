/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * legend.h -- the names of numbers on a tape: enumerations from format files and from
 * the kernel's BTF, each written once however many fields use it. A tape has room for
 * ENUM_MAX of them; fields beyond that keep their numbers.
 *
 * All functions: 0 and *id (0 = no names), or ERR_NOMEM.
 */
#ifndef RECORD_LEGEND_H
#define RECORD_LEGEND_H

#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/btf_enums.h"
#include "record/tracefmt.h"

struct legend; /* opaque */

/* Both must outlive the legend; `btf` may be NULL. */
int legend_new(struct writer *w, const struct btf_enums *btf, struct legend **out,
	       struct error *err);
/* NULL is fine. */
void legend_free(struct legend *l);

/* What the print fmt names the field's values; called after its enum type or itself. */
int legend_field(struct legend *l, const struct tracefmt_field *f, uint16_t *id, struct error *err);
/* The kernel's `enum name`, as its BTF has it. */
int legend_kernel(struct legend *l, const char *name, uint16_t *id, struct error *err);
/* AF_INET, AF_INET6; IPPROTO_TCP, ...; TCP_ESTABLISHED, ...; the bits of TCP flags. */
int legend_family(struct legend *l, uint16_t *id, struct error *err);
int legend_protocol(struct legend *l, uint16_t *id, struct error *err);
int legend_tcp_state(struct legend *l, uint16_t *id, struct error *err);
int legend_tcp_flags(struct legend *l, uint16_t *id, struct error *err);

#endif

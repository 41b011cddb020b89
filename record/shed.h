/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shed.h -- keeps the recorder within its share of the processor: measures, lets record/budget
 * decide, tells the programs, and writes on the tape what was left out when and why. What is left
 * out is counted by the programs, see record/losses.h.
 */
#ifndef RECORD_SHED_H
#define RECORD_SHED_H

#include <stdint.h>

#include "format/error.h"
#include "record/attach.h"
#include "record/losses.h"
#include "record/series.h"

struct shed; /* opaque */

/* What it works on; all lent while it lives. */
struct shed_scene {
	const struct catalog *catalog;
	struct attach *attach;
	const struct losses *losses;
	struct series *series;
	uint32_t max_cpu_percent; /* of one core; 0 = nothing is ever shed */
};

/* 0 and *out, or ERR_NOMEM. */
int shed_new(const struct shed_scene *scene, struct shed **out, struct error *err);
/* NULL is fine. */
void shed_free(struct shed *s);
/* Programs send: measuring begins. */
void shed_begin(struct shed *s);
/* A new piece of the tape says what is being shed. 0, or the writer's error. */
int shed_piece(struct shed *s, struct error *err);
/* What is due. *news is filled with a sentence when more is shed than ever before. 0, or the
 * writer's error. */
int shed_tick(struct shed *s, uint64_t now_ns, struct error *news, struct error *err);

#endif

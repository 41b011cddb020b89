/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fronts.h -- the small programs that stand before the typed ones where connections are selected: bpf/front.h. */
#ifndef RECORD_FRONTS_H
#define RECORD_FRONTS_H

#include <stdbool.h>

#include "record/filter.h"

struct bpf_program;
struct typed; /* bpf/typed.skel.h */

/* Whether they spare anything here: what a front asks must answer something. */
bool fronts_are_of_use(const struct filter *f);
/* Of an opened object: no front is there. */
void fronts_leave_out(struct typed *skel);
/* Before loading: each program that is to be loaded gets its front, if there is one. */
void fronts_add(struct typed *skel);
/* After loading: fronts find their programs. 0 or a negative errno. */
int fronts_connect(struct typed *skel);
/* What is to be attached for a program: its front, if that was loaded, or itself. */
struct bpf_program *fronts_of(const struct typed *skel, struct bpf_program *p);

#endif

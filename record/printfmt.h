/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * printfmt.h -- what the print fmt of a format file tells about the fields: by which
 * conversion each is printed, and the names of its values.
 */
#ifndef RECORD_PRINTFMT_H
#define RECORD_PRINTFMT_H

#include "format/error.h"
#include "record/tracefmt.h"

enum { PRINTFMT_MAX_ARGS = 1024 }; /* arguments that are looked at */

/* Set print, is_flags and symbols of f's fields from f->print_fmt. Text that is not
 * understood tells nothing. 0 or ERR_NOMEM. */
int printfmt_apply(struct tracefmt *f, struct error *err);

#endif

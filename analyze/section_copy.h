/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * section_copy.h -- what a section has told, kept for those who still need it when the
 * cursor has left the section.
 */
#ifndef ANALYZE_SECTION_COPY_H
#define ANALYZE_SECTION_COPY_H

#include "format/section.h"

/* Add to *to, which begins with {0}, whatever *from knows beyond it: schemas, enumerations
 * and facts. section_release() is due in any case. 0 or ERR_NOMEM. */
int section_copy_news(struct section *to, const struct section *from, struct error *err);

#endif

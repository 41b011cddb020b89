/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * constant.h -- the value of an integer constant expression as it stands in a print
 * fmt: "6", "-1", "(1UL << 3)", "((u32)(1 << 4) | 0x10)". No identifiers.
 */
#ifndef RECORD_CONSTANT_H
#define RECORD_CONSTANT_H

#include "record/span.h"

/* Numbers, casts, parentheses, - ~ + * & | ^ << >>; 64 bits that wrap. False when the
 * text is anything else, or holds more than 64 things at once. */
bool constant_value(struct span text, int64_t *out);

#endif

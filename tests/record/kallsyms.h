/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kallsyms.h -- symbols of a file like /proc/kallsyms that a test writes. */
#ifndef TESTS_RECORD_KALLSYMS_H
#define TESTS_RECORD_KALLSYMS_H

#include "record/symbols.h"

/* Read from a file with this text, which is removed. Fails the test rather than return NULL. The caller
 * closes it. */
struct symbols *symbols_of(const char *text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* endpoint_at.h -- endpoints as people write them. */
#ifndef TESTS_ANALYZE_ENDPOINT_AT_H
#define TESTS_ANALYZE_ENDPOINT_AT_H

#include "analyze/tuple.h"

/* Of either family. Anything else ends the test. */
struct endpoint endpoint_at(const char *text, uint16_t port);

#endif

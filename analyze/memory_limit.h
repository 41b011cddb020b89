/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * memory_limit.h -- the most memory this process takes, what it keeps of it, and what to say
 * when it does not suffice. Sizes are in bytes; K, M and G are powers of 1024.
 */
#ifndef ANALYZE_MEMORY_LIMIT_H
#define ANALYZE_MEMORY_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"

#define MEMORY_LIMIT_DEFAULT (UINT64_C(1) << 30)
#define MEMORY_LIMIT_LEAST (UINT64_C(1) << 20)

/* "256M", "1G", "65536K"; false when the text is no such size. */
bool memory_limit_parse(const char *text, uint64_t *bytes);

/* From now on allocations that go beyond `bytes` fail. On Linux they are counted with all
 * writable memory but the stack; elsewhere with the whole address space. False when the limit
 * could not be set, or a lower one is in force. */
bool memory_limit_set(uint64_t bytes);

/* From now on what is freed stays with the process, 16 MiB of it, for what comes next: the
 * dictionaries of each epoch would be of fresh pages, which takes a tenth of the time of decoding.
 * Where malloc has no such choice, nothing changes. */
void memory_limit_keep(void);

/* Put "...: needs more than 1 GiB of memory..." into *err. `advice` is one more way out than a
 * higher limit, or "". Returns ERR_NOMEM. */
int memory_limit_explain(uint64_t bytes, const char *tape, const char *advice, struct error *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * frames.h -- a kernel stack as one text: the frames from the innermost on, joined by
 * ';', as symbols_lookup() writes them or "0x..." where no name is known. It begins
 * with the function that fired the event: what the kernel puts above it to run BPF
 * programs is left out.
 */
#ifndef RECORD_FRAMES_H
#define RECORD_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "format/bytes.h"
#include "record/symbols.h"

enum { FRAMES_MAX_TEXT = 65535 }; /* bytes; what a dictionary takes of a string */

/* Append to *out, whole frames only, at most FRAMES_MAX_TEXT bytes; out->is_failed when
 * there is no memory. Addresses end before the first 0. `symbols` may be NULL. */
void frames_put(struct buf *out, const uint64_t *addresses, size_t count, struct symbols *symbols);

#endif

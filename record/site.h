/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * site.h -- where a typed program at sk_data_ready finds the event's `ip`, so that the classic event, which
 * costs several times as much and is left out while the kernel works on maps, need not be attached.
 */
#ifndef RECORD_SITE_H
#define RECORD_SITE_H

#include <stdint.h>

/* Makes the event and looks, which takes some milliseconds. Bytes from the program's context to the address;
 * 0: it is not found there, or the kernel does not let us look. `ip` is the offset in the event's entry. */
int32_t site_find(uint32_t ip);
/* The same of what was seen: the one word that is `address`. 0 if none or more are. */
int32_t site_of(const uint64_t *words, uint64_t address);

#endif

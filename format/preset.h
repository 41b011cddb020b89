/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * preset.h -- what names and facts look like, known before a tape begins: zstd finds repetitions of it.
 * Part of the format (docs/FORMAT.md section 3.2): it never changes. Kept compressed in format/preset.zst.
 */
#ifndef FORMAT_PRESET_H
#define FORMAT_PRESET_H

#include <stdint.h>

enum { PRESET_BYTES = 124712 };

/* Its bytes, owned by the caller: free(). NULL without memory. */
uint8_t *preset_new(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* preset.c -- format/preset.zst, decompressed. */
#include "format/preset.h"

#include <stdlib.h>
#include <zstd.h>

#include "format/preset_zst.h"

uint8_t *preset_new(void)
{
	uint8_t *preset = malloc(PRESET_BYTES);

	if (preset &&
	    ZSTD_decompress(preset, PRESET_BYTES, preset_zst, sizeof(preset_zst)) != PRESET_BYTES) {
		free(preset);
		return NULL;
	}
	return preset;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * slab.h -- memory for one decoded block, given back as a whole and used again for the
 * next: fresh pages would cost as much as decoding.
 */
#ifndef FORMAT_SLAB_H
#define FORMAT_SLAB_H

#include <stdbool.h>
#include <stddef.h>

struct slab; /* opaque */

enum { SLAB_KEEP = 16 << 20 }; /* bytes that slab_reset() keeps at most */

struct slab *slab_new(void); /* NULL without memory */
void slab_free(struct slab *s);
/* `count` elements of `size` bytes, aligned for anything; never 0 bytes. NULL without
 * memory. The second is filled with zeros. */
void *slab_alloc(struct slab *s, size_t count, size_t size);
void *slab_zalloc(struct slab *s, size_t count, size_t size);
/* Move *array to hold at least `need` elements; new ones are zeroed. False without
 * memory; the array is then unchanged. */
bool slab_grow(struct slab *s, void **array, size_t *cap, size_t need, size_t size);
/* Something was asked for and not there; until slab_reset(). */
bool slab_is_failed(const struct slab *s);
/* Everything that was handed out is given back. */
void slab_reset(struct slab *s);

#endif

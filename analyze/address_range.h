/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * address_range.h -- addresses with the same first bits, as people write them: 10.0.0.1,
 * 10.0.0.0/8, ::1, fd00::/8. IPv4 is ::ffff:a.b.c.d throughout.
 */
#ifndef ANALYZE_ADDRESS_RANGE_H
#define ANALYZE_ADDRESS_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_range {
	uint8_t addr[16];
	unsigned prefix_bits; /* 0..128 */
};

/* The first `len` bytes of text: an address, perhaps with /BITS. False when they are none. */
bool address_range_parse(const char *text, size_t len, struct address_range *out);
bool address_range_has(const struct address_range *range, const uint8_t addr[16]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crc.h -- the checksum of headers, part tables and parts: CRC-32 as in IEEE 802.3 and zlib
 * (docs/FORMAT.md section 3.1).
 */
#ifndef FORMAT_CRC_H
#define FORMAT_CRC_H

#include "format/bytes.h"

uint32_t crc_of(struct view bytes);

#endif

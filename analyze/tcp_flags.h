/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tcp_flags.h -- the control bits of a segment, as in its header (RFC 9293 section 3.1). */
#ifndef ANALYZE_TCP_FLAGS_H
#define ANALYZE_TCP_FLAGS_H

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8, FLAG_ACK = 16 };

#endif

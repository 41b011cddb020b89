/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ip_text.h -- addresses from their bytes, spelled as the kernel's %pI4, %pI6c and
 * %pISpc spell them, the same on every system.
 *
 * Each writes a terminated string to `out` (the caller's) and returns it.
 */
#ifndef ANALYZE_IP_TEXT_H
#define ANALYZE_IP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/bytes.h"

enum { IP_TEXT_MAX = 56 };

char *ip_text_v4(const uint8_t addr[4], char out[IP_TEXT_MAX]);
/* Shortest form of RFC 5952; ::ffff:127.0.0.1 keeps its dots. */
char *ip_text_v6(const uint8_t addr[16], char out[IP_TEXT_MAX]);
/* 16 bytes: IPv4 as ::ffff:a.b.c.d is written a.b.c.d. */
char *ip_text_any(const uint8_t addr[16], char out[IP_TEXT_MAX]);
/* The same without a terminator; returns the end. Takes less than 46 bytes. */
char *ip_text_put(const uint8_t addr[16], char *out);
/* A struct sockaddr_in or sockaddr_in6 of Linux: "127.0.0.1:8080", "[::1]:8080". False for another family or too few bytes. */
bool ip_text_sockaddr(struct view sockaddr, char out[IP_TEXT_MAX]);

#endif

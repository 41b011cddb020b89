/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * peer.h -- one end of a hello connection: addresses, bytes, endings.
 * What the other side may do (end, reset) is a result; what only a broken
 * machine does ends the program with a sentence.
 */
#ifndef HELLO_PEER_H
#define HELLO_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/socket.h>

enum peer_result { PEER_DONE, PEER_ENDED, PEER_RESET };

struct peer_addr {
	struct sockaddr_storage addr;
	socklen_t size;
};

/* Sizes of a text "[address]:port" with its terminator. */
#define PEER_NAME_SIZE 64

/* Numeric IPv4 or IPv6 text; exits 2 on anything else. */
struct peer_addr peer_addr_parse(const char *text);
void peer_addr_set_port(struct peer_addr *addr, uint16_t port);
uint16_t peer_addr_port(const struct peer_addr *addr);
void peer_addr_name(const struct peer_addr *addr, char name[PEER_NAME_SIZE]);
/* This end's, or with `is_remote` the other end's, address of a socket. */
struct peer_addr peer_addr_of(int fd, bool is_remote);

/* Send `size` bytes that repeat `text`: PEER_DONE or PEER_RESET. */
enum peer_result peer_send(int fd, const char *text, uint64_t size);

/* Receive `size` bytes; the first of them stay in head[], which is terminated.
 * PEER_ENDED when the other side ends earlier. */
enum peer_result peer_receive(int fd, uint64_t size, char *head, size_t head_size);

/* Wait until the bytes (at most 64 KiB of them) are in the receive buffer; leave them there. */
enum peer_result peer_await(int fd, uint64_t size);

/* Read and forget until the other side ends: PEER_ENDED or PEER_RESET. */
enum peer_result peer_drain(int fd);

/* Close; by reset when `is_reset`. */
void peer_close(int fd, bool is_reset);

/* Sleep hold_us, then until `hold_until` (may be NULL) exists. */
void peer_hold(uint64_t hold_us, const char *hold_until);
void peer_sleep(uint64_t us);

/* Create `path` (may be NULL) with the port in it; readers never see it half written. */
void peer_announce(const char *path, uint16_t port);

/* Wait for fork()ed children; false when one of them failed. */
bool peer_join(uint64_t children);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * netns.h -- the network namespaces of this host, and being in another one for a moment.
 */
#ifndef RECORD_NETNS_H
#define RECORD_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct netns {
	uint64_t inode; /* as sockets name it */
	int fd;
};

/* Caller's storage, all zero at first. The first is the caller's own. */
struct netns_list {
	struct netns *spaces; /* owned */
	size_t count, cap;
	bool is_cut; /* there are more than may be open */
};

/* Those of all processes, and those that have a name in /run/netns or /run/docker/netns; what cannot be
 * opened is left out. `root` comes before /proc and /run. 0, ERR_NOMEM, or ERR_KERNEL
 * when not even the own one can be opened. */
int netns_collect(const char *root, struct netns_list *out, struct error *err);
/* All zero is fine. */
void netns_release(struct netns_list *l);
/* The calling thread is in it from now on. 0 or a negative errno: CAP_SYS_ADMIN is needed. */
int netns_enter(const struct netns *n);

#endif

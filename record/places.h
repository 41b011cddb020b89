/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* places.h -- network namespaces and cgroups by name, as the kernel numbers them. */
#ifndef RECORD_PLACES_H
#define RECORD_PLACES_H

#include <stdint.h>

#include "format/error.h"

/* "self", an inode number, a path, or a name as ip-netns(8) gives. 0 and the inode number, or
 * ERR_USAGE. Whether a number exists is not known: a namespace may have no name. */
int places_netns(const char *name, uint64_t *id, struct error *err);
/* A path, or one below the cgroup file system (version 2). 0 and the id, or ERR_USAGE. */
int places_cgroup(const char *name, uint64_t *id, struct error *err);

#endif

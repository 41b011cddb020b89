/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caller.h -- for whom root records: the user who called sudo. What this user may do is done with
 * the user's own rights, so that a tape in the user's directory belongs to the user, and one that
 * only root can create stays root's.
 */
#ifndef RECORD_CALLER_H
#define RECORD_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

struct caller {
	bool is_known; /* root runs on behalf of this user; else nothing below counts */
	uid_t uid;
	gid_t gid;
};

/* From SUDO_UID and SUDO_GID, which count only if this process is root. */
struct caller caller_find(void);
/* Take on the user's effective ids, and return to root's. Nothing happens if none is known.
 * Root's supplementary groups are gone for good. False, and the ids are root's, if the kernel
 * refuses. */
bool caller_become(const struct caller *o);
void caller_return(const struct caller *o);
/* Whether a file of `uid` may be overwritten: ours, the caller's or root's. */
bool caller_may_own(const struct caller *o, uid_t uid);

#endif

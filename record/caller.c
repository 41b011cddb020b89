/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* caller.c -- two variables that sudo sets. */
#include "record/caller.h"

#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/span.h"

/* An id other than root's, and other than (uid_t)-1, which means "leave it". */
static bool read_id(const char *name, uint32_t *id)
{
	const char *text = getenv(name);

	return text && span_number(span_of(text, strlen(text)), UINT32_MAX - 1, id);
}

struct caller caller_find(void)
{
	struct caller o = {0};
	uint32_t uid, gid;

	if (geteuid() != 0 || !read_id("SUDO_UID", &uid) || !read_id("SUDO_GID", &gid) || uid == 0)
		return o;
	return (struct caller){.is_known = true, .uid = uid, .gid = gid};
}

/* Root's other groups would open directories that are not the user's, and root needs none. */
bool caller_become(const struct caller *o)
{
	if (!o->is_known)
		return true;
	if (setgroups(1, &o->gid) || setegid(o->gid))
		return false;
	if (!seteuid(o->uid))
		return true;
	if (setegid(0))
		abort(); /* neither forward nor back */
	return false;
}

void caller_return(const struct caller *o)
{
	if (o->is_known && (seteuid(0) || setegid(0)))
		abort(); /* the way back to root is always open */
}

bool caller_may_own(const struct caller *o, uid_t uid)
{
	return uid == geteuid() || uid == 0 || (o->is_known && uid == o->uid);
}

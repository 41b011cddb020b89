/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * owner.c -- which evidence of ownership is believed.
 */
#include "analyze/owner.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Kernel threads that close on behalf of others (a delayed fput) or run softirqs. */
static bool is_stand_in(struct view comm)
{
	static const char *const prefixes[] = {"kworker/", "ksoftirqd/", "swapper/"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (view_len(comm) >= len && memcmp(comm.p, prefixes[i], len) == 0)
			return true;
	}
	return false;
}

void owner_learn(struct owner *o, enum owner_source source, uint32_t pid, struct view comm)
{
	size_t len = view_len(comm);

	if (pid == 0 || source <= o->source)
		return;
	if (source == OWNER_CLOSER && is_stand_in(comm))
		return;
	if (len >= sizeof(o->comm))
		len = sizeof(o->comm) - 1;
	memset(o->comm, 0, sizeof(o->comm));
	if (len)
		memcpy(o->comm, comm.p, len);
	o->pid = pid;
	o->source = (uint8_t)source;
}

void owner_inherit(struct owner *child, const struct owner *listener)
{
	if (child->source != OWNER_UNKNOWN || listener->source == OWNER_UNKNOWN)
		return;
	*child = *listener;
	child->source = OWNER_LISTENER;
}

const char *owner_source_name(enum owner_source source)
{
	static const char *const names[] = {
		[OWNER_LISTENER] = "listener", [OWNER_CLOSER] = "closer", [OWNER_READER] = "reader",
		[OWNER_SNAPSHOT] = "snapshot", [OWNER_CALLER] = "caller",
	};

	return source < sizeof(names) / sizeof(names[0]) ? names[source] : NULL;
}

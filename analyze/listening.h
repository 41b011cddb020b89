/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listening.h -- sockets that listen, and which of them a packet or a connection came to. Several may
 * fit: by address, and because they share their port (SO_REUSEPORT), where nobody can tell them apart.
 *
 * Lives that are returned are of *ls, and lent as those of lives_find() are; NULL = none.
 */
#ifndef ANALYZE_LISTENING_H
#define ANALYZE_LISTENING_H

#include "analyze/lives.h"

/* l listens on its local port from now on. False without memory: nobody will find it there. */
bool listening_add(struct lives *ls, struct life *l);
/* The one of this namespace that accepts at `local`; of several one that is alive, and fits best. */
struct life *listening_find(const struct lives *ls, const struct endpoint *local, uint32_t netns);
/* The same, but NULL when it is closed, or shares its port with others. */
struct life *listening_find_only(const struct lives *ls, const struct endpoint *local,
				 uint32_t netns);
/* The one that the SYNs of a client with this tuple come to, in its namespace or in another, where that is
 * sure: it is alive, the only one, and the remote address is known to be its own. */
struct life *listening_find_called(const struct lives *ls, const struct tuple *client,
				   uint32_t netns);
/* The one that has or will have accepted l, as far as is known; NULL when it may be one of several. */
struct life *listening_find_of(const struct lives *ls, const struct life *l);
/* A connection was accepted where this one listens, and perhaps others do: nobody knows by which of
 * them. */
void listening_note_stray(const struct lives *ls, const struct life *listener);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* awaited.c -- without memory for a peer the end is awaited. */
#include "analyze/awaited.h"

bool awaited_add(struct awaited *a, uint64_t conn)
{
	bool is_added = conn_set_add(&a->conns, conn);

	a->left = a->conns.count;
	return is_added;
}

void awaited_release(struct awaited *a)
{
	conn_set_release(&a->conns);
	conn_set_release(&a->peers);
	conn_set_release(&a->over);
	*a = (struct awaited){0};
}

static void await_peer(struct awaited *a, uint64_t peer)
{
	if (!peer || conn_set_has(&a->conns, peer) || conn_set_has(&a->over, peer))
		return;
	a->left++;
	(void)conn_set_add(&a->peers, peer);
}

static void note_over(struct awaited *a, uint64_t conn)
{
	if (!conn_set_add(&a->over, conn))
		a->left++;
}

void awaited_see(struct awaited *a, uint64_t conn, uint64_t peer)
{
	if (!a->conns.count)
		return;
	if (conn_set_has(&a->conns, conn)) {
		a->left--;
		await_peer(a, peer);
	} else if (conn_set_has(&a->peers, conn)) {
		a->left--;
	} else if (peer && conn_set_has(&a->conns, peer)) {
		note_over(a, conn);
	}
}

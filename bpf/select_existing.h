/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* select_existing.h -- whether a socket that was there before belongs to what is to be recorded. */
#ifndef BPF_SELECT_EXISTING_H
#define BPF_SELECT_EXISTING_H

#include "bpf/select_learn.h"

static __always_inline bool is_owned_by(const struct task_struct *task)
{
	__u64 comm[WIRE_COMM / 8];

	if (!(select_kinds() & SELECT_BY_OWNER))
		return true;
	if (!task)
		return false;
	bpf_core_read(comm, sizeof(comm), &task->comm);
	cut_comm(comm);
	return is_owner_wanted(&selection.tasks, BPF_CORE_READ(task, tgid), comm);
}

/* A connection that nobody has accepted yet. */
static __always_inline bool is_waiting_child(const struct sock *sk, __u16 port)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

	return (state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT) &&
	       !BPF_CORE_READ(sk, sk_socket) && is_listener_chosen(netns_of(sk), port);
}

/* A socket that was there before; `task` holds it, or NULL. Listeners come before their
 * children. */
static __always_inline bool select_existing(const struct sock *sk, const struct task_struct *task)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct select_tuple t = {};

	if (!is_remembering() || is_remembered(sk))
		return is_selected_any(sk);
	if (!is_full(state) || !place_fits(sk))
		return false;
	fill_tuple(&t, sk);
	if (!is_owned_by(task) && !is_waiting_child(sk, t.port[0]))
		return false;
	if (tuple_fits(&t) != SELECT_YES)
		return false;
	remember(sk, &t, state == TCP_LISTEN, SELECT_YES);
	return true;
}

#endif

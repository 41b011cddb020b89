/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* select_task.h -- whether a task is one whose connections are to be recorded. */
#ifndef BPF_SELECT_TASK_H
#define BPF_SELECT_TASK_H

#include "bpf/kernel.h"
#include "bpf/wire.h"

static __always_inline bool is_pid_wanted(const volatile struct wire_tasks *w, __u32 pid)
{
	for (__u32 i = 0; i < WIRE_KIND_MAX; i++) {
		if (i >= w->pid_count)
			break;
		if (w->pids[i] == pid)
			return true;
	}
	return false;
}

static __always_inline bool is_comm_wanted(const volatile struct wire_tasks *w,
					   const __u64 comm[WIRE_COMM / 8])
{
	for (__u32 i = 0; i < WIRE_KIND_MAX; i++) {
		if (i >= w->comm_count)
			break;
		if (w->comms[i][0] == comm[0] && w->comms[i][1] == comm[1])
			return true;
	}
	return false;
}

/* `id` is 0 where there is none. */
static __always_inline bool is_cgroup_wanted(const volatile struct wire_tasks *w, __u64 id)
{
	for (__u32 i = 0; i < WIRE_KIND_MAX; i++) {
		if (i >= w->cgroup_count)
			break;
		if (id && w->cgroups[i] == id)
			return true;
	}
	return false;
}

static __always_inline bool is_owner_wanted(const volatile struct wire_tasks *w, __u32 pid,
					    const __u64 comm[WIRE_COMM / 8])
{
	if (w->kinds & WIRE_BY_PID && !is_pid_wanted(w, pid))
		return false;
	return !(w->kinds & WIRE_BY_COMM) || is_comm_wanted(w, comm);
}

/* What lies behind a name may be another name's rest. */
static __always_inline void cut_comm(__u64 comm[WIRE_COMM / 8])
{
	bool is_over = false;

	for (int i = 0; i < WIRE_COMM; i++) {
		is_over |= !((char *)comm)[i];
		if (is_over)
			((char *)comm)[i] = 0;
	}
}

/* The running task's process and name. */
static __always_inline bool is_current_wanted(const volatile struct wire_tasks *w)
{
	__u64 comm[WIRE_COMM / 8] = {};

	if (w->kinds & WIRE_BY_COMM) {
		bpf_get_current_comm(comm, sizeof(comm));
		cut_comm(comm);
	}
	return is_owner_wanted(w, bpf_get_current_pid_tgid() >> 32, comm);
}

#endif

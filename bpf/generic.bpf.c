/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * generic.bpf.c -- copies the raw entry of any classic tracepoint. One copy of this
 * object is loaded for each event, with the constants that record/ took from the
 * event's format file; maps are those of the typed programs. No CO-RE, no attach
 * cookie, nothing newer than 5.8.
 */
#include "bpf/control.h"
#include "bpf/kernel.h"
#include "bpf/select_task.h"
#include "bpf/stack.h"
#include "bpf/wire.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct wire_missed);
	__uint(max_entries, 1);
} missed SEC(".maps");

const volatile __u32 event_number;
const volatile __u32 fixed_bytes;  /* of the entry, without the first 8 */
const volatile __u32 record_bytes; /* head, fixed part, slots, and with a stack 8 more */
const volatile __u32 dynamic_count;
const volatile __u8 has_stack;
const volatile struct wire_dynamic_field dynamic[WIRE_DYNAMIC_MAX];
const volatile __u64 wakeup_bytes = 4 << 20;
const volatile struct wire_tasks tasks;

static __always_inline struct wire_missed *missed_here(void)
{
	__u32 event = event_number;

	return bpf_map_lookup_elem(&missed, &event);
}

/* Whether a record is to be sent; one that is shed is counted. */
static __always_inline bool is_wanted(void)
{
	__u8 todo = control[event_number & (WIRE_EVENT_MAX - 1)];
	struct wire_missed *count;

	if (todo == WIRE_SHED) {
		count = missed_here();
		if (count)
			count->shed++;
	}
	return todo == WIRE_SEND;
}

/* What an event says of connections is not known here: the task decides, where it can. */
static __always_inline bool is_task_selected(void)
{
	bool is_inside = false;

	if (!is_current_wanted(&tasks))
		return false;
	if (!(tasks.kinds & WIRE_BY_CGROUP))
		return true;
	for (int i = 0; i < WIRE_CGROUP_DEPTH; i++)
		is_inside |= is_cgroup_wanted(&tasks, bpf_get_current_ancestor_cgroup_id(i));
	return is_inside;
}

/* `loc` is length << 16 | offset from the entry's start, or from the field's end. */
static __always_inline void copy_dynamic(struct wire_dynamic *slot, void *ctx,
					 const volatile struct wire_dynamic_field *field)
{
	__u32 loc = 0, from, len;

	bpf_probe_read_kernel(&loc, sizeof(loc), ctx + field->offset);
	from = loc & 0xffff;
	if (field->is_relative)
		from += field->offset + 4;
	slot->full = loc >> 16;
	len = loc >> 16;
	if (len > WIRE_DYNAMIC_BYTES)
		len = WIRE_DYNAMIC_BYTES;
	slot->len = len;
	if (bpf_probe_read_kernel(slot->data, len, ctx + from))
		slot->len = 0;
}

SEC("tp")
int copy_entry(void *ctx)
{
	__u64 ts_ns, task;
	struct wire_missed *count;
	struct wire_head *h;
	void *entry;

	if (!is_task_selected() || !is_wanted())
		return OTHERS_SEE_IT;
	ts_ns = bpf_ktime_get_boot_ns();
	h = bpf_ringbuf_reserve(&ring, record_bytes, 0);
	if (!h) {
		count = missed_here();
		if (count)
			count->lost++;
		return OTHERS_SEE_IT;
	}
	task = bpf_get_current_pid_tgid();
	h->ts_ns = ts_ns;
	h->pid = task >> 32;
	h->tid = (__u32)task;
	bpf_get_current_comm(h->comm, WIRE_COMM);
	h->event = event_number;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = 0;
	h->stack = 0;
	if (has_stack)
		h->stack = stack_number_split(ctx, (void *)h + record_bytes - sizeof(__u64));
	entry = h + 1;
	bpf_probe_read_kernel(entry, fixed_bytes, ctx + WIRE_COMMON_BYTES);
#pragma unroll
	for (int i = 0; i < WIRE_DYNAMIC_MAX; i++) {
		if (i < dynamic_count)
			copy_dynamic(entry + fixed_bytes + i * sizeof(struct wire_dynamic), ctx,
				     &dynamic[i]);
	}
	bpf_ringbuf_submit(h, ring_flags(&ring, ts_ns, wakeup_bytes));
	return OTHERS_SEE_IT;
}

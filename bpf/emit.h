/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * emit.h -- the ring every program writes to, the count of what found no room, and the
 * head of every record.
 */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#include "bpf/kernel.h"
#include "bpf/kernel_compat.h"
#include "bpf/wire.h"

/* Sizes are set by record/ before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 << 20);
} ring SEC(".maps");

/* Events that sent no record, per CPU and event number. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct wire_missed);
	__uint(max_entries, WIRE_TYPED_END);
} missed SEC(".maps");

/* Enum wire_control by event number, written through memory: all begin and end within
 * microseconds, however long attaching takes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, WIRE_TYPED_END);
} control SEC(".maps");

/* Bytes in the ring that wake the reader; it also comes by itself, by the clock. */
const volatile __u64 wakeup_bytes = 4 << 20;

static __always_inline void emit_missed(__u32 event, bool is_shed)
{
	struct wire_missed *count = bpf_map_lookup_elem(&missed, &event);

	if (!count)
		return;
	if (is_shed)
		count->shed++;
	else
		count->lost++;
}

/* Whether a record is to be sent; one that is shed is counted. */
static __always_inline bool is_wanted(__u32 event)
{
	__u64 *word = bpf_map_lookup_elem(&control, &event), todo = word ? *word : WIRE_SILENT;

	if (todo == WIRE_SHED)
		emit_missed(event, true);
	return todo == WIRE_SEND;
}

/* Room for a record with its head filled, or NULL: there is none, which is counted, or
 * nothing is to be sent. */
static __always_inline void *emit_begin(__u32 event, __u64 size)
{
	struct wire_head *h;
	__u64 ts_ns;

	if (!is_wanted(event))
		return NULL;
	ts_ns = bpf_ktime_get_boot_ns();
	h = bpf_ringbuf_reserve(&ring, size, 0);
	if (!h) {
		emit_missed(event, false);
		return NULL;
	}
	h->ts_ns = ts_ns;
	fill_task(h);
	h->event = event;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = 0;
	return h;
}

/* Hand the record over. Only one in 16 looks how full the ring is: that is soon enough. */
static __always_inline void emit_end(void *record)
{
	struct wire_head *h = record;
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (!(h->ts_ns & 15) && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > wakeup_bytes)
		flags = BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(h, flags);
}

#endif

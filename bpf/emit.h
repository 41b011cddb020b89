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

/* Records that found no room, per CPU and event number. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, WIRE_TYPED_END);
} lost SEC(".maps");

/* One word: programs send records while it is not 0. All begin and end at one instant,
 * however long attaching takes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} control SEC(".maps");

/* Bytes in the ring that wake the reader; it also comes by itself, by the clock. */
const volatile __u64 wakeup_bytes = 4 << 20;

static __always_inline bool is_running(void)
{
	__u32 first = 0, *word = bpf_map_lookup_elem(&control, &first);

	return word && *word;
}

static __always_inline void emit_lost(__u32 event)
{
	__u64 *count = bpf_map_lookup_elem(&lost, &event);

	if (count)
		(*count)++;
}

/* Room for a record with its head filled, or NULL: there is none, which is counted, or
 * nothing is to be sent. */
static __always_inline void *emit_begin(__u32 event, __u64 size)
{
	struct wire_head *h;
	__u64 ts_ns;

	if (!is_running())
		return NULL;
	ts_ns = bpf_ktime_get_boot_ns();
	h = bpf_ringbuf_reserve(&ring, size, 0);
	if (!h) {
		emit_lost(event);
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

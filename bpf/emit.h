/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * emit.h -- the ring every program writes to, the count of what found no room, and the
 * head of every record.
 */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#include "bpf/kernel.h"
#include "bpf/kernel_compat.h"
#include "bpf/stack.h"
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

/* One a CPU; see struct wire_lane. Sizes are set by record/, too. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__uint(value_size, 4096);
	__uint(max_entries, 1);
} lanes SEC(".maps");

/* 0 = no lanes, all goes to the ring; else a power of two. */
const volatile __u64 lane_bytes;

/* Events whose records carry a stack, by event number. */
const volatile __u8 has_stack[WIRE_TYPED_END];

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

static __always_inline struct wire_lane *lane_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&lanes, &cpu);
}

/* Room in the lane of this CPU, or for a frame that will be copied to the ring. */
static __always_inline void *lane_begin(__u32 size)
{
	__u32 frame = (sizeof(struct wire_frame) + size + 7) & ~7u;
	volatile struct wire_lane *l = lane_here();
	struct wire_frame *f;
	__u64 depth, head;

	if (!l)
		return NULL;
	depth = l->depth;
	if (depth >= WIRE_LANE_SPARES)
		return NULL;
	l->depth = depth + 1;
	head = l->head;
	if (!depth && head + frame - l->tail <= lane_bytes) {
		f = (void *)&l->data[WIRE_LANE_DATA + (head & (lane_bytes - 1))];
		f->is_spilled = 0;
	} else {
		f = (void *)&l->data[depth * WIRE_FRAME_MAX];
		f->is_spilled = 1;
	}
	f->len = size;
	return f + 1;
}

/* Only one in 16 looks how full the ring is: that is soon enough. */
static __always_inline __u64 ring_flags(const struct wire_head *h)
{
	if (!(h->ts_ns & 15) && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > wakeup_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/* The reader waits for the ring alone: wake it with a record that it steps over. */
static __always_inline void wake_reader(void)
{
	void *nothing = bpf_ringbuf_reserve(&ring, 8, 0);

	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

static __always_inline void lane_end(struct wire_head *h)
{
	struct wire_frame *f = (struct wire_frame *)h - 1;
	__u32 size = f->len & (WIRE_FRAME_MAX - 1);
	volatile struct wire_lane *l = lane_here();
	__u64 head, next;

	if (!l)
		return;
	if (f->is_spilled) {
		if (bpf_ringbuf_output(&ring, h, size, ring_flags(h)))
			emit_missed(h->event, false);
	} else {
		head = l->head;
		next = head + ((sizeof(*f) + size + 7) & ~7u);
		l->head = next;
		if ((head ^ next) & (lane_bytes / 2))
			wake_reader();
	}
	l->depth--;
}

static __always_inline void fill_head(void *ctx, struct wire_head *h, __u32 event, __u64 ts_ns)
{
	h->ts_ns = ts_ns;
	fill_task(h);
	h->event = event;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = 0;
	h->stack = 0;
	if (has_stack[event])
		h->stack = event == WIRE_SK_DATA_READY ? stack_number(ctx) : stack_number_raw(ctx);
}

/* Room for a record with its head filled, or NULL: there is none, which is counted, or
 * nothing is to be sent. */
static __always_inline void *emit_begin(void *ctx, __u32 event, __u64 size)
{
	struct wire_head *h;
	__u64 ts_ns;

	if (!is_wanted(event))
		return NULL;
	ts_ns = bpf_ktime_get_boot_ns();
	h = lane_bytes ? lane_begin(size) : bpf_ringbuf_reserve(&ring, size, 0);
	if (!h) {
		emit_missed(event, false);
		return NULL;
	}
	fill_head(ctx, h, event, ts_ns);
	return h;
}

/* Hand the record over. */
static __always_inline void emit_end(void *record)
{
	if (lane_bytes)
		lane_end(record);
	else
		bpf_ringbuf_submit(record, ring_flags(record));
}

/* The same, of `used` bytes: what lies behind is not filled, and takes no room in a lane. */
static __always_inline void emit_end_short(void *record, __u32 used)
{
	if (lane_bytes)
		((struct wire_frame *)record - 1)->len = used;
	emit_end(record);
}

/* Of a socket: behind `used` bytes lies what only AF_INET6 has. */
static __always_inline void emit_end_sock(void *record, __u16 family, __u32 used)
{
	if (family == AF_INET6)
		emit_end(record);
	else
		emit_end_short(record, used);
}

#endif

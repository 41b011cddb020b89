/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * emit.h -- the ring every program writes to, the count of what found no room, and the
 * head of every record.
 */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#include "bpf/control.h"
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

/* Bytes from the context of sk_data_ready's typed program to what the event calls `ip`; 0: its
 * classic one is attached. */
const volatile __s32 data_ready_site;

/* Bytes in the ring that wake the reader; it also comes by itself, by the clock. */
const volatile __u64 wakeup_bytes = 4 << 20;

/* A record on its way. */
struct emission {
	struct wire_head *record;
	volatile struct wire_lane *lane; /* that it takes room from, if there are lanes */
};

OUT_OF_LINE int emit_missed(__u32 event, bool is_shed)
{
	struct wire_missed *count = bpf_map_lookup_elem(&missed, &event);

	if (!count)
		return 0;
	if (is_shed)
		count->shed++;
	else
		count->lost++;
	return 0;
}

/* Whether a record is to be sent; one that is shed is counted. */
static __always_inline bool is_wanted(__u32 event)
{
	__u8 todo = control[event];

	if (likely(todo == WIRE_SEND))
		return true;
	if (todo == WIRE_SHED)
		emit_missed(event, true);
	return false;
}

/* Room in the lane of this CPU, or for a frame that will be copied to the ring. */
static __always_inline void *lane_begin(struct emission *e, __u32 cpu, __u32 size)
{
	__u32 frame = (sizeof(struct wire_frame) + size + 7) & ~7u;
	volatile struct wire_lane *l = bpf_map_lookup_elem(&lanes, &cpu);
	struct wire_frame *f;
	__u64 depth, head;

	if (unlikely(!l))
		return NULL;
	depth = l->depth;
	if (unlikely(depth >= WIRE_LANE_SPARES))
		return NULL;
	l->depth = depth + 1;
	barrier();
	e->lane = l;
	head = l->head;
	if (likely(!depth && head + frame - l->tail <= lane_bytes)) {
		f = (void *)&l->data[WIRE_LANE_DATA + (head & (lane_bytes - 1))];
		f->is_spilled = 0;
	} else {
		f = (void *)&l->data[depth * WIRE_FRAME_MAX];
		f->is_spilled = 1;
	}
	return f + 1;
}

/* The reader waits for the ring alone: wake it with a record that it steps over. */
OUT_OF_LINE int wake_reader(void)
{
	void *nothing = bpf_ringbuf_reserve(&ring, 8, 0);

	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* A frame that had no room in the lane. */
OUT_OF_LINE int lane_spill(struct wire_head *record, __u32 size)
{
	if (bpf_ringbuf_output(&ring, record, size, ring_flags(&ring, record->ts_ns, wakeup_bytes)))
		emit_missed(record->event, false);
	return 0;
}

static __always_inline void lane_end(const struct emission *e, __u32 size)
{
	struct wire_frame *f = (struct wire_frame *)e->record - 1;
	volatile struct wire_lane *l = e->lane;
	__u64 head, next;

	if (unlikely(f->is_spilled)) {
		lane_spill(e->record, size);
	} else {
		f->len = size;
		head = l->head;
		next = head + ((sizeof(*f) + size + 7) & ~7u);
		barrier();
		l->head = next;
		/* Each quarter looks whether the reader is behind. */
		if (unlikely((head ^ next) & (lane_bytes / 4)) && next - l->tail > lane_bytes / 2 &&
		    reader != WIRE_READER_AWAKE)
			wake_reader();
	}
	barrier();
	l->depth--;
}

/* Attached to the classic event. */
static __always_inline bool is_classic(__u32 event)
{
	return event == WIRE_SK_DATA_READY && !data_ready_site;
}

static __always_inline void fill_head(void *ctx, struct wire_head *h, __u32 event, __u32 cpu)
{
	fill_task(h);
	h->event = event;
	h->cpu = cpu;
	h->flags = 0;
	h->stack = 0;
	if (has_stack[event])
		h->stack = is_classic(event) ? stack_number(ctx) : stack_number_raw(ctx);
}

/* Room for a record that is wanted, its head filled but for the time; NULL: there is none, which
 * is counted. */
static __always_inline void *emit_begin_untimed(struct emission *e, void *ctx, __u32 event,
						__u64 size)
{
	__u32 cpu = bpf_get_smp_processor_id();

	e->lane = NULL;
	e->record = lane_bytes ? lane_begin(e, cpu, size) : bpf_ringbuf_reserve(&ring, size, 0);
	if (unlikely(!e->record)) {
		emit_missed(event, false);
		return NULL;
	}
	fill_head(ctx, e->record, event, cpu);
	return e->record;
}

/* The same for what happens now, if it is to be sent. */
static __always_inline void *emit_begin(struct emission *e, void *ctx, __u32 event, __u64 size)
{
	if (!is_wanted(event) || !emit_begin_untimed(e, ctx, event, size))
		return NULL;
	e->record->ts_ns = bpf_ktime_get_boot_ns();
	return e->record;
}

/* Hand the record over: `used` bytes of it. What lies behind is not filled, and takes no room in
 * a lane. */
static __always_inline void emit_end(const struct emission *e, __u32 used)
{
	if (e->lane)
		lane_end(e, used);
	else
		bpf_ringbuf_submit(e->record, ring_flags(&ring, e->record->ts_ns, wakeup_bytes));
}

/* The same of a record of a socket: `addrs6`, its end, is only handed over for AF_INET6. */
#define EMIT_END_SOCK(e, r)                                                                        \
	emit_end(e, unlikely((r)->sock.family == AF_INET6) ? sizeof(*(r))                          \
							   : offsetof(typeof(*(r)), addrs6))

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* control.h -- what record/ tells the programs while they run, by memory that both have mapped. */
#ifndef BPF_CONTROL_H
#define BPF_CONTROL_H

#include "bpf/kernel.h"
#include "bpf/wire.h"

/* Enum wire_control by event number: all begin and end within microseconds, however long attaching
 * takes. */
volatile __u8 control[WIRE_EVENT_MAX] SEC(".data.control");

/* Enum wire_reader. Whoever wakes it pays 20 us on a virtual machine, also if it is awake. */
volatile __u8 reader SEC(".data.control");

/* How a record is to be sent to `ring` that was made at ts_ns. Only one in 16 looks how full the ring is: that
 * is soon enough. */
static __always_inline __u64 ring_flags(void *ring, __u64 ts_ns, __u64 wakeup_bytes)
{
	__u8 is = reader;

	if (unlikely(is == WIRE_READER_SLEEPS)) {
		reader = WIRE_READER_NAPS;
		return BPF_RB_FORCE_WAKEUP;
	}
	if (!(ts_ns & 15) && is != WIRE_READER_AWAKE &&
	    bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > wakeup_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

#endif

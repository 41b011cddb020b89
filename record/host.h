/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * host.h -- the facts about this machine that a tape carries, and its clocks.
 */
#ifndef RECORD_HOST_H
#define RECORD_HOST_H

#include <stdint.h>

#include "format/error.h"
#include "format/clock_reading.h"
#include "format/writer.h"

/* Write host, kernel, kernel_version, arch, cpus, clock, boot_id, netns, hz,
 * start_realtime_ns, recorder and one "sysctl net.ipv4.NAME" for each setting that
 * matters to TCP. What the machine does not tell is left out. 0, or the writer's
 * error. */
int host_facts(struct writer *w, struct error *err);
/* Read the clocks as closely together as the machine can; ts_ns is boottime_ns. 0, or
 * ERR_KERNEL (never seen: the three clocks exist since 2.6.39). */
int host_clock(struct clock_reading *out);
/* The tape's clock now. */
uint64_t host_now_ns(void);

/* Microseconds of a tick of the kernel's clock as it computes them, 1,000,000 / CONFIG_HZ; 0 if the
 * system does not tell. */
uint64_t host_jiffy_us(void);

#endif

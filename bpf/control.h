/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* control.h -- what record/ tells the programs while they run, by memory that both have mapped. */
#ifndef BPF_CONTROL_H
#define BPF_CONTROL_H

#include "bpf/kernel.h"
#include "bpf/wire.h"

/* Enum wire_control by event number: all begin and end within microseconds, however long attaching
 * takes. */
volatile __u8 control[WIRE_EVENT_MAX] SEC(".data.control");

/* Nobody has to wake it; whoever does pays 20 us on a virtual machine, also if it is awake. */
volatile __u8 is_reader_awake SEC(".data.control");

#endif

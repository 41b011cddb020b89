/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed.bpf.c -- one short program for each tracepoint that is hot or shows less than
 * there is to see. Each yields what the kernel's own TP_fast_assign would have written,
 * read from the same objects, and the socket behind it.
 *
 * A program whose tracepoint the kernel lacks is not loaded; one that the verifier
 * refuses is replaced by the generic program.
 */
#include "bpf/kernel.h"
#include "bpf/wire.h"

#include "bpf/kernel_compat.h"

#include "bpf/emit.h"
#include "bpf/packet.h"
#include "bpf/sockid.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#include "bpf/typed_sock.h"
#include "bpf/typed_calls.h"
#include "bpf/typed_tcp.h"
#include "bpf/typed_skb.h"

#include "bpf/front.h"

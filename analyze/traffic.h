/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * traffic.h -- what one socket life sent and received, as its application saw it
 * (lengths returned by send and receive calls), and as TCP counted it
 * (bytes_acked, bytes_received), for sockets whose calls the tape does not hold.
 */
#ifndef ANALYZE_TRAFFIC_H
#define ANALYZE_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

struct traffic {
	uint64_t tx_bytes;                  /* of send calls */
	uint64_t rx_bytes;                  /* of receive calls, MSG_PEEK apart */
	uint64_t acked_base, received_base; /* TCP's counters when first seen */
	uint64_t acked, received;           /* and when last seen */
	uint32_t tx_msgs, rx_msgs;
	uint32_t retransmits;
	uint32_t drops;
	uint32_t total_retrans : 30; /* TCP's own counter of segments, when last seen */
	uint32_t has_total_retrans : 1;
	uint32_t has_counters : 1;
	uint32_t srtt_us : 30;               /* 0 = not known; the kernel's has 29 bits */
	uint32_t has_sent : 1, has_read : 1; /* some such call was seen, whatever it returned */
};

/* A call returned `ret` (bytes, 0 or -errno) with these flags. True when data moved. */
bool traffic_sent(struct traffic *t, int32_t ret);
bool traffic_received(struct traffic *t, int32_t ret, int32_t flags);
/* TCP's counters, at the first sighting of a socket older than the tape. */
void traffic_begin(struct traffic *t, uint64_t acked, uint64_t received);
/* TCP's counters now. */
void traffic_count(struct traffic *t, uint64_t acked, uint64_t received);
/* Its counter of segments sent again. */
void traffic_count_resent(struct traffic *t, uint32_t total);

#endif

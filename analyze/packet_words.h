/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packet_words.h -- packets in plain words: those that arrive, and those that are
 * dropped, freed, copied or sent again. Sequence numbers are told from where their side's stream began.
 */
#ifndef ANALYZE_PACKET_WORDS_H
#define ANALYZE_PACKET_WORDS_H

#include "analyze/couple.h"
#include "analyze/moment.h"
#include "analyze/narration.h"

struct packet_words {
	const struct couple *couple;
	bool use_full_names; /* and who sent what arrives: it stands in no lane */
	bool has_base[2];
	uint32_t base[2];      /* initial sequence number, by lane */
	struct moment arrived; /* the last packet that arrived */
};

/* Start over with a couple, which must outlive it. */
void packet_words_init(struct packet_words *w, const struct couple *couple, bool use_full_names);
void packet_words_arrival(struct packet_words *w, const struct moment *m, struct narration *out);
void packet_words_drop(struct packet_words *w, const struct moment *m, struct narration *out);
/* consume_skb, skb_copy_datagram_iovec: always noise. */
void packet_words_freed(struct packet_words *w, const struct moment *m, struct narration *out);
void packet_words_retransmit(struct packet_words *w, const struct moment *m, struct narration *out);

#endif

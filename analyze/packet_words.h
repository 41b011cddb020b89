/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packet_words.h -- packets in plain words: those that arrive, and those that are
 * dropped, freed, copied or sent again.
 */
#ifndef ANALYZE_PACKET_WORDS_H
#define ANALYZE_PACKET_WORDS_H

#include "analyze/narrator.h"

void packet_words_arrival(struct narrator *n, const struct moment *m, struct narration *out);
void packet_words_drop(struct narrator *n, const struct moment *m, struct narration *out);
/* consume_skb, skb_copy_datagram_iovec: always noise. */
void packet_words_freed(struct narrator *n, const struct moment *m, struct narration *out);
void packet_words_retransmit(struct narrator *n, const struct moment *m, struct narration *out);

#endif

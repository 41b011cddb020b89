/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * change_words.h -- a change of state in plain words.
 */
#ifndef ANALYZE_CHANGE_WORDS_H
#define ANALYZE_CHANGE_WORDS_H

#include "analyze/moment.h"
#include "analyze/narration.h"

/* "connects: SYN_SENT", or with full names "connects: TCP_SYN_SENT". */
void change_words_tell(const struct moment *m, bool use_full_names, struct narration *out);

/* "ESTABLISHED" or "TCP_ESTABLISHED". */
const char *change_words_state(uint8_t state, bool use_full_names);

#endif

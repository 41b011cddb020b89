/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * choice.h -- which blocks a reader wants, by their times and by the dictionary entries
 * their rows refer to: others stay unread.
 */
#ifndef FORMAT_CHOICE_H
#define FORMAT_CHOICE_H

#include "format/dict.h"
#include "format/scan.h"

struct choice {
	uint64_t from_ns, to_ns;
	dict_entry_fn wants_entry; /* NULL: all */
	void *arg;
	bool is_sparse; /* parts are read when they are needed */
};

/* A scan_want_fn; `arg` is the choice. */
enum scan_want choice_of_block(const struct block_header *h, const void *arg);
/* True when an entry that the list `used` (part 1 of a DATA block) names is wanted; also when
 * the list is damaged. */
bool choice_has_used(const struct choice *c, const struct section *section,
		     const struct dict_set *dicts, struct view used);

#endif

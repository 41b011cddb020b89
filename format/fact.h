/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fact.h -- what a section says of the recording and its host, in words. Implements docs/FORMAT.md
 * section 10.
 */
#ifndef FORMAT_FACT_H
#define FORMAT_FACT_H

#include "format/bytes.h"
#include "format/error.h"

/* A named text: host, kernel, "sysctl net.ipv4.tcp_rmem", "unavailable", ... Keys
 * may repeat. docs/FORMAT.md section 10 lists the keys in use. */
struct fact {
	char *key;
	char *value;
};

struct fact_list {
	struct fact *facts; /* owned */
	size_t count;
	size_t cap;
};

enum { FACTS_MAX = 4096, FACT_MAX_KEY = 255, FACT_MAX_VALUE = 64 << 10 };

int fact_list_add(struct fact_list *l, struct view key, struct view value, struct error *err);
void fact_list_release(struct fact_list *l);
/* Value of the first fact called `key`, or NULL. */
const char *fact_list_find(const struct fact_list *l, const char *key);

void fact_encode(const char *key, const char *value, struct buf *out);
/* All facts until the view is empty are added to *l. */
int facts_decode(struct view *in, struct fact_list *l, struct error *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * viewed.h -- runs a view over a tape in memory and compares what it prints.
 */
#ifndef TESTS_ANALYZE_VIEWED_H
#define TESTS_ANALYZE_VIEWED_H

#include "analyze/arguments.h"
#include "analyze/remarks.h"
#include "analyze/view.h"
#include "tests/analyze/build_tape.h"

struct viewed {
	char *text; /* owned: what was printed */
	int rc;
	struct error err;
	struct remarks remarks;
};

/* `options` as on a command line, parted by single spaces, "" for none. A view that
 * reads blocks itself gets no cursor. */
struct viewed view_bytes(view_fn view, const void *data, size_t len, const char *options,
			 bool reads_blocks);
/* The same of what command.c leaves of a tape, for a command with these spares (scope.h). */
struct viewed view_part(view_fn view, const void *data, size_t len, const char *options,
			unsigned spares);
void viewed_release(struct viewed *v);

/* The view over a tape that tape_ready() has ended; it must succeed. */
struct viewed view_built(view_fn view, const struct build_tape *b, const char *options);
/* And print this, or this among other things. */
void view_prints(view_fn view, const struct build_tape *b, const char *options, const char *want);
void view_tells(view_fn view, const struct build_tape *b, const char *options, const char *want);

#endif

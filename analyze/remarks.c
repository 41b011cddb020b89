/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * remarks.c -- every sentence says what happened, where, and what it means.
 */
#include "analyze/remarks.h"

#include <inttypes.h>
#include <string.h>

#include "analyze/escape.h"
#include "analyze/missing.h"
#include "analyze/units.h"
#include "format/scan.h"

enum { SENTENCE_MAX = 1024 };

void remarks_add_loss(struct remarks *m, const struct loss *loss)
{
	m->lost += loss->count;
	for (uint64_t i = 0; i < m->loss_count && i < REMARKS_LOSSES; i++) {
		if (loss_is_same(&m->losses[i], loss)) {
			loss_grow(&m->losses[i], loss);
			return;
		}
	}
	if (m->loss_count < REMARKS_LOSSES)
		m->losses[m->loss_count] = *loss;
	/* Losses may be all there is. */
	if (!m->has_origin && m->loss_count == 0)
		m->origin_ns = loss->from_ns;
	m->loss_count++;
}

void remarks_set_health(struct remarks *m, const struct health *read)
{
	struct health *h = &m->health;

	*h = *read;
	if (m->unread.damaged_blocks <= h->damaged_blocks &&
	    m->unread.skipped_bytes <= h->skipped_bytes)
		return;
	h->damaged_blocks = m->unread.damaged_blocks;
	h->skipped_bytes = m->unread.skipped_bytes;
	h->is_complete = false;
	memcpy(h->first_problem, m->unread.first_problem, sizeof(h->first_problem));
}

uint64_t remarks_lost(const struct remarks *m)
{
	return m->lost > m->lost_declared ? m->lost : m->lost_declared;
}

/* Without memory, too, it must be told what went wrong. */
static void print_plain(const char *sentence, FILE *out)
{
	fputs("tcptape: ", out);
	for (; *sentence; sentence++)
		fputc(*sentence >= ' ' && *sentence <= '~' ? *sentence : '?', out);
	fputc('\n', out);
}

void remark_print(const char *sentence, FILE *out)
{
	struct buf line = {0};

	put_bytes(&line, "tcptape: ", 9);
	escape_text(view_of(sentence, strlen(sentence)), &line);
	put_u8(&line, '\n');
	if (line.is_failed)
		print_plain(sentence, out);
	else
		fwrite(line.data, 1, line.len, out);
	buf_release(&line);
}

static void print_losses(const struct remarks *m, const char *tape, FILE *out)
{
	uint64_t shown = m->loss_count < REMARKS_LOSSES ? m->loss_count : REMARKS_LOSSES;
	uint64_t lost = remarks_lost(m);
	char text[SENTENCE_MAX], loss[256];

	for (uint64_t i = 0; i < shown; i++) {
		loss_sentence(&m->losses[i], m->origin_ns, loss, sizeof(loss));
		snprintf(text, sizeof(text), "%s: %s", tape, loss);
		remark_print(text, out);
	}
	if (m->loss_count > shown || lost > m->lost) {
		snprintf(text, sizeof(text), "%s: %" PRIu64 " event%s lost in all", tape, lost,
			 units_plural(lost));
		remark_print(text, out);
	}
}

static void print_damage(const struct remarks *m, const char *tape, FILE *out)
{
	const struct health *h = &m->health;
	char text[SENTENCE_MAX], blocks[48] = "";

	if (health_is_only_cut(h) || !(h->damaged_blocks || h->skipped_bytes))
		return;
	if (h->damaged_blocks)
		snprintf(blocks, sizeof(blocks), "%" PRIu64 " block%s, ", h->damaged_blocks,
			 units_plural(h->damaged_blocks));
	snprintf(text, sizeof(text),
		 "%s: damaged: %s%" PRIu64 " byte%s could not be read, the rest is shown%s%s", tape,
		 blocks, h->skipped_bytes, units_plural(h->skipped_bytes),
		 h->first_problem[0] ? "; first " : "", h->first_problem);
	remark_print(text, out);
}

static void print_cut(const struct remarks *m, const char *tape, FILE *out)
{
	const struct health *h = &m->health;
	char text[SENTENCE_MAX], bytes[64] = "";

	if (!h->is_cut)
		return;
	if (health_is_only_cut(h) && h->skipped_bytes)
		snprintf(bytes, sizeof(bytes), " (%" PRIu64 " byte%s more cannot be used)",
			 h->skipped_bytes, units_plural(h->skipped_bytes));
	snprintf(text, sizeof(text),
		 "%s: cut short: the recording was not closed in order; every whole block is "
		 "shown%s",
		 tape, bytes);
	remark_print(text, out);
}

static void print_rest(const struct remarks *m, const char *tape, FILE *out)
{
	char text[SENTENCE_MAX];

	if (!m->health.is_abandoned)
		return;
	snprintf(text, sizeof(text),
		 "%s: not read to its end: no block in %d MiB; save it to a file to search "
		 "all of it",
		 tape, SCAN_PATIENCE >> 20);
	remark_print(text, out);
}

static void print_doubts(const struct remarks *m, const char *tape, FILE *out)
{
	const struct health *h = &m->health;
	char text[SENTENCE_MAX];

	if (h->unreadable_events) {
		snprintf(text, sizeof(text),
			 "%s: %" PRIu64 " event%s of a type whose description is missing", tape,
			 h->unreadable_events, units_plural(h->unreadable_events));
		remark_print(text, out);
	}
	if (h->late_events) {
		snprintf(text, sizeof(text),
			 "%s: %" PRIu64 " event%s came out of time order; durations around "
			 "them may be wrong",
			 tape, h->late_events, units_plural(h->late_events));
		remark_print(text, out);
	}
}

static void print_absent(const struct remarks *m, const char *tape, FILE *out)
{
	char text[SENTENCE_MAX];
	const char *pattern;
	size_t at = 0;

	while ((pattern = absent_events_next(&m->absent, &at))) {
		snprintf(text, sizeof(text),
			 "%s: --event %.100s: no event of this tape has such a name; tcptape info "
			 "--events shows them all",
			 tape, pattern);
		remark_print(text, out);
	}
}

void remarks_print(const struct remarks *m, const char *tape, FILE *out)
{
	print_losses(m, tape, out);
	print_damage(m, tape, out);
	print_cut(m, tape, out);
	print_rest(m, tape, out);
	print_doubts(m, tape, out);
	print_absent(m, tape, out);
}

enum exit_status remarks_status(const struct remarks *m, bool fail_on_loss)
{
	const struct health *h = &m->health;

	if (h->damaged_blocks || h->skipped_bytes || h->is_cut)
		return EXIT_DAMAGED;
	return fail_on_loss && (m->loss_count || remarks_lost(m)) ? EXIT_DAMAGED : EXIT_FINE;
}

enum exit_status status_exit(int status)
{
	switch (status) {
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_NOT_A_TAPE:
	case ERR_UNSUPPORTED:
		return EXIT_NOT_A_TAPE;
	case ERR_CORRUPT:
	case ERR_TRUNCATED:
		return EXIT_DAMAGED;
	}
	return status < 0 ? EXIT_TROUBLE : EXIT_FINE;
}

enum exit_status exit_worse(enum exit_status a, enum exit_status b)
{
	static const int gravity[] = {
		[EXIT_FINE] = 0,  [EXIT_DAMAGED] = 1, [EXIT_NOT_A_TAPE] = 2,
		[EXIT_USAGE] = 3, [EXIT_TROUBLE] = 4,
	};

	return gravity[a] >= gravity[b] ? a : b;
}

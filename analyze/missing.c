/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* missing.c -- a list of losses, and what is said of one. */
#include "analyze/missing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/units.h"
#include "format/bytes.h"

/* A full disk takes the events of all CPUs, each with the times of its own. */
static bool is_same_outage(const struct loss *a, const struct loss *b)
{
	return a->cause == LOSS_WRITE && b->cause == LOSS_WRITE && a->from_ns <= b->to_ns &&
	       b->from_ns <= a->to_ns;
}

bool loss_is_same(const struct loss *a, const struct loss *b)
{
	if (is_same_outage(a, b))
		return true;
	return a->from_ns == b->from_ns && a->to_ns == b->to_ns && a->cpu == b->cpu &&
	       a->cause == b->cause;
}

void loss_grow(struct loss *into, const struct loss *loss)
{
	into->count += loss->count;
	if (loss->from_ns < into->from_ns)
		into->from_ns = loss->from_ns;
	if (loss->to_ns > into->to_ns)
		into->to_ns = loss->to_ns;
	if (loss->cpu != into->cpu)
		into->cpu = LOSS_ANY_CPU;
	if (loss->cause != into->cause)
		into->cause = 0;
	if (loss->schema != into->schema)
		into->schema = 0;
}

int missing_add(struct missing *m, const struct loss *loss, struct error *err)
{
	void *losses = m->losses;

	if (m->count == MISSING_MAX) {
		loss_grow(&m->losses[m->count - 1], loss);
		return 0;
	}
	if (!array_grow(&losses, &m->cap, m->count + 1, sizeof(*m->losses)))
		return error_nomem(err);
	m->losses = losses;
	m->losses[m->count++] = *loss;
	return 0;
}

int missing_join(struct missing *m, const struct loss *loss, struct error *err)
{
	/* Losses come in order of from_ns; those of an outage follow each other. */
	for (size_t i = m->count; i-- > 0 && (m->losses[i].from_ns == loss->from_ns ||
					      is_same_outage(&m->losses[i], loss));) {
		if (loss_is_same(&m->losses[i], loss)) {
			loss_grow(&m->losses[i], loss);
			return 0;
		}
	}
	return missing_add(m, loss, err);
}

void missing_release(struct missing *m)
{
	free(m->losses);
	*m = (struct missing){0};
}

void loss_phrase(const struct loss *loss, uint64_t origin_ns, char *out, size_t size)
{
	char from[UNITS_MAX + 2] = "the beginning", to[UNITS_MAX + 2] = "the first event";
	char time[UNITS_MAX], cpu[32], count[48] = "an unknown number of events";

	if (loss->from_ns >= origin_ns)
		snprintf(from, sizeof(from), "%s s",
			 units_seconds((int64_t)(loss->from_ns - origin_ns), time));
	if (loss->to_ns >= origin_ns)
		snprintf(to, sizeof(to), "%s s",
			 units_seconds((int64_t)(loss->to_ns - origin_ns), time));
	snprintf(cpu, sizeof(cpu), " on CPU %" PRIu32, loss->cpu);
	if (loss->count)
		snprintf(count, sizeof(count), "%" PRIu64 " event%s", loss->count,
			 units_plural(loss->count));
	snprintf(out, size, "%s lost%s between %s and %s", count,
		 loss->cpu == LOSS_ANY_CPU ? "" : cpu, from, to);
}

static const char *cause_text(uint32_t cause)
{
	switch (cause) {
	case LOSS_RING_FULL:
		return " (the kernel-side buffer was full)";
	case LOSS_WRITE:
		return " (the output could not be written)";
	case LOSS_MEMORY:
		return " (the recorder was out of memory)";
	case LOSS_DAMAGE:
		return " (the tape was damaged)";
	case LOSS_SHED:
		return " (left out to stay within a limit)";
	case LOSS_NESTED:
		return " (while another of its type was being recorded on that CPU)";
	}
	return "";
}

void loss_sentence(const struct loss *loss, uint64_t origin_ns, char *out, size_t size)
{
	char phrase[192];

	loss_phrase(loss, origin_ns, phrase, sizeof(phrase));
	snprintf(out, size, "%s%s", phrase, cause_text(loss->cause));
}

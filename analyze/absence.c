/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * absence.c -- one sentence.
 */
#include "analyze/absence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/remarks.h"
#include "analyze/units.h"

/* The recorder's facts "unavailable": "skb:kfree_skb: the kernel has no such event". */
static void find_reason(struct absence *a, const struct section *s)
{
	size_t len = strlen(a->event);

	for (size_t i = 0; i < s->facts.count && !a->reason[0]; i++) {
		const struct fact *f = &s->facts.facts[i];

		if (strcmp(f->key, "unavailable") == 0 && strncmp(f->value, a->event, len) == 0 &&
		    f->value[len] == ':')
			snprintf(a->reason, sizeof(a->reason), "%s", f->value + len + 1);
	}
}

void absence_see(struct absence *a, const struct tracker *t, const struct item *item)
{
	if (item->kind == ITEM_EVENT)
		return;
	if (tracker_binding(t)->has_kind[a->kind])
		a->is_recorded = true;
	else if (item->kind == ITEM_SECTION || item->kind == ITEM_SCHEMA)
		find_reason(a, item->section);
}

void absence_explain(const struct absence *a, const struct view_input *in, const struct tracker *t)
{
	uint64_t lost = in->remarks ? remarks_lost(in->remarks) : 0;
	char text[320], lives[UNITS_MAX], count[UNITS_MAX];

	snprintf(text, sizeof(text), "no %s on this tape is selected", a->what);
	if (view_explain_empty(in, tracker_event_count(t), text))
		return;
	if (a->found == 1)
		snprintf(text, sizeof(text), "the only %s on this tape is not selected", a->what);
	else if (a->found)
		snprintf(text, sizeof(text), "none of the %s %ss on this tape is selected",
			 units_count(a->found, count), a->what);
	else if (!a->is_recorded)
		snprintf(text, sizeof(text),
			 "whether there was a %s is not known: %s was not recorded%s%s", a->what,
			 a->event, a->reason[0] ? ":" : "", a->reason);
	else
		snprintf(text, sizeof(text), "no %s recorded; %s connections seen, %s events lost",
			 a->what, units_count(tracker_life_count(t), lives),
			 units_count(lost, count));
	render_note(in->renderer, text);
}

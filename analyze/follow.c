/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* follow.c -- what must have been said whenever the program waits. */
#include "analyze/follow.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyze/remarks.h"
#include "format/scan.h"
#include "format/source.h"

void follow_release(struct follow *f)
{
	free(f->text);
	f->text = NULL;
}

int follow_open(struct follow *f, struct source *source, struct cursor **out, struct error *err)
{
	bool begins;

	interrupt_catch();
	TRY(scan_begins(source, &begins, err));
	while (!begins && source_can_grow(source)) {
		if (!interrupt_begin_wait(&f->words))
			return END;
		source_wait(source);
		interrupt_end_wait();
		TRY(scan_begins(source, &begins, err));
	}
	if (!interrupt_begin_wait(&f->words))
		return END;
	TRY(cursor_open(source, out, err));
	interrupt_end_wait();
	cursor_follow(*out);
	return 0;
}

static void find_words(struct follow *f, const struct remarks *now)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	remarks_print(now, f->tape, out);
	if (fclose(out) != 0) {
		free(text);
		return;
	}
	free(f->text);
	f->text = text;
	f->words = (struct last_words){text, len, remarks_status(now, f->fail_on_loss)};
}

bool follow_begin_wait(struct follow *f, const struct view_input *in)
{
	struct remarks now = *in->remarks;
	const struct health *h = cursor_health(in->cursor);
	uint64_t losses = now.lost + now.loss_count;
	uint64_t damage = h->damaged_blocks + h->skipped_bytes;

	if (losses != f->losses || damage != f->damage) {
		remarks_set_health(&now, h);
		find_words(f, &now);
		f->losses = losses;
		f->damage = damage;
	}
	render_flush(in->renderer);
	return interrupt_begin_wait(&f->words);
}

void follow_end_wait(void)
{
	interrupt_end_wait();
}

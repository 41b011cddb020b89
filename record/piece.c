/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* piece.c -- a writer, and what stands between it and the ring. */
#include "record/piece.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "bpf/wire.h"
#include "format/fact.h"
#include "format/sink.h"
#include "record/attach.h"
#include "record/cost.h"
#include "record/host.h"
#include "record/memory.h"
#include "record/resolve.h"
#include "record/shell_words.h"
#include "record/stacks.h"
#include "record/tape_file.h"
#include "record/translate.h"

static const uint64_t ROW_WAITS =
	950000000; /* at most, from the event to the file: under a second */
static const uint64_t CLOCK_EVERY = 10000000000; /* and losses, where few rows come */
enum { FEW_ROWS = 100 };

/* What the end of a tape takes, and a row of which nothing is known yet: generous guesses. */
enum { END_BYTES = 16 << 10, INDEX_BYTES = 16, BLOCKS_A_FLUSH = 4, ROW_BYTES = 12 };

struct piece {
	const struct recording *recording;
	struct sink *sink;
	struct writer *writer;
	struct stacks *stacks; /* NULL unless some event asks for them */
	struct resolver *resolver;
	struct translator *translator;
	uint32_t number;
	uint64_t begun_ns, clocked_ns;
	uint64_t counted_ns, counted_rows; /* when losses were asked for last */
	uint64_t oldest_ns;                /* the first event since then; 0 = none */
	uint64_t cpu_before_ns;            /* spent until it began */
	/* When the file grew last: */
	uint64_t grown_bytes, grown_rows, flushes;
	double row_bytes; /* that waits, at most */
};

int recording_draw_id(struct recording *r, struct error *err)
{
	uint8_t bytes[(sizeof(r->id) - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return error_sys(err, errno, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(r->id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int write_own(struct piece *p, struct error *err)
{
	char ends[128], text[200];

	if (!p->recording->own.is_known)
		return 0;
	own_text(&p->recording->own, ends, sizeof(ends));
	snprintf(text, sizeof(text), "not what carries this tape: %s", ends);
	return writer_fact(p->writer, "filter", text, err);
}

static int write_command(struct piece *p, struct error *err)
{
	struct buf command = {0};
	int rc;

	shell_words_put(&command, (const char *const *)p->recording->argv);
	put_u8(&command, 0);
	if (command.len > FACT_MAX_VALUE) /* what is longer can still be recorded */
		memcpy(command.data + FACT_MAX_VALUE - 4, " ...", 5);
	rc = command.is_failed ? error_nomem(err) : 0;
	if (!rc)
		rc = writer_fact(p->writer, "command", (char *)command.data, err);
	buf_release(&command);
	return rc;
}

static int write_facts(struct piece *p, struct error *err)
{
	const struct recording *r = p->recording;
	char text[16];

	TRY(write_command(p, err));
	TRY(writer_fact(p->writer, "recording", r->id, err));
	snprintf(text, sizeof(text), "%" PRIu32, p->number);
	if (p->number)
		TRY(writer_fact(p->writer, "piece", text, err));
	for (size_t i = 0; i < r->opt->globs.count; i++)
		TRY(writer_fact(p->writer, "event_pattern", r->opt->globs.names[i], err));
	TRY(filter_facts(&r->opt->filter, p->writer, err));
	TRY(write_own(p, err));
	return host_facts(p->writer, err);
}

/* Different for each section ever written. */
static uint64_t salt(uint32_t number)
{
	return host_now_ns() ^ (uint64_t)getpid() << 48 ^ (uint64_t)number << 40;
}

static int open_sink(const struct record_options *opt, const char *path, struct sink **out,
		     struct error *err)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return sink_open(path, false, out, err);
	TRY(tape_file_open(path, opt->is_forced, &fd, err));
	return sink_open_fd(fd, path, out, err);
}

int piece_open(const struct recording *r, const char *path, uint32_t number, struct piece **out,
	       struct error *err)
{
	struct writer_options options = {
		.salt = salt(number),
		.dict_limit = memory_dict_limit(r->opt->limits.max_memory_bytes,
						r->opt->buffer_bytes),
		.block_rows = memory_block_rows(r->opt->limits.max_memory_bytes,
						r->opt->buffer_bytes),
	};
	struct piece *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return error_nomem(err);
	p->recording = r;
	p->number = number;
	rc = open_sink(r->opt, path, &p->sink, err);
	if (!rc)
		rc = writer_new(p->sink, &options, &p->writer, err);
	if (!rc)
		rc = write_facts(p, err);
	if (rc) {
		piece_close(p, NULL);
		return rc;
	}
	*out = p;
	return 0;
}

int piece_close(struct piece *p, struct error *err)
{
	int rc;

	if (!p)
		return 0;
	translator_free(p->translator);
	resolver_free(p->resolver);
	stacks_close(p->stacks);
	writer_free(p->writer);
	rc = sink_close(p->sink, err);
	free(p);
	return rc;
}

bool piece_is_written(struct piece *p, struct error *err)
{
	const char *reason;

	if (writer_flush(p->writer, err))
		return false;
	reason = writer_stall_reason(p->writer);
	if (reason)
		error_set(err, ERR_IO, "%s", reason);
	return !reason;
}

static int open_stacks(struct piece *p, struct error *err)
{
	const struct recording *r = p->recording;

	if (!catalog_has_stacks(r->catalog))
		return 0;
	TRY(stacks_open(r->stacks_fd, p->writer, catalog_dictionaries(r->catalog)[DICT_STACK],
			r->symbols, &p->stacks, err));
	resolver_set_stacks(p->resolver, p->stacks);
	return 0;
}

int piece_prepare(struct piece *p, struct error *err)
{
	const struct recording *r = p->recording;

	TRY(catalog_register(r->catalog, p->writer, err));
	TRY(resolver_new(p->writer, catalog_dictionaries(r->catalog), r->symbols, &p->resolver,
			 err));
	TRY(open_stacks(p, err));
	TRY(translator_new(r->catalog, p->resolver, p->writer, &p->translator, err));
	if (r->own.is_known)
		translator_leave_out(p->translator, &r->own);
	return 0;
}

static int write_clock(struct piece *p, struct error *err)
{
	struct clock_reading c;

	if (host_clock(&c))
		return 0;
	return writer_clock(p->writer, &c, err);
}

/* Events that are recorded whatever connection they belong to. */
static int write_unfiltered(struct piece *p, struct error *err)
{
	const struct recording *r = p->recording;

	for (size_t i = 0; i < catalog_count(r->catalog); i++) {
		const struct catalog_event *e = catalog_at(r->catalog, i);

		if (e->way == WAY_GENERIC && filter_is_blind(&r->opt->filter))
			TRY(writer_fact(p->writer, "unfiltered", e->full_name, err));
	}
	return 0;
}

int piece_begin(struct piece *p, uint64_t now_ns, struct error *err)
{
	struct status_total cost;

	p->begun_ns = p->counted_ns = p->clocked_ns = now_ns;
	cost_measure(&cost);
	p->cpu_before_ns = p->number > 1 ? cost.cpu_ns : 0;
	TRY(catalog_facts(p->recording->catalog, p->writer, err));
	TRY(write_unfiltered(p, err));
	TRY(write_clock(p, err));
	return writer_flush(p->writer, err);
}

static void note_age(struct piece *p, const struct wire_head *head)
{
	if (!p->oldest_ns)
		p->oldest_ns = head->ts_ns;
}

int piece_add(struct piece *p, const void *record, size_t len, struct error *err)
{
	note_age(p, record);
	return translator_add(p->translator, record, len, err);
}

int piece_add_as(struct piece *p, const struct recipe *recipe, const void *record,
		 struct error *err)
{
	note_age(p, record);
	return translator_add_as(p->translator, recipe, record, err);
}

/* Note whether rows have gone to the file since the last time. */
static void watch_growth(struct piece *p)
{
	uint64_t bytes = sink_bytes(p->sink);

	uint64_t rows = writer_rows(p->writer);

	if (bytes == p->grown_bytes)
		return;
	p->row_bytes = ROW_BYTES;
	if (p->grown_rows && rows > p->grown_rows)
		p->row_bytes = 2 * (double)(bytes - p->grown_bytes) /
			       (double)(rows - p->grown_rows);
	p->grown_bytes = bytes;
	p->grown_rows = rows;
	p->flushes++;
}

/* As late as can be. */
static bool are_rows_due(const struct piece *p, uint64_t next_ns)
{
	return p->oldest_ns && next_ns >= p->oldest_ns + ROW_WAITS;
}

static int count_losses(struct piece *p, struct losses *l, uint64_t now_ns, struct error *err)
{
	p->counted_ns = now_ns;
	p->counted_rows = writer_rows(p->writer);
	return losses_read(l, p->writer, now_ns, err);
}

/* Where hardly anything has happened since the last time hardly anything was missed either, and counters of
 * all events are many to ask for. */
int piece_tick(struct piece *p, struct losses *l, uint64_t now_ns, uint64_t next_ns,
	       struct error *err)
{
	bool is_recent = now_ns - p->counted_ns < CLOCK_EVERY;

	watch_growth(p);
	if (now_ns - p->clocked_ns >= CLOCK_EVERY) {
		TRY(write_clock(p, err));
		p->clocked_ns = now_ns;
	}
	if (is_recent && !are_rows_due(p, next_ns))
		return 0;
	p->oldest_ns = 0;
	if (!is_recent || writer_rows(p->writer) >= p->counted_rows + FEW_ROWS)
		TRY(count_losses(p, l, now_ns, err));
	return writer_flush(p->writer, err);
}

static int write_cost(struct piece *p, const struct status_total *total, struct error *err)
{
	const char *problem = symbols_problem(p->recording->symbols);
	struct status_total mine = *total;

	mine.run_ns = host_now_ns() - p->begun_ns;
	mine.cpu_ns -= p->cpu_before_ns;
	mine.start_cpu_ns = p->number > 1 ? 0 : total->start_cpu_ns;
	TRY(cost_facts(&mine, p->writer, err));
	TRY(translator_facts(p->translator, p->writer, err));
	if (p->stacks)
		TRY(stacks_facts(p->stacks, p->writer, err));
	return problem ? writer_fact(p->writer, "unavailable", problem, err) : 0;
}

int piece_end(struct piece *p, struct losses *l, const char *reason,
	      const struct status_total *total, struct error *err)
{
	TRY(losses_read(l, p->writer, host_now_ns(), err));
	TRY(write_clock(p, err));
	TRY(writer_flush(p->writer, err));
	TRY(write_cost(p, total, err));
	return writer_end(p->writer, reason, err);
}

void piece_hold(struct piece *p, const char *reason)
{
	sink_hold(p->sink, reason);
}

int piece_fd(const struct piece *p)
{
	return sink_fd(p->sink);
}

struct writer *piece_writer(struct piece *p)
{
	return p->writer;
}

uint64_t piece_rows(const struct piece *p)
{
	return writer_rows(p->writer);
}

uint64_t piece_unwritten(const struct piece *p)
{
	return translator_rows(p->translator) - writer_rows(p->writer);
}

uint64_t piece_rows_of(const struct piece *p, uint16_t number)
{
	return translator_rows_of(p->translator, number);
}

uint64_t piece_bytes(const struct piece *p)
{
	return sink_bytes(p->sink);
}

uint64_t piece_bytes_at_end(const struct piece *p)
{
	uint64_t waiting = writer_rows(p->writer) - p->grown_rows;

	return sink_bytes(p->sink) + (uint64_t)((double)waiting * p->row_bytes) +
	       p->flushes * BLOCKS_A_FLUSH * INDEX_BYTES + END_BYTES;
}

const char *piece_stall_reason(const struct piece *p)
{
	return writer_stall_reason(p->writer);
}

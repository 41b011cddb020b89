/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* status.c -- numbers for people: the live line and the closing paragraph. */
#include "record/status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "record/printable.h"

enum {
	NUMBER_MAX = 32,    /* any number below as text */
	WIDTH_DEFAULT = 80, /* columns when the terminal does not tell */
	WIDTH_MAX = 200,
	PARAGRAPH_WIDTH = 78,
	TYPES_SHOWN = 6,
	RATE_EVENTS = 10000, /* below, starting and stopping would be all a rate tells */
};

#define SECOND_NS 1000000000u
#define MILLISECOND_NS 1000000u

struct status_line {
	FILE *out; /* lent; NULL = nothing is shown */
	bool is_drawn;
	struct status_now before;
};

/* "1,234,567". */
static const char *grouped(uint64_t value, char text[NUMBER_MAX])
{
	char *p = text + NUMBER_MAX - 1;
	unsigned digits = 0;

	*p = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + value % 10);
		value /= 10;
		digits++;
	} while (value > 0);
	return p;
}

/* "512 B", "5.4 kB", "1.4 GB". */
static const char *sized(uint64_t bytes, char text[NUMBER_MAX])
{
	static const char units[] = "kMGTPE";
	double value = (double)bytes;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(text, NUMBER_MAX, "%u B", (unsigned)bytes);
		return text;
	}
	for (value /= 1000; value >= 999.95 && unit + 2 < sizeof(units); unit++)
		value /= 1000;
	snprintf(text, NUMBER_MAX, "%.1f %cB", value, units[unit]);
	return text;
}

static double ratio(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static uint64_t since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* Events a second. */
static uint64_t rate(const struct status_now *now, const struct status_now *before)
{
	uint64_t span_ns = since(now->elapsed_ns, before->elapsed_ns);
	double value = ratio(since(now->events, before->events), span_ns) * SECOND_NS + 0.5;

	return value < 1e18 ? (uint64_t)value : UINT64_C(1000000000000000000);
}

void status_line_text(char *out, size_t size, unsigned width, const struct status_now *now,
		      const struct status_now *before)
{
	char per_second[NUMBER_MAX], events[NUMBER_MAX], lost[NUMBER_MAX], bytes[NUMBER_MAX];

	snprintf(out, size, "recording %.1f s  %s events/s  %s events  %s %s  %s  Ctrl-C ends",
		 ratio(now->elapsed_ns, SECOND_NS), grouped(rate(now, before), per_second),
		 grouped(now->events, events), grouped(now->lost, lost),
		 now->lost ? "LOST" : "lost", sized(now->bytes, bytes));
	if (width > 0 && width <= size)
		out[width - 1] = '\0';
}

int status_new(FILE *out, bool is_quiet, struct status_line **s, struct error *err)
{
	struct status_line *line = calloc(1, sizeof(*line));

	if (!line)
		return error_nomem(err);
	if (!is_quiet && isatty(fileno(out)))
		line->out = out;
	*s = line;
	return OK;
}

void status_free(struct status_line *s)
{
	if (s)
		status_erase(s);
	free(s);
}

bool status_is_live(const struct status_line *s)
{
	return s->out != NULL;
}

static unsigned width_of(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH_DEFAULT;
	return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

void status_show(struct status_line *s, const struct status_now *now)
{
	char text[WIDTH_MAX];

	if (!s->out)
		return;
	status_line_text(text, sizeof(text), width_of(s->out), now, &s->before);
	fprintf(s->out, "\r%s\033[K", text);
	fflush(s->out);
	s->is_drawn = true;
	s->before = *now;
}

void status_erase(struct status_line *s)
{
	if (!s->is_drawn)
		return;
	fputs("\r\033[K", s->out);
	fflush(s->out);
	s->is_drawn = false;
}

/* The busiest type that comes after `last` (NULL = the busiest of all); those with
 * equal numbers come in their own order. */
static const struct status_type *next_busiest(const struct status_total *t,
					      const struct status_type *last)
{
	const struct status_type *best = NULL;

	for (size_t i = 0; i < t->type_count; i++) {
		const struct status_type *type = &t->types[i];

		if (type->events == 0 || (last && (type->events > last->events ||
						   (type->events == last->events && type <= last))))
			continue;
		if (!best || type->events > best->events)
			best = type;
	}
	return best;
}

static void tell_types(FILE *f, const struct status_total *t)
{
	const struct status_type *type = next_busiest(t, NULL);
	const char *separator = t->unwritten ? " With what could not be written: " : " ";
	char number[NUMBER_MAX];
	uint64_t rest = 0;
	unsigned rest_types = 0;

	for (unsigned i = 0; type; i++, type = next_busiest(t, type)) {
		if (i >= TYPES_SHOWN) {
			rest += type->events;
			rest_types++;
			continue;
		}
		fprintf(f, "%s%s %s", separator, type->name, grouped(type->events, number));
		separator = ", ";
	}
	if (rest_types > 0)
		fprintf(f, ", %u other %s %s", rest_types, rest_types == 1 ? "type" : "types",
			grouped(rest, number));
	if (*separator == ',')
		fputs(".", f);
}

static void tell_cost(FILE *f, const struct status_total *t)
{
	char number[NUMBER_MAX];
	uint64_t cpu_ns = since(t->cpu_ns, t->start_cpu_ns);

	fprintf(f,
		" The recorder took %.0f ms of processor time to start, then %.1f %% of one core",
		ratio(t->start_cpu_ns, MILLISECOND_NS), 100 * ratio(cpu_ns, t->run_ns));
	if (t->events >= RATE_EVENTS)
		fprintf(f, ", %s ns an event", grouped(cpu_ns / t->events, number));
	if (t->max_rss_bytes > 0)
		fprintf(f, ", and %s of memory", sized(t->max_rss_bytes, number));
	if (t->ring_peak_percent > 0)
		fprintf(f, "; its buffer was at most %u %% full", t->ring_peak_percent);
	fputs(".", f);
}

/* " and 6 files before it (2 deleted)" */
static void tell_files(FILE *f, const struct status_total *t)
{
	char number[NUMBER_MAX];

	fputs(strcmp(t->output, "-") == 0 ? "standard output" : t->output, f);
	if (t->finished)
		fprintf(f, " and %s file%s before it", grouped(t->finished, number),
			t->finished == 1 ? "" : "s");
	if (t->deleted)
		fprintf(f, " (%s deleted)", grouped(t->deleted, number));
}

static void tell(FILE *f, const struct status_total *t)
{
	char events[NUMBER_MAX], lost[NUMBER_MAX], bytes[NUMBER_MAX], shed[NUMBER_MAX];

	fprintf(f, "tcptape-record: %s %s in %.1f s, %s%s, ", grouped(t->events, events),
		t->events == 1 ? "event" : "events", ratio(t->run_ns, SECOND_NS),
		t->lost ? grouped(t->lost, lost) : "none", t->lost ? " LOST" : " lost");
	if (t->shed)
		fprintf(f, "%s left out, ", grouped(t->shed, shed));
	fputs("to ", f);
	tell_files(f, t);
	fprintf(f, ": %s", sized(t->bytes, bytes));
	if (t->events >= RATE_EVENTS)
		fprintf(f, ", %.2f bytes an event", ratio(t->bytes, t->events));
	fputs(".", f);
	tell_types(f, t);
	tell_cost(f, t);
}

/* Words, as many to a line as fit. */
static void print_wrapped(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > PARAGRAPH_WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column > 0)
			column += (size_t)fprintf(out, " ");
		column += printable_put_part(out, text, len);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void status_summary(FILE *out, const struct status_total *total)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	tell(f, total);
	if (fclose(f) == 0 && text)
		print_wrapped(out, text);
	free(text);
}

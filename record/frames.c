/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* frames.c -- the text of a kernel stack. */
#include "record/frames.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Functions between the one that fired an event and our program's own frame. */
static bool is_machinery(const char *name)
{
	static const char *const prefixes[] = {
		"bpf_prog_",      "bpf_trace_run",  "__bpf_trace_",          "__traceiter_",
		"bpf_trampoline", "bpf_get_stack",  "trace_event_raw_event", "perf_trace_",
		"do_perf_trace_", "trace_call_bpf", "__bpf_prog_run",        "___bpf_prog_run",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static bool is_machinery_at(uint64_t address, struct symbols *symbols)
{
	char name[SYMBOL_MAX_NAME];

	return symbols_lookup(symbols, address, name, sizeof(name)) && is_machinery(name);
}

/* Only BPF programs are called from there, whatever name the caller's frame has: the
 * symbols of programs may be hidden. */
static bool runs_program(uint64_t address, struct symbols *symbols)
{
	char name[SYMBOL_MAX_NAME];

	return symbols_lookup(symbols, address, name, sizeof(name)) &&
	       strncmp(name, "bpf_trace_run", strlen("bpf_trace_run")) == 0;
}

/* Index of the function that fired the event. */
static size_t find_first(const uint64_t *addresses, size_t count, struct symbols *symbols)
{
	size_t i = count > 1 && runs_program(addresses[1], symbols);

	while (i < count && is_machinery_at(addresses[i], symbols))
		i++;
	return i < count ? i : 0;
}

static void put_frame(struct buf *out, size_t start, uint64_t address, struct symbols *symbols)
{
	char name[SYMBOL_MAX_NAME];
	size_t len;

	if (!symbols || !symbols_lookup(symbols, address, name, sizeof(name)))
		snprintf(name, sizeof(name), "0x%" PRIx64, address);
	len = strlen(name);
	if (out->len - start + len + 1 > FRAMES_MAX_TEXT)
		return;
	if (out->len > start)
		put_u8(out, ';');
	put_bytes(out, name, len);
}

void frames_put(struct buf *out, const uint64_t *addresses, size_t count, struct symbols *symbols)
{
	size_t start = out->len, known = 0, first;

	while (known < count && addresses[known])
		known++;
	first = symbols ? find_first(addresses, known, symbols) : 0;
	for (size_t i = first; i < known; i++)
		put_frame(out, start, addresses[i], symbols);
}

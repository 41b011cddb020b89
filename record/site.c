/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* site.c -- a byte through a socket pair of our own, seen by two programs. */
#include "record/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "bpf/wire.h"
#include "record/behind.h"

#include "bpf/site.skel.h"

enum { TIMES = 2 }; /* by chance a word is `ip` once */

int32_t site_of(const uint64_t *words, uint64_t address)
{
	int32_t found = 0;

	for (int32_t i = 0; i < WIRE_SITE_WORDS; i++) {
		if (!address || words[i] != address)
			continue;
		if (found)
			return 0;
		found = (i - WIRE_SITE_BELOW) * (int32_t)sizeof(*words);
	}
	return found;
}

/* sk_data_ready is also a Unix socket's, in the writer's own thread. */
static bool make_event(void)
{
	int ends[2];
	bool is_made;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return false;
	is_made = write(ends[0], "", 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return is_made;
}

static int32_t look(struct site *skel)
{
	int32_t found = 0;

	for (int i = 0; i < TIMES; i++) {
		int32_t before = found;

		skel->bss->site_address = 0;
		if (!make_event())
			return 0;
		found = site_of((const uint64_t *)skel->bss->site_words, skel->bss->site_address);
		if (i && found != before)
			return 0;
	}
	return found;
}

static void destroy(void *skel)
{
	site__destroy(skel);
}

int32_t site_find(uint32_t ip)
{
	struct site *skel = site__open();
	int32_t found = 0;

	if (!skel)
		return 0;
	skel->rodata->site_tid = (uint32_t)gettid();
	skel->rodata->site_ip = ip;
	if (!site__load(skel) && !site__attach(skel))
		found = look(skel);
	behind(destroy, skel);
	return found;
}

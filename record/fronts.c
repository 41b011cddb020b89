/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fronts.c -- a front, its program and the array that leads from one to the other have one name. */
#include "record/fronts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"

#include "bpf/typed.skel.h"

enum { NAME_BYTES = 64 };

/* Addresses and samples are looked at by the programs themselves. */
bool fronts_are_of_use(const struct filter *f)
{
	return filter_kinds(f) & ~(uint32_t)(WIRE_BY_ADDR | WIRE_BY_SAMPLE);
}

static struct bpf_program *find_front(const struct typed *skel, const char *name)
{
	char front[NAME_BYTES];

	snprintf(front, sizeof(front), "%s_front", name);
	return bpf_object__find_program_by_name(skel->obj, front);
}

static struct bpf_map *find_next(const struct typed *skel, const char *name)
{
	char next[NAME_BYTES];

	snprintf(next, sizeof(next), "%s_next", name);
	return bpf_object__find_map_by_name(skel->obj, next);
}

void fronts_leave_out(struct typed *skel)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, skel->obj)
	{
		struct bpf_map *next = find_next(skel, bpf_program__name(p));

		if (next)
			bpf_map__set_autocreate(next, false);
	}
}

/* The tracepoint is behind the slash. */
static void add_front(struct typed *skel, const struct bpf_program *p, struct bpf_program *front)
{
	const char *slash = strchr(bpf_program__section_name(p), '/');

	if (!slash || bpf_program__set_attach_target(front, 0, slash + 1))
		return;
	bpf_program__set_autoload(front, true);
	bpf_map__set_autocreate(find_next(skel, bpf_program__name(p)), true);
}

void fronts_add(struct typed *skel)
{
	struct bpf_program *p, *front;

	bpf_object__for_each_program(p, skel->obj)
	{
		front = bpf_program__autoload(p) ? find_front(skel, bpf_program__name(p)) : NULL;
		if (front)
			add_front(skel, p, front);
	}
}

int fronts_connect(struct typed *skel)
{
	struct bpf_program *p;
	uint32_t first = 0;

	bpf_object__for_each_program(p, skel->obj)
	{
		struct bpf_program *front = find_front(skel, bpf_program__name(p));
		int fd = bpf_program__fd(p);

		if (!front || !bpf_program__autoload(front))
			continue;
		if (bpf_map_update_elem(bpf_map__fd(find_next(skel, bpf_program__name(p))), &first,
					&fd, BPF_ANY))
			return -errno;
	}
	return 0;
}

struct bpf_program *fronts_of(const struct typed *skel, struct bpf_program *p)
{
	struct bpf_program *front = find_front(skel, bpf_program__name(p));

	return front && bpf_program__autoload(front) ? front : p;
}

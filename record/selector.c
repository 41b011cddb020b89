/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* selector.c -- constants, sizes and the programs that are attached in any case. */
#include "record/selector.h"

#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "record/fronts.h"

#include "bpf/typed.skel.h"

/* Ports and addresses are in the packets themselves. */
static bool needs_leaving(const struct filter *f)
{
	return filter_kinds(f) & ~(uint32_t)(WIRE_BY_PORT | WIRE_BY_ADDR);
}

void selector_configure(struct typed *skel, const struct filter *f)
{
	struct bpf_map *const maps[] = {skel->maps.chosen, skel->maps.flows, skel->maps.listeners,
					skel->maps.held};

	filter_fill(f, (struct wire_selection *)&skel->rodata->selection);
	for (unsigned i = 0; filter_is_open(f) && i < sizeof(maps) / sizeof(maps[0]); i++)
		bpf_map__set_max_entries(maps[i], 1);
}

void selector_load(struct typed *skel, const struct filter *f)
{
	if (filter_is_open(f))
		return;
	bpf_program__set_autoload(skel->progs.inet_sock_set_state, true);
	bpf_program__set_autoload(skel->progs.tcp_destroy_sock, true);
	bpf_program__set_autoload(skel->progs.select_leaving, needs_leaving(f));
}

void selector_start(struct selector *s, const struct typed *skel, const struct filter *f,
		    struct selector_has has)
{
	if (filter_is_open(f))
		return;
	if (needs_leaving(f))
		s->links[0] = bpf_program__attach(skel->progs.select_leaving);
	if (!has.state)
		s->links[1] = bpf_program__attach(fronts_of(skel, skel->progs.inet_sock_set_state));
	if (!has.destroy)
		s->links[2] = bpf_program__attach(fronts_of(skel, skel->progs.tcp_destroy_sock));
}

void selector_stop(struct selector *s)
{
	for (unsigned i = 0; i < sizeof(s->links) / sizeof(s->links[0]); i++)
		bpf_link__destroy(s->links[i]);
}

struct selector_maps selector_maps(const struct typed *skel)
{
	return (struct selector_maps){.chosen = skel->maps.chosen,
				      .flows = skel->maps.flows,
				      .listeners = skel->maps.listeners,
				      .marks = skel->maps.data_marks};
}

static uint64_t sum_opened(const struct typed *skel, uint32_t fit)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t sum = 0, *counts = cpus > 0 ? calloc((size_t)cpus, sizeof(*counts)) : NULL;

	if (counts && !bpf_map_lookup_elem(bpf_map__fd(skel->maps.opened), &fit, counts))
		for (int i = 0; i < cpus; i++)
			sum += counts[i];
	free(counts);
	return sum;
}

void selector_opened(const struct typed *skel, uint64_t *chosen, uint64_t *others)
{
	*chosen = sum_opened(skel, 2); /* enum select_fit */
	*others = sum_opened(skel, 0) + sum_opened(skel, 1);
}

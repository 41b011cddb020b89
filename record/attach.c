/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* attach.c -- attaching and detaching the BPF programs. */
#include "record/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"
#include "record/behind.h"
#include "record/fronts.h"
#include "record/loading.h"
#include "record/memory.h"
#include "record/selector.h"

#include "bpf/generic.skel.h"
#include "bpf/typed.skel.h"

/* One copy of the generic program. There may be thousands: what loading them takes is not kept. */
struct copy {
	struct bpf_link *link; /* NULL: there is none */
	int program_fd;
};

struct attach {
	struct typed *typed;
	const struct btf_enums *btf;                                        /* lent */
	struct bpf_link *typed_links[WIRE_TYPED_END][LOADING_PROGRAMS_MAX]; /* [typed_maker()] */
	bool is_started[WIRE_TYPED_END];
	const struct filter *filter; /* lent */
	struct selector selector;
	struct copy *copies; /* [catalog index]; owned */
	size_t copy_count;
	size_t ring_bytes;
	struct percpu_size lanes;
};

/* Descriptors that generic events leave: for typed ones, snapshots and pieces. */
enum { RESERVED_FDS = 48 };

static int stay_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

void attach_silence(void)
{
	libbpf_set_print(stay_silent);
}

/* Generic events need some descriptors each. */
static void allow_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* Half of it for lanes, of which only so much is used as stays in a CPU's cache. */
static void divide_buffer(struct attach *a, size_t bytes)
{
	int cpus = libbpf_num_possible_cpus();

	a->lanes = percpu_size_of(bytes / 2, cpus > 0 ? (size_t)cpus : 1);
	a->ring_bytes = a->lanes.count ? bytes / 2 : bytes;
}

int attach_open(struct catalog *c, const struct btf_enums *btf, const struct record_options *opt,
		struct attach **out, struct error *err)
{
	struct attach *a = calloc(1, sizeof(*a));
	struct loading o = {.catalog = c, .btf = btf, .opt = opt};
	int rc;

	if (!a)
		return error_nomem(err);
	allow_descriptors();
	a->btf = btf;
	a->filter = &opt->filter;
	divide_buffer(a, opt->buffer_bytes);
	o.ring_bytes = a->ring_bytes;
	o.lanes = a->lanes;
	a->copy_count = catalog_count(c);
	a->copies = calloc(a->copy_count, sizeof(*a->copies));
	rc = a->copies ? loading_run(&o, &a->typed, err) : error_nomem(err);
	if (rc) {
		attach_close(a);
		return rc;
	}
	*out = a;
	return 0;
}

static int load_copy(struct attach *a, const struct catalog_event *e, struct generic *skel)
{
	struct generic__rodata *ro = skel->rodata;
	struct wire_selection wanted;

	ro->event_number = e->number;
	ro->fixed_bytes = e->layout.fixed_bytes;
	ro->record_bytes = e->layout.record_bytes;
	ro->dynamic_count = e->layout.dynamic_count;
	ro->wakeup_bytes = a->ring_bytes / WIRE_WAKEUP_PART;
	ro->has_stack = e->has_stack;
	filter_fill(a->filter, &wanted);
	memcpy((void *)&ro->tasks, &wanted.tasks, sizeof(wanted.tasks));
	memcpy((void *)ro->dynamic, e->layout.dynamic, sizeof(e->layout.dynamic));
	if (bpf_map__reuse_fd(skel->maps.data_control, bpf_map__fd(a->typed->maps.data_control)) ||
	    bpf_map__reuse_fd(skel->maps.ring, attach_ring_fd(a)) ||
	    bpf_map__reuse_fd(skel->maps.missed, attach_missed_fd(a)))
		return -errno;
	if (!e->has_stack)
		bpf_map__set_autocreate(skel->maps.stacks, false);
	else if (bpf_map__reuse_fd(skel->maps.stacks, attach_stacks_fd(a)))
		return -errno;
	return generic__load(skel);
}

/* Descriptors are given out from the lowest number on. */
static bool is_among_the_last(int fd)
{
	struct rlimit r;

	return !getrlimit(RLIMIT_NOFILE, &r) && (rlim_t)fd + RESERVED_FDS > r.rlim_cur;
}

/* The program's descriptor outlives its skeleton. */
static int attach_copy(const struct catalog_event *e, const struct generic *skel, struct copy *copy)
{
	const struct bpf_program *p = skel->progs.copy_entry;
	int rc;

	copy->program_fd = fcntl(bpf_program__fd(p), F_DUPFD_CLOEXEC, 3);
	if (copy->program_fd < 0)
		return -errno;
	rc = -EMFILE;
	if (!is_among_the_last(copy->program_fd)) {
		copy->link = bpf_program__attach_tracepoint(p, e->group, e->name);
		rc = copy->link ? 0 : -errno;
	}
	if (!rc)
		return 0;
	close(copy->program_fd);
	return rc;
}

static int start_generic(struct attach *a, const struct catalog_event *e, struct copy *copy)
{
	struct generic *skel = generic__open();
	int rc = skel ? load_copy(a, e, skel) : -ENOMEM;

	if (!rc)
		rc = attach_copy(e, skel, copy);
	generic__destroy(skel);
	return rc;
}

/* All of the event's programs, or none. One that makes two events is attached once. */
static int start_typed(struct attach *a, const struct catalog_event *e)
{
	struct bpf_link **links = a->typed_links[typed_maker(e->typed)];
	int rc = -ENOENT;

	for (size_t n = 0; n < LOADING_PROGRAMS_MAX; n++) {
		struct bpf_program *p = loading_program(a->typed, a->btf, e, n);

		if (!p)
			continue;
		links[n] = links[n] ? links[n] : bpf_program__attach(fronts_of(a->typed, p));
		rc = links[n] ? 0 : -errno;
		if (rc)
			break;
	}
	for (size_t n = 0; n < LOADING_PROGRAMS_MAX && rc; n++) {
		bpf_link__destroy(links[n]);
		links[n] = NULL;
	}
	a->is_started[e->number] = rc == 0;
	return rc;
}

/* The slow kind first, so that all begin at about the same time. Where descriptors run out, the rest is not tried:
 * each attempt would take as long as detaching. */
static size_t start_way(struct attach *a, struct catalog *c, enum way way)
{
	size_t started = 0;
	char reason[160];
	int rc = 0;

	for (size_t i = 0; i < catalog_count(c); i++) {
		struct catalog_event *e = catalog_at(c, i);

		if (e->way != way)
			continue;
		if (way == WAY_TYPED)
			rc = start_typed(a, e);
		else if (rc != -EMFILE)
			rc = start_generic(a, e, &a->copies[i]);
		started += rc == 0;
		if (!rc)
			continue;
		snprintf(reason, sizeof(reason), "cannot be attached: %s", strerror(-rc));
		catalog_drop(e, reason);
	}
	return started;
}

static void control_set(struct attach *a, size_t number, enum wire_control todo)
{
	__atomic_store_n(&a->typed->data_control->control[number], (uint8_t)todo, __ATOMIC_RELAXED);
}

/* Programs that only help to select stay silent. */
static void set_control(struct attach *a, enum wire_control todo)
{
	for (size_t i = 0; i < WIRE_EVENT_MAX; i++)
		if (i >= WIRE_TYPED_END || a->is_started[i])
			control_set(a, i, todo);
}

void attach_send(struct attach *a)
{
	set_control(a, WIRE_SEND);
}

void attach_shed(struct attach *a, uint16_t number, bool is_shed)
{
	control_set(a, number, is_shed ? WIRE_SHED : WIRE_SEND);
}

void attach_reader(struct attach *a, enum wire_reader what)
{
	__atomic_store_n(&a->typed->data_control->reader, (uint8_t)what, __ATOMIC_SEQ_CST);
}

int attach_start(struct attach *a, struct catalog *c, struct error *err)
{
	size_t started = start_way(a, c, WAY_GENERIC) + start_way(a, c, WAY_TYPED);
	struct selector_has has;

	has.state = a->typed_links[WIRE_INET_SOCK_SET_STATE][0];
	has.destroy = a->typed_links[WIRE_TCP_DESTROY_SOCK][0];
	selector_start(&a->selector, a->typed, a->filter, has);
	if (started)
		return 0;
	return error_set(err, ERR_KERNEL, "none of the events can be recorded: %s: %.120s",
			 catalog_at(c, 0)->full_name, catalog_at(c, 0)->reason);
}

/* A program that has looked at the word before is done within microseconds. */
void attach_stop(struct attach *a)
{
	const struct timespec grace = {.tv_nsec = 2000000};

	set_control(a, WIRE_SILENT);
	nanosleep(&grace, NULL);
}

static void detach_all(void *attach)
{
	struct attach *a = attach;

	for (size_t i = 0; i < WIRE_TYPED_END; i++)
		for (size_t n = 0; n < LOADING_PROGRAMS_MAX; n++)
			bpf_link__destroy(a->typed_links[i][n]);
	selector_stop(&a->selector);
	for (size_t i = 0; i < a->copy_count; i++) {
		if (!a->copies[i].link)
			continue;
		bpf_link__destroy(a->copies[i].link);
		close(a->copies[i].program_fd);
	}
}

void attach_close(struct attach *a)
{
	if (!a)
		return;
	if (a->copies)
		behind(detach_all, a);
	typed__destroy(a->typed);
	free(a->copies);
	free(a);
}

int attach_ring_fd(const struct attach *a)
{
	return bpf_map__fd(a->typed->maps.ring);
}

size_t attach_ring_bytes(const struct attach *a)
{
	return a->ring_bytes;
}

struct drain_source attach_source(const struct attach *a)
{
	return (struct drain_source){.ring_fd = attach_ring_fd(a),
				     .lanes_fd = bpf_map__fd(a->typed->maps.lanes),
				     .ring_bytes = a->ring_bytes,
				     .lanes = a->lanes};
}

int attach_stacks_fd(const struct attach *a)
{
	return bpf_map__fd(a->typed->maps.stacks);
}

const struct typed *attach_typed(const struct attach *a)
{
	return a->typed;
}

int attach_missed_fd(const struct attach *a)
{
	return bpf_map__fd(a->typed->maps.missed);
}

static uint64_t skipped(int program_fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(program_fd, &info, &len))
		return 0;
	return info.recursion_misses;
}

uint64_t attach_skipped(const struct attach *a, const struct catalog *c, size_t index)
{
	const struct catalog_event *e = catalog_at(c, index);
	uint64_t count = 0;

	if (e->typed && typed_maker(e->typed) != e->number && a->is_started[typed_maker(e->typed)])
		return 0; /* counted there */
	if (e->way == WAY_GENERIC)
		return skipped(a->copies[index].program_fd);
	for (size_t n = 0; n < LOADING_PROGRAMS_MAX && e->way == WAY_TYPED; n++) {
		struct bpf_program *p = loading_program(a->typed, a->btf, e, n);

		count += p ? skipped(bpf_program__fd(fronts_of(a->typed, p))) : 0;
	}
	return count;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.c -- two BPF iterators: over open files once, over hash tables once for each network
 * namespace. The kernel takes the namespace of whoever creates an iterator's descriptor. Where it has
 * no iterator over open files, /proc says who holds what is in the tables.
 */
#include "record/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "record/holders.h"
#include "record/host.h"
#include "record/loading.h"
#include "record/netns.h"
#include "record/selector.h"

#include "bpf/snapshot.skel.h"

enum { CHUNK = 128, FIRST_SET = 1024, PROBLEMS_MAX = 3, PROBLEM_BYTES = 240 };

/* Sockets that were told already: open addressing, at most half full. */
struct told {
	uint64_t *skaddrs; /* 0 = free; owned */
	size_t count, size;
};

/* Mini-sockets have no owner and no counters: their number tells all. */
struct mini_sockets {
	const char *state; /* the kernel's name */
	const char *fact;
	int64_t value; /* of the state */
	bool is_known;
	uint64_t count; /* of all namespaces */
	uint64_t here;  /* of the one at hand */
};

enum { MINI_KINDS = 2, OWNED = 0, TABLES, PROGRAMS };

/* What comes next. */
enum step { STEP_OWNED, STEP_TABLES, STEP_SPACE, STEP_END };

struct snapshot_kinds {
	int links[PROGRAMS]; /* owned; a negative errno = refused */
	struct mini_sockets minis[MINI_KINDS];
	bool is_open;            /* every socket is wanted */
	struct holders *holders; /* in place of the owned; NULL: not needed, or not to be had */
};

struct snapshot_reader {
	const struct snapshot_kinds *kinds;
	struct writer *writer; /* or NULL */
	struct told told;
	struct mini_sockets minis[MINI_KINDS];
	enum step step;
	bool is_everywhere;
	struct netns_list spaces; /* empty: this one alone */
	size_t space_count;       /* to look into */
	size_t next_space, closed_spaces;
	int closed_errno; /* of the last one that could not be looked into */
	char problems[PROBLEMS_MAX][PROBLEM_BYTES];
	size_t problem_count;
	int fd;        /* of the iterator at hand; -1 = none */
	bool has_read; /* from it, and has not let the caller go on since */
	size_t at, count;
	struct wire_existing chunk[CHUNK];
};

static const char *const programs[PROGRAMS] = {
	[OWNED] = "owned_socks",
	[TABLES] = "existing_socks",
};

static size_t told_slot(const struct told *t, uint64_t skaddr)
{
	size_t i = (skaddr * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (t->size - 1);

	while (t->skaddrs[i] && t->skaddrs[i] != skaddr)
		i = (i + 1) & (t->size - 1);
	return i;
}

static bool told_grow(struct told *t)
{
	struct told bigger = {.count = t->count, .size = t->size ? t->size * 2 : FIRST_SET};

	bigger.skaddrs = calloc(bigger.size, sizeof(*bigger.skaddrs));
	if (!bigger.skaddrs)
		return false;
	for (size_t i = 0; i < t->size; i++)
		if (t->skaddrs[i])
			bigger.skaddrs[told_slot(&bigger, t->skaddrs[i])] = t->skaddrs[i];
	free(t->skaddrs);
	*t = bigger;
	return true;
}

/* Add it. *is_new tells whether it was not there. False without memory. */
static bool told_add(struct told *t, uint64_t skaddr, bool *is_new)
{
	size_t slot;

	if (t->count * 2 >= t->size && !told_grow(t))
		return false;
	slot = told_slot(t, skaddr);
	*is_new = t->skaddrs[slot] == 0;
	t->skaddrs[slot] = skaddr;
	t->count += *is_new;
	return true;
}

static struct snapshot *open_program(const struct snapshot_scene *scene, const char *only)
{
	struct snapshot *skel = snapshot__open();
	struct bpf_program *p;

	if (!skel)
		return NULL;
	skel->rodata->has_cookie_helper = loading_has_cookie_helper(scene->btf);
	skel->rodata->jiffy_us = host_jiffy_us();
	filter_fill(&scene->opt->filter, (struct wire_selection *)&skel->rodata->selection);
	bpf_object__for_each_program(p, skel->obj)
		bpf_program__set_autoload(p, strcmp(bpf_program__name(p), only) == 0);
	return skel;
}

/* What is decided here holds for the events. */
static int share_maps(struct snapshot *skel, const struct attach *a)
{
	struct selector_maps maps = selector_maps(attach_typed(a));

	if (bpf_map__reuse_fd(skel->maps.chosen, bpf_map__fd(maps.chosen)) ||
	    bpf_map__reuse_fd(skel->maps.flows, bpf_map__fd(maps.flows)) ||
	    bpf_map__reuse_fd(skel->maps.listeners, bpf_map__fd(maps.listeners)) ||
	    bpf_map__reuse_fd(skel->maps.data_marks, bpf_map__fd(maps.marks)))
		return -errno;
	return 0;
}

/* A descriptor that iterators are made from, or a negative errno. It keeps the program alive. */
static int link_program(const struct snapshot_scene *scene, struct snapshot *skel,
			const char *program)
{
	int fd = share_maps(skel, scene->attach);
	struct bpf_link *link;

	if (!fd)
		fd = snapshot__load(skel);
	if (fd)
		return fd;
	link = bpf_program__attach_iter(bpf_object__find_program_by_name(skel->obj, program), NULL);
	if (!link)
		return -errno;
	fd = fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		fd = -errno;
	bpf_link__destroy(link);
	return fd;
}

static void find_minis(struct snapshot_kinds *k, const struct btf_enums *btf)
{
	k->minis[0] = (struct mini_sockets){.state = "TCP_TIME_WAIT", .fact = "time_wait_sockets"};
	k->minis[1] = (struct mini_sockets){.state = "TCP_NEW_SYN_RECV", .fact = "request_sockets"};
	for (unsigned i = 0; i < MINI_KINDS; i++)
		k->minis[i].is_known = btf_enums_value(btf, k->minis[i].state, &k->minis[i].value);
}

/* Now, while /proc may be read. A choice by owner is not made by it: the programs would have to know. */
static int find_holders(struct snapshot_kinds *k, const struct filter *f, struct error *err)
{
	if (k->links[OWNED] >= 0 || k->links[TABLES] < 0 || filter_has_task(f))
		return 0;
	return holders_collect(&k->holders, err) == ERR_NOMEM ? ERR_NOMEM : 0;
}

int snapshot_load(const struct snapshot_scene *scene, struct snapshot_kinds **out,
		  struct error *err)
{
	struct snapshot_kinds *k = calloc(1, sizeof(*k));

	if (!k)
		return error_nomem(err);
	k->is_open = filter_is_open(&scene->opt->filter);
	find_minis(k, scene->btf);
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct snapshot *skel;

		if (btf_enums_trouble(scene->btf)) {
			k->links[i] = -ENOTSUP;
			continue;
		}
		skel = open_program(scene, programs[i]);

		k->links[i] = skel ? link_program(scene, skel, programs[i]) : -ENOMEM;
		snapshot__destroy(skel);
	}
	*out = k;
	return find_holders(k, &scene->opt->filter, err);
}

void snapshot_unload(struct snapshot_kinds *k)
{
	for (unsigned i = 0; k && i < PROGRAMS; i++)
		if (k->links[i] >= 0)
			close(k->links[i]);
	if (k)
		holders_free(k->holders);
	free(k);
}

int snapshot_open(const struct snapshot_kinds *k, bool is_everywhere, struct writer *w,
		  struct snapshot_reader **out, struct error *err)
{
	struct snapshot_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	r->kinds = k;
	r->is_everywhere = is_everywhere;
	r->writer = w;
	r->fd = -1;
	memcpy(r->minis, k->minis, sizeof(r->minis));
	*out = r;
	return 0;
}

void snapshot_close(struct snapshot_reader *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	netns_release(&r->spaces);
	free(r->told.skaddrs);
	free(r);
}

static int write_fact(const struct snapshot_reader *r, const char *name, const char *value,
		      struct error *err)
{
	return r->writer ? writer_fact(r->writer, name, value, err) : 0;
}

__attribute__((format(printf, 2, 3))) static void add_problem(struct snapshot_reader *r,
							      const char *fmt, ...)
{
	va_list args;

	if (r->problem_count == PROBLEMS_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(r->problems[r->problem_count++], PROBLEM_BYTES, fmt, args);
	va_end(args);
}

static int write_missing(struct snapshot_reader *r, const char *what, int number, struct error *err)
{
	char reason[200];

	snprintf(reason, sizeof(reason), "tcptape:sock_snapshot: %s: %s", what, strerror(number));
	return write_fact(r, "unavailable", reason, err);
}

/* Begin an iterator: 0 or an errno. */
static int begin(struct snapshot_reader *r, unsigned program)
{
	int link = r->kinds->links[program];

	if (link < 0)
		return -link;
	r->fd = bpf_iter_create(link);
	return r->fd < 0 ? errno : 0;
}

static int begin_owned(struct snapshot_reader *r, struct error *err)
{
	int failure = begin(r, OWNED);

	r->step = STEP_TABLES;
	if (!failure)
		return 0;
	if (r->kinds->holders)
		return write_fact(
			r, "fallback",
			"tcptape:sock_snapshot: owners by /proc, as they were at the start: "
			"the kernel can list open sockets since 5.11",
			err);
	add_problem(r,
		    "the owners of sockets that exist already are not known until they are seen "
		    "at work: the kernel refuses to list open files (%s)",
		    strerror(failure));
	return write_missing(r, programs[OWNED], failure, err);
}

/* There are more namespaces than are looked into. */
static int tell_cut(struct snapshot_reader *r, struct error *err)
{
	char fact[PROBLEM_BYTES];

	add_problem(r,
		    "only %zu network namespaces are looked into: sockets of others that no "
		    "process holds open are missing",
		    r->spaces.count);
	snprintf(fact, sizeof(fact),
		 "tcptape:sock_snapshot: only %zu network namespaces were looked into",
		 r->spaces.count);
	return write_fact(r, "unavailable", fact, err);
}

static int begin_tables(struct snapshot_reader *r, struct error *err)
{
	int link = r->kinds->links[TABLES];

	r->step = STEP_END;
	if (link < 0) {
		add_problem(r,
			    "sockets that no process holds open are missing among those that exist "
			    "already: the kernel refuses to list its TCP sockets (%s)",
			    strerror(-link));
		return write_missing(r, programs[TABLES], -link, err);
	}
	if (r->is_everywhere)
		TRY(netns_collect("", &r->spaces, err));
	if (r->spaces.is_cut)
		TRY(tell_cut(r, err));
	r->space_count = r->is_everywhere ? r->spaces.count : 1;
	r->step = STEP_SPACE;
	return 0;
}

/* Begin an iterator in the n-th namespace, the first of which is our own. 0 and *failure, an
 * errno; or ERR_KERNEL. */
static int begin_there(struct snapshot_reader *r, size_t n, int *failure, struct error *err)
{
	int back;

	*failure = n ? -netns_enter(&r->spaces.spaces[n]) : 0;
	if (*failure)
		return 0;
	*failure = begin(r, TABLES);
	back = n ? netns_enter(&r->spaces.spaces[0]) : 0;
	if (!back)
		return 0;
	return error_set(err, ERR_KERNEL, "cannot return to the own network namespace: %s",
			 strerror(-back));
}

/* The tables of the next namespace. One that cannot be looked into becomes a fact. */
static int begin_space(struct snapshot_reader *r, struct error *err)
{
	size_t n = r->next_space++;
	char what[80];
	int failure;

	TRY(begin_there(r, n, &failure, err));
	if (!failure)
		return 0;
	r->closed_spaces++;
	r->closed_errno = failure;
	snprintf(what, sizeof(what), "%s: network namespace %llu", programs[TABLES],
		 n < r->spaces.count ? (unsigned long long)r->spaces.spaces[n].inode : 0);
	return write_missing(r, what, failure, err);
}

/* Fill the chunk; the iterator is closed at its end. */
static void read_chunk(struct snapshot_reader *r)
{
	ssize_t got;

	do
		got = read(r->fd, r->chunk, sizeof(r->chunk));
	while (got < 0 && (errno == EINTR || errno == EAGAIN));
	r->at = 0;
	r->count = got > 0 ? (size_t)got / sizeof(*r->chunk) : 0;
	if (r->count)
		return;
	close(r->fd);
	r->fd = -1;
}

/* The owner of a row that an iterator over tables has made. */
static void set_holder(const struct holders *h, struct wire_existing *row)
{
	const struct holder *found = row->head.flags & WIRE_HAS_INODE ? holders_find(h, row->inode)
								      : NULL;

	if (!found)
		return;
	row->head.flags |= WIRE_HAS_OWNER;
	row->head.pid = found->pid;
	row->head.tid = found->pid;
	memcpy(row->head.comm, found->comm, WIRE_COMM);
	row->fd = found->fd;
}

static bool count_mini(struct snapshot_reader *r, const struct wire_existing *sock)
{
	for (unsigned i = 0; i < MINI_KINDS; i++)
		if (r->minis[i].is_known && sock->sock.state == r->minis[i].value) {
			r->minis[i].count++;
			r->minis[i].here++;
			return true;
		}
	return false;
}

static int write_count(struct snapshot_reader *r, const char *key, uint64_t count,
		       struct error *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
	return write_fact(r, key, text, err);
}

/* Of the namespace that was looked into last. */
static int write_minis_here(struct snapshot_reader *r, struct error *err)
{
	size_t n = r->next_space - 1;
	char key[64];

	for (unsigned i = 0; i < MINI_KINDS && r->next_space && n < r->spaces.count; i++) {
		uint64_t here = r->minis[i].here;

		r->minis[i].here = 0;
		snprintf(key, sizeof(key), "%s %llu", r->minis[i].fact,
			 (unsigned long long)r->spaces.spaces[n].inode);
		if (here)
			TRY(write_count(r, key, here, err));
	}
	return 0;
}

static int finish(struct snapshot_reader *r, struct error *err)
{
	for (unsigned i = 0; i < MINI_KINDS; i++)
		TRY(write_count(r, r->minis[i].fact, r->minis[i].count, err));
	if (r->closed_spaces)
		add_problem(r,
			    "%zu of %zu network namespaces cannot be looked into (%s): their "
			    "sockets that no process holds open are missing",
			    r->closed_spaces, r->space_count, strerror(r->closed_errno));
	return write_count(r, "network_namespaces", r->space_count - r->closed_spaces, err);
}

/* Begin what comes next, if it does; END after the last. */
static int begin_next(struct snapshot_reader *r, struct error *err)
{
	switch (r->step) {
	case STEP_OWNED:
		return begin_owned(r, err);
	case STEP_TABLES:
		return begin_tables(r, err);
	case STEP_SPACE:
		TRY(write_minis_here(r, err));
		if (r->next_space < r->space_count)
			return begin_space(r, err);
		r->step = STEP_END;
		return 0;
	default:
		TRY(finish(r, err));
		return END;
	}
}

int snapshot_next(struct snapshot_reader *r, const struct wire_existing **out, struct error *err)
{
	bool is_new = false;

	for (;;) {
		while (r->at < r->count) {
			struct wire_existing *row = &r->chunk[r->at++];

			if (count_mini(r, row))
				continue;
			if (!told_add(&r->told, row->sock.skaddr, &is_new))
				return error_nomem(err);
			if (!is_new)
				continue;
			if (r->kinds->holders)
				set_holder(r->kinds->holders, row);
			row->head.event = WIRE_SOCK_SNAPSHOT;
			*out = row;
			return 0;
		}
		if (r->has_read) {
			r->has_read = false;
			*out = NULL;
			return 0;
		}
		if (r->fd >= 0) {
			read_chunk(r);
			r->has_read = true;
		} else {
			TRY(begin_next(r, err));
		}
	}
}

bool snapshot_listener(const struct wire_existing *row, struct wire_listener *out)
{
	if (!(row->head.flags & WIRE_HAS_BACKLOG))
		return false;
	*out = (struct wire_listener){
		.head = row->head,
		.sock = row->sock,
		.queues = row->queues,
		.addrs6 = row->addrs6,
	};
	out->head.event = WIRE_LISTENER;
	return true;
}

const char *snapshot_problem(const struct snapshot_reader *r, size_t index)
{
	return index < r->problem_count ? r->problems[index] : NULL;
}

int snapshot_select(const struct snapshot_kinds *k, struct error *err)
{
	const struct wire_existing *row;
	struct snapshot_reader *r = NULL;
	int rc;

	if (k->is_open)
		return 0;
	TRY(snapshot_open(k, true, NULL, &r, err));
	do
		rc = snapshot_next(r, &row, err);
	while (rc == 0);
	snapshot_close(r);
	return rc == END ? 0 : rc;
}

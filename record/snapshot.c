/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* snapshot.c -- two BPF iterators, read one after the other. */
#include "record/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "record/attach.h"
#include "record/host.h"

#include "bpf/snapshot.skel.h"

enum { CHUNK = 128, FIRST_SET = 1024 };

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
	uint64_t count;
};

enum { MINI_KINDS = 2, PROGRAMS = 2 };

struct snapshot_kinds {
	int links[PROGRAMS]; /* owned; a negative errno = refused */
	struct mini_sockets minis[MINI_KINDS];
};

struct snapshot_reader {
	const struct snapshot_kinds *kinds;
	struct writer *writer;
	struct told told;
	struct mini_sockets minis[MINI_KINDS];
	size_t next_program;
	int fd; /* of the iterator at hand; -1 = none */
	size_t at, count;
	struct wire_existing chunk[CHUNK];
};

static const char *const programs[PROGRAMS] = {"owned_socks", "existing_socks"};

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

static struct snapshot *open_program(const struct btf_enums *btf, const struct record_options *opt,
				     const char *only)
{
	struct snapshot *skel = snapshot__open();
	struct bpf_program *p;

	if (!skel)
		return NULL;
	skel->rodata->has_cookie_helper = attach_has_cookie_helper(btf);
	skel->rodata->jiffy_us = host_jiffy_us();
	skel->rodata->has_port_filter = opt->port_count != 0;
	attach_set_ports((uint8_t *)skel->rodata->port_bits, opt);
	bpf_object__for_each_program(p, skel->obj)
		bpf_program__set_autoload(p, strcmp(bpf_program__name(p), only) == 0);
	return skel;
}

/* A descriptor that iterators are made from, or a negative errno. It keeps the program alive. */
static int link_program(struct snapshot *skel, const char *program)
{
	struct bpf_link *link;
	int fd = snapshot__load(skel);

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

int snapshot_load(const struct btf_enums *btf, const struct record_options *opt,
		  struct snapshot_kinds **out, struct error *err)
{
	struct snapshot_kinds *k = calloc(1, sizeof(*k));

	if (!k)
		return error_nomem(err);
	find_minis(k, btf);
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct snapshot *skel = open_program(btf, opt, programs[i]);

		k->links[i] = skel ? link_program(skel, programs[i]) : -ENOMEM;
		snapshot__destroy(skel);
	}
	*out = k;
	return 0;
}

void snapshot_unload(struct snapshot_kinds *k)
{
	for (unsigned i = 0; k && i < PROGRAMS; i++)
		if (k->links[i] >= 0)
			close(k->links[i]);
	free(k);
}

int snapshot_open(const struct snapshot_kinds *k, struct writer *w, struct snapshot_reader **out,
		  struct error *err)
{
	struct snapshot_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	r->kinds = k;
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
	free(r->told.skaddrs);
	free(r);
}

/* Begin the next iterator. One that the kernel refuses becomes a fact. */
static int begin_next(struct snapshot_reader *r, struct error *err)
{
	const char *program = programs[r->next_program];
	int link = r->kinds->links[r->next_program++];
	char reason[200];
	int failure;

	r->fd = link < 0 ? -1 : bpf_iter_create(link);
	if (r->fd >= 0)
		return 0;
	failure = link < 0 ? -link : errno;
	snprintf(reason, sizeof(reason), "tcptape:sock_snapshot: %s: %s", program,
		 strerror(failure));
	return writer_fact(r->writer, "unavailable", reason, err);
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

static bool count_mini(struct snapshot_reader *r, const struct wire_existing *sock)
{
	for (unsigned i = 0; i < MINI_KINDS; i++)
		if (r->minis[i].is_known && sock->sock.state == r->minis[i].value) {
			r->minis[i].count++;
			return true;
		}
	return false;
}

static int write_minis(struct snapshot_reader *r, struct error *err)
{
	char count[24];

	for (unsigned i = 0; i < MINI_KINDS; i++) {
		snprintf(count, sizeof(count), "%llu", (unsigned long long)r->minis[i].count);
		TRY(writer_fact(r->writer, r->minis[i].fact, count, err));
	}
	return END;
}

int snapshot_next(struct snapshot_reader *r, const struct wire_existing **out, struct error *err)
{
	bool is_new = false;

	for (;;) {
		while (r->at < r->count) {
			*out = &r->chunk[r->at++];
			if (count_mini(r, *out))
				continue;
			if (!told_add(&r->told, (*out)->sock.skaddr, &is_new))
				return error_nomem(err);
			if (is_new)
				return 0;
		}
		if (r->fd >= 0)
			read_chunk(r);
		else if (r->next_program == PROGRAMS)
			return write_minis(r, err);
		else
			TRY(begin_next(r, err));
	}
}

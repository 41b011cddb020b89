/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* snapshot.c -- BPF iterators over sockets and over open files, brought together. */
#include "record/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"
#include "record/attach.h"

#include "bpf/snapshot.skel.h"

/* Records of one iterator. */
struct found {
	struct wire_existing *records; /* owned */
	size_t count, cap;
};

static struct snapshot *open_program(const struct snapshot_tools *t, const char *only)
{
	struct snapshot *skel = snapshot__open();
	struct bpf_program *p;

	if (!skel)
		return NULL;
	skel->rodata->has_cookie_helper = attach_has_cookie_helper(t->btf);
	skel->rodata->has_port_filter = t->options->port_count != 0;
	attach_set_ports((uint8_t *)skel->rodata->port_bits, t->options);
	bpf_object__for_each_program(p, skel->obj)
		bpf_program__set_autoload(p, strcmp(bpf_program__name(p), only) == 0);
	return skel;
}

/* Read all that the iterator tells. 0, or a negative errno. */
static int read_iterator(int fd, struct found *out)
{
	for (;;) {
		void *records = out->records;
		ssize_t got;

		if (!array_grow(&records, &out->cap, out->count + 256, sizeof(*out->records)))
			return -ENOMEM;
		out->records = records;
		got = read(fd, out->records + out->count,
			   (out->cap - out->count) * sizeof(*out->records));
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		out->count += (size_t)got / sizeof(*out->records);
	}
}

static int run_program(struct bpf_program *p, struct found *out)
{
	struct bpf_link *link = bpf_program__attach_iter(p, NULL);
	int fd, rc;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	rc = fd < 0 ? -errno : read_iterator(fd, out);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return rc;
}

/* Load and run one iterator. What it lacks becomes a fact. */
static int iterate(const struct snapshot_tools *t, const char *program, struct found *out,
		   struct error *err)
{
	struct snapshot *skel = open_program(t, program);
	char reason[200];
	int rc;

	if (!skel)
		return error_nomem(err);
	rc = snapshot__load(skel);
	if (!rc)
		rc = run_program(bpf_object__find_program_by_name(skel->obj, program), out);
	snapshot__destroy(skel);
	if (!rc)
		return 0;
	snprintf(reason, sizeof(reason), "tcptape:sock_snapshot: %s: %s", program, strerror(-rc));
	return writer_fact(t->writer, "unavailable", reason, err);
}

static int compare(const void *a, const void *b)
{
	const struct wire_existing *x = a, *y = b;

	if (x->sock.skaddr != y->sock.skaddr)
		return x->sock.skaddr < y->sock.skaddr ? -1 : 1;
	return (x->head.pid > y->head.pid) - (x->head.pid < y->head.pid);
}

/* By socket, and of several owners only the one with the lowest pid. */
static void sort_unique(struct found *f)
{
	size_t kept = 0;

	if (f->count)
		qsort(f->records, f->count, sizeof(*f->records), compare);
	for (size_t i = 0; i < f->count; i++)
		if (!i || f->records[i].sock.skaddr != f->records[kept - 1].sock.skaddr)
			f->records[kept++] = f->records[i];
	f->count = kept;
}

/* The same socket in a sorted list, or NULL. */
static const struct wire_existing *find(const struct found *f, uint64_t skaddr)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->records[mid].sock.skaddr < skaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < f->count && f->records[low].sock.skaddr == skaddr)
		return &f->records[low];
	return NULL;
}

static void take_owner(struct wire_existing *r, const struct wire_existing *owner)
{
	r->head.pid = owner->head.pid;
	r->head.tid = owner->head.tid;
	memcpy(r->head.comm, owner->head.comm, WIRE_COMM);
	r->head.flags |= WIRE_HAS_OWNER;
	r->fd = owner->fd;
}

static int write_all(const struct snapshot_tools *t, struct found *socks, const struct found *owned,
		     struct error *err)
{
	for (size_t i = 0; i < socks->count; i++) {
		struct wire_existing *r = &socks->records[i];
		const struct wire_existing *owner = find(owned, r->sock.skaddr);

		if (owner)
			take_owner(r, owner);
		TRY(translator_add_as(t->translator, t->recipe, r, err));
	}
	/* Those of other namespaces, and those that are not hashed. */
	for (size_t i = 0; i < owned->count; i++)
		if (!find(socks, owned->records[i].sock.skaddr))
			TRY(translator_add_as(t->translator, t->recipe, &owned->records[i], err));
	return 0;
}

int snapshot_take(const struct snapshot_tools *t, struct error *err)
{
	struct found socks = {0}, owned = {0};
	int rc = iterate(t, "existing_socks", &socks, err);

	if (!rc)
		rc = iterate(t, "owned_socks", &owned, err);
	sort_unique(&socks);
	sort_unique(&owned);
	if (!rc)
		rc = write_all(t, &socks, &owned, err);
	free(socks.records);
	free(owned.records);
	return rc;
}

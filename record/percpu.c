/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* percpu.c -- the reader's side of the lanes. */
#include "record/percpu.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "bpf/wire.h"

enum {
	LANE_MIN = 32 << 10,
	LANE_MAX = 2 << 20, /* a value has at most 4 MiB before 6.12; larger is not in any cache */
	RELEASE_SHARE = 16, /* room is given back in portions: each takes a cache line away */
	PAGE = 4096,
	AHEAD = 512, /* bytes, some records: they come from the cache of another CPU */
};

struct lane {
	struct wire_lane *shared;
	uint64_t pos;  /* of the next record */
	uint64_t next; /* of the one behind it */
	uint64_t head; /* what the program's head was last */
	uint64_t released;
};

struct percpu {
	void *mapped;
	size_t mapped_bytes;
	struct percpu_size size;
	bool is_shut;
	struct lane lane[]; /* size.count */
};

size_t percpu_value_bytes(size_t lane_bytes)
{
	size_t bytes = sizeof(struct wire_lane) + WIRE_LANE_DATA + lane_bytes + WIRE_FRAME_MAX;

	return (bytes + PAGE - 1) / PAGE * PAGE;
}

static bool can_have_lanes(void)
{
	struct utsname u;

	return uname(&u) == 0 && strcmp(u.machine, "x86_64") == 0 &&
	       !strstr(u.version, "PREEMPT_RT");
}

struct percpu_size percpu_size_of(size_t bytes, size_t cpus)
{
	struct percpu_size s = {.count = cpus, .bytes = LANE_MAX};

	while (s.bytes >= LANE_MIN && s.bytes > bytes / cpus)
		s.bytes /= 2;
	if (s.bytes < LANE_MIN || !can_have_lanes())
		s = (struct percpu_size){0};
	return s;
}

int percpu_open(int fd, struct percpu_size size, struct percpu **out, struct error *err)
{
	struct percpu *l = calloc(1, sizeof(*l) + size.count * sizeof(struct lane));
	size_t value = percpu_value_bytes(size.bytes);

	if (!l)
		return error_nomem(err);
	l->size = size;
	*out = l;
	if (!size.count)
		return 0;
	l->mapped_bytes = size.count * value;
	l->mapped = mmap(NULL, l->mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (l->mapped == MAP_FAILED) {
		free(l);
		*out = NULL;
		return error_set(err, ERR_KERNEL, "cannot map %zu buffers of %zu KiB (error %d)",
				 size.count, size.bytes >> 10, errno);
	}
	for (size_t i = 0; i < size.count; i++)
		l->lane[i].shared = (struct wire_lane *)((char *)l->mapped + i * value);
	return 0;
}

void percpu_close(struct percpu *l)
{
	if (!l)
		return;
	if (l->mapped)
		munmap(l->mapped, l->mapped_bytes);
	free(l);
}

size_t percpu_count(const struct percpu *l)
{
	return l->size.count;
}

static void release(struct lane *lane)
{
	if (lane->released == lane->pos)
		return;
	__atomic_store_n(&lane->shared->tail, lane->pos, __ATOMIC_RELEASE);
	lane->released = lane->pos;
}

/* Look at the head only when what it was last is used up. */
static bool has_more(struct lane *lane)
{
	if (lane->pos != lane->head)
		return true;
	lane->head = __atomic_load_n(&lane->shared->head, __ATOMIC_ACQUIRE);
	return lane->pos != lane->head;
}

const void *percpu_peek(struct percpu *l, size_t i, size_t *len)
{
	struct lane *lane = &l->lane[i];
	const struct wire_frame *f;

	if (!has_more(lane)) {
		if (!l->is_shut)
			release(lane);
		return NULL;
	}
	f = (const void *)&lane->shared->data[WIRE_LANE_DATA + (lane->pos & (l->size.bytes - 1))];
	__builtin_prefetch((const uint8_t *)f + AHEAD);
	__builtin_prefetch((const uint8_t *)f + AHEAD + 64);
	__builtin_prefetch((const uint8_t *)f + AHEAD + 128);
	*len = f->len;
	lane->next = lane->pos + ((sizeof(*f) + f->len + 7) & ~(uint64_t)7);
	return f + 1;
}

void percpu_shut(struct percpu *l)
{
	l->is_shut = true;
	for (size_t i = 0; i < l->size.count; i++) {
		struct lane *lane = &l->lane[i];

		lane->released = lane->pos - l->size.bytes;
		__atomic_store_n(&lane->shared->tail, lane->released, __ATOMIC_RELEASE);
	}
}

void percpu_open_again(struct percpu *l)
{
	l->is_shut = false;
	for (size_t i = 0; i < l->size.count; i++)
		release(&l->lane[i]);
}

void percpu_take(struct percpu *l, size_t i)
{
	struct lane *lane = &l->lane[i];

	lane->pos = lane->next;
	if (lane->pos - lane->released >= l->size.bytes / RELEASE_SHARE)
		release(lane);
}

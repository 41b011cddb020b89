/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check_memory.c -- RLIMIT_MEMLOCK, control groups, and the buffer itself. */
#include "record/check_memory.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "record/check_rights.h"

enum {
	CHARGED = 5 << 8 | 11,  /* BPF memory is no longer locked memory */
	OTHER_BYTES = 96 << 20, /* for what the recorder needs beside the buffer, generously */
};

static const uint64_t NO_LIMIT = (uint64_t)1 << 60;

void check_memlock(struct checkup *u, struct check *c)
{
	uint64_t ring = u->opt->buffer_bytes;
	struct rlimit r;

	if (check_kernel_version(u) >= CHARGED)
		check_ok(c, "of no importance: since Linux 5.11 BPF memory is not locked memory");
	else if (getrlimit(RLIMIT_MEMLOCK, &r) || r.rlim_max == RLIM_INFINITY ||
		 check_has_capability(u, CAP_SYS_RESOURCE))
		check_ok(c, "the recorder may lock as much memory as it needs");
	else if (r.rlim_cur < ring)
		check_fail(c, ERR_KERNEL, "ulimit -l unlimited, or a smaller --buffer",
			   "%llu KiB may be locked, but the buffer has %llu KiB",
			   (unsigned long long)r.rlim_cur >> 10, (unsigned long long)ring >> 10);
	else
		check_ok(c, "%llu KiB may be locked", (unsigned long long)r.rlim_cur >> 10);
}

/* The tightest limit from `group` up to the root of the hierarchy; NO_LIMIT if there is none. */
static uint64_t tightest(const struct checkup *u, const char *mount, char *group, const char *file)
{
	uint64_t least = NO_LIMIT;

	for (;;) {
		char path[1024], value[CHECK_VALUE], *slash;

		snprintf(path, sizeof(path), "%s%.600s/%s", mount, group, file);
		if (check_line(u, path, value) && value[0] >= '0' && value[0] <= '9') {
			uint64_t limit = strtoull(value, NULL, 10);

			least = limit < least ? limit : least;
		}
		slash = strrchr(group, '/');
		if (!slash)
			return least;
		*slash = '\0';
	}
}

static uint64_t cgroup_limit(const struct checkup *u)
{
	char path[4096], line[1024];
	uint64_t least = NO_LIMIT, limit;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", u->root);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		char *group = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (!group)
			continue;
		if (strncmp(line, "0::", 3) == 0)
			limit = tightest(u, "/sys/fs/cgroup", group, "memory.max");
		else if (strstr(line, ":memory:"))
			limit = tightest(u, "/sys/fs/cgroup/memory", group,
					 "memory.limit_in_bytes");
		else
			continue;
		least = limit < least ? limit : least;
	}
	if (f)
		fclose(f);
	return least;
}

/* 0 or a negative errno. */
static int try_ring(size_t bytes)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "tcptape_doctor", 0, 0, (uint32_t)bytes,
				NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

void check_buffer(struct checkup *u, struct check *c)
{
	size_t ring = u->opt->buffer_bytes;
	uint64_t limit = cgroup_limit(u);
	int rc = 0;

	u->is_short_of_memory = limit < ring + OTHER_BYTES;
	if (limit >= ring && check_is_real(u))
		rc = try_ring(ring);
	if (limit < ring)
		check_fail(c, ERR_KERNEL, "choose a smaller one with --buffer",
			   "%zu KiB, but the memory of this control group is limited to %llu KiB",
			   ring >> 10, (unsigned long long)limit >> 10);
	else if (rc == -EPERM)
		check_warn(c, "", "%zu KiB; cannot be tried without privileges", ring >> 10);
	else if (rc)
		check_fail(c, ERR_KERNEL, "choose a smaller one with --buffer",
			   "the kernel gives no memory for a buffer of %zu KiB: %s", ring >> 10,
			   strerror(-rc));
	else if (limit < ring + OTHER_BYTES)
		check_warn(c, "raise the limit, or choose a smaller --buffer",
			   "%zu KiB; the control group's limit of %llu KiB leaves little: the "
			   "recorder may be killed",
			   ring >> 10, (unsigned long long)limit >> 10);
	else
		check_ok(c, "%zu KiB of kernel memory", ring >> 10);
}

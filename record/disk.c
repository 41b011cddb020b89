/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* disk.c -- fstatvfs() and fstat(). */
#include "record/disk.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* What comes free must be more than this part of the minimum, or it would be used up at once. */
enum { SLACK_PART = 16 };

bool disk_look(int fd, const struct limits *l, struct disk_room *out)
{
	struct statvfs fs;

	if (fd < 0 || fstatvfs(fd, &fs) || fs.f_blocks == 0)
		return false;
	out->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	out->min_bytes = l->min_free_bytes;
	if (l->min_free_percent)
		out->min_bytes = (uint64_t)fs.f_blocks * fs.f_frsize / 100 * l->min_free_percent;
	return true;
}

bool disk_is_low(const struct disk_room *r)
{
	return r->free_bytes < r->min_bytes;
}

bool disk_is_well(const struct disk_room *r)
{
	return r->free_bytes >= r->min_bytes + r->min_bytes / SLACK_PART;
}

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

void disk_sentence(const struct disk_room *r, const char *path, char *out, size_t size)
{
	snprintf(out, size, "%.100s: %.1f MiB are free, --min-free-disk keeps %.1f MiB", path,
		 mib(r->free_bytes), mib(r->min_bytes));
}

bool disk_is_deleted(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0;
}

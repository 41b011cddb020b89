/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* places.c -- names become paths, paths become inode numbers. */
#include "record/places.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "record/span.h"

enum { PATH_BYTES = 400 };

/* Of the file system that namespaces lie in, or of cgroups. */
static bool is_on(const char *path, long magic)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == magic;
}

static bool inode_of(const char *path, uint64_t *id)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	*id = st.st_ino;
	return true;
}

int places_netns(const char *name, uint64_t *id, struct error *err)
{
	struct span s = span_of(name, strlen(name));
	char path[PATH_BYTES];
	uint32_t number;

	if (span_number(s, UINT32_MAX, &number) && number) {
		*id = number;
		return 0;
	}
	if (strcmp(name, "self") == 0)
		snprintf(path, sizeof(path), "/proc/self/ns/net");
	else if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (!inode_of(path, id))
		return error_set(err, ERR_USAGE,
				 "--netns '%.80s': there is no %.100s; give a name, a path, an "
				 "inode number, or self",
				 name, path);
	if (!is_on(path, NSFS_MAGIC))
		return error_set(err, ERR_USAGE, "--netns '%.80s': is no namespace", name);
	return 0;
}

int places_cgroup(const char *name, uint64_t *id, struct error *err)
{
	/* The second one where version 1 is mounted beside it. */
	static const char *const mounts[] = {"", "/sys/fs/cgroup/", "/sys/fs/cgroup/unified/"};
	bool is_there = false;
	char path[PATH_BYTES];

	for (unsigned i = name[0] != '/'; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", mounts[i], name);
		if (!inode_of(path, id))
			continue;
		is_there = true;
		if (is_on(path, CGROUP2_SUPER_MAGIC))
			return 0;
	}
	return error_set(err, ERR_USAGE,
			 is_there ? "--cgroup '%.200s': is no cgroup of version 2"
				  : "--cgroup '%.200s': there is none of this name below "
				    "/sys/fs/cgroup",
			 name);
}

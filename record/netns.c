/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* netns.c -- a descriptor each, found under /proc and /run. */
#include "record/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bytes.h"

enum { SPACES_MAX = 1000 };

static bool is_known(const struct netns_list *l, uint64_t inode)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->spaces[i].inode == inode)
			return true;
	return false;
}

/* Takes `fd` unless the namespace is known. */
static int add(struct netns_list *l, uint64_t inode, int fd, struct error *err)
{
	void *spaces = l->spaces;

	if (is_known(l, inode)) {
		close(fd);
		return 0;
	}
	if (!array_grow(&spaces, &l->cap, l->count + 1, sizeof(*l->spaces))) {
		close(fd);
		return error_nomem(err);
	}
	l->spaces = spaces;
	l->spaces[l->count++] = (struct netns){.inode = inode, .fd = fd};
	return 0;
}

/* What is gone, or may not be looked at, is left out. Most processes share few namespaces, so
 * look before opening. */
static int add_path(struct netns_list *l, const char *path, struct error *err)
{
	struct stat seen;
	int fd;

	if (stat(path, &seen) || is_known(l, seen.st_ino))
		return 0;
	if (l->count == SPACES_MAX) {
		l->is_cut = true;
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		l->is_cut |= errno == EMFILE || errno == ENFILE;
		return 0;
	}
	if (fstat(fd, &seen)) {
		close(fd);
		return 0;
	}
	return add(l, seen.st_ino, fd, err);
}

static int add_entries(struct netns_list *l, const char *folder, bool are_processes,
		       struct error *err)
{
	DIR *dir = opendir(folder);
	char path[PATH_MAX];
	struct dirent *entry;
	int rc = 0;

	while (!rc && dir && (entry = readdir(dir))) {
		bool is_process = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';

		if (are_processes ? !is_process : entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%.3000s/%.255s%s", folder, entry->d_name,
			 are_processes ? "/ns/net" : "");
		rc = add_path(l, path, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

int netns_collect(const char *root, struct netns_list *out, struct error *err)
{
	static const char *const folders[] = {"/proc", "/run/netns", "/run/docker/netns"};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/self/ns/net", root);
	TRY(add_path(out, path, err));
	if (out->count == 0)
		return error_set(err, ERR_KERNEL, "%.100s: %s", path, strerror(errno));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		TRY(add_entries(out, path, i == 0, err));
	}
	return 0;
}

void netns_release(struct netns_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		close(l->spaces[i].fd);
	free(l->spaces);
	*l = (struct netns_list){0};
}

/* A name in /run/netns may be that of any file: the kernel refuses what is no namespace of its. */
int netns_enter(const struct netns *n)
{
	return setns(n->fd, CLONE_NEWNET) ? -errno : 0;
}

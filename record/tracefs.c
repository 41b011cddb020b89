/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* tracefs.c -- lists <tracefs>/events and reads its format and id files. */
#include "record/tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bytes.h"

#define TRACEFS_ROOT "/sys/kernel/tracing"
#define DEBUGFS_ROOT "/sys/kernel/debug/tracing"

enum {
	MAX_PART = 128, /* letters of a group or an event name */
	MAX_TEXT = 512 /* "group:name", "group/name/file" */,
	READ_STEP = 4096,
};

struct tracefs {
	int events_fd;
};

/* A name that can only be an entry of the directory it is looked up in. */
static bool is_plain(const char *part)
{
	size_t len = strlen(part);

	return len > 0 && len < MAX_PART && part[0] != '.' && !strchr(part, '/') &&
	       !strchr(part, ':');
}

int tracefs_open_at(const char *root, struct tracefs **out, struct error *err)
{
	int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct tracefs *t;
	int events_fd;

	if (root_fd < 0)
		return error_set(err, ERR_KERNEL, "cannot open %s: %s", root, strerror(errno));
	events_fd = openat(root_fd, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (events_fd < 0)
		error_set(err, ERR_KERNEL, "cannot open %s/events: %s", root, strerror(errno));
	close(root_fd);
	if (events_fd < 0)
		return ERR_KERNEL;
	t = calloc(1, sizeof(*t));
	if (!t) {
		close(events_fd);
		return error_nomem(err);
	}
	t->events_fd = events_fd;
	*out = t;
	return OK;
}

/* `failure` is why mounting failed. */
static int explain_absence(int failure, struct error *err)
{
	struct stat st;

	if (geteuid() != 0)
		return error_set(err, ERR_KERNEL,
				 "cannot read the tracepoints under " TRACEFS_ROOT
				 ": run with sudo, or add CAP_DAC_READ_SEARCH, or remount it with "
				 "gid= and mode=750");
	if (stat(TRACEFS_ROOT, &st) != 0)
		return error_set(err, ERR_KERNEL,
				 "there is no " TRACEFS_ROOT
				 ": the kernel was built without tracing (CONFIG_FTRACE)");
	return error_set(err, ERR_KERNEL,
			 "tracefs is not mounted (%s): run 'mount -t tracefs tracefs " TRACEFS_ROOT
			 "' on the host",
			 strerror(failure));
}

int tracefs_open(struct tracefs **out, struct error *err)
{
	const char *const roots[] = {TRACEFS_ROOT, DEBUGFS_ROOT};
	int rc;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		rc = tracefs_open_at(roots[i], out, err);
		if (rc != ERR_KERNEL)
			return rc;
	}
	if (geteuid() != 0 || mount("tracefs", TRACEFS_ROOT, "tracefs", 0, NULL) != 0)
		return explain_absence(errno, err);
	return tracefs_open_at(TRACEFS_ROOT, out, err);
}

void tracefs_close(struct tracefs *t)
{
	if (!t)
		return;
	close(t->events_fd);
	free(t);
}

/* A new stream over the directory `name` in `dir_fd`; NULL if it is none. */
static DIR *open_dir(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

static int list_group(int events_fd, const char *group, struct name_list *out, struct error *err)
{
	DIR *dir = open_dir(events_fd, group);
	struct dirent *entry;
	int rc = OK;

	if (!dir)
		return OK; /* a file such as header_page */
	while (rc == OK && (entry = readdir(dir))) {
		char path[MAX_TEXT], name[MAX_TEXT];

		if (!is_plain(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/format", entry->d_name);
		if (faccessat(dirfd(dir), path, F_OK, 0) != 0)
			continue;
		snprintf(name, sizeof(name), "%s:%s", group, entry->d_name);
		rc = name_list_add(out, name, err);
	}
	closedir(dir);
	return rc;
}

int tracefs_list(const struct tracefs *t, struct name_list *out, struct error *err)
{
	DIR *dir = open_dir(t->events_fd, ".");
	struct dirent *entry;
	int rc = OK;

	if (!dir)
		return error_sys(err, errno, "cannot list the kernel's events");
	while (rc == OK && (entry = readdir(dir)))
		if (is_plain(entry->d_name))
			rc = list_group(t->events_fd, entry->d_name, out, err);
	closedir(dir);
	name_list_sort(out);
	return rc;
}

static int open_file(const struct tracefs *t, const char *group, const char *name, const char *file,
		     int *fd, struct error *err)
{
	char path[MAX_TEXT];

	if (!is_plain(group) || !is_plain(name))
		return error_set(err, ERR_USAGE, "'%.64s:%.64s' is not the name of an event", group,
				 name);
	snprintf(path, sizeof(path), "%s/%s/%s", group, name, file);
	*fd = openat(t->events_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd >= 0)
		return OK;
	if (errno == ENOENT || errno == ENOTDIR)
		return error_set(err, ERR_USAGE, "this kernel has no event '%s:%s'", group, name);
	return error_sys(err, errno, "cannot read %s of event '%s:%s'", file, group, name);
}

/* Sizes of tracefs files are not known beforehand. The text in *b gets a NUL. */
static int read_all(int fd, struct buf *b, struct error *err)
{
	for (;;) {
		ssize_t got;

		if (!buf_reserve(b, READ_STEP + 1))
			return error_nomem(err);
		got = read(fd, b->data + b->len, READ_STEP);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_sys(err, errno, "cannot read an event's description");
		b->data[b->len + (size_t)got] = '\0';
		if (got == 0)
			return OK;
		b->len += (size_t)got;
		if (b->len > TRACEFS_MAX_FORMAT)
			return error_set(err, ERR_CORRUPT,
					 "an event's description is over %d bytes",
					 TRACEFS_MAX_FORMAT);
	}
}

static int read_file(const struct tracefs *t, const char *group, const char *name, const char *file,
		     char **text, struct error *err)
{
	struct buf b = {0};
	int fd, rc;

	TRY(open_file(t, group, name, file, &fd, err));
	rc = read_all(fd, &b, err);
	close(fd);
	if (rc == OK)
		*text = (char *)b.data;
	else
		buf_release(&b);
	return rc;
}

int tracefs_format(const struct tracefs *t, const char *group, const char *name, char **text,
		   struct error *err)
{
	return read_file(t, group, name, "format", text, err);
}

int tracefs_event_id(const struct tracefs *t, const char *group, const char *name, uint32_t *id,
		     struct error *err)
{
	unsigned long value;
	char *text, *end;
	bool is_number;

	TRY(read_file(t, group, name, "id", &text, err));
	errno = 0;
	value = strtoul(text, &end, 10);
	is_number = end != text && (*end == '\n' || *end == '\0') && errno == 0 &&
		    value <= UINT32_MAX;
	free(text);
	if (!is_number)
		return error_set(err, ERR_CORRUPT, "event '%s:%s' has no usable id", group, name);
	*id = (uint32_t)value;
	return OK;
}

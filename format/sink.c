/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sink.c -- whole blocks to a file, a pipe or memory (docs/FORMAT.md section 11). */
#include "format/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bytes.h"

struct sink {
	char *name;
	int fd;         /* -1 for memory */
	bool is_file;   /* can be cut back */
	bool is_broken; /* a write failed and left something: nothing is written any more */
	uint64_t good;  /* bytes that are whole blocks */
	struct buf memory;
	char held[192]; /* why nothing is written; "" = it is */
};

static struct sink *sink_new(const char *name)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	s->name = strdup(name);
	if (!s->name) {
		free(s);
		return NULL;
	}
	return s;
}

static int open_stdout(struct sink *s, struct error *err)
{
	if (isatty(STDOUT_FILENO))
		return error_set(err, ERR_USAGE,
				 "standard output is a terminal: redirect it to a file or a pipe");
	s->fd = dup(STDOUT_FILENO);
	if (s->fd < 0)
		return error_sys(err, errno, "cannot use standard output");
	return 0;
}

/* Why it could not be opened. */
static int refuse(const char *path, int errnum, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return error_set(err, ERR_USAGE, "%s is a directory: name a file", path);
	if (errnum == EEXIST)
		return error_set(err, ERR_USAGE, "%s exists: choose another name or use --force",
				 path);
	return error_sys(err, errnum, "cannot create %s", path);
}

static int open_file(struct sink *s, const char *path, bool force, struct error *err)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
	struct stat st;

	s->fd = open(path, flags, 0600);
	if (s->fd < 0)
		return refuse(path, errno, err);
	if (fstat(s->fd, &st) < 0)
		return error_sys(err, errno, "cannot create %s", path);
	s->is_file = S_ISREG(st.st_mode);
	return 0;
}

int sink_open(const char *path, bool force, struct sink **out, struct error *err)
{
	bool is_stdout = strcmp(path, "-") == 0;
	struct sink *s = sink_new(is_stdout ? "standard output" : path);
	int rc;

	if (!s)
		return error_nomem(err);
	rc = is_stdout ? open_stdout(s, err) : open_file(s, path, force, err);
	if (rc) {
		sink_close(s, NULL);
		return rc;
	}
	*out = s;
	return 0;
}

int sink_open_fd(int fd, const char *name, struct sink **out, struct error *err)
{
	struct sink *s = sink_new(name);
	struct stat st;

	if (!s) {
		close(fd);
		return error_nomem(err);
	}
	s->fd = fd;
	s->is_file = !fstat(fd, &st) && S_ISREG(st.st_mode);
	*out = s;
	return 0;
}

int sink_open_memory(struct sink **out, struct error *err)
{
	struct sink *s = sink_new("memory");

	if (!s)
		return error_nomem(err);
	*out = s;
	return 0;
}

const uint8_t *sink_memory(const struct sink *s, size_t *len)
{
	if (s->fd >= 0)
		return NULL;
	*len = s->memory.len;
	return s->memory.data;
}

static int write_all(struct sink *s, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(s->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* After a failed write: no torn block may stay behind. A file system that has become read-only
 * cannot cut, and need not if nothing was written. */
static void cut_back(struct sink *s)
{
	if (s->is_file && lseek(s->fd, 0, SEEK_CUR) == (off_t)s->good)
		return;
	s->is_broken = !s->is_file || ftruncate(s->fd, (off_t)s->good) < 0 ||
		       lseek(s->fd, (off_t)s->good, SEEK_SET) < 0;
}

int sink_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	int sys_errno;

	if (s->is_broken)
		return error_set(err, ERR_IO, "%s: not written any more after an earlier failure",
				 s->name);
	if (s->held[0])
		return error_set(err, ERR_IO, "%s", s->held);
	if (s->fd < 0) {
		put_bytes(&s->memory, data, len);
		if (s->memory.is_failed)
			return error_nomem(err);
		s->good += len;
		return 0;
	}
	sys_errno = write_all(s, data, len);
	if (sys_errno) {
		cut_back(s);
		return error_sys(err, sys_errno, "cannot write %s (%llu whole bytes are kept)",
				 s->name, (unsigned long long)s->good);
	}
	s->good += len;
	return 0;
}

bool sink_can_go_on(const struct sink *s)
{
	return !s->is_broken;
}

void sink_hold(struct sink *s, const char *reason)
{
	s->held[0] = '\0';
	if (reason)
		snprintf(s->held, sizeof(s->held), "%s", reason);
}

int sink_fd(const struct sink *s)
{
	return s->fd;
}

uint64_t sink_bytes(const struct sink *s)
{
	return s->good;
}

int sink_close(struct sink *s, struct error *err)
{
	int rc = 0;

	if (!s)
		return 0;
	if (s->fd >= 0 && close(s->fd) < 0 && errno != EINTR)
		rc = error_sys(err, errno, "cannot write %s", s->name);
	buf_release(&s->memory);
	free(s->name);
	free(s);
	return rc;
}

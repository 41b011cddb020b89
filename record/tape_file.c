/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tape_file.c -- a new file is created with O_EXCL, which follows no link. An existing one is held
 * by an O_PATH descriptor while it is looked at, and what was looked at is what is opened.
 */
#include "record/tape_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "record/caller.h"

static int create(const char *path, const struct caller *o)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = -1, failure;

	if (caller_become(o)) {
		fd = open(path, flags, 0600);
		failure = errno;
		caller_return(o);
		if (fd >= 0 || !o->is_known || (failure != EACCES && failure != EPERM)) {
			errno = failure;
			return fd;
		}
	}
	return open(path, flags, 0600);
}

static int refuse_directory(const char *path, struct error *err)
{
	return error_set(err, ERR_USAGE, "%s is a directory: name a file", path);
}

static int refuse_file(const char *path, const struct stat *st, struct error *err)
{
	const struct caller o = caller_find();

	if (S_ISDIR(st->st_mode))
		return refuse_directory(path, err);
	if (S_ISLNK(st->st_mode))
		return error_set(
			err, ERR_USAGE,
			"%s is a symbolic link, which is not followed: name the file itself, "
			"or - for standard output",
			path);
	if (!caller_may_own(&o, st->st_uid))
		return error_set(
			err, ERR_USAGE,
			"%s belongs to another user (uid %u): choose another name, or delete "
			"it first",
			path, (unsigned)st->st_uid);
	if (S_ISREG(st->st_mode) && st->st_nlink > 1)
		return error_set(
			err, ERR_USAGE,
			"%s has %u names (hard links): choose another name, or delete it first",
			path, (unsigned)st->st_nlink);
	return OK;
}

/* Hold the file without opening it: a FIFO does not block, a device does not notice. */
static int hold(const char *path, int *fd, struct error *err)
{
	struct stat st;
	int rc;

	*fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st)) {
		rc = error_sys(err, errno, "cannot create %s", path);
		if (*fd >= 0)
			close(*fd);
		return rc;
	}
	rc = refuse_file(path, &st, err);
	if (rc)
		close(*fd);
	return rc;
}

int tape_file_check(const char *path, struct error *err)
{
	int fd;

	TRY(hold(path, &fd, err));
	close(fd);
	return OK;
}

/* For writing. A FIFO's reader may come a moment later, but is not waited for any longer: no signal
 * would end that. Negative with errno, ENXIO where there is none. */
static int open_held(int held)
{
	static const struct timespec moment = {.tv_nsec = 100000000};
	enum { MOMENTS = 20 };
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
	for (unsigned i = 0; i < MOMENTS; i++) {
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd >= 0 || errno != ENXIO)
			break;
		nanosleep(&moment, NULL);
	}
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

static int refuse_open(int held, const char *path, int sys_errno, struct error *err)
{
	struct stat st;

	if (sys_errno == ENXIO && fstat(held, &st) == 0 && S_ISFIFO(st.st_mode))
		return error_set(err, ERR_USAGE,
				 "%s is a pipe that nobody reads: start its reader first", path);
	return error_sys(err, sys_errno, "cannot create %s", path);
}

static int overwrite(const char *path, int *out, struct error *err)
{
	int held, fd, rc = OK;

	TRY(hold(path, &held, err));
	fd = open_held(held);
	if (fd < 0)
		rc = refuse_open(held, path, errno, err);
	else
		*out = fd;
	close(held);
	return rc;
}

static int refuse_existing(const char *path, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return refuse_directory(path, err);
	return error_set(err, ERR_USAGE, "%s exists: choose another name or use --force", path);
}

int tape_file_open(const char *path, bool force, int *out, struct error *err)
{
	const struct caller o = caller_find();
	int fd = create(path, &o);

	if (fd < 0 && errno == EEXIST && force)
		return overwrite(path, out, err);
	if (fd < 0 && errno == EEXIST)
		return refuse_existing(path, err);
	if (fd < 0)
		return error_sys(err, errno, "cannot create %s", path);
	*out = fd;
	return OK;
}

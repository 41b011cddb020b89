/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check_output.c -- whether the tape could be created, and grow. */
#include "record/check_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "record/child.h"
#include "record/rotation.h"
#include "record/tape_file.h"

enum { BLOCK = 4096, LITTLE_SPACE = 64 << 20 };

void check_command(struct checkup *u, struct check *c)
{
	struct child *child = NULL;
	struct error err = {0};
	int rc;

	if (!u->opt->command)
		return;
	rc = child_start(u->opt->command, &child, &err); /* held back, and ended */
	child_free(child);
	if (rc)
		check_fail(c, (enum status)rc, "", "%s", err.text);
	else
		check_ok(c, "'%.100s' can be run", u->opt->command[0]);
}

static bool is_stdout(const struct checkup *u)
{
	return strcmp(u->opt->output, "-") == 0;
}

static void directory_of(const char *path, char dir[4096])
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(dir, 4096, ".");
	else
		snprintf(dir, 4096, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* 0 or errno. A file without a name proves more than permissions do. */
static int try_directory(const char *path)
{
	char dir[4096];
	struct stat st;
	int fd;

	directory_of(path, dir);
	if (stat(dir, &st))
		return errno;
	fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return errno;
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS))
		return errno;
	/* proc and the like have no blocks, and nobody creates files there. */
	{
		struct statvfs fs;

		return statvfs(dir, &fs) == 0 && fs.f_blocks == 0 ? EACCES : 0;
	}
}

static void check_file(struct checkup *u, const char *path, struct check *c)
{
	struct error err = {0};
	struct stat st;
	int failure = 0;

	if (lstat(path, &st)) {
		failure = errno == ENOENT ? try_directory(path) : errno;
	} else if (!u->opt->is_forced && !S_ISDIR(st.st_mode)) {
		check_fail(c, ERR_USAGE, "choose another name or use --force", "%.200s exists",
			   path);
		return;
	} else if (tape_file_check(path, &err) && err.status != ERR_USAGE) {
		failure = err.sys_errno;
	} else if (err.status) {
		check_fail(c, ERR_USAGE, "choose another name", "%s", err.text);
		return;
	} else if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS)) {
		failure = errno;
	}
	if (failure && failure != ENOSPC) /* which is said of the disk */
		check_fail(c, ERR_IO, "choose another file with -o", "cannot create %.200s: %s",
			   path, strerror(failure));
	else
		check_ok(c, "%.200s can be written", path);
}

/* The file, or the first of a tape in pieces. */
void check_output(struct checkup *u, struct check *c)
{
	struct rotation *r = NULL;
	struct error err = {0};

	if (is_stdout(u))
		check_ok(c, "standard output, which then has to be a file or a pipe");
	else if (rotation_new(u->opt->output, &u->opt->limits, &r, &err))
		check_fail(c, ERR_NOMEM, "", "%s", err.text);
	else if (!u->opt->is_forced && rotation_check(r, &err))
		check_fail(c, ERR_USAGE, "choose another name or use --force", "%s", err.text);
	else
		check_file(u, rotation_path(r), c);
	rotation_free(r);
}

/* 0, or why not even one block can be had: no space, a quota. */
static int try_block(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	int failure;

	if (fd < 0)
		return errno == ENOSPC || errno == EDQUOT ? errno : 0;
	failure = posix_fallocate(fd, 0, BLOCK);
	close(fd);
	return failure == ENOSPC || failure == EDQUOT ? failure : 0;
}

static unsigned long long min_free(const struct checkup *u, const struct statvfs *fs)
{
	const struct limits *l = &u->opt->limits;

	if (!l->min_free_percent)
		return l->min_free_bytes;
	return (unsigned long long)fs->f_blocks * fs->f_frsize / 100 * l->min_free_percent;
}

void check_disk(struct checkup *u, struct check *c)
{
	struct rlimit size = {.rlim_cur = RLIM_INFINITY};
	unsigned long long free_bytes;
	struct statvfs fs;
	char dir[4096];
	int failure = 0;

	directory_of(u->opt->output, dir);
	if (is_stdout(u) || statvfs(dir, &fs))
		return;
	getrlimit(RLIMIT_FSIZE, &size);
	if (size.rlim_cur >= BLOCK)
		failure = try_block(dir);
	free_bytes = (unsigned long long)fs.f_bavail * fs.f_frsize;
	if (failure || (fs.f_blocks && fs.f_bfree == 0))
		check_fail(c, ERR_IO, "make room, or choose another place with -o",
			   "there is no space in %.150s: %s", dir,
			   strerror(failure ? failure : ENOSPC));
	else if (free_bytes < min_free(u, &fs))
		check_fail(c, ERR_IO, "make room, or choose another place with -o",
			   "%llu KiB are free in %.150s, --min-free-disk keeps %llu KiB",
			   free_bytes >> 10, dir, min_free(u, &fs) >> 10);
	else if (size.rlim_cur != RLIM_INFINITY)
		check_warn(c, "ulimit -f unlimited",
			   "no file may grow beyond %llu KiB, and what comes after that is lost",
			   (unsigned long long)size.rlim_cur >> 10);
	else if (free_bytes < LITTLE_SPACE)
		check_warn(c, "make room, or choose another place with -o",
			   "only %llu KiB are free in %.150s", free_bytes >> 10, dir);
	else
		check_ok(c, "%llu MiB are free in %.150s", free_bytes >> 20, dir);
}

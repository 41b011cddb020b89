/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* cmd_record.c -- finds and becomes tcptape-record. */
#include "analyze/cmd_record.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static const char recorder[] = "tcptape-record";

/* Put the recorder beside the program at `self` into path. */
static bool beside(const char *self, char path[PATH_BYTES])
{
	const char *slash = strrchr(self, '/');
	size_t dir = slash ? (size_t)(slash - self) + 1 : 0;

	if (!slash || dir + sizeof(recorder) > PATH_BYTES)
		return false;
	memcpy(path, self, dir);
	memcpy(path + dir, recorder, sizeof(recorder));
	return true;
}

/* Where this program lies: systems tell in different places, or argv[0] does. */
static bool find_self(const char *argv0, char self[PATH_BYTES])
{
	static const char *const links[] = {"/proc/self/exe", "/proc/curproc/file"};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		ssize_t len = readlink(links[i], self, PATH_BYTES - 1);

		if (len > 0) {
			self[len] = 0;
			return true;
		}
	}
	if (!strchr(argv0, '/') || strlen(argv0) >= PATH_BYTES)
		return false;
	memcpy(self, argv0, strlen(argv0) + 1);
	return true;
}

int cmd_record(const char *self_name, char **argv, struct error *err)
{
	char self[PATH_BYTES], path[PATH_BYTES];
	char name[] = "tcptape-record";

	argv[0] = name;
	signal(SIGPIPE, SIG_DFL);
	/* execv() returns only on failure; a recorder that is not there is looked for
	 * further on, one that cannot be run is an error. */
	if (find_self(self_name, self) && beside(self, path)) {
		execv(path, argv);
		if (errno != ENOENT)
			return error_sys(err, errno, "cannot run %.200s", path);
	}
	execvp(recorder, argv);
	if (errno != ENOENT)
		return error_sys(err, errno, "cannot run %s", recorder);
	return error_set(
		err, ERR_IO,
		"tcptape-record is neither beside tcptape nor on PATH; it records on Linux "
		"only");
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tape_file.h -- creates the file that a tape is written to, as one does who may be root in a
 * directory where others plant links.
 */
#ifndef RECORD_TAPE_FILE_H
#define RECORD_TAPE_FILE_H

#include <stdbool.h>

#include "format/error.h"

/* Create `path` with mode 0600; with the rights and in the name of the user who called sudo where
 * that is enough. An existing file is an ERR_USAGE, or with `force` emptied if
 * tape_file_check() finds nothing against it; its owner and mode stay. 0 and *fd, ERR_USAGE, ERR_IO. */
int tape_file_open(const char *path, bool force, int *fd, struct error *err);
/* Whether the existing `path` may be overwritten: not a symbolic link, not a hard link to
 * something that has another name, not another user's. 0, ERR_USAGE, or ERR_IO with sys_errno. */
int tape_file_check(const char *path, struct error *err);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * confine.h -- once everything is attached and open, the recorder gives up what it does not need:
 * capabilities, new privileges by exec, being traced or dumped, most system calls. A command that
 * was started before keeps everything.
 */
#ifndef RECORD_CONFINE_H
#define RECORD_CONFINE_H

#include "format/error.h"

struct confine_needs {
	const char
		*beside; /* files are created and deleted in this file's directory; NULL = none */
	int bpf_fd;      /* any BPF object: what may be asked of it must go on */
};

/* For good. The capabilities that are kept, where the kernel asks for them:
 *	CAP_BPF           before 5.19, with kernel.unprivileged_bpf_disabled, to read counters
 *	CAP_SYS_NICE      to hurry, if RLIMIT_RTPRIO cannot be raised
 *	CAP_DAC_OVERRIDE  for pieces in a directory that is another user's
 * With `beside` in a directory of the user who called sudo, the process becomes that user's.
 * 0, or ERR_KERNEL, ERR_UNSUPPORTED: something was not given up, everything still works. */
int confine(const struct confine_needs *needs, struct error *err);

#endif

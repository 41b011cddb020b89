/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* confine.c -- ids, then capabilities by trial, then the filter, which would forbid the rest. */
#include "record/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "record/caller.h"
#include "record/syscall_filter.h"

/* Leak checkers need more system calls than any list foresees. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

static uint64_t bit(unsigned cap)
{
	return (uint64_t)1 << cap;
}

static uint64_t permitted(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static bool set_caps(uint64_t permitted_caps, uint64_t effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.permitted = (uint32_t)permitted_caps,
						  .effective = (uint32_t)effective},
						 {.permitted = (uint32_t)(permitted_caps >> 32),
						  .effective = (uint32_t)(effective >> 32)}};

	return syscall(SYS_capset, &header, data) == 0;
}

/* Whether files can be created there with the effective ids and capabilities. */
static bool may_create_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096] = ".";

	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0;
}

/* As record/tape_file did for the first piece. Capabilities stay for now. */
static bool become_caller(const char *beside)
{
	const struct caller c = caller_find();
	bool may_create;

	if (!c.is_known || !beside || !caller_become(&c))
		return true;
	may_create = may_create_beside(beside);
	caller_return(&c);
	if (!may_create)
		return true;
	return !prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) && !setresgid(c.gid, c.gid, c.gid) &&
	       !setresuid(c.uid, c.uid, c.uid);
}

static bool may_hurry(void)
{
	struct rlimit one = {.rlim_cur = 1, .rlim_max = 1}, now = {0};

	setrlimit(RLIMIT_RTPRIO, &one);
	return !getrlimit(RLIMIT_RTPRIO, &now) && now.rlim_cur >= 1;
}

static bool may_ask_bpf(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 || errno != EPERM;
}

/* Do without all of them for a moment, and see what fails. */
static bool drop_caps(const struct confine_needs *needs)
{
	bool can_hurry = may_hurry();
	uint64_t had = permitted(), keep = 0;

	if (!set_caps(had, 0))
		return false;
	if (!can_hurry)
		keep |= bit(CAP_SYS_NICE);
	if (!may_ask_bpf(needs->bpf_fd))
		keep |= bit(CAP_BPF);
	if (needs->beside && !may_create_beside(needs->beside))
		keep |= bit(CAP_DAC_OVERRIDE);
	return set_caps(had & keep, had & keep);
}

int confine(const struct confine_needs *needs, struct error *err)
{
	if (!become_caller(needs->beside) || !drop_caps(needs) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return error_set(err, ERR_KERNEL, "cannot give up privileges: %s", strerror(errno));
	return IS_SANITIZED ? OK : syscall_filter_begin(needs->beside != NULL, err);
}

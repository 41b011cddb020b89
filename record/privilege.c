/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* privilege.c -- whether this process may record at all. */
#include "record/privilege.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_capability(const struct __user_cap_data_struct *data, unsigned cap)
{
	return data[cap / 32].effective >> (cap % 32) & 1;
}

int privilege_check(struct error *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capget, &header, data))
		return 0; /* loading will tell */
	if (has_capability(data, CAP_SYS_ADMIN) ||
	    (has_capability(data, CAP_BPF) && has_capability(data, CAP_PERFMON)))
		return 0;
	return error_set(
		err, ERR_KERNEL,
		"recording needs root (CAP_BPF, CAP_PERFMON and access to tracefs): run with "
		"sudo");
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check_rights.c -- capabilities, namespaces, and one small program as proof. */
#include "record/check_rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* Inode numbers of the first namespaces, fixed since Linux 3.8. */
#define FIRST_USER_NS "user:[4026531837]"
#define FIRST_PID_NS "pid:[4026531836]"

bool check_has_capability(const struct checkup *u, unsigned cap)
{
	char value[CHECK_VALUE];

	return check_keyed(u, "/proc/self/status", "CapEff", value) &&
	       (strtoull(value, NULL, 16) >> cap & 1);
}

static bool may_record(const struct checkup *u)
{
	return check_has_capability(u, CAP_SYS_ADMIN) ||
	       (check_has_capability(u, CAP_BPF) && check_has_capability(u, CAP_PERFMON));
}

static bool read_link(const struct checkup *u, const char *path, char value[CHECK_VALUE])
{
	char full[4096];
	ssize_t len;

	snprintf(full, sizeof(full), "%s%s", u->root, path);
	len = readlink(full, value, CHECK_VALUE - 1);
	if (len <= 0)
		return false;
	value[len] = '\0';
	return true;
}

static bool is_in_user_ns(const struct checkup *u)
{
	char ns[CHECK_VALUE];

	return read_link(u, "/proc/self/ns/user", ns) && strcmp(ns, FIRST_USER_NS) != 0;
}

void check_privileges(struct checkup *u, struct check *c)
{
	if (!may_record(u))
		check_fail(c, ERR_KERNEL, "run with sudo",
			   "recording needs root, or CAP_BPF, CAP_PERFMON and access to tracefs; "
			   "this process lacks %s",
			   check_has_capability(u, CAP_BPF)       ? "CAP_PERFMON"
			   : check_has_capability(u, CAP_PERFMON) ? "CAP_BPF"
								  : "both capabilities");
	else if (is_in_user_ns(u))
		check_fail(c, ERR_KERNEL, "run with sudo on the host",
			   "this process is root in a user namespace only; the kernel asks for "
			   "CAP_BPF on the host");
	else if (!check_has_capability(u, CAP_SYS_NICE))
		check_warn(c, "add CAP_SYS_NICE",
			   "enough to record, but without CAP_SYS_NICE the recorder cannot hurry "
			   "when its buffer fills up");
	else
		check_ok(c, check_has_capability(u, CAP_SYS_ADMIN) ? "CAP_SYS_ADMIN"
								   : "CAP_BPF and CAP_PERFMON");
}

void check_sysctl(struct checkup *u, struct check *c)
{
	char bpf[CHECK_VALUE] = "unknown", perf[CHECK_VALUE] = "unknown";

	check_line(u, "/proc/sys/kernel/unprivileged_bpf_disabled", bpf);
	check_line(u, "/proc/sys/kernel/perf_event_paranoid", perf);
	/* Levels above 2 are Debian's and Ubuntu's own and ask for CAP_SYS_ADMIN. */
	if (atol(perf) > 2 && !check_has_capability(u, CAP_SYS_ADMIN))
		check_warn(c, "run as root, or sysctl -w kernel.perf_event_paranoid=2",
			   "kernel.perf_event_paranoid is %.20s: without CAP_SYS_ADMIN, events "
			   "without a program of their own may be refused",
			   perf);
	else
		check_ok(c,
			 "unprivileged_bpf_disabled %.20s, perf_event_paranoid %.20s: of no "
			 "importance to who may record",
			 bpf, perf);
}

void check_container(struct checkup *u, struct check *c)
{
	char pid[CHECK_VALUE], net[CHECK_VALUE], first[CHECK_VALUE];

	if (is_in_user_ns(u))
		check_warn(c, "record on the host", "in a user namespace of its own");
	else if (read_link(u, "/proc/self/ns/pid", pid) && strcmp(pid, FIRST_PID_NS) != 0)
		check_warn(c, "record on the host",
			   "in a container: process ids on the tape are the host's, and older "
			   "sockets have owners only if these are in the container");
	else if (read_link(u, "/proc/self/ns/net", net) && read_link(u, "/proc/1/ns/net", first) &&
		 strcmp(net, first) != 0)
		check_warn(c, "record on the host",
			   "in a network namespace of its own: events come from all of them, but "
			   "of older sockets without an owner only those of this one");
	else
		check_ok(c, "none: processes and sockets of the whole host are seen");
}

/* Why the kernel may have said no although the capabilities are there. */
static const char *suspect(const struct checkup *u)
{
	char seccomp[CHECK_VALUE];

	if (!may_record(u))
		return "the capabilities are missing";
	if (is_in_user_ns(u))
		return "those of a user namespace do not count";
	if (check_keyed(u, "/proc/self/status", "Seccomp", seccomp) && seccomp[0] == '2')
		return "a seccomp filter, as containers have, forbids bpf(2)";
	return "a security module or a limit of locked memory forbids it";
}

void check_bpf(struct checkup *u, struct check *c)
{
	const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K}, /* r0 = 0 */
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd;

	if (!check_is_real(u))
		return;
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "tcptape_doctor", "GPL", nothing, 2, NULL);
	if (fd >= 0) {
		close(fd);
		check_ok(c, "the kernel takes tracing programs of this process");
	} else if (fd == -EPERM || fd == -EACCES) {
		check_fail(c, ERR_KERNEL, "run with sudo, outside of a container",
			   "the kernel does not let this process load BPF programs: %s",
			   suspect(u));
	} else {
		check_fail(c, ERR_KERNEL,
			   "use a kernel with CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS",
			   "the kernel takes no BPF programs: %s", strerror(-fd));
	}
}

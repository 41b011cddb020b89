/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check_host.c -- see check_host.h. */
#include "record/check_host.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "record/symbols.h"

enum {
	OLDEST = 5 << 8 | 8,   /* BPF ring buffer */
	COOKIES = 5 << 8 | 12, /* tracing programs may ask for a socket's cookie */
};

void check_kernel(struct checkup *u, struct check *c)
{
	char release[CHECK_VALUE] = "of unknown version";
	unsigned version = check_kernel_version(u);
	struct utsname name = {.machine = "?"};

	uname(&name);
	check_line(u, "/proc/sys/kernel/osrelease", release);
	if (version == 0)
		check_warn(c, "mount /proc", "cannot read the kernel's version from /proc");
	else if (version < OLDEST)
		check_fail(c, ERR_KERNEL, "record on a newer kernel",
			   "Linux %.80s: the recorder needs 5.8 or newer (BPF ring buffer)",
			   release);
	else if (version < COOKIES)
		check_warn(c, "",
			   "Linux %.80s on %s: before 5.12 sockets have no cookie on the tape",
			   release, name.machine);
	else
		check_ok(c, "Linux %.80s on %s, %ld CPUs", release, name.machine,
			 sysconf(_SC_NPROCESSORS_ONLN));
}

void check_lockdown(struct checkup *u, struct check *c)
{
	char value[CHECK_VALUE];

	if (!check_line(u, "/sys/kernel/security/lockdown", value))
		check_ok(c, "not seen: there is no /sys/kernel/security/lockdown");
	else if (strstr(value, "[confidentiality]"))
		check_fail(c, ERR_KERNEL, "boot with lockdown=integrity",
			   "confidentiality: the kernel lets nobody read its memory or "
			   "tracepoints");
	else if (strstr(value, "[integrity]"))
		check_ok(c, "integrity, which allows recording");
	else
		check_ok(c, "off");
}

void check_jit(struct checkup *u, struct check *c)
{
	char value[CHECK_VALUE];

	if (!check_line(u, "/proc/sys/net/core/bpf_jit_enable", value))
		check_ok(c, "cannot be seen by this user or in this network namespace");
	else if (value[0] == '0')
		check_warn(c, "sysctl -w net.core.bpf_jit_enable=1",
			   "BPF programs are interpreted: every event costs its thread more");
	else
		check_ok(c, "BPF programs are compiled");
}

void check_clock(struct checkup *u, struct check *c)
{
	static const char *const slow[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};
	char value[CHECK_VALUE];

	if (!check_line(u, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
			value)) {
		check_ok(c, "its source is not told");
		return;
	}
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		if (strcmp(value, slow[i]) == 0) {
			check_warn(c, "look in dmesg for why the faster clock was given up",
				   "%.40s is slow to read, and every event reads it", value);
			return;
		}
	check_ok(c, "%.40s", value);
}

void check_symbols(struct checkup *u, struct check *c)
{
	struct symbols *s;
	const char *problem;

	if (!check_is_real(u) || u->is_short_of_memory || symbols_open(&s, NULL))
		return;
	problem = symbols_problem(s);
	if (problem)
		check_warn(c, "", "%.200s", problem);
	else
		check_ok(c, "places in the kernel's code get their names");
	symbols_close(s);
}

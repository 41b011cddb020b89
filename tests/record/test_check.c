/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Checks over a made-up proc and sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/check.h"
#include "record/check_host.h"
#include "record/check_memory.h"
#include "record/check_rights.h"

struct host {
	char root[64];
	struct record_options opt;
	struct checkup u;
};

static void make_parents(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

static void put(const struct host *h, const char *path, const char *text)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", h->root, path);
	make_parents(full);
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void put_link(const struct host *h, const char *path, const char *target)
{
	char full[512];

	snprintf(full, sizeof(full), "%s%s", h->root, path);
	make_parents(full);
	unlink(full);
	assert_int_equal(symlink(target, full), 0);
}

static int set_up(void **state)
{
	struct host *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	snprintf(h->root, sizeof(h->root), "/tmp/test_check.XXXXXX");
	assert_non_null(mkdtemp(h->root));
	h->opt.buffer_bytes = 8 << 20;
	h->u.root = h->root;
	h->u.opt = &h->opt;
	*state = h;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	struct host *h = *state;

	nftw(h->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(h);
	return 0;
}

typedef void (*look)(struct checkup *u, struct check *c);

static void expect(struct host *h, look what, enum check_state state, const char *words)
{
	struct check c = {.name = "x"};

	what(&h->u, &c);
	assert_int_equal(c.state, state);
	assert_non_null(strstr(c.finding, words));
	assert_int_equal(c.status != OK, state == CHECK_FAILS);
}

static void check_kernel_needs_5_8(void **state)
{
	expect(*state, check_kernel, CHECK_WARN, "cannot read");
	put(*state, "/proc/sys/kernel/osrelease", "5.7.19-x\n");
	expect(*state, check_kernel, CHECK_FAILS, "5.8 or newer");
	put(*state, "/proc/sys/kernel/osrelease", "5.10.0-28\n");
	expect(*state, check_kernel, CHECK_WARN, "cookie");
	put(*state, "/proc/sys/kernel/osrelease", "10.0.1\n");
	expect(*state, check_kernel, CHECK_OK, "10.0.1");
}

static void check_lockdown_refuses_confidentiality_only(void **state)
{
	expect(*state, check_lockdown, CHECK_OK, "not seen");
	put(*state, "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	expect(*state, check_lockdown, CHECK_OK, "off");
	put(*state, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	expect(*state, check_lockdown, CHECK_OK, "integrity");
	put(*state, "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	expect(*state, check_lockdown, CHECK_FAILS, "confidentiality");
}

static void check_privileges_counts_what_is_effective(void **state)
{
	expect(*state, check_privileges, CHECK_FAILS, "both");
	put(*state, "/proc/self/status", "CapPrm:\t000001ffffffffff\nCapEff:\t0000008000000000\n");
	expect(*state, check_privileges, CHECK_FAILS, "lacks CAP_PERFMON");
	put(*state, "/proc/self/status", "CapEff:\t000000c000000000\n");
	expect(*state, check_privileges, CHECK_WARN, "CAP_SYS_NICE");
	put(*state, "/proc/self/status", "CapEff:\t000001ffffffffff\n");
	expect(*state, check_privileges, CHECK_OK, "CAP_SYS_ADMIN");
	put_link(*state, "/proc/self/ns/user", "user:[4026532100]");
	expect(*state, check_privileges, CHECK_FAILS, "user namespace");
}

static void check_container_is_another_pid_or_network_namespace(void **state)
{
	put_link(*state, "/proc/self/ns/user", "user:[4026531837]");
	put_link(*state, "/proc/self/ns/pid", "pid:[4026531836]");
	put_link(*state, "/proc/self/ns/net", "net:[4026531840]");
	put_link(*state, "/proc/1/ns/net", "net:[4026531840]");
	expect(*state, check_container, CHECK_OK, "none");
	put_link(*state, "/proc/self/ns/net", "net:[4026532200]");
	expect(*state, check_container, CHECK_WARN, "network namespace");
	put_link(*state, "/proc/self/ns/pid", "pid:[4026532201]");
	expect(*state, check_container, CHECK_WARN, "container");
}

static void check_sysctl_minds_paranoia_without_sys_admin(void **state)
{
	put(*state, "/proc/sys/kernel/perf_event_paranoid", "4\n");
	put(*state, "/proc/self/status", "CapEff:\t000000c000000000\n");
	expect(*state, check_sysctl, CHECK_WARN, "perf_event_paranoid is 4");
	put(*state, "/proc/self/status", "CapEff:\t000001ffffffffff\n");
	expect(*state, check_sysctl, CHECK_OK, "paranoid 4");
}

static void check_buffer_knows_limits_of_groups_above(void **state)
{
	expect(*state, check_buffer, CHECK_OK, "8192 KiB");
	put(*state, "/proc/self/cgroup", "0::/a.slice/b.service\n");
	put(*state, "/sys/fs/cgroup/a.slice/b.service/memory.max", "max\n");
	put(*state, "/sys/fs/cgroup/a.slice/memory.max", "4194304\n");
	expect(*state, check_buffer, CHECK_FAILS, "limited to 4096 KiB");
	put(*state, "/sys/fs/cgroup/a.slice/memory.max", "50331648\n");
	expect(*state, check_buffer, CHECK_WARN, "little");
	put(*state, "/proc/self/cgroup", "4:memory:/c\n");
	put(*state, "/sys/fs/cgroup/memory/c/memory.limit_in_bytes", "1048576\n");
	expect(*state, check_buffer, CHECK_FAILS, "limited to 1024 KiB");
	put(*state, "/sys/fs/cgroup/memory/c/memory.limit_in_bytes", "9223372036854771712\n");
	expect(*state, check_buffer, CHECK_OK, "8192 KiB");
}

static void check_jit_and_clock_warn_when_they_are_slow(void **state)
{
	const char
		*const clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

	put(*state, "/proc/sys/net/core/bpf_jit_enable", "0\n");
	expect(*state, check_jit, CHECK_WARN, "interpreted");
	put(*state, "/proc/sys/net/core/bpf_jit_enable", "1\n");
	expect(*state, check_jit, CHECK_OK, "compiled");
	put(*state, clock, "hpet\n");
	expect(*state, check_clock, CHECK_WARN, "hpet");
	put(*state, clock, "kvm-clock\n");
	expect(*state, check_clock, CHECK_OK, "kvm-clock");
}

static void check_verdict_is_the_first_failure(void **state)
{
	struct host *h = *state;
	struct error err = {0};

	check_warn(&h->u.rows[0], "", "warned");
	check_fail(&h->u.rows[1], ERR_USAGE, "", "wrong words");
	check_fail(&h->u.rows[2], ERR_KERNEL, "", "wrong kernel");
	h->u.row_count = 1;
	assert_int_equal(check_verdict(&h->u, &err), OK);
	h->u.row_count = 3;
	assert_int_equal(check_verdict(&h->u, &err), ERR_USAGE);
	assert_string_equal(err.text, "a recording would fail: wrong words");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(check_kernel_needs_5_8, set_up, tear_down),
		cmocka_unit_test_setup_teardown(check_lockdown_refuses_confidentiality_only, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(check_privileges_counts_what_is_effective, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(check_container_is_another_pid_or_network_namespace,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(check_sysctl_minds_paranoia_without_sys_admin,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(check_buffer_knows_limits_of_groups_above, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(check_jit_and_clock_warn_when_they_are_slow, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(check_verdict_is_the_first_failure, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

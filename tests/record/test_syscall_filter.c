/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_syscall_filter.c -- what a filtered process cannot do any more. Each case is a process. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <linux/bpf.h>

#include "record/syscall_filter.h"

/* Whether `attempt` is refused behind the filter. It returns like a system call. */
static bool is_refused(long (*attempt)(void), bool opens_files)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    syscall_filter_begin(opens_files, NULL))
			_exit(2);
		errno = 0;
		_exit(attempt() < 0 && errno == EPERM);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 1;
}

static long make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long make_local_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long run_program(void)
{
	char *const argv[] = {(char *)"true", NULL};

	return execv("/bin/true", argv);
}

static long trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long open_file(void)
{
	return open("/dev/null", O_RDONLY);
}

static long load_program(void)
{
	union bpf_attr attr = {0};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static long map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static long map_data(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static long become_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long name_oneself(void)
{
	return prctl(PR_SET_NAME, "filtered");
}

static long write_nothing(void)
{
	return write(STDERR_FILENO, "", 0);
}

/* EBADF, not EPERM: it is the kernel's own answer. */
static long ask_for_counters(void)
{
	union bpf_attr attr = {.map_fd = (uint32_t)-1};

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr));
}

static long fork_and_wait(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static void networks_programs_and_tracing_are_out_of_reach(void **state)
{
	(void)state;
	for (int files = 0; files < 2; files++) {
		assert_true(is_refused(make_socket, files));
		assert_true(is_refused(make_local_socket, files));
		assert_true(is_refused(run_program, files));
		assert_true(is_refused(trace, files));
		assert_true(is_refused(load_program, files));
		assert_true(is_refused(map_code, files));
		assert_true(is_refused(become_dumpable, files));
	}
}

static void files_are_opened_only_where_that_is_needed(void **state)
{
	(void)state;
	assert_true(is_refused(open_file, false));
	assert_false(is_refused(open_file, true));
}

static void a_recording_under_way_goes_on(void **state)
{
	(void)state;
	assert_false(is_refused(map_data, false));
	assert_false(is_refused(name_oneself, false));
	assert_false(is_refused(write_nothing, false));
	assert_false(is_refused(fork_and_wait, false));
	/* Without CAP_BPF the kernel itself may say no. */
	if (geteuid() == 0)
		assert_false(is_refused(ask_for_counters, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_programs_and_tracing_are_out_of_reach),
		cmocka_unit_test(files_are_opened_only_where_that_is_needed),
		cmocka_unit_test(a_recording_under_way_goes_on),
	};

#ifdef __SANITIZE_ADDRESS__
	puts("a sanitizer makes system calls of its own");
	return 77;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/holders.h"

/* Of this process and what it shares with a child, by the real /proc. */
static struct holders *collect(void)
{
	struct holders *h = NULL;
	struct error err = {0};

	if (holders_collect(&h, &err)) {
		print_message("%s\n", err.text);
		skip();
	}
	return h;
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static void the_lowest_pid_holds_what_processes_share(void **state)
{
	int ends[2], other;
	struct holders *h;
	const struct holder *found;
	pid_t child;

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, "holds [a] b"), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	other = dup(ends[0]);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	h = collect();
	found = holders_find(h, inode_of(ends[0]));
	assert_non_null(found);
	assert_int_equal(found->pid, child < getpid() ? child : getpid());
	assert_int_equal(found->fd, ends[0]);
	assert_string_equal(found->comm, "holds [a] b");
	assert_int_equal(holders_find(h, inode_of(ends[1]))->fd, ends[1]);
	holders_free(h);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(ends[0]);
	close(ends[1]);
	close(other);
}

static void what_is_no_socket_or_closed_is_not_held(void **state)
{
	int ends[2], file = open("/dev/null", O_RDONLY);
	uint64_t closed, none;
	struct holders *h;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	closed = inode_of(ends[0]);
	none = inode_of(file);
	close(ends[0]);
	close(ends[1]);
	h = collect();
	assert_null(holders_find(h, closed));
	assert_null(holders_find(h, none));
	assert_null(holders_find(h, 0));
	assert_null(holders_find(h, UINT64_MAX));
	holders_free(h);
	holders_free(NULL);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_pid_holds_what_processes_share),
		cmocka_unit_test(what_is_no_socket_or_closed_is_not_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

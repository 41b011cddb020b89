/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "record/behind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Let go of pipes and of file systems. */
static void leave(void)
{
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	prctl(PR_SET_NAME, "tcptape-detach");
	if (chdir("/"))
		return; /* somebody cannot unmount for a moment */
}

/* Until nobody holds the other end any more. */
static void await_end(int fd)
{
	char nothing;

	while (read(fd, &nothing, sizeof(nothing)) < 0 && errno == EINTR)
		;
}

/* Whoever lets go last is kept waiting: that must be the child. */
void behind(void (*let_go)(void *), void *what)
{
	int gate[2];
	bool has_gate = pipe2(gate, O_CLOEXEC) == 0;
	pid_t pid = has_gate ? fork() : -1;

	if (pid == 0 && fork() == 0) {
		close(gate[1]);
		leave();
		await_end(gate[0]);
		let_go(what);
	}
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0); /* its child is nobody's to wait for */
	let_go(what);
	if (has_gate) {
		close(gate[0]);
		close(gate[1]);
	}
}

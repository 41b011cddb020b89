/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * empty_load.c -- attaches the empty program to tracepoints and runs a command:
 *
 *	empty_load OBJECT NAME... -- COMMAND ARG...
 *
 * Ends as the command does.
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		execvp(command[0], command);
		err(1, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;
	int i;

	if (argc < 4)
		errx(2, "usage: empty_load OBJECT NAME... -- COMMAND ARG...");
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object))
		errx(1, "%s cannot be loaded", argv[1]);
	program = bpf_object__find_program_by_name(object, "empty");
	if (!program)
		errx(1, "%s has no program of that name", argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++) {
		if (!bpf_program__attach_raw_tracepoint(program, argv[i]))
			errx(1, "%s cannot be attached to", argv[i]);
	}
	if (i + 1 >= argc)
		errx(2, "no command");
	return run(argv + i + 1);
}

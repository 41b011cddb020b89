/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * empty_load.c -- attaches the empty program to tracepoints and runs a command:
 *
 *	empty_load [-e] OBJECT NAME... -- COMMAND ARG...
 *
 * With -e each tracepoint gets a copy of its own. Ends as the command does.
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <stdbool.h>
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

static struct bpf_program *load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	if (!object || bpf_object__load(object))
		errx(1, "%s cannot be loaded", path);
	program = bpf_object__find_program_by_name(object, "empty");
	if (!program)
		errx(1, "%s has no program of that name", path);
	return program;
}

int main(int argc, char **argv)
{
	bool is_each = argc > 1 && strcmp(argv[1], "-e") == 0;
	struct bpf_program *program;
	int i;

	argc -= is_each;
	argv += is_each;
	if (argc < 4)
		errx(2, "usage: empty_load [-e] OBJECT NAME... -- COMMAND ARG...");
	program = load(argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++) {
		if (is_each && i > 2)
			program = load(argv[1]);
		if (!bpf_program__attach_raw_tracepoint(program, argv[i]))
			errx(1, "%s cannot be attached to", argv[i]);
	}
	if (i + 1 >= argc)
		errx(2, "no command");
	return run(argv + i + 1);
}

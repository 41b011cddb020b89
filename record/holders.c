/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* holders.c -- a sorted list of the sockets among the links in /proc/PID/fd. */
#include "record/holders.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bytes.h"

/* The inode of the first pid namespace (PROC_PID_INIT_INO, include/linux/proc_ns.h). */
static const ino_t FIRST_PIDS = 0xeffffffc;

struct holders {
	struct holder *rows; /* by inode, pid, fd; owned */
	size_t count, cap;
};

static int add(struct holders *h, const struct holder *row, struct error *err)
{
	void *rows = h->rows;

	if (!array_grow(&rows, &h->cap, h->count + 1, sizeof(*h->rows)))
		return error_nomem(err);
	h->rows = rows;
	h->rows[h->count++] = *row;
	return 0;
}

/* Its name, "" if it is gone. */
static void read_comm(uint32_t pid, char comm[WIRE_COMM])
{
	char path[40];
	FILE *f;

	memset(comm, 0, WIRE_COMM);
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(comm, WIRE_COMM, f))
		comm[strcspn(comm, "\n")] = '\0';
	fclose(f);
}

/* The inode of the socket that a link in /proc/PID/fd is; 0 = another file, or gone. */
static uint64_t socket_inode(int folder, const char *name)
{
	unsigned long long inode = 0;
	char target[64] = "";

	if (readlinkat(folder, name, target, sizeof(target) - 1) < 0 ||
	    sscanf(target, "socket:[%llu]", &inode) != 1)
		return 0;
	return inode;
}

/* A process that is gone, or may not be looked at, holds nothing. */
static int add_process(struct holders *h, uint32_t pid, struct error *err)
{
	struct holder row = {.pid = pid};
	struct dirent *entry;
	char path[40];
	DIR *dir;
	int rc = 0;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	while (!rc && dir && (entry = readdir(dir))) {
		row.inode = socket_inode(dirfd(dir), entry->d_name);
		if (!row.inode)
			continue;
		row.fd = (int32_t)strtol(entry->d_name, NULL, 10);
		if (!row.comm[0])
			read_comm(pid, row.comm);
		rc = add(h, &row, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int add_processes(struct holders *h, DIR *proc, struct error *err)
{
	struct dirent *entry;

	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			TRY(add_process(h, (uint32_t)strtoul(entry->d_name, NULL, 10), err));
	return 0;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_inode(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->inode != y->inode)
		return compare_numbers(x->inode, y->inode);
	if (x->pid != y->pid)
		return compare_numbers(x->pid, y->pid);
	return compare_numbers((uint64_t)x->fd, (uint64_t)y->fd);
}

/* /proc, if what it calls processes is what the kernel does. */
static DIR *open_proc(struct error *err)
{
	struct stat pids;
	DIR *proc = stat("/proc/self/ns/pid", &pids) ? NULL : opendir("/proc");

	if (!proc) {
		error_set(err, ERR_KERNEL, "cannot read /proc: %s", strerror(errno));
		return NULL;
	}
	if (pids.st_ino == FIRST_PIDS)
		return proc;
	closedir(proc);
	error_set(err, ERR_KERNEL, "processes have other numbers in this pid namespace");
	return NULL;
}

int holders_collect(struct holders **out, struct error *err)
{
	struct holders *h = calloc(1, sizeof(*h));
	DIR *proc;
	int rc;

	if (!h)
		return error_nomem(err);
	proc = open_proc(err);
	rc = proc ? add_processes(h, proc, err) : ERR_KERNEL;
	if (proc)
		closedir(proc);
	if (rc) {
		holders_free(h);
		return rc;
	}
	if (h->count)
		qsort(h->rows, h->count, sizeof(*h->rows), by_inode);
	*out = h;
	return 0;
}

const struct holder *holders_find(const struct holders *h, uint64_t inode)
{
	size_t low = 0, high = h->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->rows[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->count && h->rows[low].inode == inode ? &h->rows[low] : NULL;
}

void holders_free(struct holders *h)
{
	if (!h)
		return;
	free(h->rows);
	free(h);
}

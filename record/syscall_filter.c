/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * syscall_filter.c -- a seccomp program: architecture, then one comparison for each call. Linux
 * 5.11 caches the answer for calls that pass whatever their arguments are.
 */
#include "record/syscall_filter.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define THIS_ARCH AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define THIS_ARCH AUDIT_ARCH_PPC64LE
#else
#define THIS_ARCH 0
#endif

enum { MAX_INSTRUCTIONS = 512 };

struct program {
	struct sock_filter code[MAX_INSTRUCTIONS];
	unsigned short len;
};

/* Older architectures have calls that younger ones have not; glibc and musl differ in which they
 * use. */
static const int always[] = {
	/* data */
	SYS_read,
	SYS_write,
	SYS_readv,
	SYS_writev,
	SYS_lseek,
	SYS_close,
	SYS_fcntl,
	SYS_dup,
	SYS_ftruncate,
	SYS_fsync,
	SYS_fdatasync,
	SYS_fallocate,
	SYS_fstat,
	SYS_fstatfs,
	/* memory */
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	/* waiting, time */
	SYS_epoll_pwait,
	SYS_ppoll,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_gettimeofday,
	SYS_restart_syscall,
	SYS_futex,
	SYS_wait4,
	SYS_waitid,
	/* about oneself */
	SYS_getpid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getrusage,
	SYS_getcpu,
	SYS_sysinfo,
	SYS_uname,
	SYS_prlimit64,
	SYS_getrandom,
	SYS_sched_getaffinity,
	SYS_sched_setscheduler,
	SYS_sched_getscheduler,
	SYS_sched_yield,
	/* signals, ends, and the process that detaches */
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_tgkill,
	SYS_clone,
	SYS_pipe2,
	SYS_chdir,
	SYS_set_robust_list,
	SYS_exit,
	SYS_exit_group,
#ifdef SYS_rseq
	SYS_rseq,
#endif
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_fork
	SYS_fork,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_stat
	SYS_stat,
	SYS_lstat,
#endif
	SYS_statx,
	SYS_statfs,
};

static const int files[] = {
	SYS_openat,     SYS_faccessat, SYS_readlinkat, SYS_unlinkat, SYS_renameat2, SYS_getdents64,
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_open
	SYS_open,       SYS_access,    SYS_readlink,   SYS_unlink,   SYS_rename,
#endif
};

/* What libbpf needs of bpf(2) once everything is attached. */
static const uint32_t bpf_commands[] = {
	BPF_MAP_LOOKUP_ELEM,  BPF_MAP_UPDATE_ELEM,    BPF_MAP_DELETE_ELEM,
	BPF_MAP_GET_NEXT_KEY, BPF_OBJ_GET_INFO_BY_FD, 33 /* BPF_ITER_CREATE */,
};

/* The size of a terminal, whether there is one, and detaching. */
static const uint32_t ioctls[] = {TIOCGWINSZ, TCGETS, PERF_EVENT_IOC_DISABLE};

static const uint32_t prctls[] = {PR_SET_NAME};

static void put(struct program *p, struct sock_filter instruction)
{
	if (p->len < MAX_INSTRUCTIONS)
		p->code[p->len] = instruction;
	p->len++;
}

static void put_return(struct program *p, uint32_t answer)
{
	put(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

static void put_load(struct program *p, size_t offset)
{
	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* Allow it if what is loaded equals `value`. */
static void put_allow(struct program *p, uint32_t value)
{
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
	put_return(p, SECCOMP_RET_ALLOW);
}

/* The lower half of an argument. */
static size_t argument(unsigned index)
{
	const uint32_t one = 1;
	uint8_t first;

	memcpy(&first, &one, 1);
	return offsetof(struct seccomp_data, args) + index * 8 + (first ? 0 : 4);
}

/* A call with a number of allowed values in one argument. */
static void put_values(struct program *p, int call, unsigned index, const uint32_t *values,
		       uint8_t count)
{
	uint8_t length = (uint8_t)(2 * count + 2);

	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, length));
	put_load(p, argument(index));
	for (uint8_t i = 0; i < count; i++)
		put_allow(p, values[i]);
	put_return(p, SECCOMP_RET_ERRNO | EPERM);
}

/* mmap and mprotect: no memory becomes code. */
static void put_no_code(struct program *p, int call)
{
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4));
	put_load(p, argument(2));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
	put_return(p, SECCOMP_RET_ALLOW);
	put_return(p, SECCOMP_RET_ERRNO | EPERM);
}

static void put_calls(struct program *p, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_allow(p, (uint32_t)calls[i]);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void fill(struct program *p, bool opens_files)
{
	put_load(p, offsetof(struct seccomp_data, arch));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0));
	put_return(p, SECCOMP_RET_KILL_PROCESS);
	put_load(p, offsetof(struct seccomp_data, nr));
	put_calls(p, always, COUNT(always));
	if (opens_files)
		put_calls(p, files, COUNT(files));
	put_values(p, SYS_bpf, 0, bpf_commands, COUNT(bpf_commands));
	put_values(p, SYS_ioctl, 1, ioctls, COUNT(ioctls));
	put_values(p, SYS_prctl, 0, prctls, COUNT(prctls));
	put_no_code(p, SYS_mmap);
	put_no_code(p, SYS_mprotect);
	put_return(p, SECCOMP_RET_ERRNO | EPERM);
}

int syscall_filter_begin(bool opens_files, struct error *err)
{
	struct program p = {.len = 0};
	struct sock_fprog prog = {.filter = p.code};

	if (!THIS_ARCH)
		return error_set(err, ERR_UNSUPPORTED,
				 "no filter of system calls for this architecture");
	fill(&p, opens_files);
	prog.len = p.len;
	if (p.len > MAX_INSTRUCTIONS)
		return error_set(err, ERR_UNSUPPORTED, "a filter of %u instructions, limit is %d",
				 p.len, MAX_INSTRUCTIONS);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return error_set(err, ERR_KERNEL, "cannot filter system calls: %s",
				 strerror(errno));
	return OK;
}

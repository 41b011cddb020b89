/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check_events.c -- BTF, tracefs, and what becomes of the events that were asked for. */
#include "record/check_events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/sink.h"
#include "format/writer.h"
#include "record/attach.h"

enum {
	FDS_PER_GENERIC = 3, /* program, link, event */
	FDS_OTHER = 130,
};

static const char types_path[] = "/sys/kernel/btf/vmlinux";

static void tell_no_types(const struct checkup *u, struct check *c)
{
	static const char advice[] = "use a kernel with CONFIG_DEBUG_INFO_BTF=y";

	if (!filter_is_open(&u->opt->filter))
		check_fail(c, ERR_KERNEL, advice,
			   "%s cannot be read (BTF): without the kernel's types connections cannot "
			   "be selected",
			   types_path);
	else
		check_warn(c, advice,
			   "%s cannot be read (BTF): events have the fields of their formats only, "
			   "no headers of packets, and there are no sockets from before",
			   types_path);
}

void check_btf(struct checkup *u, struct check *c)
{
	struct error err = {0};
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", u->root, types_path);
	if (check_is_real(u) && btf_enums_open(&u->btf, &err))
		check_fail(c, (enum status)err.status, "", "%s", err.text);
	else if (stat(path, &st) || (u->btf && btf_enums_trouble(u->btf)))
		tell_no_types(u, c);
	else
		check_ok(c, "%s, %lld KiB", types_path, (long long)st.st_size >> 10);
}

/* A mount that only a descriptor knows: it is gone with it. */
static int open_detached(struct tracefs **out)
{
	int fs = fsopen("tracefs", FSOPEN_CLOEXEC), mounted = -1, rc = -errno;
	char path[64];

	if (fs < 0)
		return rc;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mounted = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	rc = mounted < 0 ? -errno : 0;
	close(fs);
	if (mounted < 0)
		return rc;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", mounted);
	rc = tracefs_open_at(path, out, NULL) ? -ENOENT : 0;
	close(mounted);
	return rc;
}

static bool open_mounted(struct checkup *u, struct check *c)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[4096];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", u->root, places[i]);
		if (tracefs_open_at(path, &u->tracefs, NULL))
			continue;
		check_ok(c, "%s", places[i]);
		return true;
	}
	return false;
}

void check_tracefs(struct checkup *u, struct check *c)
{
	int rc;

	if (open_mounted(u, c))
		return;
	if (geteuid() != 0) {
		check_fail(c, ERR_KERNEL,
			   "run with sudo, or add CAP_DAC_READ_SEARCH, or remount it with gid= and "
			   "mode=750",
			   "this user cannot read the tracepoints under /sys/kernel/tracing");
		return;
	}
	rc = check_is_real(u) ? open_detached(&u->tracefs) : -ENODEV;
	if (rc == 0)
		check_ok(c, "not mounted; a recording mounts it at /sys/kernel/tracing");
	else
		check_fail(c, ERR_KERNEL,
			   rc == -ENODEV
				   ? "use a kernel with CONFIG_FTRACE"
				   : "mount -t tracefs tracefs /sys/kernel/tracing, on the host",
			   "tracefs is not mounted and cannot be: %s", strerror(-rc));
}

static size_t count_way(const struct catalog *catalog, enum way way)
{
	size_t count = 0;

	for (size_t i = 0; i < catalog_count(catalog); i++)
		count += catalog_at(catalog, i)->way == way;
	return count;
}

static void tell_ways(const struct catalog *catalog, struct check *c)
{
	size_t none = count_way(catalog, WAY_NONE), all = catalog_count(catalog);
	size_t typed = count_way(catalog, WAY_TYPED), generic = count_way(catalog, WAY_GENERIC);

	if (none == all)
		check_fail(c, ERR_KERNEL, "", "none of the events can be recorded: %.60s: %.150s",
			   catalog_at(catalog, 0)->full_name, catalog_at(catalog, 0)->reason);
	else if (none)
		check_warn(c, "", "%zu of %zu events: %zu typed, %zu generic, %zu unavailable",
			   all - none, all, typed, generic, none);
	else
		check_ok(c, "%zu: %zu typed, %zu generic", all, typed, generic);
}

void check_events(struct checkup *u, struct check *c)
{
	struct catalog_kernel k = {.tracefs = u->tracefs, .btf = u->btf};
	struct error err = {0};
	int rc;

	if (!k.btf || !k.tracefs) {
		check_warn(c, "", "cannot be told without BTF and tracefs");
		return;
	}
	rc = catalog_open(&k, &u->opt->globs, &u->catalog, &err);
	if (!rc)
		rc = catalog_choose_stacks(u->catalog, &u->opt->stacks, &err);
	if (rc)
		check_fail(c, (enum status)rc, "", "%s", err.text);
	else
		tell_ways(u->catalog, c);
}

void check_descriptors(struct checkup *u, struct check *c)
{
	unsigned long long need;
	struct rlimit r;

	if (!u->catalog || getrlimit(RLIMIT_NOFILE, &r))
		return;
	need = FDS_OTHER + count_way(u->catalog, WAY_GENERIC) * FDS_PER_GENERIC;
	if (r.rlim_max < need)
		check_warn(c, "ulimit -Hn with a larger number, or fewer events",
			   "%llu are allowed, about %llu are needed: some events will be left out",
			   (unsigned long long)r.rlim_max, need);
	else
		check_ok(c, "about %llu are needed, %llu are allowed", need,
			 (unsigned long long)r.rlim_max);
}

/* Attached and let go; what the events send meanwhile is thrown away. */
static int try_attach(struct checkup *u, struct writer *w, struct error *err)
{
	struct attach *a = NULL;
	int rc = attach_open(u->catalog, u->btf, u->opt, &a, err);

	if (rc)
		return rc;
	rc = catalog_register(u->catalog, w, err);
	if (!rc)
		rc = attach_start(a, u->catalog, err);
	if (!rc)
		attach_send(a);
	attach_stop(a);
	attach_close(a);
	return rc;
}

void check_programs(struct checkup *u, struct check *c)
{
	struct writer_options options = {.salt = 1};
	struct sink *sink = NULL;
	struct writer *w = NULL;
	struct error err = {0};
	int rc;

	if (!u->is_trial || !u->catalog || u->is_short_of_memory)
		return;
	rc = sink_open_memory(&sink, &err);
	if (!rc)
		rc = writer_new(sink, &options, &w, &err);
	if (!rc)
		rc = try_attach(u, w, &err);
	writer_free(w);
	sink_close(sink, NULL);
	if (rc)
		check_fail(c, (enum status)rc, "", "%s", err.text);
	else
		tell_ways(u->catalog, c);
}

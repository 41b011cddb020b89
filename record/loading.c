/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* loading.c -- constants, sizes, and what to do when the kernel refuses. */
#include "record/loading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"
#include "record/fronts.h"
#include "record/host.h"
#include "record/selector.h"
#include "record/site.h"
#include "record/stacks.h"

#include "bpf/typed.skel.h"

enum { LOG_BYTES = 4 << 20 }; /* what is longer lacks its end, and that is the reason */

bool loading_has_cookie_helper(const struct btf_enums *btf)
{
	return btf_enums_has_function(btf, "bpf_get_socket_ptr_cookie");
}

/* The number of a kernel function in the kernel's BTF; 0 = there is none. */
static int32_t cast_function(const struct btf_enums *btf)
{
	int32_t id = btf__find_by_name_kind(btf_enums_btf(btf), "bpf_rdonly_cast", BTF_KIND_FUNC);

	return id > 0 ? id : 0;
}

/* Calls of WIRE_CALL_CAST become calls of the function; before loading. */
static void set_cast(struct typed *skel, int32_t function)
{
	struct bpf_program *p;

	skel->rodata->has_cast = function != 0;
	bpf_object__for_each_program(p, skel->obj)
	{
		struct bpf_insn *insns = (struct bpf_insn *)bpf_program__insns(p);

		for (size_t i = 0; function && i < bpf_program__insn_cnt(p); i++) {
			struct bpf_insn *call = &insns[i];

			if (call->code != (BPF_JMP | BPF_CALL) || call->src_reg ||
			    call->imm != WIRE_CALL_CAST)
				continue;
			call->src_reg = BPF_PSEUDO_KFUNC_CALL;
			call->imm = function;
		}
	}
}

/* Where a typed program finds what else only the classic one does; 0: it cannot. */
static int32_t find_site(const struct loading *o)
{
	for (size_t i = 0; o->cast && i < catalog_count(o->catalog); i++) {
		const struct catalog_event *e = catalog_at(o->catalog, i);
		const struct tracefmt_field *ip;

		if (e->way != WAY_TYPED || e->number != WIRE_SK_DATA_READY)
			continue;
		ip = tracefmt_find(e->format, "ip");
		return ip ? site_find(ip->offset) : 0;
	}
	return 0;
}

/* sk_data_ready is read from its classic entry: tell where. */
static void set_data_ready(struct typed__rodata *ro, const struct catalog_event *e)
{
	const struct tracefmt_field *skaddr, *ip;

	if (e->number != WIRE_SK_DATA_READY)
		return;
	skaddr = tracefmt_find(e->format, "skaddr");
	ip = tracefmt_find(e->format, "ip");
	ro->data_ready_skaddr = skaddr ? skaddr->offset : 0;
	ro->data_ready_ip = ip ? ip->offset : 0;
}

static void set_constants(struct typed *skel, const struct loading *o)
{
	const struct catalog *c = o->catalog;
	struct typed__rodata *ro = skel->rodata;

	ro->wakeup_bytes = o->ring_bytes / WIRE_WAKEUP_PART;
	ro->has_cookie_helper = loading_has_cookie_helper(o->btf);
	ro->data_ready_site = o->data_ready_site;
	set_cast(skel, o->cast);
	ro->jiffy_us = host_jiffy_us();
	for (size_t i = 0; i < catalog_count(c); i++) {
		const struct catalog_event *e = catalog_at(c, i);
		int args;

		if (e->way != WAY_TYPED)
			continue;
		args = btf_enums_tracepoint_args(o->btf, e->name);
		((uint8_t *)ro->arg_counts)[e->number] = args > 0 ? (uint8_t)args : 0;
		((uint8_t *)ro->has_stack)[e->number] = e->has_stack;
		set_data_ready(ro, e);
	}
}

/* The event's program, or those of its substitute; NULL where the kernel has no such function,
 * or the object no such program. */
struct bpf_program *loading_program(const struct typed *skel, const struct btf_enums *btf,
				    const struct catalog_event *e, size_t index)
{
	const char *name = index == 0 ? typed_tracepoint(e->typed) : NULL;

	if (name && e->number == WIRE_SK_DATA_READY && skel->rodata->data_ready_site)
		name = "sk_data_ready_typed";
	if (e->substitute)
		name = substitute_has(e->substitute, btf, index) ? e->substitute->functions[index]
								 : NULL;
	return name ? bpf_object__find_program_by_name(skel->obj, name) : NULL;
}

/* Who asks for no stack pays for none: the programs' use of the table is dead code then. */
static void set_stacks(struct bpf_map *table, const struct catalog *c)
{
	if (catalog_has_stacks(c))
		bpf_map__set_value_size(table, stacks_depth() * (uint32_t)sizeof(uint64_t));
	else
		bpf_map__set_autocreate(table, false);
}

static void set_lanes(struct typed *skel, struct percpu_size lanes)
{
	if (!lanes.count)
		return;
	skel->rodata->lane_bytes = lanes.bytes;
	bpf_map__set_max_entries(skel->maps.lanes, (uint32_t)lanes.count);
	bpf_map__set_value_size(skel->maps.lanes, (uint32_t)percpu_value_bytes(lanes.bytes));
}

/* Open with the programs of the catalog's typed events, or of `only`. NULL without
 * memory. */
static struct typed *open_typed(const struct loading *o, const struct catalog_event *only)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = o->types);
	struct typed *skel = typed__open_opts(&opts);
	struct bpf_program *p;

	if (!skel)
		return NULL;
	set_constants(skel, o);
	selector_configure(skel, &o->opt->filter);
	bpf_map__set_max_entries(skel->maps.ring, (uint32_t)o->ring_bytes);
	set_lanes(skel, o->lanes);
	set_stacks(skel->maps.stacks, o->catalog);
	/* Each typed event may still become a generic one. */
	bpf_map__set_max_entries(skel->maps.missed, catalog_end(o->catalog) + WIRE_TYPED_END);
	bpf_object__for_each_program(p, skel->obj) bpf_program__set_autoload(p, false);
	for (size_t i = 0; i < catalog_count(o->catalog); i++) {
		const struct catalog_event *e = catalog_at(o->catalog, i);

		if (e->way != WAY_TYPED || (only && e != only))
			continue;
		for (size_t n = 0; n < LOADING_PROGRAMS_MAX; n++)
			if ((p = loading_program(skel, o->btf, e, n)))
				bpf_program__set_autoload(p, true);
	}
	if (!only)
		selector_load(skel, &o->opt->filter);
	fronts_leave_out(skel);
	if (o->has_fronts)
		fronts_add(skel);
	return skel;
}

/* The verifier's last words, without its statistics. */
static void last_words(char *log, char *out, size_t size)
{
	char *stats = strstr(log, "\nprocessed "), *line;

	if (stats)
		*stats = '\0';
	line = strrchr(log, '\n');
	snprintf(out, size, "the kernel refuses the program: %.100s", line ? line + 1 : log);
}

/* Load this program alone; if it is refused, the generic one stands in. */
static int try_alone(const struct loading *o, struct catalog_event *e, struct error *err)
{
	struct typed *skel = open_typed(o, e);
	char *log = calloc(1, LOG_BYTES), reason[160];
	struct bpf_program *p;
	int rc = 0;

	if (!skel || !log) {
		rc = error_nomem(err);
	} else {
		/* Loading ends with the first program that is refused: its words are the last. */
		for (size_t n = 0; n < LOADING_PROGRAMS_MAX; n++)
			if ((p = loading_program(skel, o->btf, e, n)))
				bpf_program__set_log_buf(p, log, LOG_BYTES);
		if (typed__load(skel)) {
			last_words(log, reason, sizeof(reason));
			catalog_fall_back(o->catalog, e, reason);
		}
	}
	free(log);
	typed__destroy(skel);
	return rc;
}

static int load_error(int rc, const struct loading *o, struct error *err)
{
	if (rc == -EPERM)
		return error_set(err, ERR_KERNEL,
				 "the kernel does not let this process load BPF programs: run with "
				 "sudo, outside of a container");
	if (rc == -ENOMEM)
		return error_set(err, ERR_KERNEL,
				 "no memory for a buffer of %" PRIu64
				 " MiB: choose a smaller one with --buffer",
				 o->opt->buffer_bytes >> 20);
	return error_set(err, ERR_KERNEL, "the kernel refuses the BPF programs: %s", strerror(-rc));
}

/* Programs at functions may be forbidden where those at tracepoints are not. True when there
 * were any. */
static bool give_up_substitutes(const struct loading *o)
{
	bool is_any = false;

	for (size_t i = 0; i < catalog_count(o->catalog); i++) {
		struct catalog_event *e = catalog_at(o->catalog, i);

		if (!e->substitute || e->way != WAY_TYPED)
			continue;
		catalog_fall_back(
			o->catalog, e,
			"this kernel does not have it, and lets nobody attach to functions");
		is_any = true;
	}
	return is_any;
}

/* 0, or the kernel's negative errno; -ENOMEM also for ours. */
static int load_all(const struct loading *o, struct typed **out)
{
	struct typed *skel = open_typed(o, NULL);
	int rc = skel ? typed__load(skel) : -ENOMEM;

	if (!rc)
		rc = fronts_connect(skel);
	if (rc)
		typed__destroy(skel);
	else
		*out = skel;
	return rc;
}

/* All at once; if that fails, one by one to find the culprits, then the rest. */
static int load_typed(const struct loading *o, struct typed **out, struct error *err)
{
	int rc = load_all(o, out);

	if (rc == -EPERM && give_up_substitutes(o))
		rc = load_all(o, out);
	if (!rc)
		return 0;
	if (rc == -EPERM || rc == -ENOMEM)
		return load_error(rc, o, err);
	for (size_t i = 0; i < catalog_count(o->catalog); i++)
		if (catalog_at(o->catalog, i)->way == WAY_TYPED)
			TRY(try_alone(o, catalog_at(o->catalog, i), err));
	rc = load_all(o, out);
	return rc ? load_error(rc, o, err) : 0;
}

/* libbpf opens no object whose programs depend on types without a file of them, not even if it
 * loads none of them. -1 without memory. */
static int make_types(const struct btf_enums *btf)
{
	int fd = memfd_create("types", MFD_CLOEXEC);
	const void *data;
	uint32_t size;

	data = btf__raw_data(btf_enums_btf(btf), &size);
	if (fd >= 0 && data && write(fd, data, size) == (ssize_t)size)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A kernel without types: what is left are generic programs, which pass everything. */
static int load_untyped(const struct loading *known, struct typed **out, struct error *err)
{
	struct loading o = *known;
	char path[64];
	int fd, rc;

	if (!filter_is_open(&o.opt->filter))
		return error_set(err, ERR_KERNEL, "connections cannot be selected here: %s",
				 btf_enums_trouble(o.btf));
	fd = make_types(o.btf);
	if (fd < 0)
		return error_nomem(err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	o.types = path;
	rc = load_typed(&o, out, err);
	close(fd);
	return rc;
}

int loading_run(const struct loading *wanted, struct typed **out, struct error *err)
{
	struct loading o = *wanted;

	if (btf_enums_trouble(o.btf))
		return load_untyped(&o, out, err);
	o.cast = cast_function(o.btf);
	o.data_ready_site = find_site(&o);
	o.has_fronts = o.cast && fronts_are_of_use(&o.opt->filter);
	if (o.has_fronts && load_all(&o, out) == 0)
		return 0;
	o.has_fronts = false;
	return load_typed(&o, out, err);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* host.c -- reads uname, /proc and the clocks. */
#include "record/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "format/version.h"

enum {
	VALUE_MAX = 512, /* one setting */
	CLOCK_TRIES = 5, /* readings of which the tightest counts */
};

/* What changes how TCP behaves, below /proc/sys. */
static const char *const settings[] = {
	"net/core/default_qdisc",
	"net/core/netdev_max_backlog",
	"net/core/rmem_default",
	"net/core/rmem_max",
	"net/core/somaxconn",
	"net/core/wmem_default",
	"net/core/wmem_max",
	"net/ipv4/ip_local_port_range",
	"net/ipv4/ip_local_reserved_ports",
	"net/ipv4/tcp_abort_on_overflow",
	"net/ipv4/tcp_adv_win_scale",
	"net/ipv4/tcp_app_win",
	"net/ipv4/tcp_autocorking",
	"net/ipv4/tcp_available_congestion_control",
	"net/ipv4/tcp_base_mss",
	"net/ipv4/tcp_challenge_ack_limit",
	"net/ipv4/tcp_congestion_control",
	"net/ipv4/tcp_dsack",
	"net/ipv4/tcp_early_retrans",
	"net/ipv4/tcp_ecn",
	"net/ipv4/tcp_fastopen",
	"net/ipv4/tcp_fin_timeout",
	"net/ipv4/tcp_frto",
	"net/ipv4/tcp_keepalive_intvl",
	"net/ipv4/tcp_keepalive_probes",
	"net/ipv4/tcp_keepalive_time",
	"net/ipv4/tcp_limit_output_bytes",
	"net/ipv4/tcp_max_orphans",
	"net/ipv4/tcp_max_syn_backlog",
	"net/ipv4/tcp_max_tw_buckets",
	"net/ipv4/tcp_mem",
	"net/ipv4/tcp_migrate_req",
	"net/ipv4/tcp_min_rtt_wlen",
	"net/ipv4/tcp_moderate_rcvbuf",
	"net/ipv4/tcp_mtu_probing",
	"net/ipv4/tcp_no_metrics_save",
	"net/ipv4/tcp_notsent_lowat",
	"net/ipv4/tcp_orphan_retries",
	"net/ipv4/tcp_recovery",
	"net/ipv4/tcp_reordering",
	"net/ipv4/tcp_retries1",
	"net/ipv4/tcp_retries2",
	"net/ipv4/tcp_rmem",
	"net/ipv4/tcp_rto_max_ms",
	"net/ipv4/tcp_rto_min_us",
	"net/ipv4/tcp_sack",
	"net/ipv4/tcp_shrink_window",
	"net/ipv4/tcp_slow_start_after_idle",
	"net/ipv4/tcp_syn_linear_timeouts",
	"net/ipv4/tcp_syn_retries",
	"net/ipv4/tcp_synack_retries",
	"net/ipv4/tcp_syncookies",
	"net/ipv4/tcp_thin_linear_timeouts",
	"net/ipv4/tcp_timestamps",
	"net/ipv4/tcp_tso_win_divisor",
	"net/ipv4/tcp_tw_reuse",
	"net/ipv4/tcp_window_scaling",
	"net/ipv4/tcp_wmem",
};

/* First line of a small file, tabs as spaces; false if it cannot be read or is empty. */
static bool read_line(const char *path, char value[VALUE_MAX])
{
	FILE *f = fopen(path, "re");
	bool is_read;

	if (!f)
		return false;
	is_read = fgets(value, VALUE_MAX, f) != NULL;
	fclose(f);
	if (!is_read)
		return false;
	value[strcspn(value, "\n")] = '\0';
	for (char *tab; (tab = strchr(value, '\t'));)
		*tab = ' ';
	return value[0] != '\0';
}

static int write_setting(struct writer *w, const char *setting, struct error *err)
{
	char path[128], key[128], value[VALUE_MAX];

	snprintf(path, sizeof(path), "/proc/sys/%s", setting);
	if (!read_line(path, value))
		return OK;
	snprintf(key, sizeof(key), "sysctl %s", setting);
	for (char *slash; (slash = strchr(key, '/'));)
		*slash = '.';
	return writer_fact(w, key, value, err);
}

static int write_number(struct writer *w, const char *key, uint64_t number, struct error *err)
{
	char value[32];

	snprintf(value, sizeof(value), "%" PRIu64, number);
	return writer_fact(w, key, value, err);
}

/* CONFIG_HZ from a kernel configuration; 0 if it does not say. */
static unsigned read_hz(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[VALUE_MAX];
	unsigned hz = 0;

	if (!f)
		return 0;
	while (hz == 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "CONFIG_HZ=%5u", &hz) != 1)
			hz = 0;
	fclose(f);
	return hz;
}

static int write_hz(struct writer *w, const char *release, struct error *err)
{
	char path[VALUE_MAX];
	unsigned hz;

	snprintf(path, sizeof(path), "/boot/config-%s", release);
	hz = read_hz(path);
	if (hz == 0) {
		snprintf(path, sizeof(path), "/lib/modules/%s/config", release);
		hz = read_hz(path);
	}
	return hz ? write_number(w, "hz", hz, err) : OK;
}

/* Arrays keep the byte order of this machine; little is the default (FORMAT section 10). */
static int write_byte_order(struct writer *w, struct error *err)
{
	const uint16_t one = 1;
	uint8_t first;

	memcpy(&first, &one, 1);
	return first ? OK : writer_fact(w, "byte_order", "big", err);
}

static int write_kernel(struct writer *w, struct error *err)
{
	struct utsname name;

	if (uname(&name) != 0)
		return OK;
	TRY(writer_fact(w, "host", name.nodename, err));
	TRY(writer_fact(w, "kernel", name.release, err));
	TRY(writer_fact(w, "kernel_version", name.version, err));
	TRY(writer_fact(w, "arch", name.machine, err));
	TRY(write_byte_order(w, err));
	return write_hz(w, name.release, err);
}

static int write_machine(struct writer *w, struct error *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char boot_id[VALUE_MAX];
	struct stat netns;

	if (cpus > 0)
		TRY(write_number(w, "cpus", (uint64_t)cpus, err));
	if (read_line("/proc/sys/kernel/random/boot_id", boot_id))
		TRY(writer_fact(w, "boot_id", boot_id, err));
	if (stat("/proc/self/ns/net", &netns) == 0)
		TRY(write_number(w, "netns", netns.st_ino, err));
	return OK;
}

int host_facts(struct writer *w, struct error *err)
{
	struct clock_reading now;

	TRY(writer_fact(w, "recorder", "tcptape-record " TCPTAPE_VERSION, err));
	TRY(write_kernel(w, err));
	TRY(write_machine(w, err));
	TRY(writer_fact(w, "clock", "boottime", err));
	if (host_clock(&now) == OK)
		TRY(write_number(w, "start_realtime_ns", now.realtime_ns, err));
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		TRY(write_setting(w, settings[i], err));
	return OK;
}

static bool read_clock(clockid_t id, uint64_t *ns)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return false;
	*ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return true;
}

/* The others are read between two readings of the tape's clock: ts_ns is their middle,
 * *width_ns their distance. */
static bool read_clocks(struct clock_reading *out, uint64_t *width_ns)
{
	struct clock_reading c = {0};
	uint64_t before, after;

	if (!read_clock(CLOCK_BOOTTIME, &before) || !read_clock(CLOCK_MONOTONIC, &c.monotonic_ns) ||
	    !read_clock(CLOCK_REALTIME, &c.realtime_ns) || !read_clock(CLOCK_BOOTTIME, &after))
		return false;
	*width_ns = after - before;
	c.ts_ns = c.boottime_ns = before + (after - before) / 2;
	*out = c;
	return true;
}

int host_clock(struct clock_reading *out)
{
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < CLOCK_TRIES; i++) {
		struct clock_reading c;
		uint64_t width;

		if (!read_clocks(&c, &width))
			return ERR_KERNEL;
		if (width < tightest) {
			tightest = width;
			*out = c;
		}
	}
	return OK;
}

uint64_t host_now_ns(void)
{
	uint64_t ns = 0;

	read_clock(CLOCK_BOOTTIME, &ns);
	return ns;
}

uint64_t host_jiffy_us(void)
{
	struct timespec tick;
	uint64_t hz;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) || tick.tv_sec || !tick.tv_nsec)
		return 0;
	hz = (1000000000 + (uint64_t)tick.tv_nsec / 2) / (uint64_t)tick.tv_nsec;
	return 1000000 / hz;
}

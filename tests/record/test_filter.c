/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/filter.h"

static void assert_line(const struct filter *f, size_t at, const char *text)
{
	struct filter_line line;

	assert_true(filter_next(f, &at, &line));
	assert_string_equal(line.text, text);
}

static void assert_refused(enum filter_kind kind, const char *arg, const char *sentence)
{
	struct filter f = {0};
	struct error err = {0};

	assert_int_equal(filter_add(&f, kind, arg, &err), ERR_USAGE);
	assert_string_equal(err.text, sentence);
}

static void filter_without_values_is_open(void **state)
{
	struct filter f = {0};
	struct filter_line line;
	size_t at = 0;

	(void)state;
	assert_true(filter_is_open(&f));
	assert_false(filter_is_blind(&f));
	assert_false(filter_next(&f, &at, &line));
}

static void filter_reads_networks_and_addresses(void **state)
{
	struct wire_selection s;
	struct filter f = {0};

	(void)state;
	assert_int_equal(filter_add(&f, FILTER_ADDR, "10.1.2.3/8,::1,2001:db8:ffff::/33", NULL), 0);
	assert_int_equal(filter_add(&f, FILTER_ADDR, "0.0.0.0/0", NULL), 0);
	assert_line(&f, 0, "addr 10.0.0.0/8");
	assert_line(&f, 1, "addr ::1/128");
	assert_line(&f, 2, "addr 2001:db8:8000::/33");
	assert_line(&f, 3, "addr 0.0.0.0/0");
	filter_fill(&f, &s);
	assert_int_equal(s.tasks.kinds, WIRE_BY_ADDR);
	assert_int_equal(s.addr_count, 4);
	assert_memory_equal(s.addrs[0].addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\0", 16);
	assert_memory_equal(s.addrs[0].mask,
			    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0", 16);
	assert_memory_equal(s.addrs[2].mask, "\xff\xff\xff\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void filter_refuses_addresses_that_are_none(void **state)
{
	static const char *const bad[] = {"",        "10.0.0",     "10.0.0.0/33", "10.0.0.0/",
					  "::1/129", "localhost",  "1.2.3.4,",    "/8",
					  "::1/-1",  "10.0.0.0/8 "};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char sentence[200];

		snprintf(sentence, sizeof(sentence),
			 "--addr '%s': not an address or network such as 10.0.0.0/8 or fe80::1",
			 bad[i]);
		assert_refused(FILTER_ADDR, bad[i], sentence);
	}
}

static void filter_knows_the_first_and_last_port(void **state)
{
	struct wire_selection s;
	struct filter f = {0};

	(void)state;
	filter_fill(&f, &s);
	assert_true(s.port_first > s.port_last);
	assert_int_equal(filter_add(&f, FILTER_PORT, "443,80-90,8080", NULL), 0);
	filter_fill(&f, &s);
	assert_int_equal(s.port_first, 80);
	assert_int_equal(s.port_last, 8080);
	assert_int_equal(s.ports[0], 1);
	assert_int_equal(s.ports[90 / 8] >> 90 % 8 & 1, 1);
	assert_int_equal(s.ports[91 / 8] >> 91 % 8 & 1, 0);
}

static void filter_samples_one_of_n(void **state)
{
	static const char *const bad[] = {"1", "1/0", "2/3", "1/", "0.1", "1/2,1/3", ""};
	struct wire_selection s;
	struct filter f = {0};

	(void)state;
	assert_int_equal(filter_add(&f, FILTER_SAMPLE, "1/10", NULL), 0);
	assert_line(&f, 0, "sample 1/10");
	filter_fill(&f, &s);
	assert_int_equal(s.sample_max, 429496729);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char sentence[100];

		snprintf(sentence, sizeof(sentence),
			 "--sample '%s': write 1/N for one of N connections, once", bad[i]);
		assert_refused(FILTER_SAMPLE, bad[i], sentence);
	}
}

static void filter_wants_processes_that_exist(void **state)
{
	char own[20], sentence[100];
	struct filter f = {0};
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	assert_int_equal(waitpid(gone, NULL, 0), gone);
	snprintf(own, sizeof(own), "%d,1", (int)getpid());
	assert_int_equal(filter_add(&f, FILTER_PID, own, NULL), 0);
	assert_int_equal(f.pids[0], getpid());
	assert_true(filter_has_task(&f));
	snprintf(own, sizeof(own), "%d", (int)gone);
	snprintf(sentence, sizeof(sentence), "--pid %d: there is no such process", (int)gone);
	assert_refused(FILTER_PID, own, sentence);
	assert_refused(FILTER_PID, "0", "--pid '0': not the number of a process");
	assert_refused(FILTER_PID, "curl", "--pid 'curl': not the number of a process");
}

static void filter_takes_names_as_long_as_the_kernels(void **state)
{
	struct wire_selection s;
	struct filter f = {0};

	(void)state;
	assert_int_equal(filter_add(&f, FILTER_COMM, "nginx: worker,fifteen letters", NULL), 0);
	assert_line(&f, 1, "comm fifteen letters");
	filter_fill(&f, &s);
	assert_string_equal((char *)s.tasks.comms[0], "nginx: worker");
	assert_refused(FILTER_COMM, "sixteen letters.",
		       "--comm 'sixteen letters.': 16 characters; of names of processes the kernel "
		       "keeps the first 15");
	assert_refused(FILTER_COMM, "a,", "--comm 'a,': empty name of a process");
}

static void filter_finds_network_namespaces(void **state)
{
	struct filter f = {0};
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	assert_int_equal(filter_add(&f, FILTER_NETNS, "self,/proc/self/ns/net,4026531833", NULL),
			 0);
	assert_int_equal(f.netns[0].id, st.st_ino);
	assert_int_equal(f.netns[1].id, st.st_ino);
	assert_int_equal(f.netns[2].id, 4026531833);
	assert_true(filter_is_blind(&f));
	assert_refused(FILTER_NETNS, "no-such-one",
		       "--netns 'no-such-one': there is no /run/netns/no-such-one; give a name, a "
		       "path, an inode number, or self");
	assert_refused(FILTER_NETNS, "/etc/passwd", "--netns '/etc/passwd': is no namespace");
	assert_refused(FILTER_NETNS, "", "--netns '': empty name");
}

static void filter_refuses_cgroups_that_are_none(void **state)
{
	(void)state;
	assert_refused(FILTER_CGROUP, "no/such.slice",
		       "--cgroup 'no/such.slice': there is none of this name below /sys/fs/cgroup");
	assert_refused(FILTER_CGROUP, "/tmp", "--cgroup '/tmp': is no cgroup of version 2");
}

static void filter_takes_so_many_values_and_no_more(void **state)
{
	struct error err = {0};
	struct filter f = {0};

	(void)state;
	for (int i = 0; i < WIRE_KIND_MAX; i++)
		assert_int_equal(filter_add(&f, FILTER_COMM, "a", NULL), 0);
	assert_int_equal(filter_add(&f, FILTER_COMM, "a", &err), ERR_USAGE);
	assert_string_equal(err.text, "--comm: more than 16 values");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filter_without_values_is_open),
		cmocka_unit_test(filter_reads_networks_and_addresses),
		cmocka_unit_test(filter_refuses_addresses_that_are_none),
		cmocka_unit_test(filter_knows_the_first_and_last_port),
		cmocka_unit_test(filter_samples_one_of_n),
		cmocka_unit_test(filter_wants_processes_that_exist),
		cmocka_unit_test(filter_takes_names_as_long_as_the_kernels),
		cmocka_unit_test(filter_finds_network_namespaces),
		cmocka_unit_test(filter_refuses_cgroups_that_are_none),
		cmocka_unit_test(filter_takes_so_many_values_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

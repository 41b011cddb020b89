/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_fronts.c -- where fronts stand, and before which programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/libbpf.h>

#include "record/fronts.h"

#include "bpf/wire.h"

#include "bpf/typed.skel.h"

static struct filter filter_of(enum filter_kind kind, const char *value)
{
	struct filter f = {0};

	assert_int_equal(filter_add(&f, kind, value, NULL), 0);
	return f;
}

static void fronts_stand_where_one_byte_may_answer(void **state)
{
	struct filter none = {0}, port = filter_of(FILTER_PORT, "443");
	struct filter pid = filter_of(FILTER_PID, "1"), addr = filter_of(FILTER_ADDR, "::1");
	struct filter sample = filter_of(FILTER_SAMPLE, "1/10");

	(void)state;
	assert_false(fronts_are_of_use(&none));
	assert_false(fronts_are_of_use(&addr));
	assert_false(fronts_are_of_use(&sample));
	assert_true(fronts_are_of_use(&port));
	assert_true(fronts_are_of_use(&pid));
}

static void only_what_is_loaded_has_a_front(void **state)
{
	struct bpf_program *p;
	struct typed *skel;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		skip();
	libbpf_set_print(NULL);
	skel = typed__open();
	assert_non_null(skel);
	bpf_object__for_each_program(p, skel->obj) bpf_program__set_autoload(p, false);
	bpf_program__set_autoload(skel->progs.tcp_destroy_sock, true);
	bpf_program__set_autoload(skel->progs.tcp_receive_reset, true); /* has none */
	fronts_leave_out(skel);
	fronts_add(skel);
	assert_ptr_equal(fronts_of(skel, skel->progs.tcp_destroy_sock),
			 skel->progs.tcp_destroy_sock_front);
	assert_true(bpf_map__autocreate(skel->maps.tcp_destroy_sock_next));
	assert_ptr_equal(fronts_of(skel, skel->progs.tcp_receive_reset),
			 skel->progs.tcp_receive_reset);
	assert_ptr_equal(fronts_of(skel, skel->progs.tcp_probe), skel->progs.tcp_probe);
	assert_false(bpf_program__autoload(skel->progs.tcp_probe_front));
	assert_false(bpf_map__autocreate(skel->maps.tcp_probe_next));
	(void)typed__load(skel); /* libbpf gives the kernel's BTF back there only */
	typed__destroy(skel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fronts_stand_where_one_byte_may_answer),
		cmocka_unit_test(only_what_is_loaded_has_a_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "record/behind.h"

struct held {
	pid_t here;
	int said; /* who has let go, a letter each */
};

/* Here it takes a while: enough for a child that does not wait to be first. */
static void let_go(void *what)
{
	const struct held *h = what;
	const struct timespec while_ = {.tv_nsec = 100000000};

	if (getpid() == h->here)
		nanosleep(&while_, NULL);
	if (write(h->said, getpid() == h->here ? "h" : "c", 1) != 1)
		_exit(1);
}

static void the_child_is_the_last_to_let_go(void **state)
{
	struct held h = {.here = getpid()};
	char said[3] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	h.said = ends[1];
	behind(let_go, &h);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(read(ends[0], &said[i], 1), 1);
	assert_string_equal(said, "hc");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_child_is_the_last_to_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

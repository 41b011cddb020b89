/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/filter_watch.h"

static void filter_watch_tells_once_that_a_process_has_ended(void **state)
{
	struct error none = {0}, news = {0}, again = {0};
	struct filter_watch w = {0};
	char pid[20], sentence[80];
	struct filter f = {0};
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		pause();
		_exit(0);
	}
	snprintf(pid, sizeof(pid), "%d", (int)child);
	assert_int_equal(filter_add(&f, FILTER_PID, pid, NULL), 0);
	filter_watch_begin(&w, &f);
	filter_watch_tick(&w, &none);
	assert_int_equal(none.status, 0);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	filter_watch_tick(&w, &news);
	snprintf(sentence, sizeof(sentence), "--pid %s: this process has ended", pid);
	assert_string_equal(news.text, sentence);
	filter_watch_tick(&w, &again);
	assert_int_equal(again.status, 0);
	filter_watch_end(&w);
}

static void filter_watch_tells_what_was_asked_for_in_vain(void **state)
{
	struct error news = {0}, none = {0};
	struct filter_watch w = {0};
	struct filter f = {0};

	(void)state;
	filter_watch_nothing(&w, 7, &none);
	assert_int_equal(none.status, 0);
	assert_int_equal(filter_add(&f, FILTER_PORT, "81,82", NULL), 0);
	filter_watch_begin(&w, &f);
	filter_watch_nothing(&w, 7, &news);
	assert_string_equal(news.text,
			    "no event fits the filter (port 81, ...); 7 other connections "
			    "were opened meanwhile");
	filter_watch_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filter_watch_tells_once_that_a_process_has_ended),
		cmocka_unit_test(filter_watch_tells_what_was_asked_for_in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

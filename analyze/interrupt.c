/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* interrupt.c -- a handler has nothing but these to look at. */
#include "analyze/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t is_waiting;
static volatile sig_atomic_t has_come;
static struct last_words said; /* only changed while is_waiting is 0 */

static void on_signal(int number)
{
	(void)number;
	has_come = 1;
	if (!is_waiting)
		return;
	if (said.len && write(STDERR_FILENO, said.text, said.len) < 0)
		_exit(said.status);
	_exit(said.status);
}

void interrupt_catch(void)
{
	static const int signals[] = {SIGINT, SIGTERM};
	struct sigaction now, catch = {.sa_handler = on_signal};

	sigemptyset(&catch.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(signals[i], &catch, NULL);
}

bool interrupt_begin_wait(const struct last_words *words)
{
	said = *words;
	is_waiting = 1;
	if (has_come)
		is_waiting = 0;
	return !has_come;
}

void interrupt_end_wait(void)
{
	is_waiting = 0;
}

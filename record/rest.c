/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rest.c -- nap, wakeup, and a word to the programs. */
#include "record/rest.h"

#include "record/host.h"

static const uint64_t MS = 1000000;

/* The ring is edge-triggered: data waits in it most of the time, and only a program that
 * finds it filling up, or nobody awake, shall wake us before the time. */
int rest_open(struct rest *r, struct attach *attach, struct drain *drain, struct error *err)
{
	r->attach = attach;
	r->drain = drain;
	TRY(wakeup_open(&r->wakeup, err));
	return wakeup_add(&r->wakeup, attach_ring_fd(attach), true, err);
}

void rest_close(struct rest *r)
{
	wakeup_close(&r->wakeup);
}

void rest_count(struct rest *r, size_t taken, bool is_more)
{
	uint64_t now = host_now_ns();
	bool was_shut = r->is_shut;

	nap_count(&r->nap, taken);
	r->look_ns = is_more ? now : nap_begin(&r->nap, now);
	r->is_shut = !is_more && r->nap.is_silent;
	if (r->is_shut && !was_shut)
		drain_shut(r->drain);
	else if (was_shut && !r->is_shut)
		drain_open_again(r->drain);
}

/* What filled the ring since the last look found the reader awake; once it is full nobody is left to wake it. */
static bool is_behind(const struct rest *r)
{
	size_t bearable = attach_ring_bytes(r->attach) / WIRE_WAKEUP_PART;

	return drain_waiting(r->drain) > (r->is_shut ? 0 : bearable);
}

void rest_until(struct rest *r, uint64_t due_ns)
{
	uint64_t now = host_now_ns(), until = due_ns < r->look_ns ? due_ns : r->look_ns;

	if (until <= now)
		return;
	attach_reader(r->attach, r->is_shut ? WIRE_READER_SLEEPS : WIRE_READER_NAPS);
	if (!is_behind(r))
		wakeup_wait(&r->wakeup, (int)((until - now) / MS) + 1);
	attach_reader(r->attach, WIRE_READER_AWAKE);
}

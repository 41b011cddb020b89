/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* budget.c -- shares of a core, and a list to go down and up. */
#include "record/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t WINDOW_NS = 2000000000;

/* Fewer in a window tell nothing about what one costs. */
static const uint64_t MANY_EVENTS = 10000;
static const double USUAL_EVENT_NS = 500;

/* What comes back must leave some room, or it would go again at once. */
static const double FILL = 0.8;

/* The first go first. */
static const char *const order[] = {
	"skb:consume_skb",
	"skb:skb_copy_datagram_iovec",
	"tcp:tcp_rcv_space_adjust",
	"sock:sk_data_ready",
	"tcp:tcp_probe",
	"net:netif_receive_skb",
	"tcp:tcp_sendmsg_locked",
	"sock:sock_recv_length",
	"sock:sock_send_length",
};

enum { ORDER = sizeof(order) / sizeof(order[0]) };

struct budget {
	uint32_t percent;
	struct budget_type types[ORDER];
	size_t count, level;
	struct budget_use before;
	uint64_t events_before[ORDER], shed_before[ORDER];
	double event_ns; /* that one costs, measured last when there were many */
	bool is_short;   /* nothing is left to leave out, and it was not enough */
	char reason[64];
};

int budget_new(const struct catalog *c, uint32_t percent, struct budget **out, struct error *err)
{
	struct budget *b = calloc(1, sizeof(*b));

	if (!b)
		return error_nomem(err);
	b->percent = percent;
	b->event_ns = USUAL_EVENT_NS;
	for (size_t i = 0; i < ORDER; i++)
		for (size_t j = 0; j < catalog_count(c); j++) {
			const struct catalog_event *e = catalog_at(c, j);

			if (e->way != WAY_NONE && strcmp(e->full_name, order[i]) == 0)
				b->types[b->count++] = (struct budget_type){.name = e->full_name,
									    .number = e->number};
		}
	*out = b;
	return 0;
}

void budget_free(struct budget *b)
{
	free(b);
}

size_t budget_count(const struct budget *b)
{
	return b->count;
}

struct budget_type *budget_at(struct budget *b, size_t index)
{
	return &b->types[index];
}

size_t budget_level(const struct budget *b)
{
	return b->level;
}

void budget_begin(struct budget *b, const struct budget_use *use)
{
	b->before = *use;
	for (size_t i = 0; i < b->count; i++) {
		b->events_before[i] = b->types[i].events;
		b->shed_before[i] = b->types[i].shed;
	}
}

bool budget_is_due(const struct budget *b, uint64_t now_ns)
{
	return b->percent && now_ns - b->before.now_ns >= WINDOW_NS;
}

/* Leave out more, until what stays should fit: each event is taken to cost the same. */
static void go_up(struct budget *b, double share, double share_of_event)
{
	for (; b->level < b->count && share > b->percent; b->level++)
		share -= share_of_event *
			 (double)(b->types[b->level].events - b->events_before[b->level]);
}

/* Take in again what fits by the number of events that were left out. */
static void go_down(struct budget *b, double share, double share_of_event)
{
	while (b->level > 0) {
		size_t last = b->level - 1;

		share += share_of_event * (double)(b->types[last].shed - b->shed_before[last]);
		if (share > b->percent * FILL)
			return;
		b->level = last;
	}
}

bool budget_weigh(struct budget *b, const struct budget_use *use)
{
	double span = (double)(use->now_ns - b->before.now_ns);
	double share = 100 * (double)(use->cpu_ns - b->before.cpu_ns) / span;
	uint64_t events = use->events - b->before.events;
	size_t level = b->level;
	double share_of_event;
	bool was_short = b->is_short;

	snprintf(b->reason, sizeof(b->reason), "%.0f %% of a core, limit %u %%", share, b->percent);
	if (events >= MANY_EVENTS)
		b->event_ns = (double)(use->cpu_ns - b->before.cpu_ns) / (double)events;
	share_of_event = 100 * b->event_ns / span;
	b->is_short = share > b->percent && level == b->count;
	if (share > b->percent)
		go_up(b, share, share_of_event);
	else
		go_down(b, share, share_of_event);
	budget_begin(b, use);
	return b->level != level || (b->is_short && !was_short);
}

const char *budget_reason(const struct budget *b)
{
	return b->reason;
}

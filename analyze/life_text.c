/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_text.c -- addresses and owners spelled out.
 */
#include "analyze/life_text.h"

#include <string.h>

#include "analyze/digits.h"

/* "nginx[812]" */
static void put_process(char out[PROCESS_MAX], const struct owner *o)
{
	size_t len = strlen(o->comm);

	memcpy(out, o->comm, len);
	out[len++] = '[';
	out = digits_decimal(out + len, o->pid);
	*out++ = ']';
	*out = '\0';
}

/* A listener's remote end is all zeros, and an unconnected socket's is nobody's. */
bool life_text_has_remote(const struct life *l)
{
	return l->tuple.remote.port && l->role != LIFE_LISTENER;
}

void life_text_locate(struct life_text *t, const struct life *l)
{
	t->has_remote = life_text_has_remote(l);
	address_format(l->tuple.local.addr, t->laddr);
	t->raddr[0] = '\0';
	if (t->has_remote)
		address_format(l->tuple.remote.addr, t->raddr);
}

void life_text_name(struct life_text *t, const struct life *l)
{
	t->has_remote = life_text_has_remote(l);
	endpoint_format(&l->tuple.local, t->local);
	t->remote[0] = t->process[0] = '\0';
	if (t->has_remote)
		endpoint_format(&l->tuple.remote, t->remote);
	if (l->owner.pid)
		put_process(t->process, &l->owner);
}

void life_text_fill(struct life_text *t, const struct life *l)
{
	life_text_locate(t, l);
	life_text_name(t, l);
}

struct cell address_cell(struct address_text *t, const uint8_t addr[16])
{
	if (!t->len || memcmp(t->addr, addr, sizeof(t->addr)) != 0) {
		memcpy(t->addr, addr, sizeof(t->addr));
		t->len = (uint8_t)strlen(address_format(addr, t->text));
	}
	return cell_own(view_of(t->text, t->len));
}

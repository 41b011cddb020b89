/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_drops.c -- every packet that the kernel dropped: where, why, of which connection. What it
 * frees the same way though nothing is lost is told with --all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/absence.h"
#include "analyze/chosen.h"
#include "analyze/counts.h"
#include "analyze/drop.h"
#include "analyze/event_cells.h"
#include "analyze/life_text.h"
#include "analyze/scope.h"
#include "analyze/sock_facts.h"
#include "analyze/units.h"
#include "analyze/watch.h"

enum {
	COL_TS,
	COL_CONN,
	COL_PACKET,
	COL_PAYLOAD,
	COL_LOCAL,
	COL_WAY,
	COL_REMOTE,
	COL_KIND,
	COL_REASON,
	COL_LOCATION,
	COL_PROTOCOL,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_DIRECTION,
	COL_FLAGS,
	COL_SEQ,
	COL_ACK,
	COL_PID,
	COL_COMM,
	COL_STACK,
	COL_EXCUSE,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_TS] = {.key = "ts_ns", .title = "time", .doc = "when it was dropped", .unit = UNIT_TIME, .align = ALIGN_RIGHT},
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life that sent the packet, or was to get it", .align = ALIGN_RIGHT},
	[COL_PACKET] = {.title = "packet", .doc = "TCP flags, or which protocol else, and payload"},
	[COL_PAYLOAD] = {.key = "payload_bytes", .doc = "its payload", .unit = UNIT_BYTES},
	[COL_LOCAL] = {.title = "local", .made_of = "laddr,lport", .doc = "local address and port"},
	[COL_WAY] = {.title = "", .doc = "which way it went"},
	[COL_REMOTE] = {.title = "remote", .made_of = "raddr,rport", .doc = "remote address and port"},
	[COL_KIND] = {.key = "kind", .doc = "loss, or benign: freed the same way though nothing was lost"},
	[COL_REASON] = {.key = "reason", .title = "reason", .doc = "the kernel's name of the reason; null before Linux 5.17"},
	[COL_LOCATION] = {.key = "location", .title = "where", .doc = "place in the kernel, or its address", .wraps = true},
	[COL_PROTOCOL] = {.key = "protocol", .doc = "of IP, such as IPPROTO_TCP; else the Ethernet type as number"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_DIRECTION] = {.key = "direction", .doc = "out: it was leaving this host; in: it had arrived, or passed through"},
	[COL_FLAGS] = {.key = "tcp_flags", .doc = "TCP flags"},
	[COL_SEQ] = {.key = "seq", .doc = "sequence number"},
	[COL_ACK] = {.key = "ack", .doc = "acknowledged sequence number"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_STACK] = {.key = "stack", .doc = "kernel functions that led there, if recorded, the innermost first"},
	[COL_EXCUSE] = {.title = "", .doc = "why nothing is lost", .wraps = true},
};
/* clang-format on */

const struct table drops_table = {"drops", columns, COL_COUNT};

struct drops {
	const struct view_input *in;
	struct tracker *tracker;
	struct chosen chosen;
	struct counts counts;
	struct arena arena; /* of one row */
	struct absence absence;
	uint64_t shown, excused;
};

/* One dropped packet. */
struct dropped {
	const struct item *item;
	const struct bound *e;
	const struct life *life;
	const char *reason, *excuse;
	struct tuple tuple; /* local and remote as seen from this host */
	struct tuple wire;  /* local = the sender */
	bool has_wire;
	enum drop_way way;
};

static struct cell field_cell(struct drops *v, const struct dropped *d, enum bound_field f)
{
	int index = d->e->field[f];

	if (index < 0)
		return cell_null();
	return event_cell(&d->item->event, index, d->item->section, &v->arena);
}

static bool has_text(const struct cell *c)
{
	return c->kind == CELL_TEXT || c->kind == CELL_NAME;
}

/* Null rather than "". */
static struct cell known_cell(struct cell c)
{
	return has_text(&c) && view_len(c.text) == 0 ? cell_null() : c;
}

static struct cell location_cell(struct drops *v, const struct dropped *d)
{
	struct cell symbol = known_cell(field_cell(v, d, BOUND_LOCATION_SYMBOL));

	return symbol.kind ? symbol : field_cell(v, d, BOUND_LOCATION);
}

static struct cell protocol_cell(struct drops *v, const struct dropped *d)
{
	return field_cell(v, d, d->has_wire ? BOUND_PROTO : BOUND_PROTOCOL);
}

static struct dropped look_at(struct drops *v, const struct item *item, const struct sighting *seen)
{
	const struct binding *b = tracker_binding(v->tracker);
	struct dropped d = {.item = item, .e = seen->bound, .life = seen->life};
	struct flow_headers headers;
	struct sock_facts sock;
	bool has_sock = sock_facts_read(b, d.e, &item->event, &sock);

	d.reason = drop_reason(d.e, &item->event, item->section);
	d.excuse = drop_excuse(d.e, &item->event, item->section);
	d.has_wire = flow_read(b, d.e, &item->event, &headers);
	if (d.has_wire)
		d.wire = headers.tuple;
	d.way = drop_way(d.reason, has_sock ? &sock : NULL, d.has_wire ? &d.wire : NULL);
	if (d.has_wire && (!d.life || d.life->role == LIFE_LISTENER))
		d.tuple = d.way == DROP_LEAVING ? d.wire : tuple_reversed(&d.wire);
	else if (d.life)
		d.tuple = d.life->tuple;
	return d;
}

/* ---- printing ---- */

struct row_text {
	char laddr[ADDRESS_MAX], raddr[ADDRESS_MAX];
	char local[ENDPOINT_MAX], remote[ENDPOINT_MAX];
	char packet[64];
};

static void spell_end(const struct endpoint *e, bool has_port, char addr[ADDRESS_MAX],
		      char end[ENDPOINT_MAX])
{
	address_format(e->addr, addr);
	if (has_port)
		endpoint_format(e, end);
	else
		snprintf(end, ENDPOINT_MAX, "%s", addr);
}

static void fill_ends(struct cell *cells, const struct dropped *d, struct row_text *text)
{
	const struct tuple *t = &d->tuple;
	bool is_tcp = d->life != NULL, has_ports = is_tcp || t->local.port || t->remote.port;

	if (!d->life && !d->has_wire)
		return;
	spell_end(&t->local, has_ports, text->laddr, text->local);
	cells[COL_LOCAL] = cell_string(text->local);
	cells[COL_LADDR] = cell_string(text->laddr);
	cells[COL_LPORT] = cell_nonzero(t->local.port);
	if (address_is_any(t->remote.addr) && !t->remote.port)
		return;
	spell_end(&t->remote, has_ports, text->raddr, text->remote);
	cells[COL_REMOTE] = cell_string(text->remote);
	cells[COL_RADDR] = cell_string(text->raddr);
	cells[COL_RPORT] = cell_nonzero(t->remote.port);
}

/* The sender of what is dropped on arrival may be the one life that the tape knows. */
static const char *arrow(const struct dropped *d)
{
	if (!d->has_wire)
		return "";
	return tuple_equal(&d->tuple, &d->wire) ? "→" : "←";
}

static const char *direction(enum drop_way way)
{
	static const char *const words[] = {NULL, "out", "in"};

	return words[way];
}

/* "FIN|ACK", "ACK 11 B", "UDP" */
static struct cell packet_cell(struct drops *v, const struct dropped *d, char *out, size_t size)
{
	struct cell what = field_cell(v, d, BOUND_TCP_FLAGS);
	struct view name = view_of("?", 1);
	int32_t bytes = bound_int32(d->e, &d->item->event, BOUND_PAYLOAD_BYTES, 0);
	char amount[UNITS_MAX];

	if (!has_text(&what))
		what = protocol_cell(v, d);
	if (has_text(&what))
		name = what.text;
	if (view_len(name) > 8 && memcmp(name.p, "IPPROTO_", 8) == 0)
		name.p += 8;
	units_bytes((uint64_t)bytes, amount);
	snprintf(out, size, "%.*s%s%s", (int)(view_len(name) < 32 ? view_len(name) : 32),
		 (const char *)name.p, bytes > 0 ? " " : "", bytes > 0 ? amount : "");
	return cell_string(out);
}

static void print_drop(struct drops *v, const struct dropped *d)
{
	struct cell cells[COL_COUNT] = {{0}};
	struct row_text text;

	fill_ends(cells, d, &text);
	cells[COL_TS] = cell_uint(d->item->event.ts_ns);
	cells[COL_CONN] = view_number(v->in, d->life ? d->life->conn : 0);
	cells[COL_FLAGS] = field_cell(v, d, BOUND_TCP_FLAGS);
	cells[COL_PROTOCOL] = protocol_cell(v, d);
	cells[COL_PACKET] = packet_cell(v, d, text.packet, sizeof(text.packet));
	cells[COL_PAYLOAD] = field_cell(v, d, BOUND_PAYLOAD_BYTES);
	cells[COL_WAY] = cell_string(arrow(d));
	cells[COL_KIND] = cell_string(d->excuse ? "benign" : "loss");
	cells[COL_REASON] = field_cell(v, d, BOUND_REASON);
	cells[COL_LOCATION] = location_cell(v, d);
	cells[COL_DIRECTION] = cell_string(direction(d->way));
	cells[COL_SEQ] = field_cell(v, d, BOUND_SEQ);
	cells[COL_ACK] = field_cell(v, d, BOUND_ACK);
	cells[COL_PID] = cell_nonzero(d->life ? d->life->owner.pid : 0);
	cells[COL_COMM] = cell_nonempty(d->life ? d->life->owner.comm : "");
	cells[COL_STACK] = known_cell(field_cell(v, d, BOUND_STACK));
	cells[COL_EXCUSE] = cell_string(d->excuse ? d->excuse : "");
	render_row(v->in->renderer, cells);
}

/* ---- counting ---- */

/* A cell as text: reasons without a name are numbers. */
static struct view text_of(struct drops *v, struct cell c)
{
	char number[32];
	const char *copy;

	if (has_text(&c))
		return c.text;
	if (c.kind != CELL_UINT && c.kind != CELL_INT && c.kind != CELL_HEX)
		return (struct view){0};
	snprintf(number, sizeof(number), c.kind == CELL_HEX ? "0x%" PRIx64 : "%" PRIu64,
		 (uint64_t)c.num);
	copy = arena_copy(&v->arena, number);
	return tally_text(copy).text;
}

static struct view property_of(struct drops *v, const struct dropped *d)
{
	switch (v->counts.by) {
	case COUNTS_REASON:
		return text_of(v, field_cell(v, d, BOUND_REASON));
	case COUNTS_LOCATION:
		return text_of(v, location_cell(v, d));
	case COUNTS_STACK:
		return text_of(v, field_cell(v, d, BOUND_STACK));
	default:
		return (struct view){0};
	}
}

static int count_drop(struct drops *v, const struct dropped *d, struct error *err)
{
	const struct event *ev = &d->item->event;
	int32_t bytes = bound_int32(d->e, ev, BOUND_PAYLOAD_BYTES, 0);
	struct counted thing = {
		.ts_ns = ev->ts_ns,
		.origin_ns = tracker_origin_ns(v->tracker),
		.bytes = bytes > 0 ? (uint64_t)bytes : 0,
		.text = property_of(v, d),
		.conn = d->life ? d->life->conn : 0,
		.tuple = &d->tuple,
	};

	return counts_add(&v->counts, &thing, err);
}

/* ---- reading ---- */

static int take_drop(struct drops *v, const struct item *item, const struct sighting *seen,
		     struct error *err)
{
	struct dropped d = look_at(v, item, seen);

	if (!d.excuse || v->in->shows_all)
		v->absence.found++;
	if (!chosen_has_event(&v->chosen, v->in, v->tracker, &item->event, seen))
		return 0;
	if (d.excuse && !v->in->shows_all) {
		v->excused++;
		return 0;
	}
	v->shown++;
	arena_reset(&v->arena);
	if (v->counts.by)
		TRY(count_drop(v, &d, err));
	else
		print_drop(v, &d);
	return v->arena.is_failed ? error_nomem(err) : 0;
}

static void tell_excused(const struct drops *v)
{
	char text[160], count[UNITS_MAX];

	snprintf(text, sizeof(text), "%s more %s freed with nothing lost: --all shows %s",
		 units_count(v->excused, count), v->excused == 1 ? "packet was" : "packets were",
		 v->excused == 1 ? "it" : "them");
	render_note(v->in->renderer, text);
}

static void finish(struct drops *v)
{
	if (v->counts.by && v->shown)
		counts_print(&v->counts);
	if (!v->shown)
		absence_explain(&v->absence, v->in, v->tracker);
	if (v->excused)
		tell_excused(v);
}

static int read_all(struct drops *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	int rc;

	tracker_forgo(v->tracker, FORGO_ENDS);
	TRY(chosen_prepare(&v->chosen, v->in, CHOSEN_LIVES, err));
	TRY(watch_begin(v->in, v->tracker, err));
	counts_begin(&v->counts, v->in, &drops_table);
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		absence_see(&v->absence, v->tracker, &item);
		if (seen.bound && seen.bound->kind == EVENT_DROP)
			TRY(take_drop(v, &item, &seen, err));
	}
	if (rc < 0)
		return rc;
	finish(v);
	return 0;
}

int view_drops(const struct view_input *in, struct error *err)
{
	struct drops v = {
		.in = in,
		.tracker = scope_tracker(in->scope),
		.absence = {.what = "drop", .event = "skb:kfree_skb", .kind = EVENT_DROP},
	};
	int rc = v.tracker ? read_all(&v, err) : error_nomem(err);

	tracker_free(v.tracker);
	chosen_release(&v.chosen);
	counts_release(&v.counts);
	arena_release(&v.arena);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * budget_row.c -- a column for each item; for people, the largest three.
 */
#include "analyze/budget_row.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyze/life_text.h"
#include "analyze/service.h"
#include "analyze/units.h"

enum { SPENT_MAX = 100, SPENT_ITEMS = 3 };

enum {
	COL_CONN,
	COL_PEER,
	COL_ROLE,
	COL_PROCESS,
	COL_SERVICE_TEXT,
	COL_SERVICE,
	COL_LADDR,
	COL_LPORT,
	COL_RADDR,
	COL_RPORT,
	COL_PID,
	COL_COMM,
	COL_DURATION,
	COL_TIME,
	COL_SPENT,
	COL_ITEMS,
	COL_UNCERTAIN = COL_ITEMS + LEDGER_COUNT,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the socket life", .align = ALIGN_RIGHT},
	[COL_PEER] = {.key = "peer", .doc = "number of the other side, when the tape holds it"},
	[COL_ROLE] = {.key = "role", .title = "role", .doc = "client, server or unknown"},
	[COL_PROCESS] = {.title = "process", .made_of = "pid,comm", .doc = "owner"},
	[COL_SERVICE_TEXT] = {.title = "service", .made_of = "service", .doc = "the server's end; ~ if guessed"},
	[COL_SERVICE] = {.key = "service", .doc = "the server's address and port"},
	[COL_LADDR] = {.key = "laddr", .doc = "local address"},
	[COL_LPORT] = {.key = "lport", .doc = "local port"},
	[COL_RADDR] = {.key = "raddr", .doc = "remote address"},
	[COL_RPORT] = {.key = "rport", .doc = "remote port"},
	[COL_PID] = {.key = "pid", .doc = "process that owns the socket"},
	[COL_COMM] = {.key = "comm", .doc = "its command name"},
	[COL_DURATION] = {.key = "duration_ns", .doc = "what the items add up to", .unit = UNIT_NS},
	[COL_TIME] = {.title = "time", .made_of = "duration_ns", .doc = "the same for people", .align = ALIGN_RIGHT},
	[COL_SPENT] = {.title = "spent", .doc = "the largest items"},
	[COL_ITEMS + LEDGER_CONNECT] = {.key = "connect_ns", .doc = "connecting", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_ACCEPT] = {.key = "accept_wait_ns", .doc = "established, not yet touched by the server's application", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_IDLE] = {.key = "idle_ns", .doc = "the client had nothing to ask", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_SENDER_APP] = {.key = "sender_app_ns", .doc = "this side's application was to send", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_PEER] = {.key = "peer_ns", .doc = "the peer was to send: its application, and the way from it", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_NETWORK] = {.key = "network_ns", .doc = "data was under way, or held back by the congestion window", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_RTO_WAIT] = {.key = "rto_wait_ns", .doc = "waiting for the retransmission timer, and repairing what it was for", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_RECOVERY] = {.key = "recovery_ns", .doc = "repairing losses noticed before the timer", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_RWND] = {.key = "rwnd_ns", .doc = "the peer's receive window was full", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_SNDBUF] = {.key = "sndbuf_ns", .doc = "the send buffer was too small", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_RECEIVER_APP] = {.key = "receiver_app_ns", .doc = "data waited for this side's application to read it", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_CLOSING] = {.key = "closing_ns", .doc = "this side had closed, and what it had written had arrived", .unit = UNIT_NS},
	[COL_ITEMS + LEDGER_UNKNOWN] = {.key = "unknown_ns", .doc = "the tape does not tell", .unit = UNIT_NS},
	[COL_UNCERTAIN] = {.key = "uncertain", .doc = "start or end not seen, or events lost meanwhile"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table budget_table = {"budget", columns, COL_COUNT};

/* "peer 96 %, network 3 %": the largest first, those of at least half a percent. */
static struct cell spent_text(const uint64_t *ns, uint64_t total, char *out, size_t size)
{
	bool is_told[LEDGER_COUNT] = {false};
	size_t len = 0;

	out[0] = '\0';
	for (size_t n = 0; n < SPENT_ITEMS; n++) {
		size_t best = 0;
		uint64_t percent;

		for (size_t i = 1; i < LEDGER_COUNT; i++)
			if (is_told[best] || (!is_told[i] && ns[i] > ns[best]))
				best = i;
		percent = total ? (uint64_t)((double)ns[best] * 100 / (double)total + 0.5) : 0;
		if (!percent)
			break;
		is_told[best] = true;
		len += (size_t)snprintf(out + len, size - len, "%s%s %" PRIu64 " %%",
					len ? ", " : "", ledger_title((enum ledger_item)best),
					percent);
	}
	return cell_nonempty(out);
}

void budget_row_render(const struct conn_row *row, const uint64_t ns[LEDGER_COUNT])
{
	const struct life *l = row->life;
	struct service service = service_of(l);
	struct cell cells[COL_COUNT] = {{0}};
	char time[UNITS_MAX], spent[SPENT_MAX], address[ENDPOINT_MAX], marked[ENDPOINT_MAX + 1];
	bool is_uncertain = tracker_is_uncertain(row->tracker, l);
	struct life_text text;

	life_text_fill(&text, l);
	snprintf(marked, sizeof(marked), "%s%s", service.is_guessed ? "~" : "",
		 service_format(&service, address));
	cells[COL_CONN] = view_number(row->in, l->conn);
	cells[COL_PEER] = view_number(row->in, l->peer);
	cells[COL_ROLE] = cell_string(life_role_name((enum life_role)l->role));
	cells[COL_PROCESS] = cell_nonempty(text.process);
	cells[COL_SERVICE_TEXT] = cell_string(marked);
	cells[COL_SERVICE] = cell_string(address);
	cells[COL_LADDR] = cell_string(text.laddr);
	cells[COL_LPORT] = cell_nonzero(l->tuple.local.port);
	cells[COL_RADDR] = cell_nonempty(text.raddr);
	cells[COL_RPORT] = text.has_remote ? cell_uint(l->tuple.remote.port) : cell_null();
	cells[COL_PID] = cell_nonzero(l->owner.pid);
	cells[COL_COMM] = cell_nonempty(l->owner.comm);
	cells[COL_DURATION] = cell_uint(life_duration(l));
	cells[COL_TIME] = cell_string(units_duration((int64_t)life_duration(l), time));
	cells[COL_SPENT] = spent_text(ns, life_duration(l), spent, sizeof(spent));
	for (size_t i = 0; i < LEDGER_COUNT; i++)
		cells[COL_ITEMS + i] = cell_uint(ns[i]);
	cells[COL_UNCERTAIN] = cell_bool(is_uncertain);
	cells[COL_REMARK] = cell_string(is_uncertain ? "uncertain" : "");
	render_row(row->in->renderer, cells);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_drop.c -- losses and housekeeping are told apart, and which way a packet went. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/drop.h"
#include "analyze/sock_facts.h"
#include "tests/analyze/build_tape.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* The excuse of one dropped packet, as of 127.0.0.1:40112 to :8080. */
static const char *excuse(uint32_t reason, const char *place, uint8_t flags, uint32_t payload)
{
	const struct build_segment x = {
		.from = "127.0.0.1",
		.to = "127.0.0.1",
		.sport = 40112,
		.dport = 8080,
		.flags = flags,
		.payload = payload,
	};
	struct build_tape b = {0};
	struct binding binding = {0};
	const char *found = NULL;
	struct cursor *c;
	struct item item;
	struct error err;

	tape_begin(&b);
	tape_drop_at(&b, 1000, &x, reason, place, NULL);
	c = tape_ready(&b);
	while (cursor_next(c, &item, &err) == 0) {
		if (item.kind == ITEM_SECTION || item.kind == ITEM_SCHEMA)
			assert_int_equal(binding_update(&binding, item.section, &err), 0);
		if (item.kind == ITEM_EVENT)
			found = drop_excuse(binding_find(&binding, &item.event), &item.event,
					    item.section);
	}
	binding_release(&binding);
	tape_release(&b);
	return found;
}

static void a_reason_decides_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(excuse(REASON_TCP_OLD_DATA, "", ACK, 100), "duplicate");
	assert_null(excuse(REASON_NETFILTER_DROP, "", ACK, 100));
	assert_null(excuse(REASON_NO_SOCKET, "sk_stream_kill_queues+0x50", SYN, 0));
	assert_null(excuse(0x30001, "", ACK, 0)); /* a subsystem's, without a name */
}

static void handshake_that_is_repeated_is_no_loss(void **state)
{
	(void)state;
	assert_string_equal(excuse(REASON_TCP_INVALID_SYN, "", SYN | ACK, 0), "SYN-ACK again");
	assert_null(excuse(REASON_TCP_INVALID_SYN, "", SYN, 0)); /* another connection's */
	assert_string_equal(excuse(REASON_TCP_FASTOPEN, "", SYN, 0), "SYN again");
	assert_null(excuse(REASON_TCP_FASTOPEN, "", ACK, 0));
}

static void without_a_reason_the_place_decides(void **state)
{
	static const uint32_t none[] = {REASON_NONE, REASON_NOT_SPECIFIED};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(excuse(none[i], "sk_stream_kill_queues+0x50", ACK, 5),
				    "unread at close");
		assert_string_equal(excuse(none[i], "tcp_rcv_state_process+0x1a", ACK, 0),
				    "processed");
		assert_string_equal(excuse(none[i], "tcp_v4_rcv+0x62", FIN | ACK, 0), "processed");
		assert_null(excuse(none[i], "tcp_rcv_state_process+0x1a", ACK, 7));
		assert_null(excuse(none[i], "tcp_v4_rcv+0x62", SYN, 0));
		assert_null(excuse(none[i], "ip_rcv_core+0x12", ACK, 0));
		assert_null(excuse(none[i], "", ACK, 0));
	}
}

static struct tuple tuple_of(uint8_t last, uint16_t lport, uint16_t rport)
{
	struct tuple t = {.local.port = lport, .remote.port = rport};

	address_set_ipv4(t.local.addr, (const uint8_t[4]){10, 0, 0, last});
	address_set_ipv4(t.remote.addr, (const uint8_t[4]){10, 0, 0, 9});
	return t;
}

static void its_socket_tells_which_way_a_packet_went(void **state)
{
	const struct tuple wire = tuple_of(1, 40112, 80);
	struct sock_facts sender = {.tuple = wire}, receiver = {.tuple = tuple_reversed(&wire)};
	struct sock_facts listener = {.tuple.local.port = 80};

	(void)state;
	assert_int_equal(drop_way("NETFILTER_DROP", &sender, &wire), DROP_LEAVING);
	assert_int_equal(drop_way("NETFILTER_DROP", &receiver, &wire), DROP_ARRIVED);
	assert_int_equal(drop_way("TCP_LISTEN_OVERFLOW", &listener, &wire), DROP_ARRIVED);
}

static void without_a_socket_the_reason_tells(void **state)
{
	const struct tuple wire = tuple_of(1, 40112, 80);

	(void)state;
	assert_int_equal(drop_way("QDISC_DROP", NULL, &wire), DROP_LEAVING);
	assert_int_equal(drop_way("NETFILTER_DROP", NULL, &wire), DROP_ARRIVED);
	assert_int_equal(drop_way(NULL, NULL, &wire), DROP_ARRIVED);
	assert_int_equal(drop_way("NOT_SPECIFIED", NULL, NULL), DROP_WAY_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_decides_by_its_name),
		cmocka_unit_test(handshake_that_is_repeated_is_no_loss),
		cmocka_unit_test(without_a_reason_the_place_decides),
		cmocka_unit_test(its_socket_tells_which_way_a_packet_went),
		cmocka_unit_test(without_a_socket_the_reason_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

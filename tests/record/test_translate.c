/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Wire records made by hand, written to a tape in memory and read back; skipped where the
 * running kernel has no BTF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "bpf/wire.h"
#include "tests/record/fake_kernel.h"

enum { AF_INET_FAMILY = 2, AF_INET6_FAMILY = 10, PROTO_TCP = 6 };

static const char state_fields[] = "\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
				   "\tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;\n"
				   "\tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;\n"
				   "\tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;\n"
				   "\tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;\n"
				   "\tfield:__u16 family;\toffset:28;\tsize:2;\tsigned:0;\n"
				   "\tfield:__u16 protocol;\toffset:30;\tsize:2;\tsigned:0;\n"
				   "\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;\n"
				   "\tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;\n"
				   "\tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;\n"
				   "\tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;\n";
static const char receive_fields[] =
	"\tfield:void * skbaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int len;\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc char[] name;\toffset:20;\tsize:4;\tsigned:0;\n";
static const char generic_fields[] =
	"\tfield:int small;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] text;\toffset:12;\tsize:4;\tsigned:0;\n"
	"\tfield:__u8 saddr[28];\toffset:16;\tsize:28;\tsigned:0;\n"
	"\tfield:__u8 daddr[28];\toffset:44;\tsize:28;\tsigned:0;\n";

static int set_up(void **state)
{
	struct fake_kernel *k = fake_kernel_new();

	*state = k;
	if (!k)
		return 0;
	fake_kernel_add(k, "sock", "inet_sock_set_state", state_fields, "\"%d\", REC->oldstate");
	fake_kernel_add(k, "net", "netif_receive_skb", receive_fields, "\"%s\", __get_str(name)");
	fake_kernel_add(k, "made", "up", generic_fields,
			"\"%d %pISpc %pISpc\", REC->small, REC->saddr, REC->daddr");
	return 0;
}

static int tear_down(void **state)
{
	fake_kernel_free(*state);
	return 0;
}

static void begin(void **state, struct fake_tape *t, const char *glob)
{
	struct catalog *c = NULL;

	if (!*state)
		skip();
	assert_int_equal(fake_kernel_catalog(*state, glob, &c, NULL), OK);
	fake_tape_begin(t, c);
}

static struct wire_head head_of(uint16_t event, uint64_t ts_ns, uint32_t flags)
{
	return (struct wire_head){.ts_ns = ts_ns,
				  .pid = 100,
				  .tid = 101,
				  .comm = "tester",
				  .event = event,
				  .cpu = 3,
				  .flags = flags};
}

/* A state change with everything that is never read filled with rubbish. */
static struct wire_set_state state_change(uint64_t ts_ns, uint32_t flags)
{
	struct wire_set_state r;

	memset(&r, 0xee, sizeof(r));
	r.head = head_of(WIRE_INET_SOCK_SET_STATE, ts_ns, flags);
	r.sock = (struct wire_sock){.skaddr = 0xffff888000001000,
				    .cookie = 77,
				    .netns = 4026531840,
				    .protocol = PROTO_TCP,
				    .family = AF_INET_FAMILY,
				    .sport = 8080,
				    .dport = 40000,
				    .saddr = {127, 0, 0, 1},
				    .daddr = {10, 0, 0, 2}};
	r.oldstate = 7;
	r.newstate = 2;
	return r;
}

static void translate_shows_ipv4_addresses_mapped_as_the_kernel_does(void **state)
{
	static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 2};
	struct wire_set_state r = state_change(1000, WIRE_HAS_TCP);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	r.tcp = (struct wire_tcp_counters){.bytes_acked = 5, .snd_una = 9};
	r.sk_err = -1;
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_int_equal(item.event.ts_ns, 1000);
	assert_int_equal(item.event.cpu, 3);
	assert_int_equal(fake_int(&item.event, "skaddr"), 0xffff888000001000);
	assert_int_equal(fake_int(&item.event, "sport"), 8080);
	assert_int_equal(fake_int(&item.event, "newstate"), 2);
	assert_int_equal(fake_int(&item.event, "bytes_acked"), 5);
	assert_int_equal(fake_int(&item.event, "sk_err"), UINT64_MAX);
	fake_assert_bytes(&item.event, "daddr", mapped + 12, 4);
	fake_assert_bytes(&item.event, "daddr_v6", mapped, 16);
	assert_false(fake_tape_next(&t, &item));
	fake_tape_release(&t);
}

static void translate_leaves_out_counters_the_socket_has_not(void **state)
{
	struct wire_set_state r = state_change(1000, 0);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_true(fake_is_null(&item.event, "bytes_acked"));
	assert_true(fake_is_null(&item.event, "is_done"));
	assert_int_equal(fake_int(&item.event, "oldstate"), 7);
	fake_tape_release(&t);
}

/* Each predicts the other at the other end of a connection. */
static void translate_keys_what_is_sent_and_what_arrives_alike(void **state)
{
	static const char *const pairs[][2] = {{"snd_una", "rcv_nxt"},
					       {"bytes_acked", "bytes_received"}};
	struct wire_set_state r = state_change(1000, WIRE_HAS_TCP);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	for (size_t i = 0; i < 2; i++) {
		const struct schema *s = item.event.schema;
		const struct field *sent = &s->fields[schema_find(s, pairs[i][0])],
				   *got = &s->fields[schema_find(s, pairs[i][1])];

		assert_int_not_equal(sent->key_ref, 0);
		assert_int_equal(sent->key_space, got->key_space);
		assert_false(sent->flags & FIELD_FLIP);
		assert_true(got->flags & FIELD_FLIP);
	}
	fake_tape_release(&t);
}

static void translate_keeps_one_entry_for_a_socket_that_stays_the_same(void **state)
{
	struct wire_set_state r = state_change(1000, 0);
	struct fake_tape t;
	struct item item;
	uint32_t first;

	begin(state, &t, "sock:*");
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	r.head.ts_ns = 2000;
	r.sock.state = 1; /* no part of the identity */
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	r.head.ts_ns = 3000;
	r.sock.sport = 8081;
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	first = event_ref(&item.event, 2);
	assert_true(first != 0);
	assert_true(fake_tape_next(&t, &item));
	assert_int_equal(event_ref(&item.event, 2), first);
	assert_true(fake_tape_next(&t, &item));
	assert_int_not_equal(event_ref(&item.event, 2), first);
	assert_int_equal(fake_int(&item.event, "sport"), 8081);
	fake_tape_release(&t);
}

static void translate_tells_ipv6_sockets_apart_by_their_addresses(void **state)
{
	struct wire_set_state r = state_change(1000, 0);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	r.sock.family = AF_INET6_FAMILY;
	memset(&r.addrs6, 1, sizeof(r.addrs6));
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	r.head.ts_ns = 2000;
	memset(&r.addrs6, 2, sizeof(r.addrs6));
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	fake_assert_bytes(&item.event, "saddr_v6", "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16);
	assert_true(fake_tape_next(&t, &item));
	fake_assert_bytes(&item.event, "saddr_v6", "\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2", 16);
	fake_tape_release(&t);
}

static struct wire_receive received(uint32_t flags)
{
	struct wire_receive r;

	memset(&r, 0xee, sizeof(r));
	r.head = head_of(WIRE_NETIF_RECEIVE_SKB, 1000, flags);
	r.skbaddr = 0xffff888000002000;
	r.len = 54;
	memcpy(r.name, "eth0\0rubbish", 12);
	return r;
}

static void translate_ties_a_packet_to_its_flow(void **state)
{
	struct wire_receive r = received(WIRE_HAS_FLOW | WIRE_HAS_SEGMENT);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "net:*");
	r.packet.flow = (struct wire_flow){.proto = PROTO_TCP,
					   .family = AF_INET_FAMILY,
					   .sport = 80,
					   .dport = 90};
	r.packet.tcp_flags = 18;
	r.packet.payload_bytes = 2;
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	fake_assert_bytes(&item.event, "name", "eth0", 4);
	assert_int_equal(fake_int(&item.event, "sport"), 80);
	assert_int_equal(fake_int(&item.event, "proto"), PROTO_TCP);
	assert_int_equal(fake_int(&item.event, "tcp_flags"), 18);
	assert_int_equal(fake_int(&item.event, "payload_bytes"), 2);
	fake_tape_release(&t);
}

static void translate_shows_no_flow_of_what_is_not_ip(void **state)
{
	struct wire_receive r = received(0);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "net:*");
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_int_equal(fake_int(&item.event, "len"), 54);
	assert_true(fake_is_null(&item.event, "proto"));
	assert_true(fake_is_null(&item.event, "saddr"));
	assert_true(fake_is_null(&item.event, "seq"));
	fake_tape_release(&t);
}

/* head, 64 bytes of entry, one slot */
struct made_up {
	struct wire_head head;
	int32_t number;
	uint32_t text_loc;
	uint8_t saddr[28];
	uint8_t daddr[28];
	struct wire_dynamic text;
};

static struct made_up made_up(const char *text, uint16_t len, uint16_t full)
{
	struct made_up r;

	memset(&r, 0xee, sizeof(r));
	r.head = head_of(WIRE_TYPED_END, 1000, 0);
	r.number = -5;
	memset(r.saddr, 1, sizeof(r.saddr));
	memset(r.daddr, 2, sizeof(r.daddr));
	r.text.len = len;
	r.text.full = full;
	memcpy(r.text.data, text, strlen(text) + 1);
	return r;
}

static void translate_reads_a_generic_event_as_its_format_file_says(void **state)
{
	struct made_up r = made_up("hello", 6, 6);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "made:up");
	assert_int_equal(catalog_at(t.catalog, 0)->layout.record_bytes, sizeof(r));
	assert_int_equal(catalog_at(t.catalog, 0)->layout.dynamic[0].offset, 12);
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_int_equal((int64_t)fake_int(&item.event, "small"), -5);
	fake_assert_bytes(&item.event, "text", "hello", 5);
	fake_assert_bytes(&item.event, "saddr", r.saddr, 28);
	fake_assert_bytes(&item.event, "daddr", r.daddr, 28);
	fake_tape_release(&t);
}

static void translate_says_that_a_long_text_was_cut(void **state)
{
	struct made_up r = made_up("", WIRE_DYNAMIC_BYTES, 1000);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "made:up");
	memset(r.text.data, 'x', sizeof(r.text.data));
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	assert_int_equal(translator_facts(t.translator, t.writer, NULL), OK);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_non_null(strstr(fact_list_find(&item.section->facts, "cut"), "made:up: 1 values"));
	fake_tape_release(&t);
}

static void translate_counts_records_it_does_not_understand(void **state)
{
	struct wire_set_state r = state_change(1000, 0);
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	assert_int_equal(translator_add(t.translator, &r,
					offsetof(struct wire_set_state, addrs6) - 1, NULL),
			 OK);
	r.head.event = WIRE_KFREE_SKB;
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	r.head.event = UINT16_MAX;
	assert_int_equal(translator_add(t.translator, &r, sizeof(r), NULL), OK);
	assert_int_equal(translator_add(t.translator, &r, 8, NULL), OK);
	assert_int_equal(translator_strange(t.translator), 4);
	assert_int_equal(translator_rows(t.translator), 0);
	fake_tape_read(&t);
	assert_false(fake_tape_next(&t, &item));
	fake_tape_release(&t);
}

static void translate_writes_a_snapshot_row_without_an_owner(void **state)
{
	struct wire_existing r =
		{.head = {.ts_ns = 5, .event = WIRE_SOCK_SNAPSHOT, .flags = WIRE_HAS_BACKLOG},
		 .sock = {.skaddr = 9, .family = AF_INET_FAMILY, .state = 10},
		 .queues = {.backlog = 1, .max_backlog = 128, .requests = 2, .drops = 3}};
	struct fake_tape t;
	struct item item;

	begin(state, &t, "sock:*");
	assert_int_equal(translator_add_as(t.translator, catalog_snapshot(t.catalog), &r, NULL),
			 OK);
	assert_int_equal(translator_rows_of(t.translator, WIRE_SOCK_SNAPSHOT), 1);
	fake_tape_read(&t);
	assert_true(fake_tape_next(&t, &item));
	assert_string_equal(item.event.schema->name, "sock_snapshot");
	assert_int_equal(item.event.schema->flags, SCHEMA_OWN);
	assert_int_equal(event_ref(&item.event, 1), 0);
	assert_int_equal(fake_int(&item.event, "state"), 10);
	assert_int_equal(fake_int(&item.event, "max_backlog"), 128);
	assert_int_equal(fake_int(&item.event, "requests"), 2);
	assert_int_equal(fake_int(&item.event, "drops"), 3);
	assert_true(fake_is_null(&item.event, "owner_pid"));
	assert_true(fake_is_null(&item.event, "inode"));
	assert_true(fake_is_null(&item.event, "snd_cwnd"));
	fake_tape_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			translate_shows_ipv4_addresses_mapped_as_the_kernel_does, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(translate_leaves_out_counters_the_socket_has_not,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(translate_keys_what_is_sent_and_what_arrives_alike,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			translate_keeps_one_entry_for_a_socket_that_stays_the_same, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			translate_tells_ipv6_sockets_apart_by_their_addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(translate_ties_a_packet_to_its_flow, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(translate_shows_no_flow_of_what_is_not_ip, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			translate_reads_a_generic_event_as_its_format_file_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(translate_says_that_a_long_text_was_cut, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(translate_counts_records_it_does_not_understand,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(translate_writes_a_snapshot_row_without_an_owner,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

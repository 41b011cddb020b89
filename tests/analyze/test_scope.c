/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_scope.c -- what is left unread, and that it makes no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/scope.h"
#include "analyze/tracker.h"
#include "format/sink.h"
#include "format/source.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { MS = 1000000, CONNS = 12 };

static const uint64_t T0 = 5000000000;

/* Connection i of the tape: client and server on this host. */
struct ends {
	struct build_sock client, server;
};

static struct ends ends_of(unsigned i)
{
	struct ends e = {.client = hello_client, .server = hello_server};

	e.client.lport = e.server.rport = (uint16_t)(40000 + i);
	e.client.cookie = 1000 + 2 * i;
	e.server.cookie = 1001 + 2 * i;
	e.client.skaddr = 0xc000 + 64 * (i % 4 ? i % 4 : 16 + i); /* used again once closed */
	e.server.skaddr = 0xd000 + 64 * (i % 4 ? i % 4 : 16 + i);
	return e;
}

static void flush(struct build_tape *b)
{
	struct error err;

	tape_check(writer_flush(b->writer, &err), &err);
}

/* Each connection in blocks of its own; its beginning in one before the rest. */
static void converse(struct build_tape *b, unsigned i)
{
	struct ends e = ends_of(i);
	struct build_sock early = e.client;
	uint64_t t = T0 + (i + 1) * 100 * MS;

	early.lport = 0;
	tape_run(b, 100 + i, "curl");
	tape_state(b, t, &early, STATE_CLOSE, STATE_SYN_SENT);
	flush(b);
	tape_state(b, t + MS, &e.client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_state(b, t + MS, &e.server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, t + MS, &e.server, STATE_SYN_RECV, STATE_ESTABLISHED);
	tape_segment(b, t + MS,
		     &(struct build_segment){"127.0.0.1", "127.0.0.1", e.client.lport, 8080, 16, 1,
					     1, 0});
	tape_send(b, t + 2 * MS, &e.client, (int32_t)i + 1);
	tape_recv(b, t + 3 * MS, &e.server, (int32_t)i + 1, 0);
	if (i % 4) { /* others stay open */
		tape_state(b, t + 4 * MS, &e.client, STATE_ESTABLISHED, STATE_CLOSE);
		tape_destroy(b, t + 4 * MS, &e.client);
		tape_state(b, t + 4 * MS, &e.server, STATE_ESTABLISHED, STATE_CLOSE);
		tape_destroy(b, t + 4 * MS, &e.server);
	}
	tape_sock_event(b, t + 5 * MS, BUILD_DATA_READY, &hello_listener);
	flush(b);
}

static void make_crowd(struct build_tape *b, uint32_t left_out)
{
	memset(b, 0, sizeof(*b));
	b->left_out = left_out;
	tape_begin(b);
	tape_snapshot(b, T0, &hello_listener,
		      &(struct build_snapshot){.state = STATE_LISTEN,
					       .owner_pid = 5,
					       .owner_comm = "nginx"});
	flush(b);
	for (unsigned i = 0; i < CONNS; i++)
		converse(b, i);
}

static struct source *open_crowd(const struct build_tape *b)
{
	struct source *source;
	struct error err;
	size_t len;
	const uint8_t *data = sink_memory(b->sink, &len);

	tape_check(source_open_memory(data, len, &source, &err), &err);
	return source;
}

/* Events that come through. */
static unsigned count(const struct build_tape *b, const struct selection *selection,
		      unsigned spares)
{
	struct source *source = open_crowd(b);
	struct scope scope = {0};
	struct cursor *c;
	struct item item;
	struct error err;
	unsigned n = 0;
	int rc;

	tape_check(cursor_open(source, &c, &err), &err);
	assert_int_equal(scope_find(&scope, source, selection, spares, &err), 0);
	assert_int_equal(scope_limit(&scope, c, &err), 0);
	while ((rc = cursor_next(c, &item, &err)) == 0) {
		if (item.kind == ITEM_SECTION)
			kin_begin_section(&scope.reader);
		n += item.kind == ITEM_EVENT;
	}
	assert_int_equal(rc, END);
	cursor_close(c);
	scope_release(&scope);
	source_close(source);
	return n;
}

/* What a view prints is the same whether all is read or not. */
static void compare(const struct build_tape *b, view_fn view, const char *options, unsigned spares)
{
	size_t len;
	const uint8_t *data = sink_memory(b->sink, &len);
	struct viewed whole = view_bytes(view, data, len, options, false);
	struct viewed part = view_part(view, data, len, options, spares);

	assert_int_equal(whole.rc, 0);
	assert_int_equal(part.rc, 0);
	assert_string_equal(part.text, whole.text);
	viewed_release(&whole);
	viewed_release(&part);
}

enum { PER_CONN = 1 + 6 + 4 + 1, LISTENER = 1 };

static void one_port_needs_its_blocks_and_the_listeners_first(void **state)
{
	struct build_tape b;
	uint16_t port = 40005, none = 9;
	struct selection s = {.ports = &port, .port_count = 1};

	(void)state;
	make_crowd(&b, 0);
	tape_ready(&b);
	assert_int_equal(count(&b, &s, SPARE_NUMBERS), LISTENER + PER_CONN);
	/* Numbers need what lies before. */
	assert_true(count(&b, &s, 0) > 100);
	s.ports = &none;
	assert_int_equal(count(&b, &s, SPARE_NUMBERS), 0);
	tape_release(&b);
}

static void a_part_gives_the_answers_of_the_whole(void **state)
{
	static const view_fn views[] = {view_conns, view_states, view_timeline, view_exchanges,
					view_replay};
	struct build_tape b;
	char options[64];

	(void)state;
	make_crowd(&b, 0);
	tape_ready(&b);
	for (unsigned i = 0; i < CONNS; i++)
		for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
			snprintf(options, sizeof(options), "--no-conn -f json --port %u",
				 40000 + i);
			compare(&b, views[v], options, 0);
			snprintf(options, sizeof(options), "--no-conn --port %u", 40000 + i);
			compare(&b, views[v], options, 0);
		}
	compare(&b, view_conns, "--no-conn -f json --addr 127.0.0.1", 0);
	compare(&b, view_info, "-f csv --port 40003", SPARE_NUMBERS);
	tape_release(&b);
}

static void times_leave_out_what_is_not_between(void **state)
{
	struct build_tape b;
	/* connection 4 */
	struct selection s = {.has_since = true,
			      .has_until = true,
			      .since_ns = 500 * MS,
			      .until_ns = 600 * MS};
	unsigned spares = SPARE_AFTER | SPARE_BEFORE;

	(void)state;
	make_crowd(&b, 0);
	tape_ready(&b);
	assert_int_equal(count(&b, &s, spares | SPARE_NUMBERS), PER_CONN - 4);
	assert_int_equal(count(&b, &s, spares), LISTENER + 5 * PER_CONN - 2 * 4);
	assert_true(count(&b, &s, 0) > 100);
	compare(&b, view_replay, "--since 0.5 --until 0.6", spares);
	compare(&b, view_replay, "--since 0.5 --until 0.6 --no-conn", spares);
	compare(&b, view_replay, "-f json --since 0.5 --until 0.6 --port 40004", spares);
	compare(&b, view_states, "--since 0.5 --until 0.6", SPARE_AFTER);
	compare(&b, view_info, "-f csv --since 0.5 --until 0.6", spares | SPARE_NUMBERS);
	tape_release(&b);
}

static void a_pid_may_be_told_anywhere(void **state)
{
	struct build_tape b;
	uint32_t pid = 104;
	struct selection s = {.pids = &pid, .pid_count = 1, .has_since = true, .since_ns = 1};
	unsigned all = SPARE_AFTER | SPARE_BEFORE | SPARE_NUMBERS;

	(void)state;
	make_crowd(&b, 0);
	tape_ready(&b);
	assert_true(count(&b, &s, all) > 100);
	tape_release(&b);
}

/* What ended unseen is told by what others do later. */
static void a_tape_that_lacks_something_is_read_whole(void **state)
{
	uint16_t port = 40005;
	struct selection s = {.ports = &port, .port_count = 1};
	struct build_tape b;

	(void)state;
	make_crowd(&b, 0);
	tape_loss(&b, T0 + 20 * MS, T0 + 30 * MS, BUILD_DESTROY);
	tape_ready(&b);
	assert_true(count(&b, &s, SPARE_NUMBERS) > 100);
	tape_release(&b);
}

static void an_empty_tape_has_no_beginning(void **state)
{
	struct selection s = {.has_since = true, .since_ns = 1};
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_ready(&b);
	assert_int_equal(count(&b, &s, SPARE_AFTER | SPARE_BEFORE | SPARE_NUMBERS), 0);
	tape_release(&b);
}

/* Before 6.15 the child of a listener had another cookie at first, and no remote port. */
static void old_kernels_children_are_found_by_their_address(void **state)
{
	uint16_t port = 40002;
	struct selection s = {.ports = &port, .port_count = 1};
	struct ends e = ends_of(2);
	struct build_sock half = e.server;
	struct build_tape b;

	(void)state;
	half.rport = 0;
	half.raddr = "0.0.0.0";
	half.cookie = 77777;
	memset(&b, 0, sizeof(b));
	tape_begin(&b);
	tape_state(&b, T0, &half, STATE_LISTEN, STATE_SYN_RECV);
	flush(&b);
	tape_state(&b, T0 + 1, &e.server, STATE_SYN_RECV, STATE_ESTABLISHED);
	flush(&b);
	tape_send(&b, T0 + 2, &hello_client, 1);
	tape_ready(&b);
	assert_int_equal(count(&b, &s, SPARE_NUMBERS), 2);
	compare(&b, view_conns, "--no-conn -f json --port 40002", 0);
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_port_needs_its_blocks_and_the_listeners_first),
		cmocka_unit_test(a_part_gives_the_answers_of_the_whole),
		cmocka_unit_test(times_leave_out_what_is_not_between),
		cmocka_unit_test(a_pid_may_be_told_anywhere),
		cmocka_unit_test(a_tape_that_lacks_something_is_read_whole),
		cmocka_unit_test(an_empty_tape_has_no_beginning),
		cmocka_unit_test(old_kernels_children_are_found_by_their_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* build_hello.c -- the hello exchange, as kernel 6.18 tells it on loopback. */
#include "tests/analyze/build_tape.h"

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

const struct build_sock hello_listener = {
	.skaddr = 0xffff888000001000,
	.cookie = 10,
	.netns = 4026531840,
	.protocol = 6,
	.laddr = "0.0.0.0",
	.raddr = "0.0.0.0",
	.lport = 8080,
};
const struct build_sock hello_client = {
	.skaddr = 0xffff888000002000,
	.cookie = 11,
	.netns = 4026531840,
	.protocol = 6,
	.laddr = "127.0.0.1",
	.raddr = "127.0.0.1",
	.lport = 40112,
	.rport = 8080,
};
const struct build_sock hello_server = {
	.skaddr = 0xffff888000003000,
	.cookie = 12,
	.netns = 4026531840,
	.protocol = 6,
	.laddr = "127.0.0.1",
	.raddr = "127.0.0.1",
	.lport = 8080,
	.rport = 40112,
};

/* Initial sequence numbers of both sides. */
enum { CLIENT_ISN = 1000, SERVER_ISN = 5000 };

/* Sequence and acknowledgement relative to the initial numbers. */
static void segment(struct build_tape *b, uint64_t ts, bool is_from_client,
		    const struct build_segment *x)
{
	struct build_segment s = *x;

	s.from = s.to = "127.0.0.1";
	s.sport = is_from_client ? 40112 : 8080;
	s.dport = is_from_client ? 8080 : 40112;
	s.seq += is_from_client ? CLIENT_ISN : SERVER_ISN;
	s.ack += s.flags & ACK ? is_from_client ? SERVER_ISN : CLIENT_ISN : 0;
	tape_segment(b, ts, &s);
	tape_consume(b, ts + 500, &s);
}

static void open_both(struct build_tape *b, uint64_t t)
{
	struct build_sock early = hello_client;
	const enum tcp_state client[2] = {STATE_SYN_SENT, STATE_ESTABLISHED};
	const enum tcp_state server[2] = {STATE_SYN_RECV, STATE_ESTABLISHED};
	const struct build_extra c = {.una = CLIENT_ISN + 1,
				      .nxt = SERVER_ISN + 1,
				      .acked = 1,
				      .received = 0};
	const struct build_extra s = {.una = SERVER_ISN + 1, .nxt = CLIENT_ISN + 1};

	early.lport = 0;
	tape_run(b, 3209, "hello_client");
	tape_state(b, t, &early, STATE_CLOSE, STATE_SYN_SENT);
	segment(b, t + 8000, true, &(struct build_segment){.flags = SYN});
	segment(b, t + 14000, false, &(struct build_segment){.flags = SYN | ACK, .ack = 1});
	tape_state_with(b, t + 20000, &hello_client, client, &c);
	segment(b, t + 24000, true, &(struct build_segment){.flags = ACK, .seq = 1, .ack = 1});
	tape_state(b, t + 26000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state_with(b, t + 27000, &hello_server, server, &s);
	tape_sock_event(b, t + 28000, BUILD_DATA_READY, &hello_listener);
}

static void ask_and_answer(struct build_tape *b, uint64_t t)
{
	segment(b, t + 4000, true,
		&(struct build_segment){.flags = PSH | ACK, .seq = 1, .ack = 1, .payload = 2});
	tape_probe(b, t + 5000, &hello_server, 2);
	tape_send(b, t + 6000, &hello_client, 2);
	tape_run(b, 2377, "hello_server");
	tape_sock_event(b, t + 15000, BUILD_SPACE_ADJUST, &hello_server);
	tape_recv(b, t + 16000, &hello_server, 2, 0);
	segment(b, t + 28000, false,
		&(struct build_segment){.flags = PSH | ACK, .seq = 1, .ack = 3, .payload = 11});
	tape_probe(b, t + 29000, &hello_client, 11);
	tape_send(b, t + 30000, &hello_server, 11);
}

static void close_both(struct build_tape *b, uint64_t t)
{
	const enum tcp_state done[2] = {STATE_FIN_WAIT2, STATE_CLOSE};
	const struct build_extra x = {.una = SERVER_ISN + 13,
				      .nxt = CLIENT_ISN + 4,
				      .acked = 12,
				      .received = 3,
				      .is_done = true};

	tape_state(b, t, &hello_server, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	segment(b, t + 3000, false,
		&(struct build_segment){.flags = FIN | ACK, .seq = 12, .ack = 3});
	tape_state(b, t + 4000, &hello_client, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
	tape_run(b, 3209, "hello_client");
	tape_recv(b, t + 9000, &hello_client, 11, 0);
	segment(b, t + 10000, true, &(struct build_segment){.flags = ACK, .seq = 3, .ack = 13});
	tape_state(b, t + 11000, &hello_server, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	tape_recv(b, t + 14000, &hello_client, 0, 0);
	tape_state(b, t + 18000, &hello_client, STATE_CLOSE_WAIT, STATE_LAST_ACK);
	segment(b, t + 21000, true,
		&(struct build_segment){.flags = FIN | ACK, .seq = 3, .ack = 13});
	tape_state_with(b, t + 22000, &hello_server, done, &x);
	tape_destroy(b, t + 23000, &hello_server);
	segment(b, t + 25000, false, &(struct build_segment){.flags = ACK, .seq = 13, .ack = 4});
	tape_state(b, t + 26000, &hello_client, STATE_LAST_ACK, STATE_CLOSE);
	tape_destroy(b, t + 27000, &hello_client);
}

void tape_hello(struct build_tape *b, uint64_t t0)
{
	struct build_snapshot listener = {.state = STATE_LISTEN,
					  .owner_pid = 2377,
					  .owner_comm = "hello_server"};

	tape_snapshot(b, t0, &hello_listener, &listener);
	open_both(b, t0 + 1000000);
	ask_and_answer(b, t0 + 1040000);
	close_both(b, t0 + 1080000);
}

void tape_connect(struct build_tape *b, uint64_t ts, const struct build_sock *s)
{
	struct build_sock early = *s;

	early.lport = 0;
	tape_state(b, ts, &early, STATE_CLOSE, STATE_SYN_SENT);
}

void tape_establish(struct build_tape *b, uint64_t ts)
{
	tape_connect(b, ts, &hello_client);
	tape_state(b, ts + 1000, &hello_client, STATE_SYN_SENT, STATE_ESTABLISHED);
	tape_state(b, ts + 2000, &hello_server, STATE_LISTEN, STATE_SYN_RECV);
	tape_state(b, ts + 3000, &hello_server, STATE_SYN_RECV, STATE_ESTABLISHED);
}

void tape_close(struct build_tape *b, uint64_t ts, const struct build_sock *s, enum tcp_state from,
		int32_t sk_err)
{
	const enum tcp_state change[2] = {from, STATE_CLOSE};

	tape_state_with(b, ts, s, change, &(struct build_extra){.sk_err = sk_err});
}

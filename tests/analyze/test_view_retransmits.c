/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_retransmits.c -- what made TCP send again, and what shows that it was in vain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"

enum { OPEN = 0, RECOVERY = 3, LOSS = 4, RETRANS = 1, PROBE = 5, ACK = 16, PSH = 8 };

#define T0 UINT64_C(1000000000)
#define MS UINT64_C(1000000)

static void check(struct build_tape *b, const char *options, const char *want)
{
	tape_ready(b);
	view_prints(view_retransmits, b, options, want);
	tape_release(b);
}

static void again(struct build_tape *b, uint64_t ts, uint32_t seq, uint8_t ca_state,
		  uint8_t pending)
{
	tape_retransmit_with(b, ts, &hello_client,
			     &(struct build_retransmit){
				     .seq = seq,
				     .bytes = 100,
				     .ca_state = ca_state,
				     .pending = pending,
			     });
}

static void acknowledge(struct build_tape *b, uint64_t ts, uint32_t ack)
{
	tape_segment(b, ts,
		     &(struct build_segment){
			     .from = "127.0.0.1",
			     .to = "127.0.0.1",
			     .sport = 8080,
			     .dport = 40112,
			     .flags = ACK,
			     .seq = 5001,
			     .ack = ack,
		     });
}

/* An established connection that began before the tape. */
static void begin(struct build_tape *b)
{
	tape_begin(b);
	tape_snapshot(b, T0, &hello_client, &(struct build_snapshot){.state = STATE_ESTABLISHED});
}

static void end(struct build_tape *b, uint64_t ts)
{
	tape_state(b, ts, &hello_client, STATE_ESTABLISHED, STATE_CLOSE);
	tape_destroy(b, ts, &hello_client);
}

static void the_congestion_state_and_the_timer_tell_the_kind(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_retransmit_with(&b, T0 + 1, &hello_client,
			     &(struct build_retransmit){.state = STATE_SYN_SENT,
							.seq = 7,
							.bytes = 1});
	again(&b, T0 + 2, 1000, RECOVERY, RETRANS);
	again(&b, T0 + 3, 1100, RECOVERY, PROBE); /* the timer is still set */
	again(&b, T0 + 4, 1200, LOSS, 0);
	again(&b, T0 + 5, 1300, OPEN, PROBE);
	again(&b, T0 + 6, 1400, OPEN, 0);
	tape_retransmit_with(&b, T0 + 7, &hello_client,
			     &(struct build_retransmit){.ca_state = LOSS, .err = -16});
	tape_sock_event(&b, T0 + 8, BUILD_RETRANSMIT_SYNACK, &hello_listener);
	check(&b, "-f csv --by kind",
	      "kind,count,bytes,first_ns,last_ns\n"
	      "fast,2,200,1000000002,1000000003\n"
	      "failed,1,0,1000000007,1000000007\n"
	      "rto,1,100,1000000004,1000000004\n"
	      "syn,1,0,1000000001,1000000001\n"
	      "synack,1,0,1000000008,1000000008\n"
	      "tlp,1,100,1000000005,1000000005\n"
	      "unknown,1,100,1000000006,1000000006\n");
}

/* Its timer is set while it sends; a timeout of the same Loss has cleared it. */
static void loss_without_a_timeout_is_a_rejection(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_cong_state(&b, T0 + 1, &hello_client, LOSS);
	again(&b, T0 + 2, 1000, LOSS, PROBE);
	again(&b, T0 + 3, 1100, LOSS, RETRANS);
	again(&b, T0 + 4, 1000, LOSS, 0);
	again(&b, T0 + 5, 1100, LOSS, RETRANS);
	tape_cong_state(&b, T0 + 6, &hello_client, OPEN);
	tape_cong_state(&b, T0 + 7, &hello_client, LOSS);
	again(&b, T0 + 8, 1200, LOSS, 0);
	again(&b, T0 + 9, 1300, LOSS, RETRANS);
	check(&b, "-f csv --fields cause,seq",
	      "cause,seq\nrejected,1000\nrejected,1100\nrto,1000\nrto,1100\nrto,1200\nrto,1300\n");
}

static void keys_are_as_promised(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	acknowledge(&b, T0 + MS, 1000);
	again(&b, T0 + 2 * MS, 1000, LOSS, 0);
	again(&b, T0 + 5 * MS, 1000, LOSS, 0);
	check(&b, "-f json --since 0.004",
	      "{\"ts_ns\":1005000000,\"conn\":1,\"kind\":\"rto\",\"state\":\"TCP_ESTABLISHED\","
	      "\"cause\":\"rto\",\"proof\":null,\"seq\":1000,\"end_seq\":1100,"
	      "\"payload_bytes\":100,\"attempt\":2,\"gap_ns\":3000000,\"silent_ns\":4000000,"
	      "\"ca_state\":\"TCP_CA_Loss\",\"err\":null,\"laddr\":\"127.0.0.1\",\"lport\":40112,"
	      "\"raddr\":\"127.0.0.1\",\"rport\":8080,\"pid\":null,\"comm\":null,\"segs\":null,"
	      "\"queue\":null,\"queue_evidence\":null}\n");
}

static void what_could_not_be_sent_has_its_error_and_is_not_counted(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_retransmit(&b, T0 + MS, &hello_client, -113);
	check(&b, "",
	      "    time  conn  kind    state        bytes  silence  local            remote\n"
	      "0.001000     1  failed  ESTABLISHED      -        -  127.0.0.1:40112  "
	      "127.0.0.1:8080  EHOSTUNREACH\n");
	b = (struct build_tape){0};
	begin(&b);
	tape_retransmit(&b, T0 + MS, &hello_client, -113);
	tape_retransmit(&b, T0 + MS, &hello_client, 0);
	check(&b, "-f csv --by conn",
	      "conn,laddr,lport,raddr,rport,count,bytes,first_ns,last_ns\n"
	      "1,127.0.0.1,40112,127.0.0.1,8080,1,0,1001000000,1001000000\n");
}

/* Two resends that only the evidence tells apart. */
static void spurious_by(struct build_tape *b, const char *proof)
{
	char want[256];

	snprintf(want, sizeof(want), "kind,cause,proof\nspurious,rto,%s\nrto,rto,\n", proof);
	check(b, "-f csv --fields kind,cause,proof", want);
}

static void a_duplicate_at_the_receiver_was_in_vain(void **state)
{
	const struct build_segment twice = {
		.from = "127.0.0.1",
		.to = "127.0.0.1",
		.sport = 40112,
		.dport = 8080,
		.flags = PSH | ACK,
		.seq = 1000,
		.payload = 100,
	};
	struct build_segment probe = twice;
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	again(&b, T0 + MS, 1000, LOSS, 0);
	again(&b, T0 + 2 * MS, 2000, LOSS, 0);
	tape_drop(&b, T0 + 3 * MS, &twice, REASON_TCP_OLD_DATA);
	probe.seq = 2099; /* of a keepalive: nothing of it arrived twice */
	probe.payload = 0;
	tape_drop(&b, T0 + 4 * MS, &probe, REASON_TCP_OLD_DATA);
	spurious_by(&b, "dropped as a duplicate");
}

static void leaving_loss_before_all_was_acknowledged_takes_it_back(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_probe_with(&b, T0 + MS, &hello_client, &(struct build_probe){.snd_nxt = 3000});
	tape_cong_state(&b, T0 + 2 * MS, &hello_client, LOSS);
	again(&b, T0 + 2 * MS, 1000, LOSS, 0);
	acknowledge(&b, T0 + 3 * MS, 2000);
	tape_cong_state(&b, T0 + 3 * MS, &hello_client, OPEN);
	tape_cong_state(&b, T0 + 4 * MS, &hello_client, LOSS);
	again(&b, T0 + 4 * MS, 2000, LOSS, 0);
	acknowledge(&b, T0 + 5 * MS, 3000);
	tape_cong_state(&b, T0 + 5 * MS, &hello_client, OPEN);
	spurious_by(&b, "TCP took its reaction back");
}

static void as_many_dsacks_as_resends_prove_each(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	again(&b, T0 + MS, 1000, LOSS, 0);
	again(&b, T0 + 2 * MS, 2000, LOSS, 0);
	tape_summary(&b, T0 + 9 * MS, &hello_client, 2, 2, 0);
	end(&b, T0 + 9 * MS);
	check(&b, "-f csv --by kind",
	      "kind,count,bytes,first_ns,last_ns\nspurious,2,200,1001000000,1002000000\n");
	b = (struct build_tape){0};
	begin(&b);
	again(&b, T0 + MS, 1000, LOSS, 0);
	again(&b, T0 + 2 * MS, 2000, LOSS, 0);
	tape_summary(&b, T0 + 9 * MS, &hello_client, 2, 1, 0);
	end(&b, T0 + 9 * MS);
	check(&b, "-f csv --by kind",
	      "kind,count,bytes,first_ns,last_ns\nrto,2,200,1001000000,1002000000\n");
}

static void an_acknowledgement_too_soon_is_of_the_original(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	again(&b, T0 + 10 * MS, 1000, LOSS, 0);
	acknowledge(&b, T0 + 12 * MS, 1100);
	again(&b, T0 + 20 * MS, 2000, LOSS, 0);
	acknowledge(&b, T0 + 30 * MS, 2100);
	tape_summary(&b, T0 + 40 * MS, &hello_client, 2, 0, 10000);
	end(&b, T0 + 40 * MS);
	spurious_by(&b, "acknowledged too soon");
}

/* The shortest round trip may be that of a handshake that took its time. */
static void what_was_rejected_has_no_original_to_acknowledge(void **state)
{
	struct build_tape b = {0};

	(void)state;
	begin(&b);
	tape_cong_state(&b, T0 + 10 * MS, &hello_client, LOSS);
	again(&b, T0 + 10 * MS, 1000, LOSS, PROBE);
	acknowledge(&b, T0 + 12 * MS, 1100);
	tape_summary(&b, T0 + 40 * MS, &hello_client, 1, 0, 10000);
	end(&b, T0 + 40 * MS);
	check(&b, "-f csv --fields kind,cause,proof", "kind,cause,proof\nrejected,rejected,\n");
}

static void nothing_sent_again_is_said_with_what_was_seen(void **state)
{
	struct build_tape b = {0};

	(void)state;
	tape_begin(&b);
	tape_hello(&b, T0);
	check(&b, "", "no retransmit recorded; 3 connections seen, 0 events lost\n");
	b = (struct build_tape){.left_out = 1 << BUILD_RETRANSMIT};
	tape_begin(&b);
	tape_hello(&b, T0);
	check(&b, "",
	      "whether there was a retransmit is not known: tcp:tcp_retransmit_skb was not "
	      "recorded\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_congestion_state_and_the_timer_tell_the_kind),
		cmocka_unit_test(loss_without_a_timeout_is_a_rejection),
		cmocka_unit_test(keys_are_as_promised),
		cmocka_unit_test(what_could_not_be_sent_has_its_error_and_is_not_counted),
		cmocka_unit_test(a_duplicate_at_the_receiver_was_in_vain),
		cmocka_unit_test(leaving_loss_before_all_was_acknowledged_takes_it_back),
		cmocka_unit_test(as_many_dsacks_as_resends_prove_each),
		cmocka_unit_test(an_acknowledgement_too_soon_is_of_the_original),
		cmocka_unit_test(what_was_rejected_has_no_original_to_acknowledge),
		cmocka_unit_test(nothing_sent_again_is_said_with_what_was_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

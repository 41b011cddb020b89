/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed_fields.h -- the field lists of the typed events; the last entry of each has no
 * name. For typed.c alone.
 */
#ifndef RECORD_TYPED_FIELDS_H
#define RECORD_TYPED_FIELDS_H

#include "record/typed.h"

extern const struct typed_field typed_no_fields[];
extern const struct typed_field typed_sock_fields[];
extern const struct typed_field typed_packet_fields[];
extern const struct typed_field typed_set_state_fields[];
extern const struct typed_field typed_error_report_fields[];
extern const struct typed_field typed_data_ready_fields[];
extern const struct typed_field typed_send_length_fields[];
extern const struct typed_field typed_recv_length_fields[];
extern const struct typed_field typed_probe_fields[];
extern const struct typed_field typed_destroy_fields[];
extern const struct typed_field typed_send_reset_fields[];
extern const struct typed_field typed_retransmit_fields[];
extern const struct typed_field typed_synack_fields[];
extern const struct typed_field typed_cong_state_fields[];
extern const struct typed_field typed_sendmsg_fields[];
extern const struct typed_field typed_rcvbuf_fields[];
extern const struct typed_field typed_cwnd_reduction_fields[];
extern const struct typed_field typed_consume_fields[];
extern const struct typed_field typed_kfree_fields[];
extern const struct typed_field typed_copy_fields[];
extern const struct typed_field typed_receive_fields[];
extern const struct typed_field typed_summary_fields[];
extern const struct typed_field typed_snapshot_fields[];
extern const struct typed_field typed_listener_fields[];

#endif

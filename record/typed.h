/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed.h -- the events for which bpf/ has a program of its own: which wire record each
 * sends, and where in it the value of each field lies. A static table.
 *
 * The kernel's format file is the authority: an event is recorded by its typed program
 * only if the table knows each of the file's fields by name and size. Fields that the
 * table has and the file lacks are left out.
 */
#ifndef RECORD_TYPED_H
#define RECORD_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/dictionary.h"
#include "record/tracefmt.h"

/* Where a field's value goes: a column of its own, or a dictionary. */
enum typed_to { TO_OWN = DICT_COUNT };

enum typed_flag {
	TYPED_SIGNED = 1,
	TYPED_EXTRA = 2,     /* not in the kernel's format file */
	TYPED_ALIAS = 4,     /* another name of the same; only if the format file has it */
	TYPED_IN_PACKET = 8, /* offset counts from typed_event.packet */
	TYPED_SUM = 16,      /* with what is near, not the difference */
	TYPED_FULL = 32,     /* what is near is the most it becomes */
};

/* Names of an extra field's values. */
enum typed_legend { LEGEND_NONE, LEGEND_TCP_FLAGS, LEGEND_TCP_STATE, LEGEND_TCP_CA_STATE };

/* Which last value predicts a field's (docs/FORMAT.md section 7.5). */
enum typed_key {
	KEY_NONE,
	KEY_SENT,     /* sequence numbers of what the socket or packet sends */
	KEY_RECEIVED, /* and of what it gets */
	KEY_SRTT,
	KEY_CWND,
	KEY_SSTHRESH,
	KEY_SND_WND,
	KEY_RCV_WND, /* what KEY_SND_WND is at the other end */
	KEY_BYTES_ACKED,
	KEY_BYTES_RECEIVED, /* likewise */
	KEY_LENGTH,         /* of a message or payload that the socket or packet sends */
	KEY_LENGTH_GOT,     /* and of one it gets: often the same */
	KEY_FRAME,
	KEY_TCP_FLAGS,
	KEY_SIZE_GOAL,
	KEY_SKB_LENGTH,
};

struct typed_field {
	const char *name;
	const char *type;  /* when there is no format file */
	uint16_t size;     /* bytes in the format file's entry; of a text elsewhere: 4 */
	uint8_t to;        /* enum dictionary, or TO_OWN */
	uint8_t attribute; /* of the dictionary */
	uint16_t offset;   /* TO_OWN: in the wire record */
	uint8_t flags;     /* enum typed_flag */
	uint8_t role;      /* enum field_role, when there is no format file */
	uint8_t legend;    /* enum typed_legend */
	uint8_t key;       /* enum typed_key */
	uint16_t needs;    /* wire flags without which the value is absent */
	/* Names of fields that tell about a value, or NULL. */
	const char *near;  /* with a key: its distance from that is more regular than itself
			    * without: where that is the same, it often is */
	const char *start; /* where what this is the length of begins */
};

struct typed_event {
	const char *group;
	const char *name;       /* of the tracepoint; of the program too, if it has its own */
	const char *tracepoint; /* what makes an event of our own; NULL = its name */
	uint16_t number;        /* enum wire_event */
	uint16_t wire_bytes;    /* size of its record, where it has all its parts */
	uint16_t sock;          /* offset of its wire_sock; 0 = none */
	uint16_t addrs6;
	uint32_t sock_needs;           /* wire flags without which there is no socket */
	uint32_t task_needs;           /* wire flags without which there is no task */
	uint16_t packet;               /* offset of its wire_packet; 0 = none */
	uint16_t symbol;               /* offset of a code address; 0 = none */
	uint16_t device;               /* offset of a device name; 0 = none */
	bool is_bare;                  /* a tracepoint without a format file */
	bool is_classic;               /* attached to the classic event */
	bool has_sock_fields;          /* shows the socket's addresses, too */
	const struct typed_field *own; /* the last one has no name */
};

/* The table, ordered by number; typed_count() entries. */
const struct typed_event *typed_events(void);
size_t typed_count(void);
/* Lent for ever, or NULL. */
const struct typed_event *typed_find(const char *group, const char *name);
/* The name of the kernel's tracepoint that makes it. */
const char *typed_tracepoint(const struct typed_event *e);
/* The number of the event whose program makes it, too: its own, as a rule. */
uint16_t typed_maker(const struct typed_event *e);
/* The fields an event may have, one after the other: its own, then the socket's, then
 * the packet's. NULL when `index` is past the last. */
const struct typed_field *typed_field_at(const struct typed_event *e, size_t index);
/* By name and size, extras not looked at; or NULL. The size tells because tcp_send_reset
 * has had two kinds of addresses. */
const struct typed_field *typed_field_find(const struct typed_event *e, const char *name,
					   uint32_t size);
/* Whether the table knows every field of the format file. If not, `why[size]` says
 * which one it does not. */
bool typed_matches(const struct typed_event *e, const struct tracefmt *fmt, char *why, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * scan.h -- walks the blocks of a tape from front to back, whatever state it is in.
 * What cannot be read is stepped over and reported as a gap; the next sound block is
 * found by its magic and header checksum (docs/FORMAT.md section 11). Where none is found at
 * first, it is no tape.
 */
#ifndef FORMAT_SCAN_H
#define FORMAT_SCAN_H

#include "format/block.h"
#include "format/gap.h"
#include "format/shortcut.h"
#include "format/source.h"

struct scan {
	struct source *source; /* lent */
	uint64_t next;         /* offset of the next block */
	uint64_t salt;         /* of the current section */
	uint64_t seq;          /* expected next, within the section */
	bool has_section;
	uint64_t end;                      /* of the data, once a block was cut by it; else 0 */
	const struct shortcuts *shortcuts; /* lent; NULL: none */
	bool is_following;                 /* more may come behind the end of the data */
	uint64_t doubt_at;                 /* following: a block there is not sound... */
	uint64_t doubt_stamp;              /* ...since the file had this source_stamp(); 0: none */
	unsigned vain;                     /* bodies in a row that were checked for nothing */
	bool has_header;                   /* a sound one was found */
	bool is_patient;                   /* searches for the first one to the end of the data */
	bool is_closed;                    /* the last block was an END */
	bool is_abandoned;                 /* a pipe goes on as what is no tape: no more is read */
};

/* So much may lie before the first sound header, almost four of the largest blocks: what has none
 * there is no tape, however long it goes on. In a pipe, between two of them as well. */
enum { SCAN_PATIENCE = 64 << 20 };

enum scan_kind { SCAN_BLOCK = 1, SCAN_GAP };

struct scan_item {
	enum scan_kind kind;
	uint64_t offset;
	struct block_header header; /* SCAN_BLOCK, or SCAN_GAP when it is sound; else type 0 */
	struct view body;           /* SCAN_BLOCK: what was asked for, checked; lent until the
				     * source is read again */
	struct gap gap;             /* SCAN_GAP */
	bool is_cut;                /* SCAN_GAP: the tape ends here, inside a block, or unclosed */
	bool is_foreign;            /* SCAN_GAP: a block of another section, or a repeated one */
};

/* What the caller needs of a block beside its header. */
enum scan_want {
	SCAN_HEADER = 0, /* the body is stepped over unread */
	SCAN_BODY = 1,   /* all of it */
	SCAN_TABLE = 2,  /* its part table; parts may be read later */
};

/* NULL wants all bodies. */
typedef enum scan_want (*scan_want_fn)(const struct block_header *h, const void *arg);

void scan_init(struct scan *s, struct source *source);
enum { SCAN_IDLE = 2 };

/* 0 with *out; 1 at the end of the data; SCAN_IDLE there when following: source_wait() and
 * try again; negative on I/O or memory failure, or
 * ERR_UNSUPPORTED for a block that says a reader must understand it. */
int scan_next(struct scan *s, scan_want_fn want, const void *arg, struct scan_item *out,
	      struct error *err);

/* Before following a file that is being written: *begins is false while its first block is not
 * there as a whole, and what is there may become one. 0 or ERR_IO. */
int scan_begins(struct source *source, bool *begins, struct error *err);

#endif

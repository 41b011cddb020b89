/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* series.c -- the piece at hand, the next one, and the sums of those before. */
#include "record/series.h"

#include <stdlib.h>
#include <unistd.h>

#include "bpf/wire.h"
#include "record/disk.h"
#include "record/host.h"
#include "record/rotation.h"

enum { LEAST_ROOM = 1 << 20 };

struct series {
	const struct recording *recording;
	struct rotation *rotation;
	struct piece *piece;
	struct piece *next; /* NULL but for the time of a turn */
	/* Of the finished pieces: */
	uint64_t rows, unwritten, bytes;
	uint64_t *rows_of; /* [number] */
	uint32_t finished, deleted;
	bool is_held;
};

/* Too little room from the beginning. */
static int check_room(struct series *r, struct error *err)
{
	struct disk_room room;
	char sentence[160];

	if (!disk_look(piece_fd(r->piece), &r->recording->opt->limits, &room) ||
	    !disk_is_low(&room))
		return 0;
	disk_sentence(&room, rotation_path(r->rotation), sentence, sizeof(sentence));
	unlink(rotation_path(r->rotation));
	return error_set(err, ERR_IO, "%s", sentence);
}

static int open_first(struct series *r, struct error *err)
{
	const struct record_options *opt = r->recording->opt;

	TRY(rotation_new(opt->output, &opt->limits, &r->rotation, err));
	if (!opt->is_forced)
		TRY(rotation_check(r->rotation, err));
	TRY(piece_open(r->recording, rotation_path(r->rotation), rotation_number(r->rotation),
		       &r->piece, err));
	return check_room(r, err);
}

int series_open(const struct recording *recording, struct series **out, struct error *err)
{
	struct series *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return error_nomem(err);
	r->recording = recording;
	r->rows_of = calloc(WIRE_EVENT_MAX, sizeof(*r->rows_of));
	rc = r->rows_of ? open_first(r, err) : error_nomem(err);
	if (rc) {
		series_close(r, NULL);
		return rc;
	}
	*out = r;
	return 0;
}

int series_close(struct series *r, struct error *err)
{
	int rc;

	if (!r)
		return 0;
	piece_close(r->next, NULL);
	rc = piece_close(r->piece, err);
	rotation_free(r->rotation);
	free(r->rows_of);
	free(r);
	return rc;
}

struct piece *series_piece(struct series *r)
{
	return r->piece;
}

int series_begin(struct series *r, uint64_t now_ns, struct error *err)
{
	rotation_begin(r->rotation, now_ns);
	return piece_begin(r->piece, now_ns, err);
}

void series_ask(struct series *r)
{
	rotation_ask(r->rotation);
}

/* While nothing can be written, no piece can be ended. */
bool series_is_due(const struct series *r, uint64_t now_ns)
{
	return !r->is_held && !piece_stall_reason(r->piece) &&
	       rotation_is_due(r->rotation, piece_bytes(r->piece), now_ns);
}

uint64_t series_due_ns(const struct series *r)
{
	return r->is_held || piece_stall_reason(r->piece) ? UINT64_MAX
							  : rotation_due_ns(r->rotation);
}

int series_load(struct series *r, uint64_t now_ns, struct error *err)
{
	const char *path = rotation_next_path(r->rotation);
	int rc = piece_open(r->recording, path, rotation_number(r->rotation) + 1, &r->next, err);

	if (rc) {
		rotation_postpone(r->rotation, now_ns);
		return rc;
	}
	if (!piece_is_written(r->next, err)) {
		piece_close(r->next, NULL);
		r->next = NULL;
		unlink(path);
		rotation_postpone(r->rotation, now_ns);
		return ERR_IO;
	}
	return 0;
}

static void add_sums(struct series *r)
{
	for (uint16_t i = 0; i < WIRE_EVENT_MAX; i++)
		r->rows_of[i] += piece_rows_of(r->piece, i);
	r->rows += piece_rows(r->piece);
	r->unwritten += piece_unwritten(r->piece);
	r->bytes += piece_bytes(r->piece);
	r->finished++;
}

static void delete_surplus(struct series *r, struct error *trouble)
{
	while (rotation_has_too_many(r->rotation) &&
	       rotation_delete_oldest(r->rotation, trouble) != END)
		r->deleted++;
}

int series_turn(struct series *r, struct losses *l, const struct status_total *total,
		struct error *trouble, struct error *err)
{
	int rc = piece_end(r->piece, l, "rotated", total, trouble);

	if (rc && rc != ERR_IO) {
		*err = *trouble;
		return rc;
	}
	add_sums(r);
	TRY(rotation_advance(r->rotation, piece_bytes(r->piece), err));
	piece_close(r->piece, trouble);
	r->piece = r->next;
	r->next = NULL;
	TRY(piece_prepare(r->piece, err));
	TRY(series_begin(r, host_now_ns(), err));
	delete_surplus(r, trouble);
	return 0;
}

/* With --keep the oldest piece makes room, also when there is nearly none and no limit. One at a
 * time: not every file system tells at once what has come free. */
static bool make_room(struct series *r, const struct disk_room *room)
{
	if (!r->recording->opt->limits.keep ||
	    (room->free_bytes >= LEAST_ROOM && !disk_is_low(room)) ||
	    rotation_delete_oldest(r->rotation, NULL))
		return false;
	r->deleted++;
	return true;
}

static void hold(struct series *r, const struct disk_room *room)
{
	char sentence[160];

	if (!r->is_held && disk_is_low(room)) {
		disk_sentence(room, rotation_path(r->rotation), sentence, sizeof(sentence));
		piece_hold(r->piece, sentence);
		r->is_held = true;
	} else if (r->is_held && disk_is_well(room)) {
		piece_hold(r->piece, NULL);
		r->is_held = false;
	}
}

int series_mind_disk(struct series *r, struct error *err)
{
	const struct limits *l = &r->recording->opt->limits;
	int fd = piece_fd(r->piece);
	struct disk_room room;

	if (disk_is_deleted(fd)) {
		if (!limits_rotate(l))
			return error_set(err, ERR_IO,
					 "%s was deleted while it was being written, and with it "
					 "what was recorded",
					 rotation_path(r->rotation));
		rotation_ask(r->rotation);
	}
	if (!disk_look(fd, l, &room))
		return 0;
	if (!make_room(r, &room))
		hold(r, &room);
	return 0;
}

int series_end(struct series *r, struct losses *l, const char *reason,
	       const struct status_total *total, struct error *err)
{
	piece_hold(r->piece, NULL); /* a few kilobytes more */
	return piece_end(r->piece, l, reason, total, err);
}

bool series_is_gone(const struct series *r)
{
	return disk_is_deleted(piece_fd(r->piece));
}

uint64_t series_rows(const struct series *r)
{
	return r->rows + piece_rows(r->piece);
}

uint64_t series_unwritten(const struct series *r)
{
	return r->unwritten + piece_unwritten(r->piece);
}

uint64_t series_rows_of(const struct series *r, uint16_t number)
{
	return r->rows_of[number] + piece_rows_of(r->piece, number);
}

uint64_t series_bytes(const struct series *r)
{
	return r->bytes + piece_bytes(r->piece);
}

uint64_t series_kept_bytes(const struct series *r)
{
	return rotation_kept_bytes(r->rotation) + piece_bytes_at_end(r->piece);
}

const char *series_path(const struct series *r)
{
	return rotation_path(r->rotation);
}

uint32_t series_finished(const struct series *r)
{
	return r->finished;
}

uint32_t series_deleted(const struct series *r)
{
	return r->deleted;
}

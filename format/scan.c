/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* scan.c -- block by block, over damage (docs/FORMAT.md section 11). */
#include "format/scan.h"

#include <stdio.h>
#include <string.h>

#include "format/part.h"

/* After so many bodies in a row that were not what their headers said, a body is checked
 * only if a sound header or the end follows it: headers are cheap to forge inside of
 * each other, and checking all their bodies would take the square of their number. */
enum { MAX_VAIN = 64 };

void scan_init(struct scan *s, struct source *source)
{
	*s = (struct scan){.source = source};
}

static bool is_sound_header(const uint8_t *p)
{
	struct block_header h;

	return block_header_decode(view_of(p, BLOCK_HEADER_LEN), &h, NULL) == 0;
}

static bool is_endless(const struct scan *s)
{
	return source_size(s->source) == UINT64_MAX;
}

/* Is there still hope for the first header? */
static int check_patience(const struct scan *s, uint64_t from, struct error *err)
{
	if (s->has_header || s->is_patient || from < SCAN_PATIENCE)
		return 0;
	return error_set(err, ERR_NOT_A_TAPE,
			 "%.140s is not a tape: no block begins in its first %d MiB%s",
			 source_name(s->source), SCAN_PATIENCE >> 20,
			 is_endless(s) ? "" : "; tcptape recover searches all of it");
}

/* Offset of the first sound block header at or after `from`, or of the end of data. Of what need
 * not end, the end is where patience does. */
static int resync(struct scan *s, uint64_t from, uint64_t *found, bool *is_end, struct error *err)
{
	enum { WINDOW = 256 << 10 };
	struct view data;

	for (;;) {
		const uint8_t *p, *last;

		TRY(check_patience(s, from, err));
		TRY(source_read(s->source, from, WINDOW, &data, err));
		if (is_endless(s) && from - s->next >= SCAN_PATIENCE && view_len(data) > 0) {
			*found = from;
			*is_end = s->is_abandoned = true;
			return 0;
		}
		if (view_len(data) < BLOCK_HEADER_LEN) {
			*found = from + view_len(data);
			*is_end = true;
			return 0;
		}
		last = data.end - BLOCK_HEADER_LEN;
		for (p = data.p; p <= last; p++) {
			p = memchr(p, (uint8_t)BLOCK_MAGIC[0], (size_t)(last - p) + 1);
			if (!p)
				break;
			if (is_sound_header(p)) {
				*found = from + (uint64_t)(p - data.p);
				*is_end = false;
				return 0;
			}
		}
		from += view_len(data) - BLOCK_HEADER_LEN + 1;
	}
}

/* Skip from `offset`, searching from `search`; *out becomes the gap. */
static int skip(struct scan *s, uint64_t offset, uint64_t search, const char *reason,
		struct scan_item *out, struct error *err)
{
	uint64_t found;
	bool is_end;

	TRY(resync(s, search, &found, &is_end, err));
	*out = (struct scan_item){.kind = SCAN_GAP, .offset = offset, .is_cut = is_end};
	out->gap.offset = offset;
	out->gap.bytes = found - offset;
	snprintf(out->gap.reason, sizeof(out->gap.reason), "%.100s%s", reason,
		 s->is_abandoned ? "; no more was read" : "");
	s->next = found;
	return 0;
}

/* A whole block is stepped over: its place is known, its content is not usable. */
static int drop(struct scan *s, const struct block_header *h, const char *reason,
		struct scan_item *out)
{
	uint32_t len = h->header_len + h->body_len;

	*out = (struct scan_item){.kind = SCAN_GAP, .offset = s->next, .header = *h};
	out->gap.offset = s->next;
	out->gap.bytes = len;
	out->gap.blocks = 1;
	snprintf(out->gap.reason, sizeof(out->gap.reason), "%.150s", reason);
	s->next += len;
	return 0;
}

/* A block that has no place here. */
static int drop_foreign(struct scan *s, const struct block_header *h, const char *reason,
			struct scan_item *out)
{
	drop(s, h, reason, out);
	out->is_foreign = true;
	return 0;
}

/* Numbers tell of blocks that are missing without a trace. Returns true if *out is a gap. */
static bool check_number(struct scan *s, const struct block_header *h, struct scan_item *out)
{
	uint64_t missing = h->seq - s->seq;

	if (h->seq == s->seq)
		return false;
	*out = (struct scan_item){.kind = SCAN_GAP, .offset = s->next};
	out->gap.offset = s->next;
	out->gap.blocks = missing;
	snprintf(out->gap.reason, sizeof(out->gap.reason), "%llu blocks are missing",
		 (unsigned long long)missing);
	s->seq = h->seq;
	return true;
}

/* `block` is whole: is it what its header says? */
static bool body_is_sound(const struct block_header *h, struct view block, struct error *why)
{
	size_t table_end = h->header_len + (size_t)h->part_count * PART_ENTRY_LEN;
	struct part parts[BLOCK_MAX_PARTS];
	struct view body = {.p = block.p + h->header_len, .end = block.end};
	struct view head = {.p = block.p + BLOCK_HEADER_LEN, .end = block.p + table_end};

	error_set(why, ERR_CORRUPT, "checksum does not match");
	if (!table_is_sound(h, head) || parts_decode(body, h, parts, why))
		return false;
	for (unsigned i = 0; i < h->part_count; i++)
		if (view_len(body) == h->body_len && !part_is_sound(&parts[i]))
			return false;
	return true;
}

/* True when a sound header or the end of the data follows the block: it kept its length. */
static int check_follower(struct scan *s, uint32_t len, bool *is_followed, struct error *err)
{
	struct view data;

	TRY(source_read(s->source, s->next, (size_t)len + BLOCK_HEADER_LEN, &data, err));
	*is_followed = view_len(data) == len ||
		       (view_len(data) == len + BLOCK_HEADER_LEN && is_sound_header(data.p + len));
	return 0;
}

/* Bytes of the block that are wanted. */
static uint32_t wanted_len(const struct block_header *h, enum scan_want want)
{
	return h->header_len +
	       (want == SCAN_BODY ? h->body_len : h->part_count * (uint32_t)PART_ENTRY_LEN);
}

/* The block whose header is sound; is its body? */
static int check_body(struct scan *s, const struct block_header *h, enum scan_want want,
		      struct scan_item *out, struct error *err)
{
	uint32_t len = h->header_len + h->body_len;
	bool is_followed = false;
	struct error why = {0};
	struct view block;
	char reason[120];

	if (s->vain >= MAX_VAIN)
		TRY(check_follower(s, len, &is_followed, err));
	TRY(source_read(s->source, s->next, wanted_len(h, want), &block, err));
	if ((is_followed || s->vain < MAX_VAIN) && body_is_sound(h, block, &why)) {
		s->vain = 0;
		out->body = (struct view){.p = block.p + h->header_len, .end = block.end};
		return 0;
	}
	TRY(check_follower(s, len, &is_followed, err));
	snprintf(reason, sizeof(reason), "%s block %llu: %.80s", block_type_name(h->type),
		 (unsigned long long)h->seq, why.text);
	if (is_followed) {
		s->seq++;
		return drop(s, h, reason, out);
	}
	s->vain++;
	return skip(s, s->next, s->next + BLOCK_HEADER_LEN, reason, out, err);
}

/* True when the data holds the block to its end. */
static int is_whole(struct scan *s, uint32_t len, enum scan_want want, bool *out, struct error *err)
{
	struct view block;

	*out = s->is_following || /* then it has arrived */
	       (s->end && s->next <= s->end && len <= s->end - s->next);
	if (*out || (s->end && s->next <= s->end))
		return 0;
	if (want == SCAN_TABLE) { /* only asked for where the size is known */
		*out = len <= source_size(s->source) && s->next <= source_size(s->source) - len;
		s->end = *out ? s->end : source_size(s->source);
		return 0;
	}
	TRY(source_read(s->source, s->next, len, &block, err));
	*out = view_len(block) == len;
	if (!*out)
		s->end = s->next + view_len(block);
	return 0;
}

static int take_body(struct scan *s, const struct block_header *h, enum scan_want want,
		     struct scan_item *out, struct error *err)
{
	bool whole;

	TRY(is_whole(s, h->header_len + h->body_len, want, &whole, err));
	if (whole)
		return check_body(s, h, want, out, err);
	return skip(s, s->next, s->next + BLOCK_HEADER_LEN, "the tape ends inside a block", out,
		    err);
}

static int enter_section(struct scan *s, const struct block_header *h)
{
	s->salt = h->salt;
	s->seq = h->seq;
	s->has_section = true;
	return 0;
}

static int take_block(struct scan *s, scan_want_fn want, const void *arg,
		      const struct block_header *h, struct scan_item *out, struct error *err)
{
	uint64_t offset = s->next;
	enum scan_want wanted;

	s->has_header = true;
	s->is_closed = h->type == BLOCK_END;
	if (h->type == BLOCK_SECTION)
		enter_section(s, h);
	else if (!s->has_section || h->salt != s->salt)
		return drop_foreign(s, h, "a block of a section whose beginning is missing", out);
	else if (h->seq < s->seq)
		return drop_foreign(s, h, "a block that was here before", out);
	else if (check_number(s, h, out))
		return 0;
	*out = (struct scan_item){.kind = SCAN_BLOCK, .offset = offset, .header = *h};
	wanted = want ? want(h, arg) : SCAN_BODY;
	if (wanted != SCAN_HEADER) {
		TRY(take_body(s, h, wanted, out, err));
		if (out->kind == SCAN_GAP) {
			out->header = *h;
			return 0;
		}
	}
	if (h->flags & BLOCK_CRITICAL && !block_type_is_known(h->type))
		return error_set(
			err, ERR_UNSUPPORTED,
			"block type %u at byte %llu must be understood: use a newer tcptape",
			h->type, (unsigned long long)offset);
	s->next = offset + h->header_len + h->body_len;
	s->seq++;
	return 0;
}

/* Over blocks that are not wanted, if the one behind them says that they were those. */
static int take_shortcut(struct scan *s, struct error *err)
{
	const struct shortcut *cut = s->shortcuts ? shortcuts_find(s->shortcuts, s->next) : NULL;
	struct block_header h;
	struct view header;

	if (!cut)
		return 0;
	TRY(source_read(s->source, cut->to, BLOCK_HEADER_LEN, &header, err));
	if (block_header_decode(header, &h, NULL) || !s->has_section || h.salt != s->salt ||
	    h.seq != s->seq + cut->blocks)
		return 0;
	s->next = cut->to;
	s->seq = h.seq;
	return 0;
}

/* Following: what is not sound is damage once the file rests; until then it may be what the writer
 * is about to cut back. */
static bool is_settled(struct scan *s)
{
	uint64_t stamp = source_stamp(s->source);
	bool is_old = s->doubt_at == s->next && s->doubt_stamp == stamp;

	s->doubt_at = s->next;
	s->doubt_stamp = stamp;
	source_forget(s->source);
	return is_old;
}

/* Following: a block without a sound header counts when a sound one is behind it. */
static int is_skippable(struct scan *s, bool *out, struct error *err)
{
	uint64_t found;
	bool is_end;

	TRY(resync(s, s->next + 1, &found, &is_end, err));
	*out = !is_end || is_settled(s);
	return 0;
}

/* Following: a whole block counts when it is sound, or a sound header is behind it. */
static bool is_final(struct scan *s, const struct block_header *h, struct view data)
{
	size_t len = (size_t)h->header_len + h->body_len;

	if (view_len(data) == len + BLOCK_HEADER_LEN && is_sound_header(data.p + len))
		return true;
	return body_is_sound(h, view_of(data.p, len), NULL) || is_settled(s);
}

/* Following: is the next block there to its end? What was read of it before may have been
 * cut back by the writer, and be another now: the header is the same before and after the body
 * was read, or nothing of it is believed. */
static int has_arrived(struct scan *s, bool *out, struct error *err)
{
	struct block_header h;
	struct view data;
	size_t len = 0;
	bool is_same;

	*out = false;
	TRY(source_read(s->source, s->next, BLOCK_HEADER_LEN, &data, err));
	if (view_len(data) < BLOCK_HEADER_LEN) {
		source_forget(s->source);
		return 0;
	}
	if (block_header_decode(data, &h, NULL) == 0) {
		len = (size_t)h.header_len + h.body_len;
		TRY(source_read(s->source, s->next, len + BLOCK_HEADER_LEN, &data, err));
	}
	TRY(source_is_same(s->source, s->next, view_of(data.p, BLOCK_HEADER_LEN), &is_same, err));
	if (!is_same || view_len(data) < len) {
		source_forget(s->source);
		return 0;
	}
	if (!len)
		return is_skippable(s, out, err);
	*out = is_final(s, &h, data);
	return 0;
}

int scan_next(struct scan *s, scan_want_fn want, const void *arg, struct scan_item *out,
	      struct error *err)
{
	struct block_header h;
	struct error why = {0};
	struct view header;
	bool is_there;
	int rc;

	if (s->is_abandoned)
		return END;
	TRY(take_shortcut(s, err));
	s->is_following = s->is_following && source_is_followed(s->source);
	if (s->is_following) {
		TRY(has_arrived(s, &is_there, err));
		if (!is_there)
			return SCAN_IDLE;
	}
	TRY(source_read(s->source, s->next, BLOCK_HEADER_LEN, &header, err));
	if (view_len(header) == 0)
		return END;
	rc = block_header_decode(header, &h, &why);
	if (rc) {
		TRY(skip(s, s->next, s->next + 1, why.text, out, err));
		out->is_cut = out->is_cut && !s->is_closed;
		return 0;
	}
	return take_block(s, want, arg, &h, out, err);
}

int scan_begins(struct source *source, bool *begins, struct error *err)
{
	struct block_header h;
	struct view head;
	size_t len;

	TRY(source_read(source, 0, BLOCK_HEADER_LEN, &head, err));
	len = view_len(head);
	if (len < BLOCK_HEADER_LEN) {
		if (len > BLOCK_MAGIC_LEN)
			len = BLOCK_MAGIC_LEN;
		*begins = len > 0 && memcmp(head.p, BLOCK_MAGIC, len) != 0;
		return 0;
	}
	*begins = block_header_decode(head, &h, NULL) != 0 ||
		  source_size(source) >= (uint64_t)h.header_len + h.body_len;
	return 0;
}

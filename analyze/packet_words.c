/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packet_words.c -- flags, relative sequence numbers, and where a packet was.
 */
#include "analyze/packet_words.h"

#include <inttypes.h>

#include "analyze/linux_errno.h"

static void tell_flags(uint8_t flags, struct narration *out)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
	static const uint8_t order[] = {1, 0, 2, 3, 4, 5};
	const char *before = "";

	for (size_t i = 0; i < sizeof(order); i++) {
		if (!(flags & 1u << order[i]))
			continue;
		narration_say(out, "%s%s", before, names[order[i]]);
		before = " ";
	}
	if (!*before)
		narration_say(out, "no flags");
}

void packet_words_init(struct packet_words *w, const struct couple *couple, bool use_full_names)
{
	*w = (struct packet_words){.couple = couple, .use_full_names = use_full_names};
	for (unsigned i = 0; i < couple->count; i++) {
		const struct side *s = couple->sides[i];
		enum lane lane = couple_lane(couple, s);

		if (!s->life->has_seq || !s->life->is_start_seen)
			continue;
		w->base[lane] = s->life->una - 1;
		w->base[!lane] = s->life->nxt - 1;
		w->has_base[0] = w->has_base[1] = true;
	}
}

/* A sequence number counted from the beginning of its side's stream. */
static uint32_t relative(struct packet_words *w, enum lane lane, uint32_t seq, uint32_t first)
{
	if (!w->has_base[lane]) {
		w->base[lane] = seq - first;
		w->has_base[lane] = true;
	}
	return seq - w->base[lane];
}

static void tell_segment(struct packet_words *w, const struct moment *m, enum lane from,
			 struct narration *out)
{
	bool is_syn = m->tcp_flags & FLAG_SYN;

	if (!m->has_tcp) {
		narration_say(out, "a packet");
		return;
	}
	tell_flags(m->tcp_flags, out);
	if (m->tcp_flags == FLAG_ACK && !m->bytes) {
		narration_say(out, " %" PRIu32, relative(w, (enum lane) !from, m->ack, 1));
		return;
	}
	if (m->bytes || (m->tcp_flags & FLAG_FIN))
		narration_say(out, " seq %" PRIu32, relative(w, from, m->seq, 1));
	else if (is_syn)
		relative(w, from, m->seq, 0);
	if ((m->tcp_flags & FLAG_ACK) && !is_syn)
		narration_say(out, " ack %" PRIu32, relative(w, (enum lane) !from, m->ack, 1));
	if (m->bytes)
		narration_say(out, ": %" PRIu32 " %s", m->bytes, bytes_word(m->bytes));
}

/* Who has sent the packet; told by either end of it. */
static enum lane sender_lane(const struct packet_words *w, const struct moment *m)
{
	const struct side *sender = couple_side(w->couple, m->sender),
			  *owner = couple_side(w->couple, m->conn);

	if (sender)
		return couple_lane(w->couple, sender);
	return owner ? (enum lane) !couple_lane(w->couple, owner) : LANE_LEFT;
}

/* A packet is dropped where it is: at its sender's, or where it has just arrived. */
static enum lane drop_lane(const struct packet_words *w, const struct moment *m)
{
	enum lane from = sender_lane(w, m);
	bool has_arrived = m->conn != m->sender ||
			   (w->arrived.has_tcp && w->arrived.seq == m->seq &&
			    w->arrived.tcp_flags == m->tcp_flags &&
			    sender_lane(w, &w->arrived) == from);

	return has_arrived ? (enum lane) !from : from;
}

void packet_words_drop(struct packet_words *w, const struct moment *m, struct narration *out)
{
	out->lane = drop_lane(w, m);
	narration_say(out, "%s ", m->is_benign ? "frees" : "DROPPED:");
	tell_segment(w, m, sender_lane(w, m), out);
	if (m->word[0])
		narration_say(out, ", %s", m->word);
	if (m->place[0])
		narration_say(out, " in %s", m->place);
	out->is_noise = m->is_benign;
}

void packet_words_retransmit(struct packet_words *w, const struct moment *m, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value)
		narration_say(out, "cannot retransmit");
	else
		narration_say(out, "retransmits");
	if (m->from == STATE_SYN_SENT)
		narration_say(out, " SYN");
	else if (m->has_tcp)
		narration_say(out, " seq %" PRIu32, relative(w, out->lane, m->seq, 1));
	if (m->value)
		narration_say(out, ": %s", linux_errno_format(m->value, name));
}

void packet_words_freed(struct packet_words *w, const struct moment *m, struct narration *out)
{
	narration_say(out, m->kind == EVENT_COPY ? "copies " : "is done with ");
	tell_segment(w, m, sender_lane(w, m), out);
	out->is_noise = true;
}

void packet_words_arrival(struct packet_words *w, const struct moment *m, struct narration *out)
{
	enum lane from = sender_lane(w, m);

	out->lane = (enum lane) !from;
	out->is_arrow = true;
	w->arrived = *m;
	if (w->use_full_names)
		narration_say(out, "from the %s: ", couple_lane_name(w->couple, from));
	tell_segment(w, m, from, out);
	if (m->is_time_wait)
		narration_say(out, "; TIME_WAIT begins there (60 s, untraced)");
}

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

/* A sequence number counted from the beginning of its side's stream. */
static uint32_t relative(struct narrator *n, enum lane lane, uint32_t seq, uint32_t first)
{
	if (!n->has_base[lane]) {
		n->base[lane] = seq - first;
		n->has_base[lane] = true;
	}
	return seq - n->base[lane];
}

static void tell_segment(struct narrator *n, const struct moment *m, enum lane from,
			 struct narration *out)
{
	bool is_syn = m->tcp_flags & FLAG_SYN;

	if (!m->has_tcp) {
		narration_say(out, "a packet");
		return;
	}
	tell_flags(m->tcp_flags, out);
	if (m->tcp_flags == FLAG_ACK && !m->bytes) {
		narration_say(out, " %" PRIu32, relative(n, (enum lane) !from, m->ack, 1));
		return;
	}
	if (m->bytes || (m->tcp_flags & FLAG_FIN))
		narration_say(out, " seq %" PRIu32, relative(n, from, m->seq, 1));
	else if (is_syn)
		relative(n, from, m->seq, 0);
	if ((m->tcp_flags & FLAG_ACK) && !is_syn)
		narration_say(out, " ack %" PRIu32, relative(n, (enum lane) !from, m->ack, 1));
	if (m->bytes)
		narration_say(out, ": %" PRIu32 " %s", m->bytes, bytes_word(m->bytes));
}

/* Who has sent the packet; told by either end of it. */
static enum lane sender_lane(const struct narrator *n, const struct moment *m)
{
	const struct side *sender = narrator_side(n, m->sender), *owner = narrator_side(n, m->conn);

	if (sender)
		return narrator_lane(n, sender);
	return owner ? (enum lane) !narrator_lane(n, owner) : LANE_LEFT;
}

/* A packet is dropped where it is: at its sender's, or where it has just arrived. */
static enum lane drop_lane(const struct narrator *n, const struct moment *m)
{
	enum lane from = sender_lane(n, m);
	bool has_arrived = m->conn != m->sender ||
			   (n->arrived.has_tcp && n->arrived.seq == m->seq &&
			    n->arrived.tcp_flags == m->tcp_flags &&
			    sender_lane(n, &n->arrived) == from);

	return has_arrived ? (enum lane) !from : from;
}

void packet_words_drop(struct narrator *n, const struct moment *m, struct narration *out)
{
	out->lane = drop_lane(n, m);
	narration_say(out, "%s ", m->is_benign ? "frees" : "DROPPED:");
	tell_segment(n, m, sender_lane(n, m), out);
	if (m->word[0])
		narration_say(out, ", %s", m->word);
	if (m->place[0])
		narration_say(out, " in %s", m->place);
	out->is_noise = m->is_benign;
}

void packet_words_retransmit(struct narrator *n, const struct moment *m, struct narration *out)
{
	char name[ERRNO_MAX];

	if (m->value)
		narration_say(out, "cannot retransmit");
	else
		narration_say(out, "retransmits");
	if (m->from == STATE_SYN_SENT)
		narration_say(out, " SYN");
	else if (m->has_tcp)
		narration_say(out, " seq %" PRIu32, relative(n, out->lane, m->seq, 1));
	if (m->value)
		narration_say(out, ": %s", linux_errno_format(m->value, name));
}

void packet_words_freed(struct narrator *n, const struct moment *m, struct narration *out)
{
	narration_say(out, m->kind == EVENT_COPY ? "copies " : "is done with ");
	tell_segment(n, m, sender_lane(n, m), out);
	out->is_noise = true;
}

void packet_words_arrival(struct narrator *n, const struct moment *m, struct narration *out)
{
	enum lane from = sender_lane(n, m);

	out->lane = (enum lane) !from;
	out->is_arrow = true;
	n->arrived = *m;
	if (n->use_full_names)
		narration_say(out, "from the %s: ", narrator_lane_name(n, from));
	tell_segment(n, m, from, out);
	if (m->is_time_wait)
		narration_say(out, "; TIME_WAIT begins there (60 s, untraced)");
}

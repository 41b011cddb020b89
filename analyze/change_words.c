/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * change_words.c -- what it means to the application when a state changes.
 */
#include "analyze/change_words.h"

#include "analyze/units.h"

struct change_words {
	uint8_t from, to; /* 0 = any */
	const char *words;
};

/* The first that fits. Changes to CLOSE are told by end_words(). */
static const struct change_words change_table[] = {
	{STATE_CLOSE, STATE_SYN_SENT, "connects"},
	{STATE_CLOSE, STATE_LISTEN, "listens"},
	{STATE_SYN_SENT, STATE_ESTABLISHED, "connected"},
	{STATE_SYN_SENT, STATE_SYN_RECV, "both connect at once"},
	{STATE_LISTEN, STATE_SYN_RECV, "new connection"},
	{STATE_SYN_RECV, STATE_ESTABLISHED, "ready for accept()"},
	{0, STATE_FIN_WAIT2, "its FIN is acknowledged"},
	{0, STATE_CLOSING, "both close at once"},
	{0, STATE_CLOSE_WAIT, "the other side has closed"},
	{0, STATE_LAST_ACK, "closes too"},
};

static const char *end_words(const struct moment *m)
{
	switch ((enum life_end)m->end) {
	case LIFE_RESET:
		return "is reset by the other side";
	case LIFE_REFUSED:
		return "is refused";
	case LIFE_TIMEOUT:
		return "gives up: no answer";
	case LIFE_ABORTED:
		return m->from == STATE_SYN_SENT ? "gives up connecting" : "breaks off";
	default:
		return m->from == STATE_SYN_RECV ? "never was a connection" : "closed";
	}
}

static const char *change_words(const struct moment *m)
{
	if (m->from == m->to) /* shutdown(), then close() */
		return "closes for good, still";
	if (m->to == STATE_CLOSE)
		return end_words(m);
	if (m->is_first_close)
		return "closes first";
	if (m->from == STATE_SYN_RECV && m->to == STATE_ESTABLISHED && m->is_accepted)
		return "connected"; /* both connected at once, or Fast Open */
	if (m->to == STATE_FIN_WAIT1)
		return "closes";
	for (size_t i = 0; i < sizeof(change_table) / sizeof(change_table[0]); i++)
		if ((!change_table[i].from || change_table[i].from == m->from) &&
		    change_table[i].to == m->to)
			return change_table[i].words;
	return "changes";
}

const char *change_words_state(uint8_t state, bool use_full_names)
{
	return use_full_names && state != STATE_UNKNOWN ? tcp_state_name((enum tcp_state)state)
							: tcp_state_short((enum tcp_state)state);
}

void change_words_tell(const struct moment *m, bool use_full_names, struct narration *out)
{
	char time[UNITS_MAX];

	narration_say(out, "%s", change_words(m));
	if (m->from == STATE_SYN_SENT && m->to == STATE_ESTABLISHED && m->has_duration)
		narration_say(out, " after %s", units_duration((int64_t)m->duration_ns, time));
	narration_say(out, m->from == m->to ? " %s" : ": %s",
		      change_words_state(m->to, use_full_names));
	if (m->is_time_wait)
		narration_say(
			out,
			"; TIME_WAIT begins on this side (60 s by design; its end is not traced)");
	else if (m->is_orphan)
		narration_say(out, "; the kernel waits on for the other side's FIN, untraced");
}

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * narrator.h -- says in plain words what happened at each moment of a connection. It is
 * told the moments in order of time and remembers who asked, who has accepted, and
 * where sequence numbers began.
 */
#ifndef ANALYZE_NARRATOR_H
#define ANALYZE_NARRATOR_H

#include "analyze/couple.h"
#include "analyze/moment.h"
#include "analyze/narration.h"
#include "analyze/packet_words.h"

struct narrator {
	const struct couple *couple;
	struct packet_words packets;
	bool use_full_names; /* TCP_ESTABLISHED rather than ESTABLISHED */
	bool tells_starts;   /* send calls are told when they begin (scene_link_calls) */
	bool has_calls;      /* send and receive calls are on the tape */
	bool has_segments;   /* so are arriving packets */
	bool has_holes;      /* events may be missing (tracker_has_holes) */
	bool has_accepted;
	int32_t cong_state[2];           /* by lane; 0 = open */
	const struct side *first_closer; /* NULL = nobody yet, or not known */
	bool has_asked;                  /* and no answer has been read since */
	bool has_request;                /* the server has read something */
	uint64_t asked_ns;
};

/* Start over with a couple, which must outlive the narrator. The flags from
 * tells_starts to has_holes are the caller's to set afterwards. */
void narrator_init(struct narrator *n, const struct couple *couple, bool use_full_names);
void narrator_tell(struct narrator *n, const struct moment *m, struct narration *out);
/* After the last moment: the whole story in one sentence, out->text; "" if there is
 * none. */
void narrator_conclude(const struct narrator *n, struct narration *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conn_row.h -- one socket life as a row of `conns`.
 */
#ifndef ANALYZE_CONN_ROW_H
#define ANALYZE_CONN_ROW_H

#include "analyze/tracker.h"
#include "analyze/view.h"

struct conn_row {
	const struct view_input *in;
	const struct tracker *tracker;
	const struct life *life;
};

void conn_row_render(const struct conn_row *row);

#endif

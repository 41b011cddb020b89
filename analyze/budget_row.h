/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * budget_row.h -- where the time of one connection went, as a row of `conns --budget`.
 */
#ifndef ANALYZE_BUDGET_ROW_H
#define ANALYZE_BUDGET_ROW_H

#include "analyze/ledger.h"
#include "analyze/conn_row.h"

void budget_row_render(const struct conn_row *row, const uint64_t ns[LEDGER_COUNT]);

#endif

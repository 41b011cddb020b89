/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * standard_streams.h -- who starts a program may have closed its standard streams. The next file
 * it opens would take such a number, and what is printed would go into that file.
 */
#ifndef FORMAT_STANDARD_STREAMS_H
#define FORMAT_STANDARD_STREAMS_H

/* Take the numbers that are free, before anything else is opened: what is read there is empty, and
 * nothing can be written. */
void standard_streams_hold(void);

#endif

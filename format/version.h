/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* version.h -- the version of both programs, in the one place that says it. */
#ifndef FORMAT_VERSION_H
#define FORMAT_VERSION_H

#define TCPTAPE_VERSION "0.1.0"

#endif

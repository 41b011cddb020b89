/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * behind.h -- letting go of what the kernel takes long to take back: some 70 ms for a classic event. Another
 * process, which holds nothing else open that anyone waits for, sees to that.
 */
#ifndef RECORD_BEHIND_H
#define RECORD_BEHIND_H

/* Does let_go(what) in a child, which is not waited for, and then here, where others still hold what it lets go
 * of. Without a child it takes as long as it takes. */
void behind(void (*let_go)(void *), void *what);

#endif

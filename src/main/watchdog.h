/* A process that was asked to stop ends in time, whatever a store does: a call to a server that is
 * frozen may last for minutes. What is cut off then is as after kill -9, and just as harmless: the
 * leases run out and others do the work.
 *
 * Threads: both are called by the main thread, begin once.
 */
#ifndef PC_MAIN_WATCHDOG_H
#define PC_MAIN_WATCHDOG_H

#include <stdint.h>

/* From the first stop signal on there are grace_ms, in which things end in order, and
 * PC_WATCHDOG_EXTRA_MS for the stores' answers; then the process ends with status 0, and the log says
 * so. Answers how much of the grace is left. */
enum { PC_WATCHDOG_EXTRA_MS = 5000 };
int64_t pc_watchdog_start(int64_t grace_ms);
/* It ended in order. Fine without a begin, too. */
void pc_watchdog_stop(void);

#endif

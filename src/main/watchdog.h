/* The shutdown watchdog: a process that was asked to stop ends in time, even when a store does not
 * answer. A call to a frozen server may last for minutes.
 *
 * Ending the process in the middle of such a call is as harmless as kill -9: leases expire, and
 * other processes do the work.
 *
 * Threads: the main thread; start it once.
 */
#ifndef PC_MAIN_WATCHDOG_H
#define PC_MAIN_WATCHDOG_H

#include <stdint.h>

/* How long stores may take to answer after the grace period. */
enum { PC_WATCHDOG_EXTRA_MS = 5000 };

/* From the first stop signal on, the process has grace_ms to finish in order. PC_WATCHDOG_EXTRA_MS
 * after that the watchdog logs a warning and ends the process with status 0. Returns the rest of
 * the grace period. */
int64_t pc_watchdog_start(int64_t grace_ms);
/* The process finished in time: stops the watchdog. Does nothing if it was not started. */
void pc_watchdog_stop(void);

#endif

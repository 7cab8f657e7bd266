/* Condition variables that wait by the clock of deadlines.
 *
 * A condition variable as pthread_cond_init makes it waits by the wall clock, so setting the clock
 * would end a wait too early or much too late. One made here waits by pc_clock_mono_ms.
 *
 *     pc_sync_cond_init(&box->changed);
 *     ...
 *     pthread_mutex_lock(&box->lock);
 *     while (!box->full && pc_sync_wait_until(&box->changed, &box->lock, until_ms))
 *         ;
 *     bool full = box->full;
 *     pthread_mutex_unlock(&box->lock);
 *
 * Threads: init and pthread_cond_destroy while nobody waits; the rest from any thread.
 */
#ifndef PC_BASE_SYNC_H
#define PC_BASE_SYNC_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Ends with pthread_cond_destroy. */
void pc_sync_cond_init(pthread_cond_t *cond);

/* Waits with lock held, as pthread_cond_wait does, until cond is signalled (true) or until_ms of
 * pc_clock_mono_ms has come (false). INT64_MAX waits without a limit. It may also return true
 * without a signal, so the caller checks its condition in a loop. */
bool pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);

#endif

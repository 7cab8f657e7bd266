/* SIGINT and SIGTERM ask the process to stop. The state belongs to the process, as signals do.
 *
 * Threads: pc_signals_catch once, from the main thread; the others from any thread.
 */
#ifndef PC_MAIN_SIGNALS_H
#define PC_MAIN_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the first signal is noted, and the handler calls hook(ctx), which may therefore only
 * do what is safe in a signal handler; NULL: no hook. A second signal ends the process at once.
 * SIGPIPE is ignored. */
void pc_signals_catch(void (*hook)(void *ctx), void *ctx);
bool pc_signals_stop_requested(void);
/* Blocks until a signal has come. */
void pc_signals_wait(void);
/* Milliseconds since the first signal; 0 if there was none. */
int64_t pc_signals_since_ms(void);

#endif

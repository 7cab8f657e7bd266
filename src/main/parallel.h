/* Runs the iterations of a loop on several threads. */
#ifndef PC_MAIN_PARALLEL_H
#define PC_MAIN_PARALLEL_H

/* Calls body(ctx, i) once for each i from 0 to n - 1, on at most `threads` threads; iterations
 * start in order. Returns when all are done, or earlier when a signal asked the process to stop
 * (main/signals.h). Threads: the calling thread takes part, so the loop also runs when no other
 * thread can be created. */
void pc_parallel_for(int threads, int n, void (*body)(void *ctx, int i), void *ctx);

#endif

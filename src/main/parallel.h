/* Threads that share many pieces of work. */
#ifndef PC_MAIN_PARALLEL_H
#define PC_MAIN_PARALLEL_H

/* Calls piece(ctx, i) once for each i below n, in that order, from so many threads at a time; ends
 * when all are done, or earlier when a signal asks to stop (commands.h). Threads: this one works
 * too, also when no other can be had. */
void pc_parallel_for(int threads, int n, void (*body)(void *ctx, int i), void *ctx);

#endif

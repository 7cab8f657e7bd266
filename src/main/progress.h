/* A progress bar on standard error, if that is a terminal: share done, rate, time left.
 * Threads: step and print from any thread; init and finish from one. */
#ifndef PC_MAIN_PROGRESS_H
#define PC_MAIN_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct pc_progress {
    pthread_mutex_t lock; /* guards all below */
    bool shown;
    int total, done, failed;
    int64_t start_ms, drawn_ms;
};

/* quiet: shows nothing. */
void pc_progress_init(struct pc_progress *p, int total, bool quiet);
/* One more is done. */
void pc_progress_step(struct pc_progress *p, bool failed);
/* Prints a line above the bar. */
void pc_progress_print(struct pc_progress *p, const char *line);
/* Removes the bar, and prints a summary unless quiet. */
void pc_progress_finish(struct pc_progress *p, bool quiet);

#endif

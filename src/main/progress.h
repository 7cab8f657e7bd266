/* A progress line on standard error while it is a terminal: share done, rate, time left.
 * Threads: all functions are safe. */
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

void pc_progress_init(struct pc_progress *p, int total, bool quiet);
void pc_progress_step(struct pc_progress *p, bool failed);
/* Prints a line above the bar. */
void pc_progress_print(struct pc_progress *p, const char *line);
/* Wipes the bar; prints the summary unless quiet. */
void pc_progress_finish(struct pc_progress *p, bool quiet);

#endif

#include "main/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { REDRAW_MS = 100, BAR_CELLS = 24 };

void pc_progress_init(struct pc_progress *p, int total, bool quiet)
{
    *p = (struct pc_progress){.total = total, .start_ms = pc_clock_mono_ms()};
    p->shown = !quiet && isatty(STDERR_FILENO);
    pthread_mutex_init(&p->lock, NULL);
}

static double rate(const struct pc_progress *p)
{
    double seconds = (double)(pc_clock_mono_ms() - p->start_ms) / 1000;
    return seconds > 0 ? p->done / seconds : 0;
}

static void draw(struct pc_progress *p)
{
    char bar[BAR_CELLS + 1];
    int full = p->total ? BAR_CELLS * p->done / p->total : BAR_CELLS;
    for (int i = 0; i < BAR_CELLS; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_CELLS] = 0;
    double per_second = rate(p);
    long left = per_second > 0 ? (long)((p->total - p->done) / per_second + .5) : 0;
    fprintf(stderr, "\r\033[K[%s] %d/%d  %.1f/s  %ld:%02ld left", bar, p->done, p->total,
            per_second, left / 60, left % 60);
    if (p->failed)
        fprintf(stderr, "  %d failed", p->failed);
    fflush(stderr);
    p->drawn_ms = pc_clock_mono_ms();
}

void pc_progress_step(struct pc_progress *p, bool failed)
{
    pthread_mutex_lock(&p->lock);
    p->done++;
    p->failed += failed;
    if (p->shown && (p->done == p->total || pc_clock_mono_ms() - p->drawn_ms >= REDRAW_MS))
        draw(p);
    pthread_mutex_unlock(&p->lock);
}

void pc_progress_print(struct pc_progress *p, const char *line)
{
    pthread_mutex_lock(&p->lock);
    fprintf(stderr, "%s%s\n", p->shown ? "\r\033[K" : "", line);
    if (p->shown)
        draw(p);
    pthread_mutex_unlock(&p->lock);
}

void pc_progress_finish(struct pc_progress *p, bool quiet)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    if (!quiet)
        fprintf(stderr, "%d of %d images done, %d failed, %.1f/s\n", p->done - p->failed, p->total,
                p->failed, rate(p));
    pthread_mutex_destroy(&p->lock);
}

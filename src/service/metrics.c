#include "service/metrics.h"

static const struct {
    const char *name, *help;
} counters[PC_METRICS_COUNTERS] = {
    [PC_METRICS_SUBMITTED] = {"posecraft_images_submitted_total", "Images accepted"},
    [PC_METRICS_EXISTING] = {"posecraft_images_known_total",
                             "Submissions of an image that existed already"},
    [PC_METRICS_PROCESSED] = {"posecraft_images_processed_total", "Images processed"},
    [PC_METRICS_FAILED] = {"posecraft_images_failed_total", "Images failed for good"},
    [PC_METRICS_RETRIED] = {"posecraft_tries_repeated_total", "Failed attempts that were retried"},
};
static const char *const stages[PC_METRICS_STAGES] = {"decode", "pose", "cut", "total"};

void pc_metrics_add(struct pc_metrics *m, enum pc_metrics_counter which, long long n)
{
    atomic_fetch_add_explicit(&m->counters[which], n, memory_order_relaxed);
}

void pc_metrics_add_result(struct pc_metrics *m, const struct pc_pipeline_result *result)
{
    const struct pc_pipeline_timings_ms *t = &result->timings;
    const double ms[PC_METRICS_STAGES] = {t->decode, t->pose, t->cut, t->total};
    for (int i = 0; i < PC_METRICS_STAGES; i++)
        atomic_fetch_add_explicit(&m->stage_us[i], (long long)(ms[i] * 1000), memory_order_relaxed);
    for (int i = 0; i < result->plan.n_shots; i++)
        atomic_fetch_add_explicit(&m->shots[result->plan.shots[i].state], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->runs, 1, memory_order_relaxed);
}

static void print_head(struct pc_buf *out, const char *name, const char *help, const char *type)
{
    pc_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void pc_metrics_print(struct pc_metrics *m, struct pc_buf *out)
{
    for (int i = 0; i < PC_METRICS_COUNTERS; i++) {
        print_head(out, counters[i].name, counters[i].help, "counter");
        pc_buf_printf(out, "%s %lld\n", counters[i].name, atomic_load(&m->counters[i]));
    }
    print_head(out, "posecraft_shots_total", "Shots planned, by state", "counter");
    for (int i = 0; i < PC_METRICS_SHOT_STATES; i++)
        pc_buf_printf(out, "posecraft_shots_total{state=\"%s\"} %lld\n",
                      pc_shot_state_name((enum pc_shot_state)i), atomic_load(&m->shots[i]));
    print_head(out, "posecraft_stage_seconds", "Time spent in each stage of an image", "summary");
    for (int i = 0; i < PC_METRICS_STAGES; i++)
        pc_buf_printf(out,
                      "posecraft_stage_seconds_sum{stage=\"%s\"} %.6f\n"
                      "posecraft_stage_seconds_count{stage=\"%s\"} %lld\n",
                      stages[i], (double)atomic_load(&m->stage_us[i]) / 1e6, stages[i],
                      atomic_load(&m->runs));
}

#include "main/startup.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { RETRY_FIRST_MS = 500, RETRY_MAX_MS = 15 * 1000 };

static bool is_in_process(const char *url)
{
    return pc_str_starts(url, "memory:");
}

static bool is_local(const char *url)
{
    return is_in_process(url) || pc_str_starts(url, "sqlite:") || pc_str_starts(url, "file:");
}

enum pc_code pc_startup_check(const struct pc_config *cfg, enum pc_startup_role role, int workers,
                              struct pc_err *err)
{
    bool volatile_store =
        is_in_process(cfg->records) || is_in_process(cfg->queue) || is_in_process(cfg->blobs);
    if (role == PC_STARTUP_WORK && volatile_store)
        return pc_fail(err, PC_E_CONFIG,
                       "Only its own process sees a memory: store; `posecraft work` would find "
                       "nothing there.");
    if (workers == 0 && volatile_store)
        pc_log(PC_LOG_WARN, "only this process sees a memory: store, and it has no workers: images "
                            "will not be processed");
    bool elsewhere = !is_local(cfg->queue);
    if (elsewhere && (is_local(cfg->records) || is_local(cfg->blobs)))
        pc_log(
            PC_LOG_WARN,
            "other machines can reach the queue, but not the records or blobs: run workers on this "
            "machine only");
    return PC_OK;
}

static enum pc_code open_and_ping(const struct pc_config *cfg, bool with_pose, struct pc_app *app,
                                  struct pc_err *err)
{
    enum pc_code rc = pc_app_open_service(cfg, with_pose, app, err);
    if (rc)
        return rc;
    rc = pc_records_ping(app->records, err);
    if (!rc)
        rc = pc_queue_ping(app->queue, err);
    if (!rc)
        rc = pc_blobs_ping(app->blobs, err);
    if (rc)
        pc_app_close(app);
    return rc;
}

enum pc_code pc_startup_open(const struct pc_config *cfg, bool with_pose, struct pc_app *app,
                             struct pc_err *err)
{
    int64_t deadline_ms = pc_clock_mono_ms() + cfg->wait_ms;
    struct pc_backoff backoff = {.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
    for (;;) {
        struct pc_err attempt_err = PC_ERR_INIT;
        enum pc_code rc = open_and_ping(cfg, with_pose, app, &attempt_err);
        int64_t remaining_ms = deadline_ms - pc_clock_mono_ms();
        bool unavailable = rc == PC_E_STORE_UNAVAILABLE || rc == PC_E_QUEUE_UNAVAILABLE;
        if (!unavailable || remaining_ms <= 0) {
            *err = attempt_err;
            return rc;
        }
        int64_t delay_ms = pc_backoff_next_ms(&backoff);
        delay_ms = delay_ms < remaining_ms ? delay_ms : remaining_ms;
        pc_log_err(PC_LOG_WARN, "a store is unavailable, waiting for it", &attempt_err,
                   PC_LOG_I64("again_in_ms", delay_ms));
        pc_clock_sleep_ms(delay_ms);
    }
}

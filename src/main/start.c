#include "main/start.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { AGAIN_FIRST_MS = 500, AGAIN_MOST_MS = 15 * 1000 };

static bool in_process(const char *address)
{
    return pc_str_starts(address, "memory:");
}

static bool on_this_machine(const char *address)
{
    return in_process(address) || pc_str_starts(address, "sqlite:") ||
           pc_str_starts(address, "file:");
}

enum pc_code pc_start_check(const struct pc_config *cfg, enum pc_role role, int workers,
                            struct pc_err *err)
{
    bool volatile_store =
        in_process(cfg->records) || in_process(cfg->queue) || in_process(cfg->blobs);
    if (role == PC_ROLE_WORK && volatile_store)
        return pc_fail(err, PC_E_CONFIG,
                       "A memory: store is seen by its own process only; `posecraft work` would "
                       "find nothing there.");
    if (workers == 0 && volatile_store)
        pc_log(PC_LOG_WARN, "memory: is seen by this process only, and it has no workers: nothing "
                            "that is sent will be processed");
    bool elsewhere = !on_this_machine(cfg->queue);
    if (elsewhere && (on_this_machine(cfg->records) || on_this_machine(cfg->blobs)))
        pc_log(
            PC_LOG_WARN,
            "the queue can be reached by other machines, records or blobs cannot: run workers on "
            "this machine only");
    return PC_OK;
}

static enum pc_code ask_each(struct pc_wire *wire, struct pc_err *err)
{
    enum pc_code rc = pc_records_ping(wire->records, err);
    if (!rc)
        rc = pc_queue_ping(wire->queue, err);
    return rc ? rc : pc_blobs_ping(wire->blobs, err);
}

static enum pc_code open_once(const struct pc_config *cfg, bool with_pose, struct pc_wire *wire,
                              struct pc_err *err)
{
    enum pc_code rc = pc_wire_open_service(cfg, with_pose, wire, err);
    if (rc)
        return rc;
    rc = ask_each(wire, err);
    if (rc)
        pc_wire_close(wire);
    return rc;
}

enum pc_code pc_start_open(const struct pc_config *cfg, bool with_pose, struct pc_wire *wire,
                           struct pc_err *err)
{
    int64_t until_ms = pc_mono_ms() + cfg->wait_ms;
    for (int64_t pause_ms = AGAIN_FIRST_MS;; pause_ms *= 2) {
        struct pc_err why = PC_ERR_INIT;
        enum pc_code rc = open_once(cfg, with_pose, wire, &why);
        int64_t left_ms = until_ms - pc_mono_ms();
        bool away = rc == PC_E_STORE_UNAVAILABLE || rc == PC_E_QUEUE_UNAVAILABLE;
        if (!away || left_ms <= 0) {
            *err = why;
            return rc;
        }
        pause_ms = pause_ms < AGAIN_MOST_MS ? pause_ms : AGAIN_MOST_MS;
        pause_ms = pause_ms < left_ms ? pause_ms : left_ms;
        pc_log_err(PC_LOG_WARN, "a store is away, waiting for it", &why,
                   PC_LOG_I64("again_in_ms", pause_ms));
        pc_sleep_ms(pause_ms);
    }
}

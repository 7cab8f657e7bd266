/* Completes jobs and takes others, the two steps of every job, in one run of complete_and_take.lua. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "queue/bull/internal.h"

/* Nothing can be done with this job of another program, neither now nor later. */
static void fail_unusable(struct pc_bull *b, struct pc_job *job, const struct pc_err *why)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t answer;
    const char *const args[] = {job->id, job->token, "-1", why->message, "[]"};
    if (pc_bull_script_run_int(b, PC_BULL_FAIL, 5, args, &answer, &err)) /* stalls, comes again */
        pc_log_err(PC_LOG_WARN, "unusable job of another program could not be failed", &err,
                   PC_LOG_STR("job", job->id));
    else
        pc_log(PC_LOG_WARN, "unusable job of another program failed", PC_LOG_STR("job", job->id),
               PC_LOG_STR("reason", why->message));
    pc_job_finish(job);
}

/* Fills jobs. *n: in, how many were wanted; out, how many came. *unusable: some came, and were
 * failed. */
static enum pc_code read_answer(struct pc_bull *b, const redisReply *answer, struct pc_job *jobs,
                                int *n, bool *unusable, struct pc_err *err)
{
    int wanted = *n;
    *n = 0;
    if (answer->type != REDIS_REPLY_ARRAY || answer->elements > (size_t)wanted)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE,
                              "complete_and_take.lua returned something else");
    for (size_t i = 0; i < answer->elements; i++) {
        struct pc_err why = PC_ERR_INIT;
        struct pc_job *job = &jobs[*n];
        if (!pc_bull_job_parse(answer->element[i], job, &why)) {
            ++*n;
        } else {
            *unusable = true;
            if (job->id)
                fail_unusable(b, job, &why);
        }
    }
    return PC_OK;
}

static enum pc_code run_batch(struct pc_bull *b, const struct pc_bull_batch *batch, int *n,
                              bool *unusable, struct pc_err *err)
{
    const char *args[PC_BULL_ARGS_MAX];
    char values[PC_QUEUE_BATCH_MAX][PC_BULL_RETURN_VALUE_BYTES];
    char token[PC_JOB_TOKEN_HEX + 1], wanted[12];
    redisReply *answer;
    int n_args = 0;
    pc_random_hex(token, PC_JOB_TOKEN_HEX);
    snprintf(wanted, sizeof wanted, "%d", *n);
    args[n_args++] = b->lease_ms;
    args[n_args++] = b->instance_id;
    args[n_args++] = token;
    args[n_args++] = wanted;
    args[n_args++] = batch->polled_id ? batch->polled_id : "";
    for (int i = 0; i < batch->n_completed; i++) {
        pc_bull_job_return_value(&batch->completed[i], values[i]);
        args[n_args++] = batch->completed[i].id;
        args[n_args++] = batch->completed[i].token;
        args[n_args++] = values[i];
    }
    enum pc_code rc = pc_bull_script_run(b, PC_BULL_COMPLETE_AND_TAKE, n_args, args, &answer, err);
    if (!rc)
        rc = read_answer(b, answer, batch->jobs, n, unusable, err);
    freeReplyObject(answer);
    return rc;
}

enum pc_code pc_bull_complete_and_take(struct pc_bull *b, const struct pc_bull_batch *batch, int *n,
                                       struct pc_err *err)
{
    struct pc_bull_batch rest = *batch;
    int wanted = *n;
    bool unusable;
    enum pc_code rc;
    do { /* again if all jobs that came were unusable */
        unusable = false;
        *n = wanted;
        rc = run_batch(b, &rest, n, &unusable, err);
        rest.n_completed = 0;
        rest.polled_id = NULL;
    } while (!rc && unusable && *n == 0);
    return rc;
}

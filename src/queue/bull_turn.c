/* Done and take, the two steps of every job, in one run of turn.lua. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "queue/bull.h"

/* Nothing can be done with it, now or later. */
static void fail_unusable(struct bull *b, struct pc_job *job, const struct pc_err *why)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t answer;
    const char *const args[] = {job->id, job->token, "-1", why->message, "[]"};
    if (bull_run_number(b, BULL_FAIL, 5, args, &answer, &err)) /* it stalls and comes again */
        pc_log_err(PC_LOG_WARN, "job of another program not failed", &err,
                   PC_LOG_STR("job", job->id));
    else
        pc_log(PC_LOG_WARN, "job of another program failed", PC_LOG_STR("job", job->id),
               PC_LOG_STR("reason", why->message));
    pc_job_finish(job);
}

static bool read_taken(struct bull *b, const redisReply *taken, struct pc_job *job)
{
    struct pc_err why = PC_ERR_INIT;
    enum pc_code rc = bull_job_read(taken, job, &why);
    if (rc && job->id)
        fail_unusable(b, job, &why);
    return !rc;
}

/* *n: how many came; *useless: how many of these were of no use. */
static enum pc_code read_answer(struct bull *b, const redisReply *answer, struct pc_job *jobs,
                                int *n, bool *useless, struct pc_err *err)
{
    int most = *n;
    *n = 0;
    if (answer->type != REDIS_REPLY_ARRAY || answer->elements > (size_t)most)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "turn.lua answers something else");
    for (size_t i = 0; i < answer->elements; i++) {
        if (read_taken(b, answer->element[i], &jobs[*n]))
            ++*n;
        else
            *useless = true;
    }
    return PC_OK;
}

static enum pc_code turn_once(struct bull *b, const struct bull_turn *t, int *n, bool *useless,
                              struct pc_err *err)
{
    const char *args[BULL_ARGS];
    char values[PC_QUEUE_TURN][BULL_VALUE], token[PC_JOB_TOKEN_HEX + 1], wanted[12];
    redisReply *answer;
    int n_args = 0;
    pc_random_hex(token, PC_JOB_TOKEN_HEX);
    snprintf(wanted, sizeof wanted, "%d", *n);
    args[n_args++] = b->lease_ms;
    args[n_args++] = b->origin;
    args[n_args++] = token;
    args[n_args++] = wanted;
    args[n_args++] = t->brought ? t->brought : "";
    for (int i = 0; i < t->n_done; i++) {
        bull_job_value(&t->done[i], values[i]);
        args[n_args++] = t->done[i].id;
        args[n_args++] = t->done[i].token;
        args[n_args++] = values[i];
    }
    enum pc_code rc = bull_run(b, BULL_TURN, n_args, args, &answer, err);
    if (!rc)
        rc = read_answer(b, answer, t->jobs, n, useless, err);
    freeReplyObject(answer);
    return rc;
}

enum pc_code bull_turn(struct bull *b, const struct bull_turn *turn, int *n, struct pc_err *err)
{
    struct bull_turn t = *turn;
    int wanted = *n;
    bool useless;
    enum pc_code rc;
    do { /* again when all that came were of no use */
        useless = false;
        *n = wanted;
        rc = turn_once(b, &t, n, &useless, err);
        t.n_done = 0;
        t.brought = NULL;
    } while (!rc && useless && *n == 0);
    return rc;
}

/* Done and take, the two steps of every job, in one script, for several threads at once.
 *
 * One thread asks Redis; those that come meanwhile wait together, and the next of them asks for
 * all. So a lone worker waits for one answer a job, and with many workers Redis runs one script for
 * many jobs, which is what it is quickest at. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "queue/bull.h"

struct bull_waiting_turn {
    struct bull_waiting_turn *after;
    const struct bull_turn *turn;
    char value[48], token[PC_JOB_TOKEN_HEX + 1];
    struct pc_err err; /* err.code is the result */
    bool over;
};

void bull_turns_init(struct bull_turns *turns)
{
    pthread_mutex_init(&turns->lock, NULL);
    pthread_cond_init(&turns->moved, NULL);
    turns->last = &turns->first;
}

void bull_turns_finish(struct bull_turns *turns)
{
    pthread_cond_destroy(&turns->moved);
    pthread_mutex_destroy(&turns->lock);
}

static void put_args(struct bull_waiting_turn *w, const char *args[BULL_TURN_ARGS])
{
    const struct pc_job *done = w->turn->done;
    if (done)
        snprintf(w->value, sizeof w->value, "{\"imageId\":%lld}", (long long)done->image_id);
    if (w->turn->wants)
        pc_random_hex(w->token, PC_JOB_TOKEN_HEX);
    args[0] = done ? done->id : "";
    args[1] = done ? done->token : "";
    args[2] = w->value;
    args[3] = w->token;
    args[4] = w->turn->brought ? w->turn->brought : "";
}

static void take_answer(struct bull_waiting_turn *w, const redisReply *answer)
{
    if (answer->type == REDIS_REPLY_INTEGER) {
        if (answer->integer < 0)
            pc_fail(&w->err, PC_E_LEASE_LOST, NULL);
        return;
    }
    if (!bull_job_read(answer, w->token, w->turn->next, &w->err))
        *w->turn->got = true;
}

/* At most BULL_TURNS of them. No lock held: they belong to this thread until they are over. */
static void ask_for(struct bull *b, struct bull_waiting_turn *const waiting[], int n)
{
    const char *args[BULL_ARGS] = {b->lease_ms, b->origin};
    struct pc_err err = PC_ERR_INIT;
    redisReply *reply;
    for (int i = 0; i < n; i++)
        put_args(waiting[i], &args[2 + i * BULL_TURN_ARGS]);
    enum pc_code rc = bull_run(b, BULL_TURN, 2 + n * BULL_TURN_ARGS, args, &reply, &err);
    if (!rc && (reply->type != REDIS_REPLY_ARRAY || reply->elements != (size_t)n))
        rc = pc_fail_detail(&err, PC_E_QUEUE_UNAVAILABLE, "turn.lua answers something else");
    for (int i = 0; i < n; i++) {
        if (rc)
            waiting[i]->err = err;
        else
            take_answer(waiting[i], reply->element[i]);
    }
    freeReplyObject(reply);
}

/* Lock held; let go meanwhile. */
static void ask_for_first(struct bull *b)
{
    struct bull_turns *turns = &b->turns;
    struct bull_waiting_turn *waiting[BULL_TURNS];
    int n = 0;
    while (n < BULL_TURNS && turns->first) {
        waiting[n++] = turns->first;
        turns->first = turns->first->after;
    }
    if (!turns->first)
        turns->last = &turns->first;
    turns->asking = true;
    pthread_mutex_unlock(&turns->lock);
    ask_for(b, waiting, n);
    pthread_mutex_lock(&turns->lock);
    turns->asking = false;
    for (int i = 0; i < n; i++)
        waiting[i]->over = true;
    pthread_cond_broadcast(&turns->moved);
}

enum pc_code bull_turn(struct bull *b, const struct bull_turn *turn, struct pc_err *err)
{
    struct bull_turns *turns = &b->turns;
    struct bull_waiting_turn own = {.turn = turn, .err = PC_ERR_INIT};
    pthread_mutex_lock(&turns->lock);
    *turns->last = &own;
    turns->last = &own.after;
    while (!own.over) {
        if (turns->asking)
            pthread_cond_wait(&turns->moved, &turns->lock);
        else
            ask_for_first(b);
    }
    pthread_mutex_unlock(&turns->lock);
    if (own.err.code)
        *err = own.err;
    return own.err.code;
}

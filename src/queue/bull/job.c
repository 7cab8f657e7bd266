/* The data and the options of a job, as JSON that Bull and Node programs understand, and back.
 *
 * data: {"imageId": 5, "url": "https://..."}. A producer may leave out one of them. Without the url,
 * the record knows it. Without the imageId, image_id is 0, and whoever takes the job submits the
 * url. options: what Bull stores with each job; attempts and backoff are honoured. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "queue/bull/internal.h"

enum { KEEP_FAILED = 1000, ATTEMPTS_MAX = 1000000 };
static const int64_t largest_id = INT64_C(9007199254740991); /* 2^53 - 1: exact in JavaScript */

char *pc_bull_job_id(int64_t image_id)
{
    return pc_xasprintf("pc-%lld", (long long)image_id);
}

int pc_bull_job_rank(int priority)
{
    return priority == PC_PRIORITY_LOWEST ? 0 : priority;
}

static char *dump(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text)
        abort(); /* out of memory */
    return text;
}

char *pc_bull_job_data(int64_t image_id, const char *url)
{
    json_t *safe = json_string(url);
    return dump(json_pack("{sI so}", "imageId", (json_int_t)image_id, "url",
                          safe ? safe : json_string(""))); /* not UTF-8; the record knows it */
}

char *pc_bull_job_options(const struct pc_queue_options *o, const char *id, int rank)
{
    return dump(json_pack("{si s{ss sI} ss si si sb si}", "attempts", o->max_attempts, "backoff",
                          "type", "exponential", "delay", (json_int_t)o->backoff_ms, "jobId", id,
                          "priority", rank, "delay", 0, "removeOnComplete", 1, "removeOnFail",
                          KEEP_FAILED));
}

void pc_bull_job_return_value(const struct pc_job *completed,
                              char value[PC_BULL_RETURN_VALUE_BYTES])
{
    snprintf(value, PC_BULL_RETURN_VALUE_BYTES, "{\"imageId\":%lld}",
             (long long)completed->image_id);
}

static json_t *parse(const redisReply *text)
{
    return text->type == REDIS_REPLY_STRING ? json_loadb(text->str, text->len, 0, NULL) : NULL;
}

static int number_of(const redisReply *text)
{
    int64_t n = 0;
    bool ok = text->type == REDIS_REPLY_STRING && pc_str_to_i64(text->str, 0, ATTEMPTS_MAX, &n);
    return ok ? (int)n : 0;
}

/* An integer, or its digits as a string: Node programs send both. */
static bool read_id(const json_t *value, int64_t *id)
{
    if (json_is_string(value))
        return pc_str_to_i64(json_string_value(value), 1, largest_id, id);
    *id = json_is_integer(value) ? json_integer_value(value) : 0;
    return *id >= 1 && *id <= largest_id;
}

static enum pc_code read_data(const redisReply *text, struct pc_job *job, struct pc_err *err)
{
    json_t *data = parse(text);
    const json_t *id = json_object_get(data, "imageId"), *url = json_object_get(data, "url");
    const char *url_text = json_string_value(url);
    const char *wrong = NULL;
    if (!json_is_object(data))
        wrong = "The job's data is no JSON object.";
    else if (id && !json_is_null(id) && !read_id(id, &job->image_id))
        wrong = "The job's imageId is not a whole number from 1 on.";
    else if (!job->image_id && (!url_text || !*url_text))
        wrong = "The job's data names neither an imageId nor a url.";
    else
        job->url = pc_xstrdup(url_text ? url_text : "");
    json_decref(data);
    return wrong ? pc_fail(err, PC_E_BAD_REQUEST, "%s", wrong) : PC_OK;
}

/* Bull runs a stalled job once more even if it may have one attempt only.
 *
 * backoff is a number, {type: "fixed", delay} or {type: "exponential", delay}. A type that the
 * producer defined itself is known to Node only: then the queue's own backoff is used. */
static void read_options(const redisReply *text, int failed, int stalled, struct pc_job *job)
{
    json_t *options = parse(text);
    double attempts = json_number_value(json_object_get(options, "attempts"));
    job->max_attempts = attempts >= 1 && attempts <= ATTEMPTS_MAX ? (int)attempts : 1;
    if (job->max_attempts == 1 && stalled > 0)
        job->max_attempts = 2;
    job->attempt = failed + stalled + 1;

    const json_t *backoff = json_object_get(options, "backoff");
    const json_t *delay = json_is_object(backoff) ? json_object_get(backoff, "delay") : backoff;
    const char *type = json_string_value(json_object_get(backoff, "type"));
    bool known = !type || pc_str_eq(type, "fixed") || pc_str_eq(type, "exponential");
    job->has_backoff = !backoff || json_is_null(backoff) || (known && json_is_number(delay));
    if (job->has_backoff) {
        double ms = json_number_value(delay);
        job->backoff_ms = ms < 1 ? 0 : ms < 1e15 ? (int64_t)ms : INT64_C(1000000000000000);
        job->backoff_fixed = !pc_str_eq(type, "exponential");
    }
    json_decref(options);
}

enum pc_code pc_bull_job_parse(const redisReply *taken, struct pc_job *job, struct pc_err *err)
{
    enum { ID, DATA, OPTIONS, FAILED, STALLED, MANUAL_RETRY, TOKEN, FIELDS };
    if (taken->elements != FIELDS)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE,
                              "complete_and_take.lua returned %zu fields", taken->elements);
    redisReply *const *field = taken->element;
    *job =
        (struct pc_job){.id = pc_xstrdup(field[ID]->str), .token = pc_xstrdup(field[TOKEN]->str)};
    read_options(field[OPTIONS], number_of(field[FAILED]), number_of(field[STALLED]), job);
    job->manual_retry = number_of(field[MANUAL_RETRY]) == 1;
    return read_data(field[DATA], job, err);
}

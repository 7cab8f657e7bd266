/* The queue on Redis as Node's bull sees it: keys, options, what other programs put there. */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "bull.h"
#include "jobs.h"
#include "queue/drivers.h"
#include "server.h"

redisContext *bull_connect(int port)
{
    redisContext *c = redisConnect("127.0.0.1", port);
    assert_true(c && !c->err);
    freeReplyObject(redisCommand(c, "SELECT 1"));
    return c;
}

const char *bull_command(void **state, const char *format, ...)
{
    static char answer[4000];
    const struct contract *c = *state;
    struct pc_buf command = PC_BUF_INIT;
    char keys[200], *argv[24], text[2000];
    const char *parts[24];
    int n = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(keys, sizeof keys, "%s:image-processing:", c->dir);
    for (char *at = text, *word; (word = strsep(&at, " "));) {
        if (*word == '$')
            pc_buf_puts(&command, keys);
        pc_buf_puts(&command, word + (*word == '$'));
        argv[n] = pc_buf_detach(&command, NULL);
        parts[n] = argv[n];
        n++;
    }
    redisContext *raw = bull_connect(test_server_port(bull_server()));
    redisReply *r = redisCommandArgv(raw, n, parts, NULL);
    assert_non_null(r);
    struct pc_buf out = PC_BUF_INIT;
    if (r->type == REDIS_REPLY_INTEGER)
        pc_buf_printf(&out, "%lld", r->integer);
    else if (r->type == REDIS_REPLY_ARRAY)
        for (size_t i = 0; i < r->elements; i++)
            pc_buf_printf(&out, "%s%s", i ? " " : "", r->element[i]->str ? r->element[i]->str : "");
    else if (r->type != REDIS_REPLY_NIL)
        pc_buf_puts(&out, r->str);
    pc_str_copy(answer, sizeof answer, pc_buf_text(&out));
    pc_buf_finish(&out);
    freeReplyObject(r);
    redisFree(raw);
    while (n)
        free(argv[--n]);
    return answer;
}

void bull_add_as_node(void **state, const char *id, const char *data, const char *opts)
{
    bull_command(state, "HSET $%s name __default__ data %s opts %s timestamp 1 delay 0 priority 0",
                 id, data, opts);
    bull_command(state, "LPUSH $wait %s", id);
}

static void fail_job(struct pc_queue *q, struct pc_job *job, bool retry, const char *reason)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    enum pc_code rc =
        retry ? pc_queue_retry(q, job, reason, &in_ms, &err) : pc_queue_fail(q, job, reason, &err);
    assert_ok(rc, &err);
    pc_job_finish(job);
}

static void our_jobs_are_as_bull_writes_them(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    assert_string_equal(bull_command(state, "HGET $pc-1 name"), "__default__");
    assert_string_equal(bull_command(state, "HGET $pc-1 data"), "{\"imageId\":1,\"url\":\"u1\"}");
    assert_string_equal(bull_command(state, "HGET $pc-1 opts"),
                        "{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":200},"
                        "\"jobId\":\"pc-1\",\"priority\":2,\"delay\":0,\"removeOnComplete\":true,"
                        "\"removeOnFail\":1000}");
    assert_string_equal(bull_command(state, "LRANGE $wait 0 -1"), "pc-1");
    assert_string_equal(bull_command(state, "GET $id"), "1");
    struct pc_job job = suite_take(q, 0);
    assert_string_equal(bull_command(state, "LRANGE $active 0 -1"), "pc-1");
    assert_string_equal(bull_command(state, "GET $pc-1:lock"), job.token);
    assert_string_equal(bull_command(state, "ZCARD $priority"), "0");
    suite_complete(q, &job);
    assert_string_equal(bull_command(state, "EXISTS $pc-1 $pc-1:lock $active"), "0");
    pc_queue_close(q);
}

static void the_list_is_in_bulls_order(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    suite_add(q, 1, PC_PRIORITY_BULK);
    suite_add(q, 2, (enum pc_priority)5);
    suite_add(q, 3, PC_PRIORITY_SINGLE);
    suite_add(q, 4, (enum pc_priority)3);
    suite_add(q, 5, PC_PRIORITY_SINGLE);
    suite_add(q, 6, PC_PRIORITY_BULK);
    assert_string_equal(bull_command(state, "LRANGE $wait 0 -1"), "pc-6 pc-1 pc-2 pc-4 pc-5 pc-3");
    pc_queue_close(q);
}

static void jobs_of_a_node_producer_are_taken(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    bull_add_as_node(state, "1", "{\"imageId\":7,\"url\":\"http://a/b\"}", "{\"attempts\":4}");
    bull_add_as_node(state, "x", "{\"imageId\":\"8\"}", "{}");
    bull_add_as_node(state, "y", "{\"url\":\"http://a/c\",\"more\":[1]}", "{}");
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.image_id, 7);
    assert_string_equal(job.url, "http://a/b");
    assert_string_equal(job.id, "1");
    assert_int_equal(job.max_attempts, 4);
    suite_complete(q, &job);
    assert_string_equal(bull_command(state, "HGET $1 returnvalue"), "{\"imageId\":7}");
    assert_string_equal(bull_command(state, "ZRANGE $completed 0 -1"), "1"); /* Bull's default */
    job = suite_take(q, 0);
    assert_int_equal(job.image_id, 8);
    assert_string_equal(job.url, "");
    assert_int_equal(job.max_attempts, 1);
    suite_complete(q, &job);
    job = suite_take(q, 0);
    assert_int_equal(job.image_id, 0);
    assert_string_equal(job.url, "http://a/c");
    suite_complete(q, &job);
    pc_queue_close(q);
}

static void unusable_jobs_fail_with_a_reason(void **state)
{
    static const char *const data[] = {"[]",
                                       "{}",
                                       "not-json",
                                       "{\"imageId\":0}",
                                       "{\"imageId\":1.5}",
                                       "{\"imageId\":\"9x\"}",
                                       "{\"url\":\"\"}",
                                       "{\"imageId\":9007199254740993}"};
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    char id[8];
    for (int i = 0; i < 8; i++) {
        snprintf(id, sizeof id, "n%d", i);
        bull_add_as_node(state, id, data[i], "{\"attempts\":5}");
    }
    suite_add(q, 1, PC_PRIORITY_BULK);
    suite_expect(q, 1); /* the others were failed by the same call */
    suite_take_nothing(q);
    assert_string_equal(bull_command(state, "ZCARD $failed"), "8");
    assert_string_equal(bull_command(state, "HGET $n1 failedReason"),
                        "The job's data names neither an imageId nor a url.");
    assert_string_equal(bull_command(state, "HGET $n2 failedReason"),
                        "The job's data is no JSON object.");
    pc_queue_close(q);
}

static void an_id_without_a_job_is_passed_over(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    bull_command(state, "LPUSH $wait ghost1 ghost2");
    suite_add(q, 1, PC_PRIORITY_BULK);
    suite_expect(q, 1);
    suite_expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
}

static void backoff_is_the_producers_own(void **state)
{
    static const struct {
        const char *opts;
        int64_t in_ms;
    } rows[] = {
        {"{\"attempts\":3,\"backoff\":{\"type\":\"fixed\",\"delay\":70}}", 70},
        {"{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":70}}", 70},
        {"{\"attempts\":3,\"backoff\":90}", 90},
        {"{\"attempts\":3}", 0},
        {"{\"attempts\":3,\"backoff\":{\"type\":\"own\"}}", 200}, /* the queue's */
    };
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t in_ms;
        bull_add_as_node(state, "5", "{\"imageId\":5}", rows[i].opts);
        struct pc_job job = suite_take(q, 0);
        assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
        assert_int_equal(in_ms, rows[i].in_ms);
        pc_job_finish(&job);
        bull_command(state, "DEL $5 $wait $delayed");
    }
    pc_queue_close(q);
}

static void what_stays_is_the_producers_choice(void **state)
{
    static const struct {
        const char *opts, *stays;
    } rows[] = {
        {"{\"removeOnComplete\":true}", "0"},
        {"{\"removeOnComplete\":2}", "2"},
        {"{\"removeOnComplete\":{\"count\":3}}", "3"},
        {"{\"removeOnComplete\":{\"age\":100}}", "5"},
        {"{\"removeOnComplete\":0}", "0"},
        {"{\"removeOnComplete\":false}", "5"},
        {"{}", "5"},
    };
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    char id[8];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int k = 0; k < 5; k++) {
            snprintf(id, sizeof id, "%d", k);
            bull_add_as_node(state, id, "{\"imageId\":5}", rows[i].opts);
            suite_expect(q, 5);
        }
        assert_string_equal(bull_command(state, "ZCARD $completed"), rows[i].stays);
        assert_string_equal(bull_command(state, "EXISTS $0 $1 $2 $3 $4"), rows[i].stays);
        bull_command(state, "DEL $0 $1 $2 $3 $4 $completed");
    }
    pc_queue_close(q);
}

static void a_failed_job_stays_for_people_and_can_be_added_again(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    fail_job(q, &job, false, "no \"luck\"");
    assert_string_equal(bull_command(state, "HGET $pc-1 failedReason"), "no \"luck\"");
    assert_string_equal(bull_command(state, "ZRANGE $failed 0 -1"), "pc-1");
    suite_expect_has(q, 1, false);
    suite_add(q, 1, PC_PRIORITY_BULK);
    assert_string_equal(bull_command(state, "ZCARD $failed"), "0");
    job = suite_take(q, 0);
    assert_int_equal(job.attempt, 1);
    assert_false(job.manual_retry);
    suite_complete(q, &job);
    pc_queue_close(q);
}

static void a_manually_retried_job_starts_over(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    suite_add(q, 1, PC_PRIORITY_BULK);
    for (int i = 1; i <= 2; i++) {
        struct pc_job job = suite_take(q, 1000);
        assert_int_equal(job.attempt, i);
        fail_job(q, &job, true, "x");
    }
    assert_string_equal(bull_command(state, "HGET $pc-1 attemptsMade"), "2");
    bull_command(state,
                 "HDEL $pc-1 finishedOn processedOn failedReason"); /* what a retry of Bull does */
    bull_command(state, "HSET $pc-1 retriedOn 1");
    bull_command(state, "ZREM $failed pc-1");
    bull_command(state, "LPUSH $wait pc-1");
    struct pc_job job = suite_take(q, 0);
    assert_true(job.manual_retry);
    assert_int_equal(job.attempt, 1);
    fail_job(q, &job, true, "x");
    job = suite_take(q, 1000);
    assert_false(job.manual_retry);
    assert_int_equal(job.attempt, 2);
    suite_complete(q, &job);
    pc_queue_close(q);
}

static void a_paused_queue_gives_nothing_and_takes_all(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_queue_stats s;
    struct pc_err err = PC_ERR_INIT;
    suite_add(q, 1, PC_PRIORITY_BULK);
    bull_command(state, "RENAME $wait $paused");
    bull_command(state, "SET $meta-paused 1");
    suite_add(q, 2, PC_PRIORITY_SINGLE);
    suite_take_nothing(q);
    assert_ok(pc_queue_stats(q, &s, &err), &err);
    assert_true(s.paused);
    assert_int_equal(s.waiting, 2);
    assert_string_equal(bull_command(state, "LRANGE $paused 0 -1"), "pc-1 pc-2");
    bull_command(state, "RENAME $paused $wait");
    bull_command(state, "DEL $meta-paused");
    suite_expect(q, 2);
    suite_expect(q, 1);
    pc_queue_close(q);
}

static void a_job_that_another_worker_left_unlocked_is_freed(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    bull_add_as_node(state, "3", "{\"imageId\":3}", "{}");
    bull_command(state, "RPOPLPUSH $wait $active"); /* and died before it had the lock */
    struct pc_job job = suite_take(q, 2000);
    assert_int_equal(job.image_id, 3);
    assert_int_equal(job.attempt, 2);
    assert_int_equal(job.max_attempts, 2); /* Bull runs it once more, although it has one attempt */
    suite_complete(q, &job);
    pc_queue_close(q);
}

static void a_lock_of_anothers_is_a_lost_lease(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    bull_command(state, "DEL $pc-1:lock"); /* it expired, nobody requeued the job: still ours */
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    assert_string_equal(bull_command(state, "GET $pc-1:lock"), job.token);
    bull_command(state, "SET $pc-1:lock another");
    assert_code(pc_queue_renew(q, &job, &err), PC_E_LEASE_LOST);
    assert_ok(test_complete_job(q, &job, &err), &err); /* is skipped */
    assert_code(pc_queue_release(q, &job, &err), PC_E_LEASE_LOST);
    suite_expect_stats(q, 0, 0, 1);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void progress_is_seen_at_the_job_and_heard(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    redisContext *listener = bull_connect(test_server_port(bull_server()));
    const struct contract *c = *state;
    freeReplyObject(redisCommand(listener, "PSUBSCRIBE *:progress"));
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    pc_queue_progress(q, &job, 40);
    assert_string_equal(bull_command(state, "HGET $pc-1 progress"), "40");
    redisReply *received;
    assert_int_equal(redisGetReply(listener, (void **)&received), REDIS_OK);
    assert_int_equal(received->elements, 4); /* pmessage, pattern, channel, text */
    assert_memory_equal(received->element[2]->str, c->dir, strlen(c->dir));
    assert_non_null(strstr(received->element[3]->str, "\"jobId\":\"pc-1\""));
    assert_non_null(strstr(received->element[3]->str, "\"progress\":40"));
    freeReplyObject(received);
    bull_command(state, "SET $pc-1:lock another");
    pc_queue_progress(q, &job, 60); /* no longer ours to say */
    assert_string_equal(bull_command(state, "HGET $pc-1 progress"), "40");
    redisFree(listener);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void a_queue_of_bullmq_is_rejected(void **state)
{
    const struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    bull_command(state, "HSET $meta version bullmq:5.1.0");
    assert_code(pc_queue_open(c->d->driver, c->url, NULL, &q, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "BullMQ"));
    assert_non_null(strstr(err.message, "bullmq:5.1.0"));
    bull_command(state, "DEL $meta");
    bull_command(state, "HSET $meta paused 0"); /* Bull 4 writes this one */
    pc_queue_close(suite_open(state, NULL));
}

const struct contract_case bull_layout_cases[] = {
    CASE(our_jobs_are_as_bull_writes_them),
    CASE(the_list_is_in_bulls_order),
    CASE(jobs_of_a_node_producer_are_taken),
    CASE(unusable_jobs_fail_with_a_reason),
    CASE(an_id_without_a_job_is_passed_over),
    CASE(backoff_is_the_producers_own),
    CASE(what_stays_is_the_producers_choice),
    CASE(a_failed_job_stays_for_people_and_can_be_added_again),
    CASE(a_manually_retried_job_starts_over),
    CASE(a_paused_queue_gives_nothing_and_takes_all),
    CASE(a_job_that_another_worker_left_unlocked_is_freed),
    CASE(a_lock_of_anothers_is_a_lost_lease),
    CASE(progress_is_seen_at_the_job_and_heard),
    CASE(a_queue_of_bullmq_is_rejected),
    {NULL, NULL, 0},
};

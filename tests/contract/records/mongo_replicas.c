/* The MongoDB driver on a replica set of three: the primary is killed, or frozen, while records are
 * made, finished and watched. Nothing that was answered is lost, a poller misses nothing, and work
 * goes on without that member and after it is back.
 *
 * Nothing here depends on how fast the machine is: each step waits until what it needs has happened,
 * and WATCHDOG_MS only ends a test that hangs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mongo_store.h"
#include "records/drivers.h"

enum { MEMBERS = 3, WRITERS = 4, MOST = 20000, PROGRESS = 5, WATCHDOG_MS = 200 * 1000 };

static struct set {
    struct test_server *member[MEMBERS];
    const char *why;
    char *url;
} set;

/* Asks one member alone. Takes command. Gives the reply, NULL when it does not answer. */
static bson_t *ask(int member, bson_t *command)
{
    bson_t reply, *answer = NULL;
    char *url = pc_xasprintf("mongodb://127.0.0.1:%d/?directConnection=true&"
                             "serverSelectionTimeoutMS=500&socketTimeoutMS=3000",
                             test_server_port(set.member[member]));
    mongoc_client_t *client = mongoc_client_new(url);
    if (mongoc_client_command_simple(client, "admin", command, NULL, &reply, NULL))
        answer = bson_copy(&reply);
    bson_destroy(&reply);
    bson_destroy(command);
    mongoc_client_destroy(client);
    free(url);
    return answer;
}

static void initiate(void)
{
    bson_t *config = BCON_NEW("_id", BCON_UTF8("rs0"), "settings", "{", "electionTimeoutMillis",
                              BCON_INT32(2000), "heartbeatIntervalMillis", BCON_INT32(500), "}");
    bson_t members;
    BSON_APPEND_ARRAY_BEGIN(config, "members", &members);
    for (int i = 0; i < MEMBERS; i++) {
        char at[4], host[32];
        snprintf(at, sizeof at, "%d", i);
        snprintf(host, sizeof host, "127.0.0.1:%d", test_server_port(set.member[i]));
        bson_t *one = BCON_NEW("_id", BCON_INT32(i), "host", BCON_UTF8(host));
        BSON_APPEND_DOCUMENT(&members, at, one);
        bson_destroy(one);
    }
    bson_append_array_end(config, &members);
    bson_t *answer = ask(0, BCON_NEW("replSetInitiate", BCON_DOCUMENT(config)));
    assert_non_null(answer);
    bson_destroy(answer);
    bson_destroy(config);
}

/* Which one is the primary, other than that one (-1: any); waits for it. */
static int wait_for_primary(int other_than)
{
    int64_t start = pc_clock_mono_ms();
    while (pc_clock_mono_ms() - start < WATCHDOG_MS) {
        for (int i = 0; i < MEMBERS; i++) {
            if (i == other_than)
                continue;
            bson_iter_t it;
            bson_t *hello = ask(i, BCON_NEW("hello", BCON_INT32(1)));
            bool is = hello && bson_iter_init_find(&it, hello, "isWritablePrimary") &&
                      bson_iter_bool(&it);
            bson_destroy(hello);
            if (is)
                return i;
        }
        pc_clock_sleep_ms(100);
    }
    fail_msg("there is no primary");
    return -1;
}

static int start(void **state)
{
    static const char *const more[] = {"--replSet=rs0", "--oplogSize=64", NULL};
    (void)state;
    mongoc_init();
    for (int i = 0; i < MEMBERS; i++)
        if (!(set.member[i] = test_server_start_with(TEST_MONGOD, more, &set.why)))
            return 0;
    initiate();
    set.url = pc_xasprintf("mongodb://127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d/db?replicaSet=rs0",
                           test_server_port(set.member[0]), test_server_port(set.member[1]),
                           test_server_port(set.member[2]));
    wait_for_primary(-1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (int i = 0; i < MEMBERS; i++)
        test_server_stop(set.member[i]);
    free(set.url);
    return 0;
}

/* Writers and a poller */

struct written { /* what one writer was answered */
    int64_t id[MOST];
    bool finished[MOST];
    int n, n_finished; /* the main thread reads them meanwhile */
    int refused;       /* answers that may be tried again */
    enum pc_code wrong;
};

struct load {
    struct pc_records *rs, *other;
    char test;
    bool stop;
    struct written writers[WRITERS];
    int64_t since;
    int *progress; /* by id: what the poller saw last */
    enum pc_code wrong;
};

/* True when it is answered; else it says whether to try again. */
static bool answered(struct written *w, enum pc_code rc)
{
    if (rc == PC_E_STORE_UNAVAILABLE) {
        w->refused++;
        pc_clock_sleep_ms(20);
    } else if (rc && rc != PC_E_NOT_PENDING) {
        w->wrong = rc;
    }
    return rc == PC_OK;
}

static bool goes_on(struct load *c, const struct written *w)
{
    return !__atomic_load_n(&c->stop, __ATOMIC_ACQUIRE) && !w->wrong && w->n < MOST;
}

static void finish_one(struct load *c, struct written *w)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_completion result = {.width = w->n + 1};
    if (!answered(w, pc_records_begin(c->rs, w->id[w->n], &r, &err)))
        return;
    pc_record_finish(&r);
    if (answered(w, pc_records_progress(c->rs, w->id[w->n], "posing", 50, &err)))
        w->finished[w->n] = answered(w, pc_records_finish(c->rs, w->id[w->n], &result, &err));
    if (w->finished[w->n])
        __atomic_fetch_add(&w->n_finished, 1, __ATOMIC_RELEASE);
}

static void write_on(struct load *c, int i)
{
    struct written *w = &c->writers[i];
    while (goes_on(c, w)) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_record r;
        bool created;
        char url[32];
        snprintf(url, sizeof url, "%c-%d-%d", c->test, i, w->n);
        if (!answered(w,
                      pc_records_insert(i % 2 ? c->rs : c->other,
                                        &(struct pc_record_new){.url = url}, &r, &created, &err)))
            continue;
        w->id[w->n] = r.id;
        pc_record_finish(&r);
        finish_one(c, w);
        w->n++;
    }
}

/* Takes in what changed since it asked last. */
static bool poll_once(struct load *c)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    int64_t ids[4];
    int n;
    bool all = true;
    enum pc_code rc = pc_records_list_tombstones(c->other, c->since, ids, 4, &n, &all, &err);
    q.since_seq = c->since = all ? c->since : 1; /* 1: everything again */
    if (!rc)
        rc = pc_records_list(c->other, &q, &list, &err);
    if (rc) {
        if (rc != PC_E_STORE_UNAVAILABLE)
            c->wrong = rc;
        return false;
    }
    bool more = list.n == q.limit;
    for (int i = 0; i < list.n; i++)
        if (list.items[i].id < MOST)
            c->progress[list.items[i].id] = 1 + list.items[i].progress;
    c->since = more ? list.items[list.n - 1].seq : list.last_seq;
    pc_record_list_finish(&list);
    return more;
}

struct load_thread {
    pthread_t thread;
    struct load *c;
    int i;
};

static void *work(void *arg)
{
    struct load_thread *h = arg;
    if (h->i < WRITERS)
        write_on(h->c, h->i);
    while (h->i == WRITERS && !__atomic_load_n(&h->c->stop, __ATOMIC_ACQUIRE))
        if (!poll_once(h->c))
            pc_clock_sleep_ms(20);
    return NULL;
}

/* Waits until each writer has finished some more records. */
static void wait_for_progress(struct load *c)
{
    int before[WRITERS];
    int64_t start = pc_clock_mono_ms();
    for (int i = 0; i < WRITERS; i++)
        before[i] = __atomic_load_n(&c->writers[i].n_finished, __ATOMIC_ACQUIRE);
    for (int i = 0; i < WRITERS; i++)
        while (__atomic_load_n(&c->writers[i].n_finished, __ATOMIC_ACQUIRE) <
               before[i] + PROGRESS) {
            if (pc_clock_mono_ms() - start > WATCHDOG_MS)
                fail_msg("writer %d stands still", i);
            pc_clock_sleep_ms(20);
        }
}

/* The main thread strikes: servers live as long as the thread that starts them. */
static void run_load(struct load *c, void (*fault)(struct load *c))
{
    struct load_thread threads[WRITERS + 1];
    for (int i = 0; i <= WRITERS; i++) {
        threads[i] = (struct load_thread){.c = c, .i = i};
        assert_int_equal(pthread_create(&threads[i].thread, NULL, work, &threads[i]), 0);
    }
    wait_for_progress(c);
    fault(c);
    wait_for_progress(c);
    __atomic_store_n(&c->stop, true, __ATOMIC_RELEASE);
    for (int i = 0; i <= WRITERS; i++)
        pthread_join(threads[i].thread, NULL);
}

/* What this writer was answered is there, once. Returns the first of its records of which the poller
 * has not seen the last change, 0 when there is none. */
static int64_t check_writer(struct load *c, int i)
{
    struct pc_err err = PC_ERR_INIT;
    struct written *w = &c->writers[i];
    int64_t unseen = 0;
    assert_int_equal(w->wrong, PC_OK);
    for (int k = 0; k < w->n; k++) {
        struct pc_record r;
        char url[32];
        assert_ok(pc_records_get(c->rs, w->id[k], &r, &err), &err);
        snprintf(url, sizeof url, "%c-%d-%d", c->test, i, k);
        assert_string_equal(r.url, url);
        if (w->finished[k])
            assert_true(r.status == PC_PROCESSED && r.width == k + 1);
        assert_true(r.id < MOST);
        if (c->progress[r.id] != 1 + r.progress && !unseen)
            unseen = r.id;
        pc_record_finish(&r);
    }
    return unseen;
}

/* All is there, and the poller comes to see the last of each. */
static void check(struct load *c)
{
    int64_t start = pc_clock_mono_ms(), unseen;
    do {
        if (!poll_once(c))
            pc_clock_sleep_ms(50);
        unseen = 0;
        for (int i = 0; i < WRITERS && !unseen; i++)
            unseen = check_writer(c, i);
        if (unseen && pc_clock_mono_ms() - start > WATCHDOG_MS)
            fail_msg("the poller never saw the last change of record %d", (int)unseen);
    } while (unseen);
    assert_int_equal(c->wrong, PC_OK);
    int n = 0, finished = 0, refused = 0;
    for (int i = 0; i < WRITERS; i++) {
        n += c->writers[i].n;
        finished += c->writers[i].n_finished;
        refused += c->writers[i].refused;
    }
    print_message("# %d records, %d finished, %d calls refused\n", n, finished, refused);
}

static void run(char test, void (*fault)(struct load *c))
{
    if (!set.url)
        skip_because(set.why);
    struct load *c = pc_xzalloc(sizeof *c);
    *c = (struct load){.test = test, .since = 1};
    c->progress = pc_xzalloc(MOST * sizeof *c->progress);
    c->rs = mongo_open_at(set.url);
    c->other = mongo_open_at(set.url);
    run_load(c, fault);
    check(c);
    pc_records_close(c->rs);
    pc_records_close(c->other);
    free(c->progress);
    free(c);
}

static void a_poller_hears_of_each_change(void **state)
{
    (void)state;
    if (!set.url)
        skip_because(set.why);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(set.url);
    int64_t id = mongo_insert_url(rs, "soon"), seq = mongo_last_seq(rs);
    for (int i = 0; i < 50; i++) {
        assert_ok(pc_records_progress(rs, id, "posing", i, &err), &err);
        while (mongo_last_seq(rs) == seq)
            pc_clock_sleep_ms(1);
        seq = mongo_last_seq(rs);
    }
    pc_records_close(rs);
}

/* Two of three are away: the third reads for nobody and takes nothing. */
static void without_a_majority_calls_may_be_tried_again(void **state)
{
    (void)state;
    if (!set.url)
        skip_because(set.why);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    struct pc_records *rs = mongo_open_at(set.url);
    int64_t id = mongo_insert_url(rs, "alone");
    int one = wait_for_primary(-1);
    test_server_kill(set.member[one]); /* the third cannot follow it: nobody votes */
    test_server_kill(set.member[(one + 1) % MEMBERS]);
    assert_code(pc_records_get(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_insert(rs, &(struct pc_record_new){.url = "lost"}, &r, &created, &err),
                PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    test_server_restart(set.member[one]);
    test_server_restart(set.member[(one + 1) % MEMBERS]);
    int64_t start = pc_clock_mono_ms();
    while (pc_records_begin(rs, id, &r, &err)) {
        assert_true(pc_clock_mono_ms() - start < WATCHDOG_MS);
        pc_clock_sleep_ms(100);
    }
    assert_string_equal(r.url, "alone");
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void kill_the_primary(struct load *c)
{
    int old = wait_for_primary(-1);
    test_server_kill(set.member[old]);
    wait_for_primary(old);
    wait_for_progress(c);
    test_server_restart(set.member[old]);
}

/* It comes back as a primary that does not know of the other one yet. */
static void freeze_the_primary(struct load *c)
{
    int old = wait_for_primary(-1);
    test_server_freeze(set.member[old]);
    wait_for_primary(old);
    wait_for_progress(c);
    test_server_thaw(set.member[old]);
}

static void a_killed_primary_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    run('k', kill_the_primary);
}

static void nor_does_the_next(void **state)
{
    (void)state;
    run('n', kill_the_primary);
}

static void nor_does_a_frozen_one(void **state)
{
    (void)state;
    run('f', freeze_the_primary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_poller_hears_of_each_change),
        cmocka_unit_test(without_a_majority_calls_may_be_tried_again),
        cmocka_unit_test(a_killed_primary_loses_nothing_that_was_answered),
        cmocka_unit_test(nor_does_the_next),
        cmocka_unit_test(nor_does_a_frozen_one),
    };
    return cmocka_run_group_tests_name("records in MongoDB: replicas", tests, start, stop);
}

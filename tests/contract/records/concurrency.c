/* Records under many hands: threads, openings, restarts, kill -9. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"

enum { THREADS = 8, URLS = 25 };
struct race {
    struct pc_records *rs;
    int created[THREADS], failed[THREADS], won[THREADS];
    int64_t ids[THREADS][URLS];
};

static void insert_all_urls(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int u = 0; u < URLS; u++) {
        char url[32];
        struct pc_record r;
        bool created = false;
        snprintf(url, sizeof url, "https://x.example/%d", u);
        if (pc_records_insert(race->rs, &(struct pc_record_new){.url = url}, &r, &created, &err)) {
            race->failed[i]++;
            continue;
        }
        race->created[i] += created;
        race->ids[i][u] = r.id;
        pc_record_finish(&r);
    }
}

static void eight_threads_make_one_record_of_a_url(void **state)
{
    struct race race = {.rs = suite_open(state)};
    int created = 0;
    contract_threads(THREADS, insert_all_urls, &race);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(race.failed[i], 0);
        created += race.created[i];
        for (int u = 0; u < URLS; u++)
            assert_int_equal(race.ids[i][u], race.ids[0][u]);
    }
    assert_int_equal(created, URLS);
    pc_records_close(race.rs);
}

static void finish_first(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_shot shot = {.height = i + 1};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot};
    struct pc_record_completion completion = {.width = i + 1, .result = &result};
    race->won[i] = pc_records_finish(race->rs, race->ids[0][0], &completion, &err) == PC_OK;
    race->failed[i] = !race->won[i] && err.code != PC_E_NOT_PENDING;
}

static void one_of_eight_finishes_a_record(void **state)
{
    struct race race = {.rs = suite_open(state)};
    race.ids[0][0] = suite_insert(race.rs, "u");
    contract_threads(THREADS, finish_first, &race);
    struct pc_record r = suite_get(race.rs, race.ids[0][0]);
    int wins = 0;
    for (int i = 0; i < THREADS; i++) {
        assert_false(race.failed[i]);
        wins += race.won[i];
        if (race.won[i]) {
            assert_int_equal(r.width, i + 1);
            assert_int_equal(r.result.shots[0].height, i + 1);
        }
    }
    assert_int_equal(wins, 1);
    pc_record_finish(&r);
    pc_records_close(race.rs);
}

static void read_or_write(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    q.search = "u";
    for (int round = 0; round < 30; round++) {
        struct pc_record_list list;
        if (i % 2 == 0)
            race->failed[i] +=
                pc_records_progress(race->rs, race->ids[0][i], "posing", round, &err) != PC_OK;
        else if (pc_records_list(race->rs, &q, &list, &err))
            race->failed[i]++;
        else {
            race->failed[i] += list.n != THREADS || list.total != THREADS;
            pc_record_list_finish(&list);
        }
    }
}

static void readers_and_writers_work_at_once(void **state)
{
    struct race race = {.rs = suite_open(state)};
    for (int i = 0; i < THREADS; i++) {
        char url[16];
        snprintf(url, sizeof url, "u%d", i);
        race.ids[0][i] = suite_insert(race.rs, url);
    }
    contract_threads(THREADS, read_or_write, &race);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(race.failed[i], 0);
    pc_records_close(race.rs);
}

static void reopening_finds_everything(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t id = suite_insert(rs, "u"), seq;
    suite_finish(rs, id, "s/k.jpg", true);
    seq = suite_last_seq(rs);
    pc_records_close(rs);
    rs = suite_open(state);
    struct pc_record r = suite_get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    assert_int_equal(suite_last_seq(rs), seq);
    suite_references(rs, "s/k.jpg", true);
    assert_true(suite_insert(rs, "v") > id);
    pc_records_close(rs);
}

static void two_openings_are_one_store(void **state)
{
    struct pc_records *a = suite_open(state), *b = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created = true;
    int64_t id = suite_insert(a, "u");
    assert_ok(pc_records_insert(b, &(struct pc_record_new){.url = "u"}, &r, &created, &err), &err);
    assert_false(created);
    assert_int_equal(r.id, id);
    pc_record_finish(&r);
    suite_finish(b, id, "k", false);
    r = suite_get(a, id);
    assert_int_equal(r.status, PC_PROCESSED);
    pc_record_finish(&r);
    pc_records_close(a);
    pc_records_close(b);
}

enum { BEGINS = 25 };
struct openings {
    struct pc_records *rs[THREADS];
    int64_t id, seqs[THREADS][BEGINS];
    int created[THREADS], failed[THREADS];
};

/* All at once: the same begin, and the same url again and again. */
static void begin_and_insert(void *ctx, int i)
{
    struct openings *o = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int k = 0; k < BEGINS; k++) {
        char url[16];
        struct pc_record r;
        bool created = false;
        o->failed[i] += pc_records_begin(o->rs[i], o->id, &r, &err) != PC_OK;
        o->seqs[i][k] = r.seq;
        pc_record_finish(&r);
        snprintf(url, sizeof url, "twice%d", k);
        o->failed[i] += pc_records_insert(o->rs[i], &(struct pc_record_new){.url = url}, &r,
                                          &created, &err) != PC_OK;
        o->created[i] += created;
        pc_record_finish(&r);
    }
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void eight_openings_lose_no_change(void **state)
{
    struct openings o = {0};
    int created = 0;
    for (int i = 0; i < THREADS; i++)
        o.rs[i] = suite_open(state);
    o.id = suite_insert(o.rs[0], "u");
    contract_threads(THREADS, begin_and_insert, &o);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(o.failed[i], 0);
        created += o.created[i];
    }
    assert_int_equal(created, BEGINS);
    struct pc_record r = suite_get(o.rs[0], o.id);
    assert_int_equal(r.attempts, THREADS * BEGINS);
    pc_record_finish(&r);
    int64_t *seqs = &o.seqs[0][0];
    qsort(seqs, sizeof o.seqs / sizeof *seqs, sizeof *seqs, by_number);
    for (size_t i = 1; i < sizeof o.seqs / sizeof *seqs; i++)
        assert_true(seqs[i - 1] < seqs[i]);
    assert_true(suite_last_seq(o.rs[1]) >= seqs[sizeof o.seqs / sizeof *seqs - 1]);
    for (int i = 0; i < THREADS; i++)
        pc_records_close(o.rs[i]);
}

struct child {
    const struct contract *c;
    int out; /* pipe: an id for each insert that was answered */
};

static int insert_until_killed(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    if (pc_records_open(child->c->d->driver, child->c->url, &rs, &err))
        return CHILD_FAILED;
    for (int i = 0;; i++) {
        char url[32];
        struct pc_record r;
        bool created;
        snprintf(url, sizeof url, "u%d", i);
        if (pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err) ||
            write(child->out, &r.id, sizeof r.id) != sizeof r.id)
            return CHILD_FAILED;
        pc_record_finish(&r);
    }
}

static void kill_9_loses_no_answered_insert(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct child child = {.c = *state, .out = ends[1]};
    pid_t pid = contract_fork(insert_until_killed, &child);
    close(ends[1]);
    int64_t id, answered = 0;
    while (answered < 20 && read(ends[0], &id, sizeof id) == sizeof id)
        answered++;
    contract_kill(pid);
    while (read(ends[0], &id, sizeof id) == sizeof id)
        answered++;
    close(ends[0]);
    assert_true(answered >= 20);
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT];
    struct pc_record r = suite_get(rs, id);
    pc_record_finish(&r);
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_true(counts[PC_PENDING] >= answered);
    pc_records_close(rs);
}

const struct contract_case concurrency_cases[] = {
    CASE(eight_threads_make_one_record_of_a_url),
    CASE(one_of_eight_finishes_a_record),
    CASE(readers_and_writers_work_at_once),
    CASE_IF(CAN_PERSIST, reopening_finds_everything),
    CASE_IF(CAN_SHARE, two_openings_are_one_store),
    CASE_IF(CAN_SHARE, eight_openings_lose_no_change),
    CASE_IF(CAN_PERSIST, kill_9_loses_no_answered_insert),
    {NULL, NULL, 0},
};

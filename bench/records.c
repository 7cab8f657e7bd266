/* How quick the stores of records are: `bench/records [--records N] [--seconds S] ADDRESS...`.
 * Each store, which is empty, is filled with N processed records; then each of the works below is
 * done by four threads for S seconds, all stores in turns, three times over; the table has the
 * middle one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "records/drivers.h"
#include "records/records.h"

enum { THREADS = 4, ROUNDS = 3, STORES = 8, BATCH = 100 };

struct store {
    const char *url;
    struct pc_records *rs;
    int64_t last_seq;
};

struct client { /* of one thread */
    unsigned seed;
};

struct measurement {
    const struct store *store;
    int records, seed;
    int64_t until_ms;
    long done, failed;
    bool (*work)(const struct store *s, int records, struct client *client);
};

static const struct pc_records_driver *const drivers[] = {&pc_records_sqlite, &pc_records_mongo,
                                                          &pc_records_memory};

enum { SHOTS = 5 };

static void fill_shots(struct pc_record_shot shots[SHOTS])
{
    for (int i = 0; i < SHOTS; i++)
        shots[i] = (struct pc_record_shot){.label = "neck",
                                           .state = "good",
                                           .has_score = true,
                                           .score = .87,
                                           .box = {10, 20, 900, 1200},
                                           .key = "shots/00/0123456789abcdef/neck.jpg"};
}

static bool failed(const struct pc_err *err)
{
    fprintf(stderr, "%s [%s]\n", err->message, err->detail);
    return false;
}

static bool finish(struct pc_records *rs, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_shot shots[SHOTS];
    struct pc_record_result result = {.n_shots = SHOTS, .shots = shots, .facing = "front"};
    struct pc_record_completion completion = {
        .format = "jpeg", .bytes = 3300000, .width = 3000, .height = 4000, .result = &result};
    fill_shots(shots);
    enum pc_code rc = pc_records_finish(rs, id, &completion, &err);
    return rc ? failed(&err) : true;
}

static bool get_one(const struct store *s, int records, struct client *client)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    if (pc_records_get(s->rs, 1 + rand_r(&client->seed) % records, &r, &err))
        return failed(&err);
    pc_record_finish(&r);
    return true;
}

static bool list_some(const struct store *s, const struct pc_record_query *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_list list;
    if (pc_records_list(s->rs, q, &list, &err))
        return failed(&err);
    pc_record_list_finish(&list);
    return true;
}

static bool list_100(const struct store *s, int records, struct client *client)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.offset = rand_r(&client->seed) % (records > 1000 ? 1000 : records);
    return list_some(s, &q);
}

static bool poll_changes(const struct store *s, int records, struct client *client)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    (void)records;
    q.since_seq = s->last_seq > 10 ? s->last_seq - 1 - rand_r(&client->seed) % 10 : 1;
    return list_some(s, &q);
}

static bool count_all(const struct store *s, int records, struct client *client)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT];
    (void)records;
    (void)client;
    return pc_records_count(s->rs, NULL, counts, NULL, NULL, &err) == PC_OK;
}

static bool begin_and_finish(const struct store *s, int records, struct client *client)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    char url[64];
    bool created;
    (void)records;
    snprintf(url, sizeof url, "http://new.example/%u/%lld", client->seed,
             (long long)pc_clock_mono_us());
    if (pc_records_insert(s->rs, &(struct pc_record_new){.url = url}, &r, &created, &err))
        return failed(&err);
    int64_t id = r.id;
    pc_record_finish(&r);
    if (pc_records_begin(s->rs, id, &r, &err))
        return failed(&err);
    pc_record_finish(&r);
    return finish(s->rs, id);
}

static const struct work {
    const char *name;
    bool (*work)(const struct store *s, int records, struct client *client);
} works[] = {
    {"get by id", get_one},
    {"list of 100", list_100},
    {"what changed (10)", poll_changes},
    {"counts", count_all},
    {"insert, begin, finish", begin_and_finish},
};
enum { WORKS = sizeof works / sizeof *works };

static void *run_thread(void *arg)
{
    struct measurement *t = arg;
    struct client client = {.seed = (unsigned)t->seed};
    while (pc_clock_mono_ms() < t->until_ms) {
        if (t->work(t->store, t->records, &client))
            t->done++;
        else
            t->failed++;
    }
    return NULL;
}

/* Answers works a second; below 0: some failed. */
static double measure_once(const struct store *s, const struct work *w, int records, double seconds)
{
    struct measurement measurements[THREADS];
    pthread_t threads[THREADS];
    long done = 0, failed = 0;
    int64_t start = pc_clock_mono_ms();
    for (int i = 0; i < THREADS; i++) {
        measurements[i] = (struct measurement){.store = s,
                                               .records = records,
                                               .seed = i + 1,
                                               .until_ms = start + (int64_t)(seconds * 1000),
                                               .work = w->work};
        if (pthread_create(&threads[i], NULL, run_thread, &measurements[i]) != 0)
            abort();
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        done += measurements[i].done;
        failed += measurements[i].failed;
    }
    double took = (double)(pc_clock_mono_ms() - start) / 1000;
    return failed ? -(double)failed : (double)done / took;
}

/* Written as they are, in bulk: the way of processed records is measured further down. */
static bool import_batch(struct store *s, int from, int n)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record items[BATCH];
    for (int i = 0; i < n; i++) {
        struct pc_record *r = &items[i];
        char url[48];
        pc_record_init(r);
        snprintf(url, sizeof url, "http://a.example/%08d.jpg", from + i);
        pc_record_set_text(&r->url, url);
        pc_record_set_text(&r->name, url + 17);
        pc_record_set_text(&r->stage, "");
        r->result.n_shots = SHOTS;
        r->result.shots = pc_arena_alloc(&r->result.arena, SHOTS * sizeof *r->result.shots);
        fill_shots(r->result.shots);
        r->id = from + i + 1;
        r->status = PC_PROCESSED;
        r->created_ms = r->updated_ms = r->finished_ms = pc_clock_wall_ms();
    }
    enum pc_code rc = pc_records_import(s->rs, items, n, &err);
    if (rc)
        fprintf(stderr, "%s: %s [%s]\n", s->url, err.message, err.detail);
    for (int i = 0; i < n; i++)
        pc_record_finish(&items[i]);
    return rc == PC_OK;
}

static bool fill(struct store *s, int records)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT];
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers && !s->rs; i++)
        if (pc_records_driver_accepts(drivers[i], s->url) &&
            pc_records_open(drivers[i], s->url, &s->rs, &err)) {
            fprintf(stderr, "%s: %s [%s]\n", s->url, err.message, err.detail);
            return false;
        }
    if (!s->rs)
        return false;
    for (int i = 0; i < records; i += BATCH)
        if (!import_batch(s, i, records - i < BATCH ? records - i : BATCH))
            return false;
    return pc_records_count(s->rs, NULL, counts, NULL, &s->last_seq, &err) == PC_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct store *stores, int n, int records, double seconds)
{
    printf("%d records, %d threads, works a second (middle of %d turns)\n\n| work |", records,
           THREADS, ROUNDS);
    for (int s = 0; s < n; s++)
        printf(" %.*s |", (int)strcspn(stores[s].url, ":"), stores[s].url);
    printf("\n| --- |");
    for (int s = 0; s < n; s++)
        printf(" ---: |");
    for (int w = 0; w < WORKS; w++) {
        double got[STORES][ROUNDS];
        for (int round = 0; round < ROUNDS; round++)
            for (int s = 0; s < n; s++)
                got[s][round] = measure_once(&stores[s], &works[w], records, seconds);
        printf("\n| %s |", works[w].name);
        for (int s = 0; s < n; s++) {
            qsort(got[s], ROUNDS, sizeof got[s][0], ascending);
            if (got[s][0] < 0)
                printf(" %.0f failed |", -got[s][0]);
            else
                printf(" %.0f |", got[s][ROUNDS / 2]);
        }
        fflush(stdout);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    struct store stores[STORES] = {0};
    int n = 0;
    int64_t records = 1000;
    double seconds = 2;
    for (int i = 1; i < argc; i++) {
        bool valued = i + 1 < argc;
        if (pc_str_eq(argv[i], "--records") && valued)
            (void)pc_str_to_i64(argv[++i], 1, 10000000, &records);
        else if (pc_str_eq(argv[i], "--seconds") && valued)
            (void)pc_str_to_double(argv[++i], 0.1, 600, &seconds);
        else if (n < STORES)
            stores[n++].url = argv[i];
    }
    if (n == 0) {
        fprintf(stderr, "usage: records [--records N] [--seconds S] ADDRESS...\n");
        return 2;
    }
    for (int i = 0; i < n; i++)
        if (!fill(&stores[i], (int)records))
            return 1;
    measure(stores, n, (int)records, seconds);
    for (int i = 0; i < n; i++)
        pc_records_close(stores[i].rs);
    return 0;
}

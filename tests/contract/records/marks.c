/* Records and people: marks, reviews, counts within a filter; what is remembered of removals; texts
 * that all share. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "suite.h"

/* A processed record with one shot. */
static struct pc_record processed(struct pc_records *rs, const char *url, bool attention)
{
    int64_t id = suite_insert(rs, url);
    suite_finish(rs, id, "shots/k.jpg", attention);
    return suite_get(rs, id);
}

static json_t *edits_of(int person)
{
    return json_pack("{s:i, s:{s:{s:[f,f,f,f], s:s}}}", "person", person, "boxes", "neck", "box",
                     1.5, 2.0, 30.0, 40.0, "by", "hand");
}

static void marks_are_written_and_come_back(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record before = processed(rs, "u", true), r;
    json_t *edits = edits_of(1), *verdicts = json_pack("{s:{s:s}}", "neck", "verdict", "rejected");
    assert_int_equal(json_object_size(before.edits) + json_object_size(before.verdicts), 0);
    assert_int_equal(before.review, PC_REVIEW_NONE);
    struct pc_record_marks marks = {.edits = edits, .review = -1};
    assert_ok(pc_records_mark(rs, before.id, before.seq, &marks, &r, &err), &err);
    assert_true(r.seq > before.seq && r.updated_ms >= before.updated_ms);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_true(json_equal(r.edits, edits));
    int64_t seq = r.seq;
    pc_record_finish(&r);
    marks = (struct pc_record_marks){.verdicts = verdicts, .review = PC_REVIEW_REJECTED};
    assert_ok(pc_records_mark(rs, before.id, seq, &marks, &r, &err), &err);
    pc_record_finish(&r);
    r = suite_get(rs, before.id);
    assert_true(json_equal(r.edits, edits)); /* NULL: as it was */
    assert_true(json_equal(r.verdicts, verdicts));
    assert_int_equal(r.review, PC_REVIEW_REJECTED);
    assert_true(json_equal(r.shots, before.shots) && json_equal(r.detail, before.detail));
    assert_true(r.attention && r.finished_ms == before.finished_ms);
    pc_record_finish(&r);
    pc_record_finish(&before);
    json_decref(edits);
    json_decref(verdicts);
    pc_records_close(rs);
}

static void a_mark_may_reopen_and_outlives_the_cut(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record before = processed(rs, "u", false), r;
    json_t *edits = edits_of(0), *verdicts = json_pack("{s:{s:s}}", "neck", "verdict", "approved");
    struct pc_record_marks marks = {
        .edits = edits, .verdicts = verdicts, .review = PC_REVIEW_APPROVED, .reopen = true};
    assert_ok(pc_records_mark(rs, before.id, before.seq, &marks, &r, &err), &err);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_true(r.attempts == 0 && r.progress == 0 && r.finished_ms == 0);
    assert_int_equal(json_array_size(r.shots), 1);
    pc_record_finish(&r);
    assert_ok(pc_records_begin(rs, before.id, &r, &err), &err);
    assert_true(json_equal(r.edits, edits) && json_equal(r.verdicts, verdicts));
    pc_record_finish(&r);
    suite_finish(rs, before.id, "shots/new.jpg", false);
    r = suite_get(rs, before.id);
    assert_true(json_equal(r.edits, edits) && json_equal(r.verdicts, verdicts));
    assert_int_equal(r.review, PC_REVIEW_APPROVED);
    pc_record_finish(&r);
    pc_record_finish(&before);
    json_decref(edits);
    json_decref(verdicts);
    pc_records_close(rs);
}

static void finish_writes_the_verdicts_it_is_given(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record before = processed(rs, "u", false), r;
    json_t *edits = edits_of(0), *verdicts = json_pack("{s:{s:s}}", "neck", "verdict", "approved");
    struct pc_record_marks marks = {
        .edits = edits, .verdicts = verdicts, .review = PC_REVIEW_APPROVED, .reopen = true};
    assert_ok(pc_records_mark(rs, before.id, before.seq, &marks, &r, &err), &err);
    pc_record_finish(&r);
    json_object_clear(verdicts);
    struct pc_record_result result = {.width = 5, .verdicts = verdicts, .review = PC_REVIEW_NONE};
    assert_ok(pc_records_finish(rs, before.id, &result, &err), &err);
    r = suite_get(rs, before.id);
    assert_int_equal(json_object_size(r.verdicts), 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    assert_true(json_equal(r.edits, edits));
    pc_record_finish(&r);
    pc_record_finish(&before);
    json_decref(edits);
    json_decref(verdicts);
    pc_records_close(rs);
}

static void a_mark_is_refused_where_it_does_not_fit(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record done = processed(rs, "done", false), r;
    int64_t waiting = suite_insert(rs, "waiting"), seq = suite_last_seq(rs);
    struct pc_record_marks marks = {.review = PC_REVIEW_APPROVED};
    assert_code(pc_records_mark(rs, 77, 1, &marks, &r, &err), PC_E_NOT_FOUND);
    assert_code(pc_records_mark(rs, -1, 1, &marks, &r, &err), PC_E_NOT_FOUND);
    assert_code(pc_records_mark(rs, waiting, seq, &marks, &r, &err), PC_E_NOT_PROCESSED);
    assert_code(pc_records_mark(rs, done.id, done.seq - 1, &marks, &r, &err),
                PC_E_CHANGED_MEANWHILE);
    assert_code(pc_records_mark(rs, done.id, done.seq + 1, &marks, &r, &err),
                PC_E_CHANGED_MEANWHILE);
    json_t *list = json_array();
    struct pc_record_marks bad[] = {
        {.edits = list, .review = -1}, {.verdicts = list, .review = -1}, {.review = 3}};
    for (size_t i = 0; i < 3; i++)
        assert_code(pc_records_mark(rs, done.id, done.seq, &bad[i], &r, &err), PC_E_BAD_REQUEST);
    json_decref(list);
    r = suite_get(rs, done.id);
    assert_true(r.seq == done.seq && r.review == PC_REVIEW_NONE);
    assert_int_equal(suite_last_seq(rs), seq);
    pc_record_finish(&r);
    pc_record_finish(&done);
    pc_records_close(rs);
}

static void what_is_removed_takes_its_marks_along(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record before = processed(rs, "u", false), r;
    json_t *edits = edits_of(1);
    struct pc_record_marks marks = {.edits = edits, .review = PC_REVIEW_APPROVED};
    assert_ok(pc_records_mark(rs, before.id, before.seq, &marks, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, before.id, &r, &err), &err);
    assert_true(json_equal(r.edits, edits));
    pc_record_finish(&r);
    r = suite_get(rs, suite_insert(rs, "u"));
    assert_int_equal(json_object_size(r.edits), 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    pc_record_finish(&r);
    pc_record_finish(&before);
    json_decref(edits);
    pc_records_close(rs);
}

static void review_one(struct pc_records *rs, int64_t id, enum pc_review review)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = suite_get(rs, id);
    struct pc_record_marks marks = {.review = (int)review};
    int64_t seq = r.seq;
    pc_record_finish(&r);
    assert_ok(pc_records_mark(rs, id, seq, &marks, &r, &err), &err);
    pc_record_finish(&r);
}

/* Eight, by turns of batch one and two; 0..5 processed, 0, 1 and 2 want attention, 6 failed, 7 is
 * pending; 0 and 4 are approved, 1 rejected. */
static void fill_eight(struct pc_records *rs, int64_t ids[8])
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 8; i++) {
        char url[16];
        struct pc_record r;
        bool created;
        snprintf(url, sizeof url, "u%d", i);
        struct pc_record_new fresh = {.url = url, .name = url, .batch = i % 2 ? "two" : "one"};
        assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
        ids[i] = r.id;
        pc_record_finish(&r);
        if (i < 6)
            suite_finish(rs, ids[i], "k", i < 3);
    }
    assert_ok(pc_records_fail(rs, ids[6], "c", "m", true, &err), &err);
    review_one(rs, ids[0], PC_REVIEW_APPROVED);
    review_one(rs, ids[4], PC_REVIEW_APPROVED);
    review_one(rs, ids[1], PC_REVIEW_REJECTED);
}

static void expect_list(struct pc_records *rs, const struct pc_record_query *q, int n,
                        const int64_t *ids)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_list list;
    assert_ok(pc_records_list(rs, q, &list, &err), &err);
    assert_int_equal(list.n, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(list.items[i].id, ids[i]);
    if (q->want_total)
        assert_int_equal(list.total, n);
    pc_record_list_finish(&list);
}

static void lists_filter_by_review(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t ids[8];
    fill_eight(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.descending = false;
    q.want_total = true;
    q.review = PC_REVIEW_APPROVED;
    expect_list(rs, &q, 2, (int64_t[]){ids[0], ids[4]});
    q.sort = PC_SORT_UPDATED;
    q.descending = true;
    expect_list(rs, &q, 2, (int64_t[]){ids[4], ids[0]});
    q.review = PC_REVIEW_REJECTED;
    expect_list(rs, &q, 1, (int64_t[]){ids[1]});
    q.review = PC_REVIEW_NONE;
    q.attention = 1;
    expect_list(rs, &q, 1, (int64_t[]){ids[2]});
    q.attention = -1;
    q.batch = "two";
    q.sort = PC_SORT_ID;
    q.descending = false;
    expect_list(rs, &q, 3, (int64_t[]){ids[3], ids[5], ids[7]});
    q.since_seq = 1;
    q.review = PC_REVIEW_REJECTED;
    expect_list(rs, &q, 1, (int64_t[]){ids[1]});
    q.review = PC_REVIEW_COUNT;
    struct pc_record_list list;
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_records_list(rs, &q, &list, &err), PC_E_BAD_REQUEST);
    pc_records_close(rs);
}

static void expect_counts(struct pc_records *rs, const struct pc_record_query *q, int64_t pending,
                          int64_t done, int64_t failed, int64_t attention)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t n[PC_STATUS_COUNT], look, seq;
    assert_ok(pc_records_count(rs, q, n, &look, &seq, &err), &err);
    if (n[PC_PENDING] != pending || n[PC_PROCESSED] != done || n[PC_FAILED] != failed ||
        look != attention)
        fail_msg("%d pending, %d processed, %d failed, %d attention", (int)n[PC_PENDING],
                 (int)n[PC_PROCESSED], (int)n[PC_FAILED], (int)look);
    assert_int_equal(seq, suite_last_seq(rs));
}

static void counts_are_within_the_filter(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[8], n[PC_STATUS_COUNT];
    fill_eight(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    expect_counts(rs, &q, 1, 6, 1, 3);
    q.batch = "one";
    expect_counts(rs, &q, 0, 3, 1, 2);
    q.status = PC_FAILED; /* is what is counted, no filter of it */
    q.attention = 1;
    q.limit = 1;
    q.offset = 5;
    q.after_id = ids[7];
    q.since_seq = 1000;
    expect_counts(rs, &q, 0, 3, 1, 2);
    q = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    q.review = PC_REVIEW_NONE;
    expect_counts(rs, &q, 1, 3, 1, 1);
    q.batch = "two";
    expect_counts(rs, &q, 1, 2, 0, 0);
    q.batch = NULL;
    q.review = PC_REVIEW_APPROVED;
    expect_counts(rs, &q, 0, 2, 0, 1);
    q.review = -1;
    q.search = "U3";
    expect_counts(rs, &q, 0, 1, 0, 0);
    q.search = "two";
    q.review = PC_REVIEW_REJECTED;
    expect_counts(rs, &q, 0, 1, 0, 1);
    q.batch = "absent";
    expect_counts(rs, &q, 0, 0, 0, 0);
    q.search = "\xff";
    assert_code(pc_records_count(rs, &q, n, NULL, NULL, &err), PC_E_BAD_REQUEST);
    pc_records_close(rs);
}

/* Removals */

static void expect_gone(struct pc_records *rs, int64_t since, int max, bool all, int n,
                        const int64_t *ids)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t found[8];
    bool got_all;
    int got;
    assert_ok(pc_records_gone(rs, since, found, max, &got, &got_all, &err), &err);
    assert_int_equal(got_all, all);
    if (!all)
        return;
    assert_int_equal(got, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(found[i], ids[i]);
}

static void what_was_removed_is_remembered(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    int64_t a = suite_insert(rs, "a"), b = suite_insert(rs, "b"), c = suite_insert(rs, "c");
    int64_t before = suite_last_seq(rs), between;
    expect_gone(rs, 0, 8, true, 0, NULL);
    assert_ok(pc_records_remove(rs, b, &r, &err), &err);
    pc_record_finish(&r);
    between = suite_last_seq(rs);
    assert_ok(pc_records_remove(rs, a, &r, &err), &err);
    pc_record_finish(&r);
    assert_code(pc_records_remove(rs, a, &r, &err), PC_E_NOT_FOUND);
    expect_gone(rs, before, 8, true, 2, (int64_t[]){b, a});
    expect_gone(rs, before, 2, true, 2, (int64_t[]){b, a});
    expect_gone(rs, before, 1, false, 0, NULL); /* more than fit */
    expect_gone(rs, between, 8, true, 1, &a);
    expect_gone(rs, suite_last_seq(rs), 8, true, 0, NULL);
    expect_gone(rs, INT64_MAX, 8, true, 0, NULL);
    int64_t found;
    int n;
    bool all;
    assert_code(pc_records_gone(rs, -1, &found, 1, &n, &all, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_gone(rs, 1, &found, 0, &n, &all, &err), PC_E_BAD_REQUEST);
    r = suite_get(rs, c);
    pc_record_finish(&r);
    pc_records_close(rs);
}

/* Adds and removes n; answers the id of the last. */
static int64_t come_and_go(struct pc_records *rs, int n)
{
    enum { STEP = 500 };
    struct pc_err err = PC_ERR_INIT;
    struct pc_record items[STEP], r;
    struct pc_record_new fresh[STEP];
    static char urls[STEP][16];
    bool created[STEP];
    int64_t id = 0;
    for (int done = 0; done < n; done += STEP) {
        for (int i = 0; i < STEP; i++) {
            snprintf(urls[i], sizeof urls[i], "u%d", i);
            fresh[i] = (struct pc_record_new){.url = urls[i]};
        }
        assert_ok(pc_records_insert_many(rs, fresh, STEP, items, created, &err), &err);
        for (int i = 0; i < STEP; i++) {
            id = items[i].id;
            pc_record_finish(&items[i]);
            assert_ok(pc_records_remove(rs, id, &r, &err), &err);
            pc_record_finish(&r);
        }
    }
    return id;
}

static void removals_long_ago_are_forgotten_and_it_says_so(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t first = suite_last_seq(rs), *ids = pc_xmalloc(3 * PC_RECORDS_GONE_MAX * sizeof *ids);
    int n;
    bool all;
    come_and_go(rs, 1000);
    int64_t later = suite_last_seq(rs);
    int64_t last = come_and_go(rs, PC_RECORDS_GONE_MAX);
    assert_ok(pc_records_gone(rs, later, ids, 3 * PC_RECORDS_GONE_MAX, &n, &all, &err), &err);
    assert_true(all && n == PC_RECORDS_GONE_MAX && ids[n - 1] == last);
    come_and_go(rs, PC_RECORDS_GONE_MAX);
    assert_ok(pc_records_gone(rs, first, ids, 3 * PC_RECORDS_GONE_MAX, &n, &all, &err), &err);
    assert_false(all);
    free(ids);
    pc_records_close(rs);
}

/* Kept texts */

static void expect_kept(struct pc_records *rs, const char *name, const char *text, int64_t version)
{
    struct pc_err err = PC_ERR_INIT;
    char *got;
    int64_t got_version;
    assert_ok(pc_records_kept(rs, name, &got, &got_version, &err), &err);
    assert_int_equal(got_version, version);
    if (text)
        assert_string_equal(got, text);
    else
        assert_null(got);
    free(got);
}

static void texts_are_kept_by_name(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t one, two, other, none;
    size_t len = 300000;
    char *long_text = pc_xmalloc(len + 1);
    memset(long_text, 'x', len);
    expect_kept(rs, "recipes", NULL, 0);
    assert_ok(pc_records_keep(rs, "recipes", "[{\"ä\": 'it''s'}]", 0, &one, &err), &err);
    assert_true(one > 0);
    expect_kept(rs, "recipes", "[{\"ä\": 'it''s'}]", one);
    assert_code(pc_records_keep(rs, "recipes", "late", 0, &none, &err), PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_keep(rs, "recipes", long_text, one, &two, &err), &err);
    assert_true(two > one);
    expect_kept(rs, "recipes", long_text, two);
    assert_ok(pc_records_keep(rs, "other", "", 0, &other, &err), &err);
    expect_kept(rs, "other", "", other);
    assert_code(pc_records_keep(rs, "recipes", NULL, one, &none, &err), PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_keep(rs, "recipes", NULL, two, &none, &err), &err);
    assert_true(none > two);
    expect_kept(rs, "recipes", NULL, none);
    assert_code(pc_records_keep(rs, "recipes", "late", two, &one, &err), PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_keep(rs, "recipes", "again", none, &one, &err), &err);
    assert_true(one > none);
    assert_code(pc_records_keep(rs, "recipes", "\xff", one, &two, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_keep(rs, "future", "x", 5, &two, &err), PC_E_CHANGED_MEANWHILE);
    expect_kept(rs, "future", NULL, 0);
    free(long_text);
    pc_records_close(rs);
}

/* Under many hands */

enum { THREADS = 8 };
struct race {
    struct pc_records *rs;
    int64_t id, seq;
    bool won[THREADS], wrong[THREADS];
};

static void mark_first(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    json_t *edits = edits_of(i);
    struct pc_record_marks marks = {.edits = edits, .review = -1};
    race->won[i] = pc_records_mark(race->rs, race->id, race->seq, &marks, &r, &err) == PC_OK;
    race->wrong[i] = !race->won[i] && err.code != PC_E_CHANGED_MEANWHILE;
    pc_record_finish(&r);
    json_decref(edits);
}

static int winner(const struct race *race)
{
    int wins = 0, who = -1;
    for (int i = 0; i < THREADS; i++) {
        assert_false(race->wrong[i]);
        wins += race->won[i];
        who = race->won[i] ? i : who;
    }
    assert_int_equal(wins, 1);
    return who;
}

static void one_of_eight_marks_what_all_saw(void **state)
{
    struct race race = {.rs = suite_open(state)};
    struct pc_record r = processed(race.rs, "u", false);
    race.id = r.id;
    race.seq = r.seq;
    pc_record_finish(&r);
    contract_threads(THREADS, mark_first, &race);
    r = suite_get(race.rs, race.id);
    assert_int_equal(json_integer_value(json_object_get(r.edits, "person")), winner(&race));
    pc_record_finish(&r);
    pc_records_close(race.rs);
}

static void keep_first(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    int64_t version;
    char text[16];
    snprintf(text, sizeof text, "%d", i);
    race->won[i] = pc_records_keep(race->rs, "n", text, race->seq, &version, &err) == PC_OK;
    race->wrong[i] = !race->won[i] && err.code != PC_E_CHANGED_MEANWHILE;
}

static void one_of_eight_keeps_what_all_saw(void **state)
{
    struct race race = {.rs = suite_open(state)};
    for (int round = 0; round < 3; round++) {
        struct pc_err err = PC_ERR_INIT;
        char *text, wanted[16];
        contract_threads(THREADS, keep_first, &race);
        assert_ok(pc_records_kept(race.rs, "n", &text, &race.seq, &err), &err);
        snprintf(wanted, sizeof wanted, "%d", winner(&race));
        assert_string_equal(text, wanted);
        free(text);
    }
    pc_records_close(race.rs);
}

static void reopening_finds_marks_removals_and_texts(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record done = processed(rs, "u", true), r;
    int64_t other = suite_insert(rs, "v"), before, version;
    json_t *edits = edits_of(2);
    struct pc_record_marks marks = {.edits = edits, .review = PC_REVIEW_REJECTED};
    assert_ok(pc_records_mark(rs, done.id, done.seq, &marks, &r, &err), &err);
    pc_record_finish(&r);
    before = suite_last_seq(rs);
    assert_ok(pc_records_remove(rs, other, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_keep(rs, "n", "text", 0, &version, &err), &err);
    pc_records_close(rs);
    rs = suite_open(state);
    r = suite_get(rs, done.id);
    assert_true(json_equal(r.edits, edits) && r.review == PC_REVIEW_REJECTED);
    expect_gone(rs, before, 8, true, 1, &other);
    expect_kept(rs, "n", "text", version);
    pc_record_finish(&r);
    pc_record_finish(&done);
    json_decref(edits);
    pc_records_close(rs);
}

struct child {
    const struct contract *c;
    int64_t id;
    int out; /* pipe: the number of each mark that was answered */
};

static int mark_until_killed(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    struct pc_record r;
    if (pc_records_open(child->c->d->driver, child->c->address, &rs, &err) ||
        pc_records_get(rs, child->id, &r, &err))
        return CHILD_FAILED;
    for (int i = 1;; i++) {
        json_t *edits = edits_of(i);
        struct pc_record_marks marks = {.edits = edits, .review = -1};
        int64_t seq = r.seq;
        pc_record_finish(&r);
        if (pc_records_mark(rs, child->id, seq, &marks, &r, &err) ||
            write(child->out, &i, sizeof i) != sizeof i)
            return CHILD_FAILED;
        json_decref(edits);
    }
}

static void kill_9_loses_no_answered_mark(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_record r = processed(rs, "u", false);
    int ends[2], n = 0, answered = 0;
    pc_records_close(rs);
    assert_int_equal(pipe(ends), 0);
    struct child child = {.c = *state, .id = r.id, .out = ends[1]};
    pc_record_finish(&r);
    pid_t pid = contract_fork(mark_until_killed, &child);
    close(ends[1]);
    while (answered < 20 && read(ends[0], &n, sizeof n) == sizeof n)
        answered = n;
    contract_kill(pid);
    while (read(ends[0], &n, sizeof n) == sizeof n)
        answered = n;
    close(ends[0]);
    assert_true(answered >= 20);
    rs = suite_open(state);
    r = suite_get(rs, child.id);
    assert_true(json_integer_value(json_object_get(r.edits, "person")) >= answered);
    pc_record_finish(&r);
    pc_records_close(rs);
}

const struct contract_case mark_cases[] = {
    CASE(marks_are_written_and_come_back),
    CASE(a_mark_may_reopen_and_outlives_the_cut),
    CASE(finish_writes_the_verdicts_it_is_given),
    CASE(a_mark_is_refused_where_it_does_not_fit),
    CASE(what_is_removed_takes_its_marks_along),
    CASE(lists_filter_by_review),
    CASE(counts_are_within_the_filter),
    CASE(what_was_removed_is_remembered),
    CASE_IF(CAN_MANY, removals_long_ago_are_forgotten_and_it_says_so),
    CASE(texts_are_kept_by_name),
    CASE(one_of_eight_marks_what_all_saw),
    CASE(one_of_eight_keeps_what_all_saw),
    CASE_IF(CAN_PERSIST, reopening_finds_marks_removals_and_texts),
    CASE_IF(CAN_PERSIST, kill_9_loses_no_answered_mark),
    {NULL, NULL, 0},
};

/* Records and people: lists and counts within a review, a batch, a search. */
#include <stdio.h>

#include "suite.h"

static void review_one(struct pc_records *rs, int64_t id, enum pc_record_review review)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = suite_get(rs, id);
    struct pc_record_annotations annotations = {.review = (int)review};
    int64_t seq = r.seq;
    pc_record_finish(&r);
    assert_ok(pc_records_annotate(rs, id, seq, &annotations, &r, &err), &err);
    pc_record_finish(&r);
}

/* Eight, by turns of batch one and two; 0..5 processed, 0, 1 and 2 want attention, 6 failed, 7 is
 * pending; 0 and 4 are approved, 1 rejected. */
static void fill_eight(struct pc_records *rs, int64_t ids[8])
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 8; i++) {
        char url[16];
        snprintf(url, sizeof url, "u%d", i);
        struct pc_record_new fresh = {.url = url, .name = url, .batch = i % 2 ? "two" : "one"};
        ids[i] = suite_insert_new(rs, &fresh);
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

const struct contract_case filter_cases[] = {
    CASE(lists_filter_by_review),
    CASE(counts_are_within_the_filter),
    {NULL, NULL, 0},
};

/* Decisions about shots and their rates; lists for those who watch. */
#include "service/review.h"

#include <string.h>

#include "cut_images.h"
#include "service/change.h"
#include "service/query.h"
#include "support.h"

/* --- decisions --- */

static enum pc_code decide(struct test_fixture *p, int64_t id, enum pc_record_review decision,
                           const char *reason, const char *label, struct pc_record *r,
                           struct pc_err *err)
{
    struct pc_decision_request request = {.decision = decision,
                                          .reason = reason,
                                          .labels = label ? &label : NULL,
                                          .n_labels = label ? 1 : 0};
    return pc_service_review(p->service, id, &request, r, err);
}

static void expect_review(struct test_fixture *p, int64_t id, enum pc_record_review decision,
                          const char *reason, const char *label, enum pc_record_review wanted)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(decide(p, id, decision, reason, label, &r, &err), &err);
    assert_int_equal(r.review, wanted);
    pc_record_finish(&r);
}

static void shots_are_approved_rejected_and_cleared(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    int64_t id = add(p, "u", "", ONE), pending = insert(p, &(struct pc_record_new){.url = "w"});
    expect_review(p, id, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
    expect_review(p, id, PC_REVIEW_NONE, NULL, NULL, PC_REVIEW_NONE);
    expect_review(p, id, PC_REVIEW_APPROVED, NULL, "neck", PC_REVIEW_NONE);
    expect_review(p, id, PC_REVIEW_REJECTED, "too low", "waist", PC_REVIEW_REJECTED);
    expect_review(p, id, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
    r = get(p, id);
    assert_string_equal(pc_record_decisions_find(&r.decisions, "waist")->first, "rejected");
    pc_record_finish(&r);
    assert_code(decide(p, id, PC_REVIEW_APPROVED, NULL, "no-such", &r, &err), PC_E_BAD_REQUEST);
    assert_code(decide(p, 99, PC_REVIEW_APPROVED, NULL, NULL, &r, &err), PC_E_NOT_FOUND);
    assert_code(decide(p, pending, PC_REVIEW_APPROVED, NULL, NULL, &r, &err), PC_E_NOT_PROCESSED);
}

static void an_image_without_files_can_be_approved(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", "[]");
    struct pc_record r = get(p, id), again;
    for (int i = 0; i < r.result.n_shots; i++) /* as if no recipe showed objects */
        r.result.shots[i].key = NULL;
    assert_ok(pc_records_recut(p->records, id, &again, &err), &err);
    pc_record_finish(&again);
    struct pc_record_completion completion = {
        .width = W, .height = H, .attention = true, .result = &r.result};
    assert_ok(pc_records_finish(p->records, id, &completion, &err), &err);
    pc_record_finish(&r);
    expect_review(p, id, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
}

/* --- rates --- */

static const struct pc_review_rate *rate_of(const struct pc_review_rates *rates, const char *label)
{
    for (int i = 0; i < rates->n; i++)
        if (strcmp(rates->rates[i].label, label) == 0)
            return &rates->rates[i];
    fail_msg("no rate of %s", label);
    return NULL;
}

static void rates_count_shots_that_were_right_at_once(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    struct pc_review_rates rates;
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE), c = add(p, "c", "b2", ONE);
    (void)add(p, "d", "b1", ONE); /* nobody looked at it */
    expect_review(p, a, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
    expect_review(p, b, PC_REVIEW_REJECTED, "too low", "waist", PC_REVIEW_REJECTED);
    expect_review(p, b, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
    struct pc_ibox moved = box_of(p, c, "neck");
    moved.y += 3;
    assert_ok(edit_box(p, c, "neck", &moved, &err), &err);
    cut(p, c, &people);
    expect_review(p, c, PC_REVIEW_APPROVED, NULL, NULL, PC_REVIEW_APPROVED);
    assert_ok(pc_service_rates(p->service, NULL, &rates, &err), &err);
    assert_int_equal(rates.images, 3);
    const struct pc_review_rate *waist = rate_of(&rates, "waist");
    assert_int_equal(waist->reviewed, 3);
    assert_int_equal(waist->first, 2);
    assert_int_equal(waist->reasons.n, 1);
    assert_string_equal(waist->reasons.entries[0].text, "too low");
    assert_int_equal(waist->reasons.entries[0].count, 1);
    assert_int_equal(rate_of(&rates, "neck")->first, 2); /* one was corrected */
    pc_review_rates_finish(&rates);
    assert_ok(pc_service_rates(p->service, "b2", &rates, &err), &err);
    assert_int_equal(rates.images, 1);
    pc_review_rates_finish(&rates);
    assert_ok(pc_service_rates(p->service, "absent", &rates, &err), &err);
    assert_int_equal(rates.n, 0);
    pc_review_rates_finish(&rates);
}

/* --- lists --- */

static struct pc_query_list list(struct test_fixture *p, const struct pc_record_query *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_query_list out;
    assert_ok(pc_service_list(p->service, q, &out, &err), &err);
    return out;
}

static void lists_count_within_the_filter_and_name_removed_images(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t a = add(p, "a", "b1", ONE), c = add(p, "c", "b2", TWO);
    (void)add(p, "b", "b1", TWO);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    q.batch = "b1";
    q.attention = 1;
    struct pc_query_list found = list(p, &q);
    assert_int_equal(found.records.total, 1);
    assert_int_equal(found.counts.by_status[PC_PROCESSED], 2);
    assert_int_equal(found.counts.attention, 1);
    assert_false(found.has_removed);
    pc_query_list_finish(&found);
    q.attention = 0;
    found = list(p, &q);
    assert_int_equal(found.records.total, 1);
    pc_query_list_finish(&found);
    q.status = PC_PROCESSED;
    found = list(p, &q);
    assert_int_equal(found.records.total, 1);
    q.since_seq = found.seq;
    pc_query_list_finish(&found);
    assert_ok(pc_service_remove(p->service, c, &err), &err);
    assert_ok(pc_service_remove(p->service, a, &err), &err);
    found = list(p, &q);
    assert_true(found.has_removed && !found.reset);
    assert_int_equal(found.n_removed, 2);
    assert_int_equal(found.removed[0], c);
    pc_query_list_finish(&found);
}

static void a_client_who_missed_too_much_reads_everything_again(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    (void)add(p, "first", "", ONE);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_query_list found = list(p, &q);
    q.since_seq = found.seq;
    pc_query_list_finish(&found);
    for (int i = 0; i <= PC_QUERY_REMOVED_MAX; i++) {
        int64_t id = insert(p, &(struct pc_record_new){.url = "u"});
        assert_ok(pc_service_remove(p->service, id, &err), &err);
    }
    found = list(p, &q);
    assert_true(found.reset);
    assert_int_equal(found.n_removed, 0);
    q.since_seq = found.seq;
    pc_query_list_finish(&found);
    found = list(p, &q);
    assert_true(found.has_removed && !found.reset);
    pc_query_list_finish(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(shots_are_approved_rejected_and_cleared),
        WITH_FIXTURE(an_image_without_files_can_be_approved),
        WITH_FIXTURE(rates_count_shots_that_were_right_at_once),
        WITH_FIXTURE(lists_count_within_the_filter_and_name_removed_images),
        WITH_FIXTURE(a_client_who_missed_too_much_reads_everything_again),
    };
    return cmocka_run_group_tests_name("reviews", tests, NULL, NULL);
}

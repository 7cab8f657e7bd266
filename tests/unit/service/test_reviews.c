/* Verdicts and their rates; lists for those who look. */
#include "cut_images.h"
#include "service/review.h"
#include "support.h"

/* --- review --- */

static json_t *decide(struct test_fixture *p, int64_t id, enum pc_record_review decision,
                      const char *reason, const char *label)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *labels = label ? json_pack("[s]", label) : NULL, *answer;
    struct pc_decision_request what = {.decision = decision, .reason = reason, .shots = labels};
    assert_ok(pc_service_review(p->service, id, &what, &answer, &err), &err);
    json_decref(labels);
    return answer;
}

static void expect_review(json_t *image, const char *review)
{
    assert_string_equal(json_string_value(json_object_get(image, "review")), review);
    json_decref(image);
}

static void shots_are_approved_rejected_and_cleared(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE), waiting = insert(p, &(struct pc_record_new){.url = "w"});
    json_t *answer = NULL, *bad = json_pack("[s]", "no-such");
    expect_review(decide(p, id, PC_REVIEW_APPROVED, NULL, NULL), "approved");
    expect_review(decide(p, id, PC_REVIEW_NONE, NULL, NULL), "none");
    expect_review(decide(p, id, PC_REVIEW_APPROVED, NULL, "neck"), "none");
    expect_review(decide(p, id, PC_REVIEW_REJECTED, "too low", "waist"), "rejected");
    answer = decide(p, id, PC_REVIEW_APPROVED, NULL, NULL);
    const json_t *verdict =
        json_object_get(shot(json_object_get(answer, "shots"), "waist"), "verdict");
    assert_string_equal(json_string_value(json_object_get(verdict, "first")), "rejected");
    expect_review(answer, "approved");
    struct pc_decision_request what = {.decision = PC_REVIEW_APPROVED, .shots = bad};
    assert_code(pc_service_review(p->service, id, &what, &answer, &err), PC_E_BAD_REQUEST);
    assert_code(pc_service_review(p->service, 99, &what, &answer, &err), PC_E_NOT_FOUND);
    assert_code(pc_service_review(p->service, waiting, &what, &answer, &err), PC_E_NOT_PROCESSED);
    json_decref(bad);
}

static void an_image_without_files_can_be_approved(void **state)
{
    struct test_fixture *p = *state;
    int64_t id = add(p, "u", "", "[]");
    struct pc_record r = get(p, id);
    for (size_t i = 0; i < json_array_size(r.shots); i++) /* none of the recipes shows an object */
        json_object_del(json_array_get(r.shots, i), "key");
    struct pc_err err = PC_ERR_INIT;
    struct pc_record again;
    assert_ok(pc_records_recut(p->records, id, &again, &err), &err);
    pc_record_finish(&again);
    struct pc_record_completion result = {
        .width = W, .height = H, .attention = true, .shots = r.shots, .detail = r.detail};
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    pc_record_finish(&r);
    expect_review(decide(p, id, PC_REVIEW_APPROVED, NULL, NULL), "approved");
}

static const json_t *rate_of(const json_t *rates, const char *label)
{
    return shot(json_object_get(rates, "recipes"), label);
}

static void rates_count_shots_that_were_right_at_once(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    json_t *rates;
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE), c = add(p, "c", "b2", ONE);
    (void)add(p, "d", "b1", ONE); /* unseen */
    json_decref(decide(p, a, PC_REVIEW_APPROVED, NULL, NULL));
    json_decref(decide(p, b, PC_REVIEW_REJECTED, "too low", "waist"));
    json_decref(decide(p, b, PC_REVIEW_APPROVED, NULL, NULL));
    char *change = change_of(p, c, "neck", 0, 3);
    assert_ok(edit(p, c, change, &err), &err);
    cut(p, c, &people);
    json_decref(decide(p, c, PC_REVIEW_APPROVED, NULL, NULL));
    assert_ok(pc_service_rates(p->service, NULL, &rates, &err), &err);
    assert_int_equal(number(rates, "images"), 3);
    const json_t *waist = rate_of(rates, "waist"), *neck = rate_of(rates, "neck");
    assert_int_equal(number(waist, "reviewed"), 3);
    assert_int_equal(number(waist, "first"), 2);
    assert_true(json_real_value(json_object_get(waist, "rate")) > .66);
    assert_int_equal(number(json_object_get(waist, "reasons"), "too low"), 1);
    assert_int_equal(number(neck, "first"), 2); /* one corrected */
    json_decref(rates);
    assert_ok(pc_service_rates(p->service, "b2", &rates, &err), &err);
    assert_int_equal(number(rates, "images"), 1);
    json_decref(rates);
    assert_ok(pc_service_rates(p->service, "absent", &rates, &err), &err);
    assert_int_equal(json_array_size(json_object_get(rates, "recipes")), 0);
    json_decref(rates);
    free(change);
}

/* --- lists --- */

static json_t *list(struct test_fixture *p, const struct pc_record_query *q)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    assert_ok(pc_service_list(p->service, q, &answer, &err), &err);
    return answer;
}

static void lists_count_within_the_filter_and_name_removed_images(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", TWO), c = add(p, "c", "b2", TWO);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    q.batch = "b1";
    q.attention = 1;
    json_t *answer = list(p, &q), *counts = json_object_get(answer, "counts");
    assert_int_equal(number(answer, "total"), 1);
    assert_int_equal(number(counts, "processed"), 2);
    assert_int_equal(number(counts, "attention"), 1);
    assert_null(json_object_get(answer, "removed"));
    json_decref(answer);
    q.attention = 0;
    answer = list(p, &q);
    assert_int_equal(number(answer, "total"), 1);
    json_decref(answer);
    q.status = PC_PROCESSED;
    answer = list(p, &q);
    assert_int_equal(number(answer, "total"), 1);
    q.since_seq = number(answer, "seq");
    json_decref(answer);
    assert_ok(pc_service_remove(p->service, c, &err), &err);
    assert_ok(pc_service_remove(p->service, a, &err), &err);
    answer = list(p, &q);
    json_t *removed = json_object_get(answer, "removed");
    assert_int_equal(json_array_size(removed), 2);
    assert_int_equal(json_integer_value(json_array_get(removed, 0)), c);
    assert_true(json_is_false(json_object_get(answer, "reset")));
    json_decref(answer);
    (void)b;
}

static void a_client_who_missed_too_much_reads_everything_again(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    (void)add(p, "first", "", ONE);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    json_t *answer = list(p, &q);
    q.since_seq = number(answer, "seq");
    json_decref(answer);
    for (int i = 0; i < 1001; i++) {
        int64_t id = insert(p, &(struct pc_record_new){.url = "u"});
        assert_ok(pc_service_remove(p->service, id, &err), &err);
    }
    answer = list(p, &q);
    assert_true(json_is_true(json_object_get(answer, "reset")));
    assert_int_equal(json_array_size(json_object_get(answer, "removed")), 0);
    q.since_seq = number(answer, "seq");
    json_decref(answer);
    answer = list(p, &q);
    assert_true(json_is_false(json_object_get(answer, "reset")));
    json_decref(answer);
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

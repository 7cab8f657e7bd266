/* What people said of shots: first words, taking back, cuts that change a shot. */
#include "service/decisions.h"

#include "base/str.h"
#include "support.h"

static const char *text(const json_t *verdicts, const char *label, const char *field)
{
    return json_string_value(json_object_get(json_object_get(verdicts, label), field));
}

static void the_first_decision_stays(void **state)
{
    (void)state;
    json_t *v = json_object();
    pc_decisions_set(v, "neck", PC_REVIEW_REJECTED, "too low", false, 1000);
    assert_string_equal(text(v, "neck", "verdict"), "rejected");
    assert_string_equal(text(v, "neck", "first"), "rejected");
    assert_string_equal(text(v, "neck", "reason"), "too low");
    assert_string_equal(text(v, "neck", "at"), "1970-01-01T00:00:01.000Z");
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, true, 2000);
    assert_string_equal(text(v, "neck", "verdict"), "approved");
    assert_string_equal(text(v, "neck", "first"), "rejected");
    assert_null(text(v, "neck", "reason"));
    assert_string_equal(text(v, "neck", "why"), "too low");
    json_decref(v);
}

static void a_manual_box_before_any_decision_is_a_correction(void **state)
{
    (void)state;
    json_t *v = json_object();
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, true, 1000);
    assert_string_equal(text(v, "neck", "first"), "corrected");
    json_decref(v);
}

static void a_decision_cleared_at_once_leaves_no_trace(void **state)
{
    (void)state;
    json_t *v = json_object();
    pc_decisions_set(v, "neck", PC_REVIEW_REJECTED, "", false, 1000);
    pc_decisions_clear(v, "neck");
    assert_int_equal(json_object_size(v), 0);
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, false, 2000);
    assert_string_equal(text(v, "neck", "first"), "approved");
    pc_decisions_set(v, "neck", PC_REVIEW_REJECTED, "no", false, 3000);
    pc_decisions_clear(v, "neck"); /* a second thought: the first one was */
    assert_string_equal(text(v, "neck", "first"), "approved");
    assert_null(text(v, "neck", "verdict"));
    assert_null(text(v, "neck", "reason"));
    pc_decisions_clear(v, "sleeve");
    assert_int_equal(json_object_size(v), 1);
    json_decref(v);
}

#define SHOTS                                                                                      \
    "[{\"label\": \"neck\", \"box\": [1, 2, 30, 40], \"recipe\": \"a\", \"key\": \"k1\"},"         \
    " {\"label\": \"waist\", \"box\": [1, 2, 30, 40], \"recipe\": \"b\", \"key\": \"k2\"},"        \
    " {\"label\": \"sleeve\", \"recipe\": \"c\"}]"

static void a_cut_that_changes_a_shot_drops_only_its_decision(void **state)
{
    (void)state;
    json_t *v = json_object(), *before = json_loads(SHOTS, 0, NULL), *now = json_deep_copy(before);
    pc_decisions_set(v, "neck", PC_REVIEW_REJECTED, "low", false, 1000);
    pc_decisions_set(v, "waist", PC_REVIEW_APPROVED, NULL, false, 1000);
    pc_decisions_set(v, "sleeve", PC_REVIEW_APPROVED, NULL, false, 1000);
    json_t *left = pc_decisions_after_cut(v, before, now);
    assert_true(json_equal(left, v));
    json_decref(left);
    json_object_set_new(json_array_get(now, 0), "box", json_pack("[i,i,i,i]", 1, 2, 30, 41));
    json_object_set_new(json_array_get(now, 1), "key", json_string("other bytes"));
    json_array_remove(now, 2);
    left = pc_decisions_after_cut(v, before, now);
    assert_null(text(left, "neck", "verdict"));
    assert_null(text(left, "neck", "reason"));
    assert_string_equal(text(left, "neck", "first"), "rejected");
    assert_string_equal(text(left, "neck", "why"), "low");
    assert_string_equal(text(left, "waist", "verdict"), "approved");
    assert_null(text(left, "sleeve", "verdict")); /* is not made any more */
    assert_string_equal(text(v, "neck", "verdict"), "rejected");
    json_decref(left);
    json_object_set_new(json_array_get(now, 1), "recipe", json_string("b2"));
    left = pc_decisions_after_cut(v, before, now);
    assert_null(text(left, "waist", "verdict"));
    pc_decisions_set(left, "waist", PC_REVIEW_REJECTED, NULL, false, 2000);
    assert_string_equal(text(left, "waist", "first"), "approved"); /* as it was */
    json_decref(left);
    json_decref(v);
    json_decref(before);
    json_decref(now);
}

static void the_review_of_an_image_sums_up_its_shots(void **state)
{
    (void)state;
    json_t *v = json_object(), *shots = json_loads(SHOTS, 0, NULL), *none = json_array();
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_NONE);
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_NONE);
    pc_decisions_set(v, "waist", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_APPROVED); /* sleeve has no file */
    pc_decisions_set(v, "sleeve", PC_REVIEW_REJECTED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_REJECTED);
    assert_int_equal(pc_decisions_review(v, none), PC_REVIEW_NONE);
    json_decref(v);
    json_decref(shots);
    json_decref(none);
}

static void every_shot_of_an_image_without_files_wants_a_decision(void **state)
{
    (void)state;
    json_t *v = json_object();
    json_t *shots = json_pack("[{s:s}, {s:s}, {}]", "label", "neck", "label", "waist");
    json_array_remove(shots, 2);
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_NONE);
    assert_true(pc_decisions_wanted(shots, json_array_get(shots, 1)));
    pc_decisions_set(v, "waist", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(v, shots), PC_REVIEW_APPROVED);
    json_decref(v);
    json_decref(shots);
}

static void internal_fields_are_not_shown(void **state)
{
    (void)state;
    json_t *v = json_object();
    assert_null(pc_decisions_encode(v, "neck"));
    assert_null(pc_decisions_encode(v, NULL));
    pc_decisions_set(v, "neck", PC_REVIEW_REJECTED, "low", false, 1);
    json_t *shown = pc_decisions_encode(v, "neck");
    assert_int_equal(json_object_size(shown), 4);
    assert_null(json_object_get(shown, "fresh"));
    json_decref(shown);
    pc_decisions_set(v, "neck", PC_REVIEW_APPROVED, NULL, false, 1);
    pc_decisions_clear(v, "neck");
    assert_null(pc_decisions_encode(v, "neck"));
    json_decref(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_decision_stays),
        cmocka_unit_test(a_manual_box_before_any_decision_is_a_correction),
        cmocka_unit_test(a_decision_cleared_at_once_leaves_no_trace),
        cmocka_unit_test(a_cut_that_changes_a_shot_drops_only_its_decision),
        cmocka_unit_test(the_review_of_an_image_sums_up_its_shots),
        cmocka_unit_test(every_shot_of_an_image_without_files_wants_a_decision),
        cmocka_unit_test(internal_fields_are_not_shown),
    };
    return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}

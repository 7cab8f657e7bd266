/* What people decide about shots: first decisions, clearing, cuts that change a shot. */
#include "service/decisions.h"

#include "support.h"

static const struct pc_record_decision *of(const struct pc_record_decisions *d, const char *label)
{
    const struct pc_record_decision *found = pc_record_decisions_find(d, label);
    assert_non_null(found);
    return found;
}

static void the_first_decision_stays(void **state)
{
    (void)state;
    struct pc_record_decisions d = {.n = 0};
    pc_decisions_set(&d, "neck", PC_REVIEW_REJECTED, "too low", false, 1000);
    assert_string_equal(of(&d, "neck")->verdict, "rejected");
    assert_string_equal(of(&d, "neck")->first, "rejected");
    assert_string_equal(of(&d, "neck")->reason, "too low");
    assert_string_equal(of(&d, "neck")->at, "1970-01-01T00:00:01.000Z");
    pc_decisions_set(&d, "neck", PC_REVIEW_APPROVED, NULL, true, 2000);
    assert_string_equal(of(&d, "neck")->verdict, "approved");
    assert_string_equal(of(&d, "neck")->first, "rejected");
    assert_null(of(&d, "neck")->reason);
    assert_string_equal(of(&d, "neck")->why, "too low");
    pc_record_decisions_finish(&d);
}

static void a_drawn_box_before_any_decision_is_a_correction(void **state)
{
    (void)state;
    struct pc_record_decisions d = {.n = 0};
    pc_decisions_set(&d, "neck", PC_REVIEW_APPROVED, NULL, true, 1000);
    assert_string_equal(of(&d, "neck")->first, "corrected");
    pc_record_decisions_finish(&d);
}

static void a_decision_cleared_at_once_leaves_no_trace(void **state)
{
    (void)state;
    struct pc_record_decisions d = {.n = 0};
    pc_decisions_set(&d, "neck", PC_REVIEW_REJECTED, "", false, 1000);
    pc_decisions_clear(&d, "neck");
    assert_int_equal(d.n, 0);
    pc_decisions_set(&d, "neck", PC_REVIEW_APPROVED, NULL, false, 2000);
    assert_string_equal(of(&d, "neck")->first, "approved");
    pc_decisions_set(&d, "neck", PC_REVIEW_REJECTED, "no", false, 3000);
    pc_decisions_clear(&d, "neck"); /* a second thought: the first decision stays */
    assert_string_equal(of(&d, "neck")->first, "approved");
    assert_null(of(&d, "neck")->verdict);
    assert_null(of(&d, "neck")->reason);
    pc_decisions_clear(&d, "sleeve");
    assert_int_equal(d.n, 1);
    pc_record_decisions_finish(&d);
}

static const struct pc_record_shot three_shots[] = {
    {.label = "neck", .box = {1, 2, 30, 40}, .recipe = "a", .key = "k1"},
    {.label = "waist", .box = {1, 2, 30, 40}, .recipe = "b", .key = "k2"},
    {.label = "sleeve", .recipe = "c"},
};

static void a_cut_that_changes_a_shot_drops_only_its_decision(void **state)
{
    (void)state;
    struct pc_record_shot old[3], new[3];
    memcpy(old, three_shots, sizeof old);
    memcpy(new, three_shots, sizeof new);
    struct pc_record_result before = {.n_shots = 3, .shots = old},
                            now = {.n_shots = 3, .shots = new};
    struct pc_record_decisions d = {.n = 0};
    pc_decisions_set(&d, "neck", PC_REVIEW_REJECTED, "low", false, 1000);
    pc_decisions_set(&d, "waist", PC_REVIEW_APPROVED, NULL, false, 1000);
    pc_decisions_set(&d, "sleeve", PC_REVIEW_APPROVED, NULL, false, 1000);
    pc_decisions_drop_changed(&d, &before, &now);
    assert_string_equal(of(&d, "neck")->verdict, "rejected");
    assert_string_equal(of(&d, "waist")->verdict, "approved");
    assert_string_equal(of(&d, "sleeve")->verdict, "approved");
    new[0].box.h = 41;
    new[1].key = "other bytes";
    now.n_shots = 2;
    pc_decisions_drop_changed(&d, &before, &now);
    assert_null(of(&d, "neck")->verdict);
    assert_null(of(&d, "neck")->reason);
    assert_string_equal(of(&d, "neck")->first, "rejected");
    assert_string_equal(of(&d, "neck")->why, "low");
    assert_string_equal(of(&d, "waist")->verdict, "approved");
    assert_null(of(&d, "sleeve")->verdict); /* no recipe makes it any more */
    new[1].recipe = "b2";
    pc_decisions_drop_changed(&d, &before, &now);
    assert_null(of(&d, "waist")->verdict);
    pc_decisions_set(&d, "waist", PC_REVIEW_REJECTED, NULL, false, 2000);
    assert_string_equal(of(&d, "waist")->first, "approved"); /* as it was */
    pc_record_decisions_finish(&d);
}

static void the_review_of_an_image_sums_up_its_shots(void **state)
{
    (void)state;
    struct pc_record_shot shots[3];
    memcpy(shots, three_shots, sizeof shots);
    struct pc_record_result result = {.n_shots = 3, .shots = shots}, empty = {.n_shots = 0};
    struct pc_record_decisions d = {.n = 0};
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_NONE);
    pc_decisions_set(&d, "neck", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_NONE);
    pc_decisions_set(&d, "waist", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_APPROVED); /* sleeve has no file */
    pc_decisions_set(&d, "sleeve", PC_REVIEW_REJECTED, "why absent?", false, 1);
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_REJECTED);
    assert_int_equal(pc_decisions_review(&d, &empty), PC_REVIEW_NONE);
    pc_record_decisions_finish(&d);
}

static void every_shot_of_an_image_without_files_wants_a_decision(void **state)
{
    (void)state;
    struct pc_record_shot shots[2] = {{.label = "neck"}, {.label = "waist"}};
    struct pc_record_result result = {.n_shots = 2, .shots = shots};
    struct pc_record_decisions d = {.n = 0};
    pc_decisions_set(&d, "neck", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_NONE);
    assert_true(pc_decisions_wanted(&result, &shots[1]));
    pc_decisions_set(&d, "waist", PC_REVIEW_APPROVED, NULL, false, 1);
    assert_int_equal(pc_decisions_review(&d, &result), PC_REVIEW_APPROVED);
    pc_record_decisions_finish(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_decision_stays),
        cmocka_unit_test(a_drawn_box_before_any_decision_is_a_correction),
        cmocka_unit_test(a_decision_cleared_at_once_leaves_no_trace),
        cmocka_unit_test(a_cut_that_changes_a_shot_drops_only_its_decision),
        cmocka_unit_test(the_review_of_an_image_sums_up_its_shots),
        cmocka_unit_test(every_shot_of_an_image_without_files_wants_a_decision),
    };
    return cmocka_run_group_tests_name("decisions", tests, NULL, NULL);
}

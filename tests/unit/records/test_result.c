/* Changing edits and decisions. */
#include "records/result.h"
#include "support.h"

static void boxes_are_set_replaced_and_removed_by_label(void **state)
{
    (void)state;
    struct pc_record_edits e = {0};
    pc_record_edits_put_box(&e, "neck", (struct pc_ibox){1, 2, 3, 4}, "hand");
    pc_record_edits_put_box(&e, "zoom", (struct pc_ibox){5, 6, 7, 8}, "batch");
    pc_record_edits_put_box(&e, "neck", (struct pc_ibox){9, 2, 3, 4}, "batch");
    assert_int_equal(e.n_boxes, 2);
    assert_int_equal(pc_record_edits_find_box(&e, "neck")->box.x, 9);
    assert_string_equal(pc_record_edits_find_box(&e, "neck")->origin, "batch");
    pc_record_edits_remove_box(&e, "neck");
    pc_record_edits_remove_box(&e, "waist");
    assert_int_equal(e.n_boxes, 1);
    assert_null(pc_record_edits_find_box(&e, "neck"));
    assert_string_equal(e.boxes[0].label, "zoom");
    pc_record_edits_finish(&e);
}

static void edits_are_equal_in_any_order_of_their_boxes(void **state)
{
    (void)state;
    const char *const labels[] = {"neck", "zoom"};
    struct pc_record_edits a = {0}, b;
    pc_record_edits_put_box(&a, "neck", (struct pc_ibox){1, 2, 3, 4}, "hand");
    pc_record_edits_put_box(&a, "zoom", (struct pc_ibox){5, 6, 7, 8}, "hand");
    pc_record_edits_copy(&b, &a);
    pc_record_edits_remove_box(&b, "neck");
    assert_false(pc_record_edits_equal(&a, &b));
    pc_record_edits_put_box(&b, "neck", (struct pc_ibox){1, 2, 3, 4}, "hand");
    assert_true(pc_record_edits_equal(&a, &b));
    pc_record_edits_set_recipes(&b, labels, 2);
    assert_false(pc_record_edits_equal(&a, &b));
    pc_record_edits_set_recipes(&a, labels, 1);
    assert_false(pc_record_edits_equal(&a, &b));
    pc_record_edits_set_recipes(&a, labels, 2);
    assert_true(pc_record_edits_equal(&a, &b));
    a.has_person = true;
    assert_false(pc_record_edits_equal(&a, &b));
    pc_record_edits_set_recipes(&b, NULL, 0);
    assert_false(b.has_recipes);
    pc_record_edits_finish(&a);
    pc_record_edits_finish(&b);
}

static void decisions_are_added_once_and_removed_by_label(void **state)
{
    (void)state;
    struct pc_record_decisions d = {0};
    pc_record_decisions_add(&d, "neck")->verdict = "approved";
    pc_record_decisions_add(&d, "zoom")->fresh = true;
    assert_string_equal(pc_record_decisions_add(&d, "neck")->verdict, "approved");
    assert_int_equal(d.n, 2);
    pc_record_decisions_remove(&d, "neck");
    pc_record_decisions_remove(&d, "waist");
    assert_null(pc_record_decisions_find(&d, "neck"));
    assert_null(pc_record_decisions_find(&d, NULL));
    assert_true(pc_record_decisions_find(&d, "zoom")->fresh);
    pc_record_decisions_finish(&d);
    assert_int_equal(d.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_set_replaced_and_removed_by_label),
        cmocka_unit_test(edits_are_equal_in_any_order_of_their_boxes),
        cmocka_unit_test(decisions_are_added_once_and_removed_by_label),
    };
    return cmocka_run_group_tests_name("records: results, edits, decisions", tests, NULL, NULL);
}

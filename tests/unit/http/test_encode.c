/* Images as the API shows them, and the edits that it accepts. */
#include <stdio.h>

#include "harness.h"
#include "http/api/encode.h"

/* A processed image of 200 x 100 pixels with this result. Returns its id. */
static int64_t finished(struct served *s, const char *url, const struct pc_record_result *result)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_new fresh = {.url = url};
    struct pc_record_completion completion = {.width = 200, .height = 100, .result = result};
    bool created;
    assert_ok(pc_records_insert(s->parts.records, &fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    assert_ok(pc_records_finish(s->parts.records, id, &completion, &err), &err);
    return id;
}

static json_t *detail_of(struct served *s, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_get(s->parts.records, id, &r, &err), &err);
    json_t *detail = pc_encode_image_detail(s->parts.service, &r);
    pc_record_finish(&r);
    return detail;
}

static const char *text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

/* The first version stored a label and a URL, nothing else. */
static void a_shot_of_the_first_version_is_shown(void **state)
{
    struct served *s = *state;
    struct pc_record_shot shot = {.label = "Neck View", .url = "https://cdn.example/n.jpg"};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot};
    json_t *detail = detail_of(s, finished(s, "https://shop.example/old.jpg", &result));
    const json_t *shown = json_array_get(json_object_get(detail, "shots"), 0);
    assert_string_equal(text(shown, "url"), "https://cdn.example/n.jpg");
    assert_string_equal(text(shown, "title"), "Neck View");
    assert_string_equal(text(shown, "state"), "ok");
    assert_int_equal(json_array_size(json_object_get(shown, "reasons")), 0);
    assert_true(json_is_array(json_object_get(detail, "people")));
    assert_true(json_is_null(json_object_get(detail, "person")));
    json_decref(detail);
}

static void a_shot_has_relative_boxes_sentences_and_a_url(void **state)
{
    struct served *s = *state;
    const char *reasons[] = {"low_confidence", "of-a-newer-version"};
    struct pc_record_shot shot = {.label = "neck",
                                  .title = "Neck view",
                                  .state = "review",
                                  .has_reasons = true,
                                  .n_reasons = 2,
                                  .reasons = reasons,
                                  .box = {20, 10, 50, 30},
                                  .width = 50,
                                  .height = 30,
                                  .key = "shots/1/neck.jpg",
                                  .url = "https://old.example/files/shots/1/neck.jpg"};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot, .thumbnail = "shots/1/t.jpg"};
    json_t *detail = detail_of(s, finished(s, "https://shop.example/a.jpg", &result));
    const json_t *shown = json_array_get(json_object_get(detail, "shots"), 0);
    const json_t *codes = json_object_get(shown, "reasons");
    json_t *relative = json_loads("[0.1, 0.1, 0.25, 0.3]", 0, NULL);
    assert_true(json_equal(json_object_get(shown, "boxRelative"), relative));
    assert_true(strlen(text(json_array_get(codes, 0), "message")) > 0);
    assert_string_equal(text(json_array_get(codes, 1), "message"), "");
    assert_string_equal(text(shown, "url"), "/files/shots/1/neck.jpg"); /* made anew */
    assert_null(json_object_get(shown, "key"));
    assert_string_equal(text(detail, "thumbnail"), "/files/shots/1/t.jpg");
    json_decref(relative);
    json_decref(detail);
}

static void a_decision_is_shown_without_private_fields(void **state)
{
    struct served *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_shot shot = {.label = "neck", .has_reasons = true, .state = "ok"};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot};
    int64_t id = finished(s, "https://shop.example/a.jpg", &result);
    struct pc_decision_request request = {.decision = PC_REVIEW_REJECTED, .reason = "low"};
    struct pc_record r;
    assert_ok(pc_service_review(s->parts.service, id, &request, &r, &err), &err);
    json_t *image = pc_encode_image(s->parts.service, &r);
    const json_t *verdict =
        json_object_get(json_array_get(json_object_get(image, "shots"), 0), "verdict");
    assert_int_equal(json_object_size(verdict), 4);
    assert_string_equal(text(verdict, "verdict"), "rejected");
    assert_string_equal(text(verdict, "first"), "rejected");
    assert_string_equal(text(verdict, "reason"), "low");
    json_decref(image);
    pc_record_finish(&r);
}

static void edits_of_another_form_are_refused(void **state)
{
    struct served *s = *state;
    static const char *const cases[] = {
        "{\"person\": -1}",
        "{\"person\": 1.5}",
        "{\"person\": \"0\"}",
        "{\"persons\": 0}",
        "{\"boxes\": []}",
        "{\"boxes\": {\"waist\": 5}}",
        "{\"boxes\": {\"waist\": [1, 2, 3]}}",
        "{\"boxes\": {\"waist\": [1, 2, 3, 4, 5]}}",
        "{\"boxes\": {\"waist\": [1, 2, 3, \"4\"]}}",
        "{\"boxes\": {\"waist\": [1e300, 0, 100, 100]}}",
        "[]",
    };
    struct pc_record_result result = {.n_shots = 0};
    char path[64];
    snprintf(path, sizeof path, "/images/%lld/edits",
             (long long)finished(s, "https://shop.example/a.jpg", &result));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(s, "PUT", path, "Content-Type: application/json", cases[i], 400, "bad_json");
    expect(s, "PUT", path, "Content-Type: application/json", "{}", 200, "");
}

/* Clients see these texts, and have no manuals of the project. */
static void errors_point_to_no_file_of_the_project(void **state)
{
    static const char *const names[] = {"docs/", ".md", ".yaml", ".json"};
    (void)state;
    for (int code = 1; code < PC_CODE_COUNT; code++) {
        const struct pc_code_info *info = pc_code_info((enum pc_code)code);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strstr(info->message, names[i]) || strstr(info->hint, names[i]))
                fail_msg("%s: %s %s", info->name, info->message, info->hint);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_shot_of_the_first_version_is_shown),
        CASE(a_shot_has_relative_boxes_sentences_and_a_url),
        CASE(a_decision_is_shown_without_private_fields),
        CASE(edits_of_another_form_are_refused),
        cmocka_unit_test(errors_point_to_no_file_of_the_project),
    };
    return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}

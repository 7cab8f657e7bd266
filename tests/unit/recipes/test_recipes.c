#include "support.h"

#include <stdio.h>

#include "base/buf.h"
#include "bodies.h"
#include "recipes/recipes.h"
#include "recipes/spec.h"

static enum pc_code parse(const char *json, struct pc_recipe_set *set, struct pc_err *err)
{
    return pc_recipes_parse(json, strlen(json), set, err);
}

/* The text of a case: "text" as it stands, "recipe" and "set" as JSON. */
static char *text_of(const json_t *spec)
{
    const json_t *text = json_object_get(spec, "text"), *set = json_object_get(spec, "set");
    if (text)
        return strdup(json_string_value(text));
    return json_dumps(set ? set : json_object_get(spec, "recipe"), 0);
}

static void bad_recipes_name_place_and_fix(void **state)
{
    (void)state;
    json_t *cases = bodies_file("bad_recipes.json");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *spec = json_array_get(cases, i);
        const char *want = json_string_value(json_object_get(spec, "error"));
        struct pc_recipe_set set = {.n = 99};
        struct pc_err err = PC_ERR_INIT;
        char *text = text_of(spec);
        if (parse(text, &set, &err) != PC_E_BAD_RECIPE || !strstr(err.message, want))
            fail_msg("%s\n  says: %s\n  not:  %s", text, err.message, want);
        assert_int_equal(set.n, 0);
        assert_null(set.r);
        free(text);
    }
    json_decref(cases);
}

static void the_five_come_first(void **state)
{
    static const char *const five[] = {"neck", "sleeve", "zoom", "waist", "length"};
    struct pc_recipe_set set, builtin;
    (void)state;
    pc_recipes_default(&set);
    pc_recipes_builtin(&builtin);
    assert_int_equal(set.n, 5);
    assert_int_equal(builtin.n, 23);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(set.r[i].label, five[i]);
        assert_string_equal(builtin.r[i].label, five[i]);
        assert_string_equal(builtin.r[i].hash, set.r[i].hash);
    }
    pc_recipes_finish(&set);
    pc_recipes_finish(&builtin);
    assert_int_equal(set.n, 0);
}

/* Built-in recipes skip the check at run time, so it is made here. */
static void builtin_recipes_pass_their_own_check(void **state)
{
    struct pc_recipe_set builtin, again;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    pc_recipes_builtin(&builtin);
    for (int i = 0; i < builtin.n; i++) {
        assert_ok(parse(builtin.r[i].source, &again, &err), &err);
        assert_string_equal(again.r[0].label, builtin.r[i].label);
        assert_string_equal(again.r[0].hash, builtin.r[i].hash);
        assert_true(strlen(again.r[0].title) > 3);
        pc_recipes_finish(&again);
    }
    pc_recipes_finish(&builtin);
}

static void hash_follows_meaning_not_spelling(void **state)
{
    static const char *const texts[] = {
        "{\"label\": \"x\", \"keep\": [\"nose\"], \"version\": 2}",
        "[ {\"version\":2,\n\"keep\":[\"nose\"], \"label\":\"x\"} ]",
        "{\"recipes\": [{\"label\": \"x\", \"keep\": [\"nose\"], \"version\": 3}]}"};
    struct pc_recipe_set set[3];
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_ok(parse(texts[i], &set[i], &err), &err);
    assert_int_equal(strlen(set[0].r[0].hash), 16);
    assert_string_equal(set[0].r[0].source, "{\"keep\":[\"nose\"],\"label\":\"x\",\"version\":2}");
    assert_string_equal(set[0].r[0].hash, set[1].r[0].hash);
    assert_string_not_equal(set[0].r[0].hash, set[2].r[0].hash);
    for (int i = 0; i < 3; i++)
        pc_recipes_finish(&set[i]);
}

static void a_recipe_may_build_on_another(void **state)
{
    struct pc_recipe_set set;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_ok(
        parse("[\"sleeve\", {\"based_on\": \"neck\", \"aspect\": \"5:4\"}, {\"label\": \"neck-2\", "
              "\"based_on\": \"neck\", \"headless\": \"under_face\", \"person\": 1}]",
              &set, &err),
        &err);
    assert_int_equal(set.n, 3);
    const struct pc_recipe *neck = pc_recipes_find(&set, "neck"), *two = &set.r[2];
    assert_non_null(neck);
    assert_true(neck->aspect_min == 1.25 && two->aspect_max == 1.25);
    assert_int_equal(two->headless, PC_HEADLESS_UNDER_FACE);
    assert_int_equal(two->person, PC_CHOICE_INDEX);
    assert_int_equal(two->person_index, 1);
    assert_int_equal(two->keep, neck->keep);
    assert_null(pc_recipes_find(&set, "length"));
    pc_recipes_finish(&set);
}

static void every_word_is_read(void **state)
{
    struct pc_recipe_set set;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_ok(
        parse(
            "{\"label\": \"x\", \"title\": \"A view\", \"keep\": [\"hip\"], \"need\": [\"hip\"], "
            "\"avoid\": [\"nose\"], \"margin\": {\"all\": \"10 %\", \"sides\": \"0.5 shoulders\", "
            "\"top\": 12, \"left\": \"-0.1torso\"}, \"cut\": {\"top\": {\"at\": \"chin\", "
            "\"offset\": "
            "\"0.1 head\"}}, \"joints\": \"ignore\", \"aspect\": 0.8, \"align\": {\"x\": 0.25, "
            "\"y\": 1}, \"size\": {\"mode\": \"at_least\", \"width\": 300, \"height\": 400, "
            "\"upscale\": true}, \"overflow\": {\"policy\": \"extend\", \"fill\": \"#0A0b0c\"}, "
            "\"no_person\": \"interest\", \"output\": {\"format\": \"webp\", \"quality\": 70, "
            "\"min_bytes\": \"20k\", \"max_bytes\": 200000, \"progressive\": true}}",
            &set, &err),
        &err);
    const struct pc_recipe *r = &set.r[0];
    assert_string_equal(r->title, "A view");
    assert_true(r->margin[PC_TOP].unit == PC_UNIT_PX && r->margin[PC_TOP].value == 12);
    assert_true(r->margin[PC_BOTTOM].unit == PC_UNIT_PERCENT && r->margin[PC_BOTTOM].value == 10);
    assert_true(r->margin[PC_RIGHT].unit == PC_UNIT_SHOULDERS);
    assert_true(r->margin[PC_LEFT].unit == PC_UNIT_TORSO && r->margin[PC_LEFT].value == -.1);
    assert_int_equal(r->cut[PC_TOP].a, PC_BODY_CHIN);
    assert_int_equal(r->cut[PC_LEFT].a, PC_BODY_KEYPOINT_NONE);
    assert_int_equal(r->size, PC_SIZE_AT_LEAST);
    assert_true(r->upscale && !r->joints && !r->extend_edge && r->progressive);
    assert_int_equal(r->background[1], 11);
    assert_int_equal(r->overflow, PC_OVERFLOW_EXTEND);
    assert_int_equal(r->no_person, PC_EMPTY_INTEREST);
    assert_string_equal(pc_recipe_format_name(r->format), "webp");
    assert_int_equal(r->min_bytes, 20480);
    assert_int_equal(r->max_bytes, 200000);
    pc_recipes_finish(&set);
}

static void recipes_are_chosen_by_label(void **state)
{
    struct pc_recipe_set five, set;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    pc_recipes_default(&five);
    assert_ok(pc_recipes_select(&five, "shoes, neck,shoes", &set, &err), &err);
    assert_int_equal(set.n, 2);
    assert_string_equal(set.r[0].label, "shoes");
    pc_recipes_finish(&set);
    assert_ok(pc_recipes_select(&five, "default,headless", &set, &err), &err);
    assert_int_equal(set.n, 6);
    pc_recipes_finish(&set);
    assert_ok(pc_recipes_select(&five, "all", &set, &err), &err);
    assert_int_equal(set.n, 23);
    pc_recipes_finish(&set);
    assert_code(pc_recipes_select(&five, "neck,sleve", &set, &err), PC_E_BAD_RECIPE);
    assert_string_equal(err.message, "unknown recipe 'sleve'; did you mean 'sleeve'?");
    assert_int_equal(set.n, 0);
    assert_code(pc_recipes_select(&five, " , ", &set, &err), PC_E_BAD_RECIPE);
    pc_recipes_finish(&five);
}

static void too_many_recipes_are_rejected(void **state)
{
    struct pc_recipe_set set;
    struct pc_err err = PC_ERR_INIT;
    json_t *list = json_array();
    (void)state;
    for (int i = 0; i <= PC_MAX_RECIPES; i++) {
        char label[16];
        snprintf(label, sizeof label, "r%d", i);
        json_array_append_new(list, json_pack("{s:s, s:[s]}", "label", label, "keep", "nose"));
    }
    char *text = json_dumps(list, 0);
    assert_code(parse(text, &set, &err), PC_E_BAD_RECIPE);
    assert_string_equal(err.message, "recipes[64]: at most 64 recipes are possible");
    free(text);
    json_decref(list);
}

/* --- the schema says what the parser does --- */

static json_t *schema_of_recipe(const json_t *schema)
{
    return json_object_get(json_object_get(json_object_get(schema, "$defs"), "recipe"),
                           "properties");
}

static void schema_has_the_keys_of_the_parser(void **state)
{
    json_t *schema = json_loads(pc_recipes_schema(), JSON_REJECT_DUPLICATES, NULL);
    json_t *keys = schema_of_recipe(schema);
    size_t n = 0;
    (void)state;
    assert_non_null(keys);
    for (; pc_recipes_keys[n]; n++)
        if (!json_object_get(keys, pc_recipes_keys[n]))
            fail_msg("the schema lacks %s", pc_recipes_keys[n]);
    assert_non_null(json_object_get(keys, "based_on"));
    assert_int_equal(json_object_size(keys), n + 1);
    json_decref(schema);
}

static void schema_has_the_keypoints_of_the_parser(void **state)
{
    json_t *schema = json_loads(pc_recipes_schema(), 0, NULL);
    json_t *names =
        json_object_get(json_object_get(json_object_get(schema, "$defs"), "landmark"), "enum");
    (void)state;
    assert_int_equal(json_array_size(names), PC_BODY_KEYPOINT_COUNT);
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        assert_string_equal(json_string_value(json_array_get(names, (size_t)i)),
                            pc_body_keypoint_name(i));
    json_decref(schema);
}

/* Finds "enum" lists below a node and parses a recipe with each of their words under that key. */
static void try_words(const char *outer, const char *key, const json_t *words)
{
    for (size_t i = 0; i < json_array_size(words); i++) {
        struct pc_recipe_set set;
        struct pc_err err = PC_ERR_INIT;
        json_t *word = json_array_get(words, i);
        json_t *recipe = json_pack("{s:s, s:[s]}", "label", "x", "keep", "hip");
        if (outer)
            json_object_set_new(
                recipe, outer,
                json_pack("{s:i, s:i, s:O}", "width", 300, "height", 300, key, word));
        else
            json_object_set(recipe, key, word);
        if (outer && strcmp(outer, "output") == 0)
            json_object_set_new(recipe, outer, json_pack("{s:O}", key, word));
        char *text = json_dumps(recipe, 0);
        assert_ok(parse(text, &set, &err), &err);
        pc_recipes_finish(&set);
        free(text);
        json_decref(recipe);
    }
}

static void schema_has_the_words_of_the_parser(void **state)
{
    json_t *schema = json_loads(pc_recipes_schema(), 0, NULL), *keys = schema_of_recipe(schema);
    json_t *defs = json_object_get(schema, "$defs");
    json_t *size =
        json_object_get(json_object_get(json_object_get(keys, "size"), "properties"), "mode");
    json_t *output =
        json_object_get(json_object_get(json_object_get(keys, "output"), "properties"), "format");
    json_t *person = json_array_get(json_object_get(json_object_get(keys, "person"), "oneOf"), 0);
    (void)state;
    try_words(NULL, "headless", json_object_get(json_object_get(keys, "headless"), "enum"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(keys, "headless"), "enum")),
                     PC_HEADLESS_COUNT);
    try_words(NULL, "joints", json_object_get(json_object_get(keys, "joints"), "enum"));
    try_words(NULL, "no_person", json_object_get(json_object_get(keys, "no_person"), "enum"));
    try_words(NULL, "overflow", json_object_get(json_object_get(defs, "policy"), "enum"));
    try_words(NULL, "person", json_object_get(person, "enum"));
    try_words("size", "mode", json_object_get(size, "enum"));
    try_words("output", "format", json_object_get(output, "enum"));
    json_decref(schema);
}

static void expect_word(const char *text, const char *word)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "`%s`", word);
    if (!strstr(text, quoted))
        fail_msg("the manual lacks %s", quoted);
}

static void manual_names_all_words(void **state)
{
    struct pc_buf shots = PC_BUF_INIT, recipes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_recipe_set builtin;
    char *a = test_source("docs/shots.md"), *b = test_source("docs/recipes.md");
    (void)state;
    assert_ok(pc_buf_read_file(&shots, a, 1 << 20, &err), &err);
    assert_ok(pc_buf_read_file(&recipes, b, 1 << 20, &err), &err);
    for (int i = 0; i < PC_REASON_COUNT; i++)
        expect_word(shots.data, pc_reason_name((enum pc_reason)i));
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        expect_word(recipes.data, pc_body_keypoint_name(i));
    for (int i = 0; pc_recipes_keys[i]; i++)
        expect_word(recipes.data, pc_recipes_keys[i]);
    pc_recipes_builtin(&builtin);
    for (int i = 0; i < builtin.n; i++)
        expect_word(i < 5 ? shots.data : recipes.data, builtin.r[i].label);
    pc_recipes_finish(&builtin);
    pc_buf_finish(&shots);
    pc_buf_finish(&recipes);
    free(a);
    free(b);
}

static void names_are_stable_and_have_texts(void **state)
{
    (void)state;
    for (int i = 0; i < PC_REASON_COUNT; i++) {
        assert_true(strlen(pc_reason_name((enum pc_reason)i)) > 3);
        assert_true(strlen(pc_reason_text((enum pc_reason)i)) > 20);
    }
    assert_string_equal(pc_shot_state_name(PC_SHOT_PARTIAL), "partial");
    assert_string_equal(pc_facing_name(PC_FACING_SIDE), "side");
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        assert_true(strlen(pc_body_keypoint_name(i)) > 2);
    assert_string_equal(pc_body_keypoint_name(PC_BODY_KEYPOINT_NONE), "");
}

/* --- for editors --- */

struct wanted {
    const char *place, *message;
    int line, column;
};

static void expect_problems(const char *text, const struct wanted *wanted, int n)
{
    struct pc_recipe_set set;
    struct pc_recipes_problems found;
    pc_recipes_validate(text, strlen(text), &set, &found);
    assert_int_equal(set.n, 0);
    for (int i = 0; i < n && i < found.n; i++) {
        assert_string_equal(found.p[i].place, wanted[i].place);
        if (!strstr(found.p[i].message, wanted[i].message))
            fail_msg("says: %s\n not: %s", found.p[i].message, wanted[i].message);
        if (found.p[i].line != wanted[i].line || found.p[i].column != wanted[i].column)
            fail_msg("%s is told at %d:%d", wanted[i].place, found.p[i].line, found.p[i].column);
    }
    assert_int_equal(found.n, n);
}

static void all_mistakes_are_reported_with_their_places(void **state)
{
    (void)state;
    static const struct wanted wanted[] = {
        {"abuot", "did you mean 'about'", 1, 2},
        {"recipes[1].titel", "did you mean 'title'", 5, 34},
        {"recipes[1].keep[1]", "unknown landmark 'sholder'", 6, 21},
        {"recipes[1].aspect", "an aspect such as", 7, 5},
        {"recipes[4].based_on", "unknown recipe 'nekc'", 10, 14},
        {"recipes[5].keep", "name at least one landmark", 11, 5}, /* the recipe: it has no keep */
        {"recipes[6].align.x", "a number from 0 to 1", 12, 57},
        {"recipes[7]", "nothing is left to show", 13, 1},
    };
    expect_problems(
        "{\"abuot\": \"\\\"[{\",\n"
        "  \"recipes\" : [\n"
        "    \"neck\",\n"
        "    {\n"
        "    \"label\": \"a\", \"about\": \"ää\", \"titel\": \"x\",\n"
        "    \"keep\": [\"hip\", \"sholder\"],\n"
        "    \"aspect\": true\n"
        "    },\n"
        "    {\"based_on\": \"a\", \"label\": \"b\"}, {\"based_on\": \"neck\", \"label\": \"c\"},\n"
        "    {\"x\": 1, \"based_on\": \"nekc\"},\n"
        "    {\"label\": \"bare\"},\n"
        "    {\"based_on\": \"neck\", \"label\": \"e\",\"align\": {\"y\": 1, \"x\": 2}},\n"
        "{\"label\": \"f\", \"keep\": [\"chin\"], \"headless\": \"eyes\", \"cut\": {\"bottom\": "
        "\"eyes\"}}]}",
        wanted, 8);
}

/* What is like no known word: a short list is named, and no manual that the reader may not have. */
static void unlike_words_are_answered_with_the_known_ones(void **state)
{
    (void)state;
    static const struct wanted wanted[] = {
        {"zzzzzzzzzzzzzzzz", "unknown key 'zzzzzzzzzzzzzzzz'; one of: label, title, about", 1, 16},
        {"keep[0]", "unknown landmark 'qqqqqqqqqqqqqqqq'; the schema of recipes lists all", 2, 11},
        {"person", "unknown choice of person 'xxxxxxxxxxxxxxx'; one of: largest, central, each", 3,
         2},
    };
    expect_problems("{\"label\": \"x\", \"zzzzzzzzzzzzzzzz\": 1,\n"
                    " \"keep\": [\"qqqqqqqqqqqqqqqq\"],\n"
                    " \"person\": \"xxxxxxxxxxxxxxx\"}",
                    wanted, 3);
}

static void other_forms_have_places_too(void **state)
{
    (void)state;
    static const struct wanted list = {"recipes[1].keep[0]", "unknown landmark", 2, 11},
                               one = {"aspect", "an aspect from 1:10", 2, 2},
                               none = {"", "This is no JSON", 1, 2},
                               syntax = {"", "This is no JSON: ", 2, 8},
                               twice = {"", "duplicate object key", 1, 12};
    expect_problems("[\"neck\",\n {\"keep\":[\"\"], \"label\": \"x\"}]", &list, 1);
    expect_problems("{\"label\": \"x\", \"keep\": [\"hip\"],\n \"aspect\": 77}", &one, 1);
    expect_problems(" 5", &none, 1);
    expect_problems("{\n\"label\"; 3}", &syntax, 1);
    expect_problems("{\"a\": 1, \"a\": 2}", &twice, 1);
}

static void validating_agrees_with_parsing(void **state)
{
    (void)state;
    json_t *cases = bodies_file("bad_recipes.json");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        struct pc_recipe_set set;
        struct pc_recipes_problems found;
        char *text = text_of(json_array_get(cases, i));
        pc_recipes_validate(text, strlen(text), &set, &found);
        assert_in_range(found.n, 1, PC_RECIPES_MAX_PROBLEMS);
        assert_in_range(found.p[0].line, 1, 1000);
        assert_null(set.r);
        free(text);
    }
    json_decref(cases);
}

static void texts_for_people_read_back_the_same(void **state)
{
    struct pc_recipe_set builtin, again;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    pc_recipes_builtin(&builtin);
    char *text = pc_recipes_text(&builtin);
    assert_ok(parse(text, &again, &err), &err);
    assert_int_equal(again.n, builtin.n);
    for (int i = 0; i < builtin.n; i++)
        assert_string_equal(again.r[i].hash, builtin.r[i].hash);
    free(text);
    pc_recipes_finish(&again);
    text = pc_recipes_text_of(&builtin.r[0]);
    assert_memory_equal(text, "{\n  \"label\": \"neck\",\n  \"title\": ", 31);
    assert_non_null(strstr(text, "\n  \"keep\": [\"left_shoulder\", "));
    free(text);
    pc_recipes_finish(&builtin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_recipes_name_place_and_fix),
        cmocka_unit_test(the_five_come_first),
        cmocka_unit_test(builtin_recipes_pass_their_own_check),
        cmocka_unit_test(hash_follows_meaning_not_spelling),
        cmocka_unit_test(a_recipe_may_build_on_another),
        cmocka_unit_test(every_word_is_read),
        cmocka_unit_test(recipes_are_chosen_by_label),
        cmocka_unit_test(too_many_recipes_are_rejected),
        cmocka_unit_test(schema_has_the_keys_of_the_parser),
        cmocka_unit_test(schema_has_the_keypoints_of_the_parser),
        cmocka_unit_test(schema_has_the_words_of_the_parser),
        cmocka_unit_test(manual_names_all_words),
        cmocka_unit_test(names_are_stable_and_have_texts),
        cmocka_unit_test(all_mistakes_are_reported_with_their_places),
        cmocka_unit_test(unlike_words_are_answered_with_the_known_ones),
        cmocka_unit_test(other_forms_have_places_too),
        cmocka_unit_test(validating_agrees_with_parsing),
        cmocka_unit_test(texts_for_people_read_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

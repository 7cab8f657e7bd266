/* What the files of cases share, and the run of all of them. */
#include "suite.h"

#include <assert.h>

struct pc_records *suite_open(void **state)
{
    struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(pc_records_open(c->d->driver, c->url, &rs, &err), &err);
    return rs;
}

int64_t suite_insert_new(struct pc_records *rs, const struct pc_record_new *fresh)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(pc_records_insert(rs, fresh, &r, &created, &err), &err);
    assert_true(created);
    int64_t id = r.id;
    pc_record_finish(&r);
    return id;
}

int64_t suite_insert(struct pc_records *rs, const char *url)
{
    return suite_insert_new(rs, &(struct pc_record_new){.url = url, .name = url});
}

struct pc_record suite_get(struct pc_records *rs, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_get(rs, id, &r, &err), &err);
    return r;
}

void suite_finish(struct pc_records *rs, int64_t id, const char *shot_key, bool attention)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_shot shot = {.label = "neck", .key = shot_key};
    struct pc_people people = {.n = 1, .p[0].score = .77};
    people.p[0].keypoints[1] = (struct pc_keypoint){59.9, 24.25, .1 + .2};
    struct pc_record_result result = {
        .n_shots = 1, .shots = &shot, .people = &people, .facing = "front"};
    struct pc_record_completion completion = {.format = "jpeg",
                                              .bytes = 1234567890123,
                                              .width = 4000,
                                              .height = 3000,
                                              .attention = attention,
                                              .result = &result};
    assert_ok(pc_records_finish(rs, id, &completion, &err), &err);
}

json_t *suite_stored(const struct pc_record *r)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "shots", pc_codec_encode_shots(&r->result), "detail",
                     pc_codec_encode_detail(&r->result), "edits", pc_codec_encode_edits(&r->edits),
                     "decisions", pc_codec_encode_decisions(&r->decisions));
}

bool suite_same_stored(const struct pc_record *a, const struct pc_record *b)
{
    json_t *one = suite_stored(a), *two = suite_stored(b);
    bool same = json_equal(one, two);
    json_decref(one);
    json_decref(two);
    return same;
}

struct pc_record suite_processed(struct pc_records *rs, const char *url, bool attention)
{
    int64_t id = suite_insert(rs, url);
    suite_finish(rs, id, "shots/k.jpg", attention);
    return suite_get(rs, id);
}

int64_t suite_last_seq(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT], seq;
    assert_ok(pc_records_count(rs, NULL, counts, NULL, &seq, &err), &err);
    return seq;
}

void suite_references(struct pc_records *rs, const char *key, bool wanted)
{
    struct pc_err err = PC_ERR_INIT;
    bool got = !wanted;
    assert_ok(pc_records_references_blob(rs, key, &got, &err), &err);
    assert_int_equal(got, wanted);
}

int suite_winner(const struct suite_race *race)
{
    int wins = 0, who = -1;
    for (int i = 0; i < SUITE_THREADS; i++) {
        assert_false(race->wrong[i]);
        wins += race->won[i];
        who = race->won[i] ? i : who;
    }
    assert_int_equal(wins, 1);
    return who;
}

int suite_run(const struct contract_driver *drivers, size_t n_drivers)
{
    const struct contract_case *const files[] = {
        life_cases,   list_cases,       annotation_cases, filter_cases, tombstone_setting_cases,
        import_cases, concurrency_cases};
    struct contract_case cases[64];
    size_t n = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (const struct contract_case *c = files[i]; c->name; c++) {
            assert(n < sizeof cases / sizeof *cases);
            cases[n++] = *c;
        }
    return contract_run("records", drivers, n_drivers, cases, n);
}

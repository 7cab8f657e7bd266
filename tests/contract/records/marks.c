/* Records and people: edits, verdicts, reviews. */
#include <stdio.h>
#include <unistd.h>

#include "suite.h"

static json_t *edits_of(int person)
{
    return json_pack("{s:i, s:{s:{s:[f,f,f,f], s:s}}}", "person", person, "boxes", "neck", "box",
                     1.5, 2.0, 30.0, 40.0, "by", "hand");
}

/* A processed record, and what a person says about it. */
struct said {
    struct pc_records *rs;
    struct pc_record before;
    json_t *edits, *verdicts;
};

static struct said begin(void **state)
{
    struct said s = {.rs = suite_open(state),
                     .edits = edits_of(1),
                     .verdicts = json_pack("{s:{s:s}}", "neck", "verdict", "approved")};
    s.before = suite_processed(s.rs, "u", true);
    return s;
}

static void end(struct said *s)
{
    pc_record_finish(&s->before);
    json_decref(s->edits);
    json_decref(s->verdicts);
    pc_records_close(s->rs);
}

/* Marks what was seen. Gives the record as it is then. */
static struct pc_record mark(struct pc_records *rs, const struct pc_record *seen,
                             const struct pc_record_marks *marks)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_mark(rs, seen->id, seen->seq, marks, &r, &err), &err);
    return r;
}

static void marks_are_written_and_come_back(void **state)
{
    struct said s = begin(state);
    assert_int_equal(json_object_size(s.before.edits) + json_object_size(s.before.verdicts), 0);
    assert_int_equal(s.before.review, PC_REVIEW_NONE);
    struct pc_record_marks marks = {.edits = s.edits, .review = -1};
    struct pc_record edited = mark(s.rs, &s.before, &marks);
    assert_true(edited.seq > s.before.seq && edited.updated_ms >= s.before.updated_ms);
    assert_int_equal(edited.status, PC_PROCESSED);
    assert_true(json_equal(edited.edits, s.edits));
    marks = (struct pc_record_marks){.verdicts = s.verdicts, .review = PC_REVIEW_REJECTED};
    struct pc_record r = mark(s.rs, &edited, &marks);
    pc_record_finish(&r);
    r = suite_get(s.rs, s.before.id);
    assert_true(json_equal(r.edits, s.edits)); /* NULL: as it was */
    assert_true(json_equal(r.verdicts, s.verdicts));
    assert_int_equal(r.review, PC_REVIEW_REJECTED);
    assert_true(json_equal(r.shots, s.before.shots) && json_equal(r.detail, s.before.detail));
    assert_true(r.attention && r.finished_ms == s.before.finished_ms);
    pc_record_finish(&r);
    pc_record_finish(&edited);
    end(&s);
}

/* All of them at once, and the record waits for its cut. */
static struct pc_record reopen(struct said *s)
{
    struct pc_record_marks marks = {
        .edits = s->edits, .verdicts = s->verdicts, .review = PC_REVIEW_APPROVED, .reopen = true};
    return mark(s->rs, &s->before, &marks);
}

static void a_mark_may_reopen_and_outlives_the_cut(void **state)
{
    struct said s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = reopen(&s);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_true(r.attempts == 0 && r.progress == 0 && r.finished_ms == 0);
    assert_int_equal(json_array_size(r.shots), 1);
    pc_record_finish(&r);
    assert_ok(pc_records_begin(s.rs, s.before.id, &r, &err), &err);
    assert_true(json_equal(r.edits, s.edits) && json_equal(r.verdicts, s.verdicts));
    pc_record_finish(&r);
    suite_finish(s.rs, s.before.id, "shots/new.jpg", false);
    r = suite_get(s.rs, s.before.id);
    assert_true(json_equal(r.edits, s.edits) && json_equal(r.verdicts, s.verdicts));
    assert_int_equal(r.review, PC_REVIEW_APPROVED);
    pc_record_finish(&r);
    end(&s);
}

static void finish_writes_the_verdicts_it_is_given(void **state)
{
    struct said s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = reopen(&s);
    pc_record_finish(&r);
    json_object_clear(s.verdicts);
    struct pc_record_result result = {.width = 5, .verdicts = s.verdicts, .review = PC_REVIEW_NONE};
    assert_ok(pc_records_finish(s.rs, s.before.id, &result, &err), &err);
    r = suite_get(s.rs, s.before.id);
    assert_int_equal(json_object_size(r.verdicts), 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    assert_true(json_equal(r.edits, s.edits));
    pc_record_finish(&r);
    end(&s);
}

static void a_mark_is_refused_where_it_does_not_fit(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record done = suite_processed(rs, "done", false), r;
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
    struct said s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_marks marks = {.edits = s.edits, .review = PC_REVIEW_APPROVED};
    struct pc_record r = mark(s.rs, &s.before, &marks);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(s.rs, s.before.id, &r, &err), &err);
    assert_true(json_equal(r.edits, s.edits));
    pc_record_finish(&r);
    r = suite_get(s.rs, suite_insert(s.rs, "u"));
    assert_int_equal(json_object_size(r.edits), 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    pc_record_finish(&r);
    end(&s);
}

static void reopening_finds_marks(void **state)
{
    struct said s = begin(state);
    struct pc_record_marks marks = {.edits = s.edits, .review = PC_REVIEW_REJECTED};
    struct pc_record r = mark(s.rs, &s.before, &marks);
    pc_record_finish(&r);
    pc_records_close(s.rs);
    s.rs = suite_open(state);
    r = suite_get(s.rs, s.before.id);
    assert_true(json_equal(r.edits, s.edits) && r.review == PC_REVIEW_REJECTED);
    pc_record_finish(&r);
    end(&s);
}

static void mark_first(void *ctx, int i)
{
    struct suite_race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    json_t *edits = edits_of(i);
    struct pc_record_marks marks = {.edits = edits, .review = -1};
    race->won[i] = pc_records_mark(race->rs, race->id, race->seq, &marks, &r, &err) == PC_OK;
    race->wrong[i] = !race->won[i] && err.code != PC_E_CHANGED_MEANWHILE;
    pc_record_finish(&r);
    json_decref(edits);
}

static void one_of_eight_marks_what_all_saw(void **state)
{
    struct suite_race race = {.rs = suite_open(state)};
    struct pc_record r = suite_processed(race.rs, "u", false);
    race.id = r.id;
    race.seq = r.seq;
    pc_record_finish(&r);
    contract_threads(SUITE_THREADS, mark_first, &race);
    r = suite_get(race.rs, race.id);
    assert_int_equal(json_integer_value(json_object_get(r.edits, "person")), suite_winner(&race));
    pc_record_finish(&r);
    pc_records_close(race.rs);
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
    struct pc_record r = suite_processed(rs, "u", false);
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
    CASE(one_of_eight_marks_what_all_saw),
    CASE_IF(CAN_PERSIST, reopening_finds_marks),
    CASE_IF(CAN_PERSIST, kill_9_loses_no_answered_mark),
    {NULL, NULL, 0},
};

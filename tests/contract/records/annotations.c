/* Annotations: edits, decisions, reviews. */
#include <stdio.h>
#include <unistd.h>

#include "suite.h"

/* Gives: pc_record_edits_finish. */
static struct pc_record_edits edits_of(int person)
{
    struct pc_record_edits edits = {.has_person = true, .person = person};
    pc_record_edits_put_box(&edits, "neck", (struct pc_ibox){1, 2, 30, 40}, "hand");
    return edits;
}

/* A processed record, and what a person sets and decides. */
struct annotated {
    struct pc_records *rs;
    struct pc_record before;
    struct pc_record_edits edits;
    struct pc_record_decisions decisions;
};

static bool is_approved(const struct pc_record *r)
{
    const struct pc_record_decision *d = pc_record_decisions_find(&r->decisions, "neck");
    return r->decisions.n == 1 && d && strcmp(d->verdict, "approved") == 0;
}

static struct annotated begin(void **state)
{
    struct annotated s = {.rs = suite_open(state), .edits = edits_of(1)};
    pc_record_decisions_add(&s.decisions, "neck")->verdict = "approved";
    s.before = suite_processed(s.rs, "u", true);
    return s;
}

static void end(struct annotated *s)
{
    pc_record_finish(&s->before);
    pc_record_edits_finish(&s->edits);
    pc_record_decisions_finish(&s->decisions);
    pc_records_close(s->rs);
}

/* Annotates the record as it was seen. Gives it as it is then. */
static struct pc_record annotate(struct pc_records *rs, const struct pc_record *seen,
                                 const struct pc_record_annotations *annotations)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_annotate(rs, seen->id, seen->seq, annotations, &r, &err), &err);
    return r;
}

static void annotations_are_written_and_come_back(void **state)
{
    struct annotated s = begin(state);
    assert_int_equal(s.before.edits.n_boxes + s.before.decisions.n, 0);
    assert_int_equal(s.before.review, PC_REVIEW_NONE);
    struct pc_record_annotations annotations = {.edits = &s.edits, .review = -1};
    struct pc_record edited = annotate(s.rs, &s.before, &annotations);
    assert_true(edited.seq > s.before.seq && edited.updated_ms >= s.before.updated_ms);
    assert_int_equal(edited.status, PC_PROCESSED);
    assert_true(pc_record_edits_equal(&edited.edits, &s.edits));
    annotations =
        (struct pc_record_annotations){.decisions = &s.decisions, .review = PC_REVIEW_REJECTED};
    struct pc_record r = annotate(s.rs, &edited, &annotations);
    pc_record_finish(&r);
    r = suite_get(s.rs, s.before.id);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits)); /* NULL: as it was */
    assert_true(is_approved(&r));
    assert_int_equal(r.review, PC_REVIEW_REJECTED);
    assert_true(r.result.n_shots == 1 && r.result.people);
    assert_true(r.attention && r.finished_ms == s.before.finished_ms);
    pc_record_finish(&r);
    pc_record_finish(&edited);
    end(&s);
}

/* All of them at once, and the record waits for its cut. */
static struct pc_record reopen(struct annotated *s)
{
    struct pc_record_annotations annotations = {.edits = &s->edits,
                                                .decisions = &s->decisions,
                                                .review = PC_REVIEW_APPROVED,
                                                .reopen = true};
    return annotate(s->rs, &s->before, &annotations);
}

static void an_annotation_may_reopen_and_outlives_the_cut(void **state)
{
    struct annotated s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = reopen(&s);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_true(r.attempts == 0 && r.progress == 0 && r.finished_ms == 0);
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    assert_ok(pc_records_begin(s.rs, s.before.id, &r, &err), &err);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits) && is_approved(&r));
    pc_record_finish(&r);
    suite_finish(s.rs, s.before.id, "shots/new.jpg", false);
    r = suite_get(s.rs, s.before.id);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits) && is_approved(&r));
    assert_int_equal(r.review, PC_REVIEW_APPROVED);
    pc_record_finish(&r);
    end(&s);
}

static void finish_writes_the_decisions_it_is_given(void **state)
{
    struct annotated s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = reopen(&s);
    pc_record_finish(&r);
    pc_record_decisions_remove(&s.decisions, "neck");
    struct pc_record_completion result = {
        .width = 5, .decisions = &s.decisions, .review = PC_REVIEW_NONE};
    assert_ok(pc_records_finish(s.rs, s.before.id, &result, &err), &err);
    r = suite_get(s.rs, s.before.id);
    assert_int_equal(r.decisions.n, 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits));
    pc_record_finish(&r);
    end(&s);
}

static void an_annotation_is_refused_where_it_does_not_fit(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record done = suite_processed(rs, "done", false), r;
    int64_t waiting = suite_insert(rs, "waiting"), seq = suite_last_seq(rs);
    struct pc_record_annotations annotations = {.review = PC_REVIEW_APPROVED};
    assert_code(pc_records_annotate(rs, 77, 1, &annotations, &r, &err), PC_E_NOT_FOUND);
    assert_code(pc_records_annotate(rs, -1, 1, &annotations, &r, &err), PC_E_NOT_FOUND);
    assert_code(pc_records_annotate(rs, waiting, seq, &annotations, &r, &err), PC_E_NOT_PROCESSED);
    assert_code(pc_records_annotate(rs, done.id, done.seq - 1, &annotations, &r, &err),
                PC_E_CHANGED_MEANWHILE);
    assert_code(pc_records_annotate(rs, done.id, done.seq + 1, &annotations, &r, &err),
                PC_E_CHANGED_MEANWHILE);
    struct pc_record_annotations bad[] = {{.review = -2}, {.review = PC_REVIEW_COUNT}};
    for (size_t i = 0; i < 2; i++)
        assert_code(pc_records_annotate(rs, done.id, done.seq, &bad[i], &r, &err),
                    PC_E_BAD_REQUEST);
    r = suite_get(rs, done.id);
    assert_true(r.seq == done.seq && r.review == PC_REVIEW_NONE);
    assert_int_equal(suite_last_seq(rs), seq);
    pc_record_finish(&r);
    pc_record_finish(&done);
    pc_records_close(rs);
}

static void removing_a_record_removes_its_annotations(void **state)
{
    struct annotated s = begin(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_annotations annotations = {.edits = &s.edits, .review = PC_REVIEW_APPROVED};
    struct pc_record r = annotate(s.rs, &s.before, &annotations);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(s.rs, s.before.id, &r, &err), &err);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits));
    pc_record_finish(&r);
    r = suite_get(s.rs, suite_insert(s.rs, "u"));
    assert_int_equal(r.edits.n_boxes, 0);
    assert_int_equal(r.review, PC_REVIEW_NONE);
    pc_record_finish(&r);
    end(&s);
}

static void annotations_survive_a_restart(void **state)
{
    struct annotated s = begin(state);
    struct pc_record_annotations annotations = {.edits = &s.edits, .review = PC_REVIEW_REJECTED};
    struct pc_record r = annotate(s.rs, &s.before, &annotations);
    pc_record_finish(&r);
    pc_records_close(s.rs);
    s.rs = suite_open(state);
    r = suite_get(s.rs, s.before.id);
    assert_true(pc_record_edits_equal(&r.edits, &s.edits) && r.review == PC_REVIEW_REJECTED);
    pc_record_finish(&r);
    end(&s);
}

static void annotate_first(void *ctx, int i)
{
    struct suite_race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_edits edits = edits_of(i);
    struct pc_record_annotations annotations = {.edits = &edits, .review = -1};
    race->won[i] =
        pc_records_annotate(race->rs, race->id, race->seq, &annotations, &r, &err) == PC_OK;
    race->wrong[i] = !race->won[i] && err.code != PC_E_CHANGED_MEANWHILE;
    pc_record_finish(&r);
    pc_record_edits_finish(&edits);
}

static void one_of_eight_concurrent_annotations_wins(void **state)
{
    struct suite_race race = {.rs = suite_open(state)};
    struct pc_record r = suite_processed(race.rs, "u", false);
    race.id = r.id;
    race.seq = r.seq;
    pc_record_finish(&r);
    contract_threads(SUITE_THREADS, annotate_first, &race);
    r = suite_get(race.rs, race.id);
    assert_int_equal(r.edits.person, suite_winner(&race));
    pc_record_finish(&r);
    pc_records_close(race.rs);
}

struct child {
    const struct contract *c;
    int64_t id;
    int out; /* pipe: the number of each mark that was answered */
};

static int annotate_until_killed(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    struct pc_record r;
    if (pc_records_open(child->c->d->driver, child->c->url, &rs, &err) ||
        pc_records_get(rs, child->id, &r, &err))
        return CHILD_FAILED;
    for (int i = 1;; i++) {
        struct pc_record_edits edits = edits_of(i);
        struct pc_record_annotations annotations = {.edits = &edits, .review = -1};
        int64_t seq = r.seq;
        pc_record_finish(&r);
        if (pc_records_annotate(rs, child->id, seq, &annotations, &r, &err) ||
            write(child->out, &i, sizeof i) != sizeof i)
            return CHILD_FAILED;
        pc_record_edits_finish(&edits);
    }
}

static void kill_9_loses_no_answered_annotation(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_record r = suite_processed(rs, "u", false);
    int ends[2], n = 0, answered = 0;
    pc_records_close(rs);
    assert_int_equal(pipe(ends), 0);
    struct child child = {.c = *state, .id = r.id, .out = ends[1]};
    pc_record_finish(&r);
    pid_t pid = contract_fork(annotate_until_killed, &child);
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
    assert_true(r.edits.person >= answered);
    pc_record_finish(&r);
    pc_records_close(rs);
}

const struct contract_case annotation_cases[] = {
    CASE(annotations_are_written_and_come_back),
    CASE(an_annotation_may_reopen_and_outlives_the_cut),
    CASE(finish_writes_the_decisions_it_is_given),
    CASE(an_annotation_is_refused_where_it_does_not_fit),
    CASE(removing_a_record_removes_its_annotations),
    CASE(one_of_eight_concurrent_annotations_wins),
    CASE_IF(CAN_PERSIST, annotations_survive_a_restart),
    CASE_IF(CAN_PERSIST, kill_9_loses_no_answered_annotation),
    {NULL, NULL, 0},
};

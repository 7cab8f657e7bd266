#include "service/review.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "service/decisions.h"
#include "service/internal.h"

enum { ATTEMPTS = 3, RATED_IMAGES = 1000 };

static enum pc_code decide(const struct pc_decision_request *request, const struct pc_record *seen,
                           struct pc_record_decisions *decisions, struct pc_err *err)
{
    int64_t now_ms = pc_clock_wall_ms();
    for (int i = 0; i < request->n_labels; i++)
        if (!pc_record_result_find(&seen->result, request->labels[i]))
            return pc_fail(err, PC_E_BAD_REQUEST, "This image has no shot called '%.40s'.",
                           request->labels[i]);
    for (int i = 0; i < seen->result.n_shots; i++) {
        const struct pc_record_shot *shot = &seen->result.shots[i];
        bool meant = !request->labels && pc_decisions_wanted(&seen->result, shot);
        for (int k = 0; k < request->n_labels; k++)
            meant = meant || pc_str_eq(request->labels[k], shot->label);
        if (!shot->label || !meant)
            continue;
        if (request->decision == PC_REVIEW_NONE)
            pc_decisions_clear(decisions, shot->label);
        else
            pc_decisions_set(decisions, shot->label, request->decision, request->reason,
                             pc_service_is_drawn(&seen->edits, shot->label), now_ms);
    }
    return PC_OK;
}

static enum pc_code review_once(struct pc_service *svc, int64_t id,
                                const struct pc_decision_request *request, struct pc_record *r,
                                struct pc_err *err)
{
    struct pc_record seen = {0};
    struct pc_record_decisions decisions = {.n = 0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &seen, err);
    if (!rc && seen.status != PC_PROCESSED)
        rc = pc_fail(err, PC_E_NOT_PROCESSED, NULL);
    if (!rc) {
        pc_record_decisions_copy(&decisions, &seen.decisions);
        rc = decide(request, &seen, &decisions, err);
    }
    if (!rc) {
        struct pc_record_annotations annotations = {
            .decisions = &decisions, .review = (int)pc_decisions_review(&decisions, &seen.result)};
        rc = pc_records_annotate(svc->parts.records, id, seen.seq, &annotations, r, err);
    }
    if (!rc)
        pc_events_changed(svc->events, id);
    pc_record_decisions_finish(&decisions);
    pc_record_finish(&seen);
    return rc;
}

enum pc_code pc_service_review(struct pc_service *svc, int64_t id,
                               const struct pc_decision_request *request, struct pc_record *r,
                               struct pc_err *err)
{
    enum pc_code rc = PC_E_CHANGED_MEANWHILE;
    for (int i = 0; i < ATTEMPTS && rc == PC_E_CHANGED_MEANWHILE; i++)
        rc = review_once(svc, id, request, r, err);
    return rc;
}

/* --- rates --- */

static void rate_image(struct pc_review_rates *rates, const struct pc_record *r)
{
    rates->images++;
    for (int i = 0; i < r->result.n_shots; i++) {
        const struct pc_record_shot *shot = &r->result.shots[i];
        const struct pc_record_decision *decision =
            shot->label ? pc_record_decisions_find(&r->decisions, shot->label) : NULL;
        if (!decision || !decision->first)
            continue;
        int at = 0;
        while (at < rates->n && strcmp(rates->rates[at].label, shot->label) != 0)
            at++;
        if (at == rates->n) {
            rates->rates =
                pc_arena_extend(&rates->arena, rates->rates, rates->n++, sizeof *rates->rates);
            rates->rates[at].label = pc_arena_strdup(&rates->arena, shot->label);
            rates->rates[at].title =
                pc_arena_strdup(&rates->arena, shot->title ? shot->title : shot->label);
        }
        struct pc_review_rate *rate = &rates->rates[at];
        rate->reviewed++;
        rate->first += pc_str_eq(decision->first, pc_record_review_name(PC_REVIEW_APPROVED));
        if (decision->why || decision->reason) /* of the first rejection, else of one that stands */
            pc_tally_add(&rate->reasons, &rates->arena,
                         decision->why ? decision->why : decision->reason, 1);
    }
}

enum pc_code pc_service_rates(struct pc_service *svc, const char *batch,
                              struct pc_review_rates *out, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list approved = {0}, rejected = {0};
    *out = (struct pc_review_rates){.n = 0};
    q.limit = RATED_IMAGES;
    q.sort = PC_SORT_UPDATED;
    q.batch = batch && *batch ? batch : NULL;
    q.review = PC_REVIEW_APPROVED;
    enum pc_code rc = pc_records_list(svc->parts.records, &q, &approved, err);
    q.review = PC_REVIEW_REJECTED;
    if (!rc)
        rc = pc_records_list(svc->parts.records, &q, &rejected, err);
    /* The newest of both, each of which comes newest first. */
    for (int a = 0, b = 0; !rc && a + b < RATED_IMAGES && (a < approved.n || b < rejected.n);) {
        bool take_a = b == rejected.n || (a < approved.n && approved.items[a].updated_ms >=
                                                                rejected.items[b].updated_ms);
        rate_image(out, take_a ? &approved.items[a++] : &rejected.items[b++]);
    }
    pc_record_list_finish(&approved);
    pc_record_list_finish(&rejected);
    return rc;
}

void pc_review_rates_finish(struct pc_review_rates *rates)
{
    pc_arena_finish(&rates->arena);
    *rates = (struct pc_review_rates){.n = 0};
}

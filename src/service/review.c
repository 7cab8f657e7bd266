/* Saying yes or no to shots, and how often it was yes at the first look. */
#include "service/review.h"
#include "base/clock.h"
#include "base/str.h"
#include "service/decisions.h"
#include "service/edits.h"
#include "service/encode.h"
#include "service/internal.h"

enum { ATTEMPTS = 3, RATED = 1000 };

static bool names(const json_t *labels, const char *label)
{
    for (size_t i = 0; i < json_array_size(labels); i++)
        if (pc_str_eq(json_string_value(json_array_get(labels, i)), label))
            return true;
    return false;
}

static const char *label_of(const json_t *shots, size_t i)
{
    return json_string_value(json_object_get(json_array_get(shots, i), "label"));
}

static enum pc_code check_labels(const struct pc_record *r, const json_t *labels,
                                 struct pc_err *err)
{
    for (size_t i = 0; i < json_array_size(labels); i++) {
        const char *label = json_string_value(json_array_get(labels, i));
        bool known = false;
        for (size_t k = 0; label && !known && k < json_array_size(r->shots); k++)
            known = pc_str_eq(label_of(r->shots, k), label);
        if (!known)
            return pc_fail(err, PC_E_BAD_REQUEST, "This image has no shot called '%.40s'.",
                           label ? label : "");
    }
    return PC_OK;
}

static void decide(json_t *decisions, const struct pc_record *r,
                   const struct pc_decision_request *what)
{
    int64_t now_ms = pc_clock_wall_ms();
    for (size_t i = 0; i < json_array_size(r->shots); i++) {
        const json_t *shot = json_array_get(r->shots, i);
        const char *label = label_of(r->shots, i);
        bool meant = what->shots ? names(what->shots, label) : pc_decisions_wanted(r->shots, shot);
        if (!label || !meant)
            continue;
        if (what->decision == PC_REVIEW_NONE)
            pc_decisions_clear(decisions, label);
        else
            pc_decisions_set(decisions, label, what->decision, what->reason,
                             pc_edits_box_by(r->edits, label) == PC_ORIGIN_HAND, now_ms);
    }
}

static enum pc_code review_once(struct pc_service *svc, int64_t id,
                                const struct pc_decision_request *what, json_t **out,
                                struct pc_err *err)
{
    struct pc_encode_links links = pc_encode_links_of(svc);
    struct pc_record seen = {0}, r = {0};
    json_t *decisions = NULL;
    enum pc_code rc = pc_records_get(svc->parts.records, id, &seen, err);
    if (!rc && seen.status != PC_PROCESSED)
        rc = pc_fail(err, PC_E_NOT_PROCESSED, NULL);
    if (!rc)
        rc = check_labels(&seen, what->shots, err);
    if (!rc) {
        decisions = json_deep_copy(seen.decisions);
        decide(decisions, &seen, what);
        struct pc_record_annotations annotations = {
            .decisions = decisions, .review = (int)pc_decisions_review(decisions, seen.shots)};
        rc = pc_records_annotate(svc->parts.records, id, seen.seq, &annotations, &r, err);
    }
    if (!rc) {
        pc_events_changed(svc->events, id);
        *out = pc_encode_image_detail(&links, &r);
    }
    json_decref(decisions);
    pc_record_finish(&seen);
    pc_record_finish(&r);
    return rc;
}

enum pc_code pc_service_review(struct pc_service *svc, int64_t id,
                               const struct pc_decision_request *what, json_t **out,
                               struct pc_err *err)
{
    enum pc_code rc = PC_E_CHANGED_MEANWHILE;
    for (int i = 0; i < ATTEMPTS && rc == PC_E_CHANGED_MEANWHILE; i++)
        rc = review_once(svc, id, what, out, err);
    return rc;
}

/* --- rates -------------------------------------------------------------------------------------
 */

static void add(json_t *o, const char *field, json_int_t n)
{
    json_object_set_new(o, field, json_integer(json_integer_value(json_object_get(o, field)) + n));
}

/* The reason of the first rejection, else of one that stands now. */
static const char *reason_in(const json_t *entry)
{
    const char *why = json_string_value(json_object_get(entry, "why"));
    return why ? why : json_string_value(json_object_get(entry, "reason"));
}

static void rate_shot(json_t *rates, const json_t *shot, const json_t *entry)
{
    const char *label = json_string_value(json_object_get(shot, "label"));
    const char *first = json_string_value(json_object_get(entry, "first"));
    const char *title = json_string_value(json_object_get(shot, "title"));
    if (!label || !first)
        return;
    json_t *rate = json_object_get(rates, label);
    if (!rate) {
        rate = json_pack("{s:s, s:s, s:i, s:i, s:{}}", "label", label, "title",
                         title ? title : label, "reviewed", 0, "first", 0, "reasons");
        json_object_set_new(rates, label, rate);
    }
    add(rate, "reviewed", 1);
    add(rate, "first", pc_str_eq(first, pc_record_review_name(PC_REVIEW_APPROVED)));
    if (reason_in(entry))
        add(json_object_get(rate, "reasons"), reason_in(entry), 1);
}

static void rate_image(json_t *rates, const struct pc_record *r)
{
    for (size_t i = 0; i < json_array_size(r->shots); i++) {
        const char *label = label_of(r->shots, i);
        if (label)
            rate_shot(rates, json_array_get(r->shots, i), json_object_get(r->decisions, label));
    }
}

/* The newest of both lists, each newest first. */
static int rate_newest(json_t *rates, const struct pc_record_list *a,
                       const struct pc_record_list *b)
{
    int i = 0, k = 0;
    while (i + k < RATED && (i < a->n || k < b->n)) {
        bool from_a = k == b->n || (i < a->n && a->items[i].updated_ms >= b->items[k].updated_ms);
        rate_image(rates, from_a ? &a->items[i++] : &b->items[k++]);
    }
    return i + k;
}

static json_t *rates_view(json_t *rates, int images)
{
    json_t *list = json_array(), *rate;
    const char *label;
    json_object_foreach(rates, label, rate)
    {
        double n = json_number_value(json_object_get(rate, "reviewed"));
        json_object_set_new(rate, "rate",
                            json_real(json_number_value(json_object_get(rate, "first")) / n));
        json_array_append(list, rate);
    }
    return json_pack("{s:i, s:o}", "images", images, "recipes", list);
}

enum pc_code pc_service_rates(struct pc_service *svc, const char *batch, json_t **out,
                              struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list yes = {0}, no = {0};
    q.limit = RATED;
    q.sort = PC_SORT_UPDATED;
    q.batch = batch && *batch ? batch : NULL;
    q.review = PC_REVIEW_APPROVED;
    enum pc_code rc = pc_records_list(svc->parts.records, &q, &yes, err);
    q.review = PC_REVIEW_REJECTED;
    if (!rc)
        rc = pc_records_list(svc->parts.records, &q, &no, err);
    if (!rc) {
        json_t *rates = json_object();
        int images = rate_newest(rates, &yes, &no);
        *out = rates_view(rates, images);
        json_decref(rates);
    }
    pc_record_list_finish(&yes);
    pc_record_list_finish(&no);
    return rc;
}

/* What people said of an image's shots: the JSON that its record keeps as verdicts. Pure.
 *
 *     {label: {"verdict": "approved" | "rejected", "reason": text, "at": time,
 *              "first": "approved" | "rejected" | "corrected", "why": text, "fresh": true}}
 *
 * first is what came first, for the rate: a verdict, or a box drawn by hand before any. It outlives
 * the verdict: a cut that changes the shot leaves first and why (the reason of a first rejection)
 * alone. But a verdict that is taken back while it is fresh (it was the first, and nothing came
 * after it) never was: a wrong key spoils no rate.
 * Threads: safe on JSON of one's own.
 */
#ifndef PC_SERVICE_DECISIONS_H
#define PC_SERVICE_DECISIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "records/records.h"

/* verdict is not PC_REVIEW_NONE; reason may be NULL. by_hand: a person has drawn its box. */
void pc_decisions_set(json_t *decisions, const char *label, enum pc_record_review decision,
                      const char *reason, bool by_hand, int64_t now_ms);
void pc_decisions_clear(json_t *decisions, const char *label);
/* Gives them without those of shots that were cut otherwise before (another box or recipe), or that
 * are not made any more. */
json_t *pc_decisions_after_cut(const json_t *decisions, const json_t *before, const json_t *shots);
/* All in all: rejected when one is; approved when all are that have a file (all, when none has). */
enum pc_record_review pc_decisions_review(const json_t *decisions, const json_t *shots);
/* Is a person asked about this shot? Of a picture without any file, about each. */
bool pc_decisions_wanted(const json_t *shots, const json_t *shot);
/* Gives the Verdict of the API, NULL when there is none. */
json_t *pc_decisions_encode(const json_t *decisions, const char *label);

#endif

/* What people decided about an image's shots (struct pc_record_decisions), as pure functions.
 * Private to src/service.
 *
 * The first decision about a shot counts for the rate of shots that were right at once; a box that
 * a person drew before any decision counts as "corrected". It outlives the decision: when a cut
 * changes the shot, the decision goes, and first and why (the reason of a first rejection) stay.
 * One exception: a decision that is cleared while it is the first and only one leaves nothing, so
 * that a decision made by mistake does not count.
 *
 * Threads: pure.
 */
#ifndef PC_SERVICE_DECISIONS_H
#define PC_SERVICE_DECISIONS_H

#include "records/records.h"

/* decision is not PC_REVIEW_NONE. reason: of a rejection, or NULL. drawn: a person drew the shot's
 * box on the image itself. */
void pc_decisions_set(struct pc_record_decisions *decisions, const char *label,
                      enum pc_record_review decision, const char *reason, bool drawn,
                      int64_t now_ms);
void pc_decisions_clear(struct pc_record_decisions *decisions, const char *label);
/* Drops the decisions about shots that are cut differently now (another box or recipe) or not at
 * all. */
void pc_decisions_drop_changed(struct pc_record_decisions *decisions,
                               const struct pc_record_result *before,
                               const struct pc_record_result *now);
/* The image as a whole: rejected when one shot is; approved when all that want a decision are. */
enum pc_record_review pc_decisions_review(const struct pc_record_decisions *decisions,
                                          const struct pc_record_result *result);
/* Does this shot want a decision? Those with a file do; where none has one, all do. */
bool pc_decisions_wanted(const struct pc_record_result *result, const struct pc_record_shot *shot);

#endif

/* Changing what people set on an image (the edits of its record). Private to src/service.
 * Threads: as service.h. */
#ifndef PC_SERVICE_EDITS_H
#define PC_SERVICE_EDITS_H

#include "service/service.h"

/* Gives *edits: the record's with change (EditsChange; NULL: none) carried out, judged by how the
 * image is planned with these recipes. Errors: bad_json, bad_request. */
PC_NODISCARD enum pc_code pc_edits_merge(struct pc_service *svc, const struct pc_record *r,
                                         const struct pc_recipe_set *recipes, const json_t *change,
                                         json_t **edits, struct pc_err *err);
/* Puts box (NULL: none) at label into edits, which it changes. */
void pc_edits_put_box(json_t *edits, const char *label, const struct pc_ibox *box,
                      enum pc_origin by);
/* Who set a box at label; PC_ORIGIN_RECIPE: nobody. */
enum pc_origin pc_edits_box_by(const json_t *edits, const char *label);
/* The shot with this label, or NULL. Borrows from plan. */
const struct pc_shot *pc_edits_find_shot(const struct pc_plan *plan, const char *label);

/* Writes edits into a record that was read as seen, makes it pending and queues it. Fills r.
 * changed_meanwhile, not_processed, not_found. */
PC_NODISCARD enum pc_code pc_edits_write(struct pc_service *svc, const struct pc_record *seen,
                                         json_t *edits, enum pc_priority priority,
                                         struct pc_record *r, struct pc_err *err);

#endif

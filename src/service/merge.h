/* The edits of a record with a change applied. Private to src/service. Threads: pure. */
#ifndef PC_SERVICE_MERGE_H
#define PC_SERVICE_MERGE_H

#include "records/record.h"
#include "service/edit_request.h"
#include "service/pipeline.h"

/* Fills edits with those of r after the change, which must fit how the image is planned by these
 * recipes. bad_request; edits is empty then. */
PC_NODISCARD enum pc_code pc_merge_edits(const struct pc_pipeline *pipeline,
                                         const struct pc_record *r,
                                         const struct pc_recipe_set *recipes,
                                         const struct pc_edit_request *request,
                                         struct pc_record_edits *edits, struct pc_err *err);

#endif

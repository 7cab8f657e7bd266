/* Operations of the API document whose handlers are being written. */
#include "http/internal.h"

static enum pc_code not_there(struct pc_request *r)
{
    return pc_fail(&r->err, PC_E_NOT_FOUND, "This operation is not there yet.");
}

#define UPCOMING(op) const struct pc_handler pc_handle_##op = {.end = not_there};
UPCOMING(editImage)
UPCOMING(planImage)
UPCOMING(reviewImage)
UPCOMING(offsetEdits)
UPCOMING(reviewRates)

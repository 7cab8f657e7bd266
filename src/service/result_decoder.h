/* Reading back what a record keeps of a run (view.c tells the form). Pure. Threads: safe. */
#ifndef PC_SERVICE_RESULT_DECODER_H
#define PC_SERVICE_RESULT_DECODER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/geometry.h"
#include "shots/shots.h"

/* The people of a detail object. False when it holds none of our form (nobody found is true, n =
 * 0). */
bool pc_result_decode_people(const json_t *detail, struct pc_people *out);
/* [x, y, w, h] in whole pixels. */
bool pc_result_decode_box(const json_t *list, struct pc_ibox *out);
/* What was measured of a picture without a person; false when nothing was. */
bool pc_result_decode_object(const json_t *detail, struct pc_object *out);
json_t *pc_result_encode_object(const struct pc_object *object); /* gives */

#endif

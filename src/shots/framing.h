/* One recipe on one body or object: the box, the size of the file, the state and the reasons.
 * Private to src/shots, but for pc_framing_of_body, which src/recipes/check.c uses as well.
 * Threads: pure.
 */
#ifndef PC_SHOTS_FRAMING_H
#define PC_SHOTS_FRAMING_H

#include "shots/body.h"
#include "shots/shots.h"

/* Fills state, reasons, score, box and size of a shot whose recipe is set. */
void pc_framing_of_body(struct pc_shot *shot, const struct pc_body *body);
/* The same for an image without a person, from its object or its region of interest. */
void pc_framing_of_object(struct pc_shot *shot, const struct pc_object *object, int width,
                          int height);
/* Fills the size of the file from box and recipe. The shot is absent when the box is too small for
 * an image. */
void pc_framing_set_size(struct pc_shot *shot);

#endif

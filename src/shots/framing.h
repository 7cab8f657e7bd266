/* One recipe on one body: the box, the state and the reasons. Private to src/shots.
 * Threads: pure. */
#ifndef PC_SHOTS_FRAMING_H
#define PC_SHOTS_FRAMING_H

#include "shots/body.h"
#include "shots/shots.h"

/* Fills state, reasons, score, box and size of a shot whose recipe is set. */
void pc_framing_of_body(struct pc_shot *shot, const struct pc_body *body, int width, int height);
/* The same for a picture without a person, from its pixels' object or interest. */
void pc_framing_of_object(struct pc_shot *shot, const struct pc_object *object, int width,
                          int height);
/* Size of the file, from box and recipe; absent when the box is too small for a picture. */
void pc_framing_set_size(struct pc_shot *shot);

#endif

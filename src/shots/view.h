/* One recipe on one body: the box, the state and the reasons. Private to src/shots.
 * Threads: pure. */
#ifndef PC_SHOTS_VIEW_H
#define PC_SHOTS_VIEW_H

#include "shots/body.h"
#include "shots/shots.h"

/* Fills state, reasons, score, box and size of a shot whose recipe is set. */
void pc_view_of_body(struct pc_shot *shot, const struct pc_body *body, int width, int height);
/* The same for a picture without a person, from its pixels' object or interest. */
void pc_view_of_object(struct pc_shot *shot, const struct pc_object *object, int width, int height);
/* Size of the file, from box and recipe; absent when the box is too small for a picture. */
void pc_view_size(struct pc_shot *shot);

#endif

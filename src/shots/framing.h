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
enum { PC_FRAMING_SLACK_PX = 2 }; /* rounding inwards shortens a side by at most so much */

/* Cuts off the pixels by which rounding made the box miss the recipe's aspect ratio, so that a square
 * is as wide as it is high. A box that misses the ratio by more stays as it is. */
void pc_framing_trim(const struct pc_recipe *recipe, struct pc_ibox *box);
/* Fills width and height from box and recipe. The shot becomes absent if the box is too small for an
 * image, and review if it is too small to show much or does not have the size that the recipe asks
 * for. */
void pc_framing_set_size(struct pc_shot *shot);

#endif

#include "shots/visibility.h"

#include <math.h>

#define SURE_SCORE .25 /* mean score of the held keypoints; below it: review */

/* How sure the held keypoints are: the mean of their scores. */
static void assess_confidence(struct pc_shot *shot, const struct pc_body *body, uint64_t held)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        const struct pc_body_keypoint *k = &body->keypoints[i];
        if (!pc_body_bits_have(held, i) || k->visibility == PC_VISIBILITY_OUTSIDE)
            continue;
        sum += k->score;
        n++;
    }
    shot->score = n ? fmax(0, fmin(1, sum / n)) : 0;
    if (shot->score < SURE_SCORE)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_LOW_CONFIDENCE);
}

void pc_visibility_assess(struct pc_shot *shot, const struct pc_body *body)
{
    const uint64_t eyes =
        PC_BODY_BIT(PC_BODY_EYES) | PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE);
    const struct pc_recipe *recipe = shot->recipe;
    uint64_t held = pc_recipe_held(recipe);
    bool whole = pc_body_bits_have(held, PC_BODY_PERSON), found = false;
    if (!body->known && !whole) {
        pc_shot_set_absent(shot, PC_REASON_HIDDEN);
        return;
    }
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        const struct pc_body_keypoint *k = &body->keypoints[i];
        bool need = pc_body_bits_have(recipe->need, i);
        if (!pc_body_bits_have(held, i) && !need)
            continue;
        found |= k->visibility == PC_VISIBILITY_SEEN || k->score > 0;
        if (k->visibility == PC_VISIBILITY_OUTSIDE && need) {
            pc_shot_set_absent(shot, PC_REASON_NOT_IN_PHOTO);
            return;
        }
        bool at_edge = k->visibility == PC_VISIBILITY_SEEN && i < PC_KEYPOINT_COUNT &&
                       pc_body_at_edge(body, (struct pc_point){k->x, k->y});
        if (k->visibility == PC_VISIBILITY_OUTSIDE || at_edge)
            pc_shot_downgrade(shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
        else if (k->visibility == PC_VISIBILITY_IMPUTED)
            pc_shot_downgrade(shot, need ? PC_SHOT_REVIEW : PC_SHOT_OK, PC_REASON_HIDDEN);
    }
    if (!found) {
        pc_shot_set_absent(shot, PC_REASON_NOT_IN_PHOTO);
        return;
    }
    /* A person is not whole where the image ends inside the body; a headless one may end above. */
    for (int side = 0; whole && side < PC_SIDES; side++)
        if (body->cut[side] && (side != PC_TOP || recipe->headless == PC_HEADLESS_NO))
            pc_shot_downgrade(shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
    /* The model draws a face on the back of a head, so the keypoints alone do not tell. */
    if (body->facing == PC_FACING_BACK && (recipe->need & eyes))
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_FROM_BEHIND);
    assess_confidence(shot, body, held);
}

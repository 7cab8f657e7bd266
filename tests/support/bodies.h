/* Bodies for tests of src/shots: from data files, and by chance from a seed. */
#ifndef PC_TESTS_BODIES_H
#define PC_TESTS_BODIES_H

#include <jansson.h>

#include "shots/shots.h"

/* Reads tests/data/shots/NAME; fails the test when it is no JSON. Gives. */
json_t *bodies_file(const char *name);

/* A person from {"figure": "standing", "drop": [names], "weak": [names], "only": [names], "scale":
 * 1, "shift": [x, y], "mirror": width, "score": .9, "move": {name: [x, y]}}, based on the keypoints
 * of that name in `figures`. The box is [x, y, w, h] of "box", or round the figure with hair and
 * shoes, in either case moved along. */
struct pc_person bodies_person(const json_t *figures, const json_t *spec);

struct chance {
    uint64_t state;
};
double chance_between(struct chance *c, double lo, double hi);
int chance_below(struct chance *c, int n);
/* Somebody in any pose and place, partly outside, with some keypoints missing. */
struct pc_person chance_person(struct chance *c, int width, int height);

/* The same image seen in a mirror: left and right keypoints change names. */
struct pc_person mirrored(const struct pc_person *p, int width);
struct pc_person scaled(const struct pc_person *p, double by);

#endif

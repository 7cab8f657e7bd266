/* Whom an image is about. Private to src/shots; pc_shots_subject is in shots.h. Threads: pure. */
#ifndef PC_SHOTS_SUBJECT_H
#define PC_SHOTS_SUBJECT_H

#include <stdbool.h>

#include "shots/shots.h"

/* Fills order with the people that count: those who surely are people first, then by size, largest
 * first. Returns how many. */
int pc_subjects_by_size(const struct pc_scene *scene, int order[PC_MAX_PEOPLE]);
/* The one nearest to the middle of the image, or -1. */
int pc_subject_most_central(const struct pc_scene *scene);
/* Is this surely a person? */
bool pc_subject_is_sure(const struct pc_scene *scene, int person);

#endif

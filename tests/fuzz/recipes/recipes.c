/* Recipe files from outside: whatever the bytes, the parser answers, and what it takes can be
 * planned on a body; a judgement agrees with it and has a place within the text; the text for
 * people means the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recipes/recipes.h"
#include "shots/shots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pc_people people = {
    .n = 1,
    .p = {{.score = .9,
           .box = {330, 160, 340, 960},
           .keypoints = {{500, 250, .8},
                         {515, 232, .8},
                         {485, 232, .8},
                         {540, 240, .8},
                         {460, 240, .8},
                         {578, 352, .8},
                         {422, 352, .8},
                         {620, 490, .8},
                         {380, 490, .8},
                         {640, 620, .8},
                         {360, 620, .1},
                         {549, 602, .8},
                         {451, 602, .8},
                         {555, 827, .8},
                         {445, 827, .8},
                         {557, 1047, .8},
                         {443, 1047, .8}}}},
};

static void validate(const char *text, size_t size, bool good)
{
    struct pc_recipe_set set;
    static struct pc_recipes_problems found;
    pc_recipes_validate(text, size, &set, &found);
    if (good != (found.n == 0) || good != (set.n > 0))
        abort();
    for (int i = 0; i < found.n; i++)
        if (found.p[i].line < 1 || found.p[i].column < 1 || found.p[i].line > (int)size + 1)
            abort();
    pc_recipes_finish(&set);
}

static void write_out(const struct pc_recipe_set *set)
{
    struct pc_recipe_set again;
    struct pc_err err = PC_ERR_INIT;
    char *text = pc_recipes_text(set);
    if (pc_recipes_parse(text, strlen(text), &again, &err) || again.n != set->n)
        abort();
    free(text);
    pc_recipes_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_recipe_set set;
    struct pc_err err = PC_ERR_INIT;
    struct pc_plan plan;
    struct pc_scene scene = {.width = 1000,
                             .height = 1000,
                             .people = &people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1};
    bool good = pc_recipes_parse((const char *)data, size, &set, &err) == PC_OK;
    validate((const char *)data, size, good);
    if (!good)
        return 0;
    write_out(&set);
    pc_shots_plan(&set, &scene, &plan);
    for (int i = 0; i < plan.n_shots; i++)
        if (plan.shots[i].state != PC_SHOT_ABSENT &&
            (plan.shots[i].box.w < 1 || plan.shots[i].box.h < 1 || plan.shots[i].width < 1 ||
             plan.shots[i].height < 1))
            abort();
    pc_recipes_finish(&set);
    return 0;
}

#include "service/recording.h"

#include <math.h>

static double tenth(double v)
{
    return round(v * 10) / 10;
}

static double thousandth(double v)
{
    return round(v * 1000) / 1000;
}

static const char **reason_names(struct pc_arena *arena, const enum pc_reason *reasons, int n)
{
    const char **names = pc_arena_alloc(arena, (size_t)(n + 1) * sizeof *names);
    for (int i = 0; i < n; i++)
        names[i] = pc_reason_name(reasons[i]);
    return names;
}

static void record_shot(struct pc_arena *arena, const struct pc_shot *shot,
                        struct pc_record_shot *out)
{
    char label[PC_SHOT_LABEL_BYTES];
    pc_shot_label(shot, label);
    *out = (struct pc_record_shot){
        .label = pc_arena_strdup(arena, label),
        .title = pc_arena_strdup(arena, shot->recipe->title),
        .state = pc_shot_state_name(shot->state),
        .has_reasons = true,
        .n_reasons = shot->n_reasons,
        .reasons = reason_names(arena, shot->reasons, shot->n_reasons),
        .has_score = true,
        .score = thousandth(shot->score),
        .recipe = pc_arena_strdup(arena, shot->recipe->hash),
        .recipe_version = shot->recipe->version,
        .origin = shot->origin == PC_ORIGIN_RECIPE ? NULL : pc_origin_name(shot->origin),
    };
    if (shot->state == PC_SHOT_ABSENT)
        return;
    out->box = shot->box;
    out->width = shot->width;
    out->height = shot->height;
    out->format = pc_recipe_format_name(shot->recipe->format);
}

void pc_recording_of_plan(const struct pc_plan *plan, struct pc_record_result *out)
{
    *out = (struct pc_record_result){.n_shots = plan->n_shots};
    out->shots = pc_arena_alloc(&out->arena, (size_t)(plan->n_shots + 1) * sizeof *out->shots);
    for (int i = 0; i < plan->n_shots; i++)
        record_shot(&out->arena, &plan->shots[i], &out->shots[i]);
    out->has_person = true;
    out->person = plan->person;
    out->facing = pc_facing_name(plan->facing);
    out->has_attention = true;
    out->n_attention = plan->n_attention;
    out->attention = reason_names(&out->arena, plan->attention, plan->n_attention);
}

void pc_recording_of_run(const struct pc_pipeline_result *run, char *const keys[],
                         const char *model_id, const char *public_url, struct pc_record_result *out)
{
    const struct pc_pipeline_timings_ms *t = &run->timings;
    pc_recording_of_plan(&run->plan, out);
    for (int i = 0; i < run->plan.n_shots; i++) {
        struct pc_record_shot *shot = &out->shots[i];
        shot->has_face_score = run->face_scores[i] >= 0;
        shot->face_score = thousandth(run->face_scores[i]);
        if (!keys[i])
            continue;
        shot->key = pc_arena_strdup(&out->arena, keys[i]);
        shot->bytes = (int64_t)run->files[i].len;
        if (public_url)
            shot->url = pc_arena_printf(&out->arena, "%s/files/%s", public_url, keys[i]);
    }
    struct pc_people *people = pc_arena_alloc(&out->arena, sizeof *people);
    *people = run->people;
    out->people = people;
    out->facings = pc_arena_alloc(&out->arena, (PC_MAX_PEOPLE + 1) * sizeof *out->facings);
    for (int i = 0; i < people->n; i++)
        out->facings[i] = pc_facing_name(pc_body_facing(&people->p[i]));
    out->model = pc_arena_strdup(&out->arena, model_id);
    out->has_timings = true;
    out->timings = (struct pc_record_timings){tenth(t->decode), tenth(t->pose), tenth(t->cut),
                                              tenth(t->total)};
    out->has_object = run->plan.person < 0;
    out->object = (struct pc_record_object){run->object.trimmed, run->object.interest};
}

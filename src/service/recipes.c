/* The recipes in force, shown, judged and changed. */
#include <stdlib.h>
#include <string.h>

#include "service/internal.h"

static json_t *brief(const struct pc_recipe *r)
{
    char *text = pc_recipes_text_of(r);
    json_t *whole = json_loads(r->source, 0, NULL), *about = json_object_get(whole, "about");
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "label", r->label, "title", r->title, "description",
                  about ? json_string_value(about) : "", "json", text, "hash", r->hash);
    json_decref(whole);
    free(text);
    return o;
}

/* Those of set that but (may be NULL) has not. */
static json_t *briefs(const struct pc_recipe_set *set, const struct pc_recipe_set *but)
{
    json_t *list = json_array();
    for (int i = 0; i < set->n; i++)
        if (!but || !pc_recipes_find(but, set->r[i].label))
            json_array_append_new(list, brief(&set->r[i]));
    return list;
}

static json_t *active(struct pc_service *svc)
{
    struct pc_registry_ref ref;
    char problem[PC_REGISTRY_PROBLEM_BYTES];
    pc_registry_acquire(svc->registry, NULL, &ref);
    char *own = ref.text ? NULL : pc_recipes_text(ref.recipes);
    json_t *o = json_pack("{s:I, s:s, s:s, s:o, s:o}", "version", (json_int_t)ref.version, "source",
                          pc_registry_source_name(ref.source), "text", own ? own : ref.text,
                          "recipes", briefs(ref.recipes, NULL), "ready",
                          briefs(pc_registry_builtin(svc->registry), ref.recipes));
    if (pc_registry_problem(svc->registry, problem))
        json_object_set_new(o, "problem", json_string(problem));
    free(own);
    pc_registry_release(svc->registry, &ref);
    return o;
}

json_t *pc_service_recipes(struct pc_service *svc)
{
    pc_registry_refresh(svc->registry);
    return active(svc);
}

enum pc_code pc_service_put_recipes(struct pc_service *svc, int64_t version, const char *text,
                                    json_t **out, struct pc_err *err)
{
    if (text && strlen(text) > PC_REGISTRY_TEXT_MAX)
        return pc_fail(err, PC_E_BODY_TOO_LARGE, "A set of recipes has at most %d KiB.",
                       PC_REGISTRY_TEXT_MAX / 1024);
    enum pc_code rc = pc_registry_put(svc->registry, text, version, err);
    if (!rc)
        *out = active(svc);
    return rc;
}

static json_t *problem_json(const struct pc_recipes_problem *p)
{
    json_t *o = json_pack("{s:s}", "message", p->message);
    if (*p->place)
        json_object_set_new(o, "place", json_string(p->place));
    if (p->line > 0) {
        json_object_set_new(o, "line", json_integer(p->line));
        json_object_set_new(o, "column", json_integer(p->column));
    }
    return o;
}

json_t *pc_service_check_recipes(const char *text)
{
    struct pc_recipe_set set;
    struct pc_recipes_problems *found = pc_xzalloc(sizeof *found);
    json_t *problems = json_array();
    pc_recipes_validate(text, strlen(text), &set, found);
    for (int i = 0; i < found->n; i++)
        json_array_append_new(problems, problem_json(&found->p[i]));
    json_t *o = json_pack("{s:b, s:o}", "ok", found->n == 0, "problems", problems);
    if (found->n == 0)
        json_object_set_new(o, "recipes", briefs(&set, NULL));
    pc_recipes_finish(&set);
    free(found);
    return o;
}

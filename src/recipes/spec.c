/* The recipe language, key by key. docs/recipes.md says what each key means, and
 * recipes/recipe.schema.json says it to programs; tests hold the three together. */
#include "recipes/spec.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "recipes/reader.h"
#include "recipes/values.h"

typedef enum pc_code key_reader(const struct pc_reader *p, struct pc_recipe *r);

static enum pc_code read_text(const struct pc_reader *p, char *out, size_t cap)
{
    const char *text = json_string_value(p->value);
    if (!text || !*text || !pc_str_copy(out, cap, text))
        return pc_reader_reject(p, "a text of 1 to %zu bytes is wanted", cap - 1);
    return PC_OK;
}

static enum pc_code read_label(const struct pc_reader *p, struct pc_recipe *r)
{
    PC_TRY(read_text(p, r->label, sizeof r->label));
    if (strspn(r->label, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(r->label))
        return pc_reader_reject(p, "'%s' becomes part of file names: use a-z, 0-9 and - only",
                                r->label);
    return PC_OK;
}

static enum pc_code read_title(const struct pc_reader *p, struct pc_recipe *r)
{
    return read_text(p, r->title, sizeof r->title);
}

static enum pc_code read_about(const struct pc_reader *p, struct pc_recipe *r)
{
    (void)r;
    return json_is_string(p->value) ? PC_OK : pc_reader_reject(p, "a text is wanted");
}

static enum pc_code read_version(const struct pc_reader *p, struct pc_recipe *r)
{
    return pc_reader_int(p, 1, 1000000, &r->version);
}

static enum pc_code read_keep(const struct pc_reader *p, struct pc_recipe *r)
{
    return pc_values_keypoints(p, &r->keep);
}

static enum pc_code read_need(const struct pc_reader *p, struct pc_recipe *r)
{
    return pc_values_keypoints(p, &r->need);
}

static enum pc_code read_avoid(const struct pc_reader *p, struct pc_recipe *r)
{
    return pc_values_keypoints(p, &r->avoid);
}

static const char *const sides[] = {"top", "right", "bottom", "left", NULL};

/* One length for all sides, or {"top": ..., "sides": ..., "all": ...}; the narrower word wins. */
static enum pc_code read_margin(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const keys[] = {"all", "sides", "top", "right", "bottom", "left", NULL};
    struct pc_recipe_length len;
    if (!json_is_object(p->value)) {
        PC_TRY(pc_values_length(p, &len));
        for (int i = 0; i < PC_SIDES; i++)
            r->margin[i] = len;
        return PC_OK;
    }
    PC_TRY(pc_reader_keys(p, keys));
    for (int k = 0; keys[k]; k++) {
        struct pc_reader m = pc_reader_member(p, keys[k]);
        if (!m.value)
            continue;
        PC_TRY(pc_values_length(&m, &len));
        for (int i = 0; i < PC_SIDES; i++)
            if (k == 0 || (k == 1 && (i == PC_LEFT || i == PC_RIGHT)) ||
                pc_str_eq(sides[i], keys[k]))
                r->margin[i] = len;
    }
    return PC_OK;
}

static enum pc_code read_lines(const struct pc_reader *p, struct pc_recipe_line lines[PC_SIDES])
{
    PC_TRY(pc_reader_keys(p, sides));
    for (int i = 0; i < PC_SIDES; i++) {
        struct pc_reader m = pc_reader_member(p, sides[i]);
        if (!m.value)
            continue;
        PC_TRY(pc_values_line(&m, &lines[i]));
        if (lines[i].a == PC_BODY_PERSON || lines[i].b == PC_BODY_PERSON)
            return pc_reader_reject(&m, "'person' is an area; a line needs a point");
    }
    return PC_OK;
}

static enum pc_code read_cut(const struct pc_reader *p, struct pc_recipe *r)
{
    return read_lines(p, r->cut);
}

static enum pc_code read_edge(const struct pc_reader *p, struct pc_recipe *r)
{
    return read_lines(p, r->edge);
}

static enum pc_code read_headless(const struct pc_reader *p, struct pc_recipe *r)
{
    const char *names[PC_HEADLESS_COUNT + 1] = {0};
    int i;
    for (i = 0; i < PC_HEADLESS_COUNT; i++)
        names[i] = pc_recipe_headless_name((enum pc_recipe_headless)i);
    PC_TRY(pc_reader_word(p, names, "line", &i));
    r->headless = (enum pc_recipe_headless)i;
    return PC_OK;
}

static enum pc_code read_joints(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const words[] = {"ignore", "spare", NULL};
    int i;
    PC_TRY(pc_reader_word(p, words, "joint rule", &i));
    r->joints = i == 1;
    return PC_OK;
}

/* "4:5", "free", or ["2:3", "1:1"]: whatever lies between. */
static enum pc_code read_aspect(const struct pc_reader *p, struct pc_recipe *r)
{
    r->aspect_min = r->aspect_max = 0;
    if (pc_str_eq(json_string_value(p->value), "free"))
        return PC_OK;
    if (!json_is_array(p->value)) {
        PC_TRY(pc_values_ratio(p, &r->aspect_min));
        r->aspect_max = r->aspect_min;
        return PC_OK;
    }
    if (json_array_size(p->value) != 2)
        return pc_reader_reject(p, "a range has two aspects: the narrowest and the widest");
    struct pc_reader a = pc_reader_element(p, 0), b = pc_reader_element(p, 1);
    PC_TRY(pc_values_ratio(&a, &r->aspect_min));
    PC_TRY(pc_values_ratio(&b, &r->aspect_max));
    return r->aspect_min <= r->aspect_max
               ? PC_OK
               : pc_reader_reject(p, "the narrowest aspect comes first; swap the two");
}

/* {"x": 0.5, "y": 0.5}; x may be "body". */
static enum pc_code read_align(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const keys[] = {"x", "y", NULL};
    PC_TRY(pc_reader_keys(p, keys));
    struct pc_reader x = pc_reader_member(p, "x"), y = pc_reader_member(p, "y");
    r->align_to_body = pc_str_eq(json_string_value(x.value), "body");
    if (x.value && !r->align_to_body)
        PC_TRY(pc_reader_number(&x, 0, 1, &r->align_x));
    return y.value ? pc_reader_number(&y, 0, 1, &r->align_y) : PC_OK;
}

static enum pc_code read_size(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const keys[] = {"mode", "width", "height", "upscale", NULL};
    static const char *const modes[] = {"fit", "exact", "at_least", "native", NULL};
    int mode = PC_SIZE_FIT;
    PC_TRY(pc_reader_keys(p, keys));
    struct pc_reader m = pc_reader_member(p, "mode"), w = pc_reader_member(p, "width");
    struct pc_reader h = pc_reader_member(p, "height"), up = pc_reader_member(p, "upscale");
    r->width = r->height = 0;
    if (m.value)
        PC_TRY(pc_reader_word(&m, modes, "size mode", &mode));
    r->size = (enum pc_recipe_size)mode;
    if (w.value)
        PC_TRY(pc_reader_int(&w, 1, 16384, &r->width));
    if (h.value)
        PC_TRY(pc_reader_int(&h, 1, 16384, &r->height));
    if (up.value)
        PC_TRY(pc_reader_bool(&up, &r->upscale));
    if (r->size != PC_SIZE_FIT && (r->width == 0 || r->height == 0))
        return pc_reader_reject(p, "mode '%s' needs both width and height", modes[mode]);
    return PC_OK;
}

static enum pc_code read_policy(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const words[] = {"shift", "shrink", "extend", "reject", NULL};
    int i;
    PC_TRY(pc_reader_word(p, words, "overflow policy", &i));
    r->overflow = (enum pc_recipe_overflow)i;
    return PC_OK;
}

/* "shift", or {"policy": "extend", "fill": "edge" or a colour}. */
static enum pc_code read_overflow(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const keys[] = {"policy", "fill", NULL};
    if (json_is_string(p->value))
        return read_policy(p, r);
    PC_TRY(pc_reader_keys(p, keys));
    struct pc_reader policy = pc_reader_member(p, "policy"), fill = pc_reader_member(p, "fill");
    if (!policy.value)
        return pc_reader_reject(p, "\"policy\" is wanted");
    PC_TRY(read_policy(&policy, r));
    if (!fill.value)
        return PC_OK;
    r->extend_edge = pc_str_eq(json_string_value(fill.value), "edge");
    return r->extend_edge ? PC_OK : pc_values_colour(&fill, r->background);
}

static enum pc_code read_person(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const words[] = {"largest", "central", "each", NULL};
    static const enum pc_recipe_person choices[] = {PC_CHOICE_LARGEST, PC_CHOICE_CENTRAL,
                                                    PC_CHOICE_EACH};
    int i;
    if (json_is_integer(p->value)) {
        r->person = PC_CHOICE_INDEX;
        return pc_reader_int(p, 0, PC_MAX_PEOPLE - 1, &r->person_index);
    }
    PC_TRY(pc_reader_word(p, words, "choice of person", &i));
    r->person = choices[i];
    return PC_OK;
}

static enum pc_code read_no_person(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const words[] = {"absent", "object", "interest", NULL};
    int i;
    PC_TRY(pc_reader_word(p, words, "choice without a person", &i));
    r->no_person = (enum pc_recipe_no_person)i;
    return PC_OK;
}

static enum pc_code read_output(const struct pc_reader *p, struct pc_recipe *r)
{
    static const char *const keys[] = {"format",      "quality",    "min_bytes", "max_bytes",
                                       "progressive", "background", NULL};
    static const char *const formats[] = {"jpeg", "png", "webp", "avif", NULL};
    int format = PC_RECIPE_JPEG;
    PC_TRY(pc_reader_keys(p, keys));
    struct pc_reader f = pc_reader_member(p, "format"), q = pc_reader_member(p, "quality");
    struct pc_reader lo = pc_reader_member(p, "min_bytes"), hi = pc_reader_member(p, "max_bytes");
    struct pc_reader pr = pc_reader_member(p, "progressive"),
                     bg = pc_reader_member(p, "background");
    if (f.value)
        PC_TRY(pc_reader_word(&f, formats, "format", &format));
    r->format = (enum pc_recipe_format)format;
    if (q.value)
        PC_TRY(pc_reader_int(&q, 1, 100, &r->quality));
    if (lo.value)
        PC_TRY(pc_values_bytes(&lo, &r->min_bytes));
    if (hi.value)
        PC_TRY(pc_values_bytes(&hi, &r->max_bytes));
    if (r->max_bytes > 0 && r->min_bytes > r->max_bytes)
        return pc_reader_reject(&lo, "%d is more than max_bytes, %d", r->min_bytes, r->max_bytes);
    if (pr.value)
        PC_TRY(pc_reader_bool(&pr, &r->progressive));
    return bg.value ? pc_values_colour(&bg, r->background) : PC_OK;
}

const char *const pc_recipes_keys[] = {"label",    "title",  "about",     "version", "keep",
                                       "need",     "avoid",  "margin",    "edge",    "cut",
                                       "headless", "joints", "aspect",    "align",   "size",
                                       "overflow", "person", "no_person", "output",  NULL};
/* In the order of pc_recipes_keys. */
static key_reader *const key_readers[] = {
    read_label,  read_title,    read_about,  read_version,   read_keep,   read_need,   read_avoid,
    read_margin, read_edge,     read_cut,    read_headless,  read_joints, read_aspect, read_align,
    read_size,   read_overflow, read_person, read_no_person, read_output};

_Static_assert(sizeof key_readers / sizeof *key_readers ==
                   sizeof pc_recipes_keys / sizeof *pc_recipes_keys - 1,
               "a reader for each key");

static void set_defaults(struct pc_recipe *r)
{
    memset(r, 0, sizeof *r);
    for (int i = 0; i < PC_SIDES; i++) {
        r->margin[i] = (struct pc_recipe_length){.2, PC_UNIT_HEAD};
        r->cut[i] = r->edge[i] =
            (struct pc_recipe_line){.a = PC_BODY_KEYPOINT_NONE, .b = PC_BODY_KEYPOINT_NONE};
    }
    r->version = 1;
    r->joints = true;
    r->align_x = r->align_y = .5;
    r->quality = 85;
    r->extend_edge = true;
    memset(r->background, 255, sizeof r->background);
}

/* What no key can say alone: a label and something to hold, no contradiction between keys. */
static enum pc_code check_together(const struct pc_reader *p, struct pc_recipe *r)
{
    struct pc_reader keep = pc_reader_member(p, "keep"), need = pc_reader_member(p, "need");
    struct pc_reader avoid = pc_reader_member(p, "avoid"), aspect = pc_reader_member(p, "aspect");
    if (!*r->label)
        return pc_reader_reject(p, "\"label\" is missing");
    if (!*r->title)
        pc_str_copy(r->title, sizeof r->title, r->label);
    if (!r->keep)
        return pc_reader_reject(&keep, "name at least one landmark that the shot holds");
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        if (r->avoid & r->need & PC_BODY_BIT(i))
            return pc_reader_reject(&need, "'%s' is in avoid too; drop one",
                                    pc_body_keypoint_name(i));
        if (r->avoid & r->keep & PC_BODY_BIT(i))
            return pc_reader_reject(&avoid, "'%s' is in keep too; drop one",
                                    pc_body_keypoint_name(i));
    }
    if (r->avoid & PC_BODY_BIT(PC_BODY_PERSON))
        return pc_reader_reject(&avoid, "'person' is an area; name points");
    if (r->size != PC_SIZE_EXACT)
        return PC_OK;
    double ratio = (double)r->width / r->height;
    if (aspect.value && r->aspect_min > 0 &&
        (ratio < r->aspect_min - .005 || ratio > r->aspect_max + .005))
        return pc_reader_reject(&aspect, "size asks for exactly %d x %d, another shape; drop one",
                                r->width, r->height);
    r->aspect_min = r->aspect_max = ratio;
    return PC_OK;
}

enum pc_code pc_recipes_read_spec(const struct pc_reader *p, struct pc_recipe *out)
{
    char hex[PC_SHA256_HEX];
    set_defaults(out);
    enum pc_code rc = pc_reader_keys(p, pc_recipes_keys);
    for (int i = 0; pc_recipes_keys[i] && pc_reader_continues(p, rc); i++) {
        struct pc_reader m = pc_reader_member(p, pc_recipes_keys[i]);
        enum pc_code one = m.value ? key_readers[i](&m, out) : PC_OK;
        rc = one ? one : rc;
    }
    PC_TRY(rc);
    PC_TRY(check_together(p, out));
    out->source = json_dumps(p->value, JSON_COMPACT | JSON_SORT_KEYS);
    pc_sha256_of(out->source, strlen(out->source), hex);
    pc_str_copy(out->hash, sizeof out->hash, hex);
    return PC_OK;
}

/* Reads COCO keypoint files.
 *
 * Order: the person category and its keypoint names, then the images, then the annotations, which
 * are first counted per image and then filled in. Anything unexpected is rejected with its place,
 * because labels that are half understood would give wrong metrics.
 */
#include "eval/ground_truth.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define COORDINATE_MAX_PX 1e6

enum { POINTS_MAX = 256, NO_LANDMARK = -1 };

struct image_id {
    int64_t id;
    int index;
};

struct reader {
    const json_t *root;
    struct pc_ground_truth *truth;
    struct pc_err *err;
    struct image_id *ids; /* sorted; owns */
    int64_t person_id;
    int n_points;                /* in each annotation */
    int landmark_of[POINTS_MAX]; /* NO_LANDMARK: not one of COCO-17 */
};

#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum pc_code try_rc = (call);                                                              \
        if (try_rc != PC_OK)                                                                       \
            return try_rc;                                                                         \
    } while (0)

#define reject(r, ...) pc_fail((r)->err, PC_E_BAD_TRUTH, __VA_ARGS__)

/* --- category --- */

static enum pc_code read_point_names(struct reader *r, const json_t *names)
{
    int known = 0;
    r->n_points = json_is_array(names) ? (int)json_array_size(names) : PC_KEYPOINT_COUNT;
    if (r->n_points > POINTS_MAX)
        return reject(r, "categories: the person has %d keypoints; at most %d are read.",
                      r->n_points, POINTS_MAX);
    for (int i = 0; i < r->n_points; i++) {
        const char *name = json_string_value(json_array_get(names, (size_t)i));
        r->landmark_of[i] = !json_is_array(names) ? i
                            : name                ? pc_keypoint_by_name(name)
                                                  : NO_LANDMARK;
        known += r->landmark_of[i] != NO_LANDMARK;
    }
    return known ? PC_OK
                 : reject(r, "categories: none of the person's keypoints has one of COCO's names, "
                             "such as left_shoulder.");
}

/* A file without categories is COCO's own, where 1 is the person. */
static enum pc_code read_category(struct reader *r)
{
    const json_t *list = json_object_get(r->root, "categories"), *category;
    size_t i;
    r->person_id = 1;
    if (!list)
        return read_point_names(r, NULL);
    json_array_foreach(list, i, category)
    {
        const char *name = json_string_value(json_object_get(category, "name"));
        if (!name || strcmp(name, "person") != 0)
            continue;
        r->person_id = json_integer_value(json_object_get(category, "id"));
        return read_point_names(r, json_object_get(category, "keypoints"));
    }
    return reject(r, "categories: none is named person.");
}

/* --- images --- */

static bool stays_inside(const char *path)
{
    if (*path == '/' || *path == 0)
        return false;
    for (const char *at = path; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == 0))
            return false;
    }
    return true;
}

static enum pc_code read_side(struct reader *r, const json_t *image, size_t i, const char *key,
                              int *out)
{
    const json_t *value = json_object_get(image, key);
    double v = json_number_value(value);
    if (value && (!json_is_number(value) || !(v >= 0 && v <= COORDINATE_MAX_PX)))
        return reject(r, "images[%zu].%s: must be a number of pixels.", i, key);
    *out = (int)v;
    return PC_OK;
}

static enum pc_code read_image(struct reader *r, const json_t *image, size_t i)
{
    struct pc_ground_truth_image *out = &r->truth->images[i];
    const json_t *id = json_object_get(image, "id");
    const char *file = json_string_value(json_object_get(image, "file_name"));
    if (!json_is_integer(id))
        return reject(r, "images[%zu].id: must be a whole number.", i);
    if (!file)
        return reject(r, "images[%zu].file_name: must be a string.", i);
    if (!stays_inside(file))
        return reject(r, "images[%zu].file_name: must be below the folder of images.", i);
    out->id = json_integer_value(id);
    out->file = pc_xstrdup(file);
    r->ids[i] = (struct image_id){out->id, (int)i};
    TRY(read_side(r, image, i, "width", &out->width));
    return read_side(r, image, i, "height", &out->height);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = ((const struct image_id *)a)->id, y = ((const struct image_id *)b)->id;
    return x < y ? -1 : x > y;
}

static enum pc_code read_images(struct reader *r)
{
    const json_t *list = json_object_get(r->root, "images");
    size_t n = json_array_size(list);
    if (n == 0)
        return reject(r, "images: must be a list with at least one image.");
    r->truth->images = pc_xzalloc(n * sizeof *r->truth->images);
    r->ids = pc_xzalloc(n * sizeof *r->ids);
    r->truth->n = (int)n;
    for (size_t i = 0; i < n; i++)
        TRY(read_image(r, json_array_get(list, i), i));
    qsort(r->ids, n, sizeof *r->ids, compare_ids);
    for (size_t i = 1; i < n; i++)
        if (r->ids[i].id == r->ids[i - 1].id)
            return reject(r, "images: two have the id %lld.", (long long)r->ids[i].id);
    return PC_OK;
}

/* --- annotations --- */

static bool coordinate(const json_t *value, double *out)
{
    *out = json_number_value(value);
    return json_is_number(value) && fabs(*out) <= COORDINATE_MAX_PX;
}

static enum pc_code read_box(struct reader *r, const json_t *annotation, size_t i,
                             struct pc_box *out)
{
    const json_t *box = json_object_get(annotation, "bbox");
    double v[4] = {0};
    bool good = json_array_size(box) == 4;
    for (size_t k = 0; k < 4 && good; k++)
        good = coordinate(json_array_get(box, k), &v[k]);
    if (!good || v[2] < 0 || v[3] < 0)
        return reject(r, "annotations[%zu].bbox: must be [x, y, width, height].", i);
    *out = (struct pc_box){v[0], v[1], v[2], v[3]};
    return PC_OK;
}

static enum pc_code read_points(struct reader *r, const json_t *annotation, size_t i,
                                struct pc_ground_truth_person *out)
{
    const json_t *list = json_object_get(annotation, "keypoints");
    if (!list)
        return PC_OK;
    if (json_array_size(list) != 3 * (size_t)r->n_points)
        return reject(r, "annotations[%zu].keypoints: must have %d numbers, not %zu.", i,
                      3 * r->n_points, json_array_size(list));
    for (int k = 0; k < r->n_points; k++) {
        double x, y, v;
        size_t at = 3 * (size_t)k;
        if (!coordinate(json_array_get(list, at), &x) ||
            !coordinate(json_array_get(list, at + 1), &y) ||
            !coordinate(json_array_get(list, at + 2), &v))
            return reject(r, "annotations[%zu].keypoints[%zu]: must be x, y, v.", i, at);
        if (r->landmark_of[k] == NO_LANDMARK || v <= 0)
            continue;
        out->n_labelled += out->keypoints[r->landmark_of[k]].score == 0;
        out->keypoints[r->landmark_of[k]] = (struct pc_keypoint){x, y, 1};
    }
    return PC_OK;
}

static enum pc_code read_person(struct reader *r, const json_t *annotation, size_t i,
                                struct pc_ground_truth_person *out)
{
    const json_t *count = json_object_get(annotation, "num_keypoints");
    const json_t *crowd = json_object_get(annotation, "iscrowd");
    TRY(read_box(r, annotation, i, &out->box));
    TRY(read_points(r, annotation, i, out));
    out->area = json_number_value(json_object_get(annotation, "area"));
    if (!(out->area > 0))
        out->area = pc_box_area(out->box);
    bool counted = !count || json_number_value(count) > 0;
    bool is_crowd = json_is_true(crowd) || json_number_value(crowd) != 0;
    out->measured = out->n_labelled > 0 && counted && !is_crowd && out->area > 0;
    return PC_OK;
}

static enum pc_code find_image(struct reader *r, const json_t *annotation, size_t i,
                               struct pc_ground_truth_image **out)
{
    const json_t *id = json_object_get(annotation, "image_id");
    struct image_id key = {json_integer_value(id), 0};
    if (!json_is_integer(id))
        return reject(r, "annotations[%zu].image_id: must be a whole number.", i);
    const struct image_id *found =
        bsearch(&key, r->ids, (size_t)r->truth->n, sizeof *r->ids, compare_ids);
    if (!found)
        return reject(r, "annotations[%zu].image_id: no image has the id %lld.", i,
                      (long long)key.id);
    *out = &r->truth->images[found->index];
    return PC_OK;
}

static bool is_person(const struct reader *r, const json_t *annotation)
{
    const json_t *category = json_object_get(annotation, "category_id");
    return json_is_integer(category) && json_integer_value(category) == r->person_id;
}

static enum pc_code read_annotations(struct reader *r)
{
    const json_t *list = json_object_get(r->root, "annotations"), *annotation;
    struct pc_ground_truth_image *image;
    size_t i;
    if (!json_is_array(list))
        return reject(r, "annotations: must be a list.");
    json_array_foreach(list, i, annotation)
    {
        TRY(find_image(r, annotation, i, &image));
        image->n += is_person(r, annotation);
    }
    for (int k = 0; k < r->truth->n; k++) {
        image = &r->truth->images[k];
        image->people = image->n ? pc_xzalloc((size_t)image->n * sizeof *image->people) : NULL;
        image->n = 0;
    }
    json_array_foreach(list, i, annotation)
    {
        if (!is_person(r, annotation))
            continue;
        TRY(find_image(r, annotation, i, &image));
        TRY(read_person(r, annotation, i, &image->people[image->n++]));
    }
    return PC_OK;
}

/* --- the whole file --- */

enum pc_code pc_ground_truth_parse(const char *json, size_t len, struct pc_ground_truth *out,
                                   struct pc_err *err)
{
    json_error_t why;
    json_t *root = json_loadb(json, len, JSON_ALLOW_NUL, &why);
    *out = (struct pc_ground_truth){0};
    if (!root)
        return pc_fail(err, PC_E_BAD_TRUTH, "The labels are not valid JSON: line %d: %s.", why.line,
                       why.text);
    struct reader r = {.root = root, .truth = out, .err = err};
    enum pc_code rc = json_is_object(root) ? read_category(&r)
                                           : reject(&r, "This is not a COCO file: it must be an "
                                                        "object with images and annotations.");
    if (!rc)
        rc = read_images(&r);
    if (!rc)
        rc = read_annotations(&r);
    free(r.ids);
    json_decref(root);
    if (rc)
        pc_ground_truth_finish(out);
    return rc;
}

void pc_ground_truth_finish(struct pc_ground_truth *truth)
{
    for (int i = 0; i < truth->n; i++) {
        free(truth->images[i].file);
        free(truth->images[i].people);
    }
    free(truth->images);
    *truth = (struct pc_ground_truth){0};
}

/* --- orientation --- */

/* Maps a point of the stored image to the upright one, which has w x h pixels. */
static struct pc_point orient_point(struct pc_point p, int orientation, double w, double h)
{
    switch (orientation) {
    case 2: return (struct pc_point){w - p.x, p.y};
    case 3: return (struct pc_point){w - p.x, h - p.y};
    case 4: return (struct pc_point){p.x, h - p.y};
    case 5: return (struct pc_point){p.y, p.x};
    case 6: return (struct pc_point){w - p.y, p.x};
    case 7: return (struct pc_point){w - p.y, h - p.x};
    case 8: return (struct pc_point){p.y, h - p.x};
    default: return p;
    }
}

static void orient_person(struct pc_ground_truth_person *p, int orientation, double w, double h)
{
    struct pc_box b = p->box;
    struct pc_point one = orient_point((struct pc_point){b.x, b.y}, orientation, w, h);
    struct pc_point two = orient_point((struct pc_point){b.x + b.w, b.y + b.h}, orientation, w, h);
    p->box = (struct pc_box){fmin(one.x, two.x), fmin(one.y, two.y), fabs(one.x - two.x),
                             fabs(one.y - two.y)};
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        struct pc_keypoint *l = &p->keypoints[i];
        if (l->score == 0)
            continue;
        struct pc_point to = orient_point((struct pc_point){l->x, l->y}, orientation, w, h);
        l->x = to.x, l->y = to.y;
    }
    if (orientation != 2 && orientation != 4 && orientation != 5 && orientation != 7)
        return;
    /* In a mirrored image, people label the right arm as the left one. */
    for (int i = PC_LEFT_EYE; i < PC_KEYPOINT_COUNT; i += 2) {
        struct pc_keypoint left = p->keypoints[i];
        p->keypoints[i] = p->keypoints[i + 1];
        p->keypoints[i + 1] = left;
    }
}

enum pc_code pc_ground_truth_upright(struct pc_ground_truth_image *image, int orientation,
                                     int width, int height, struct pc_err *err)
{
    bool swaps_sides = orientation >= 5, known = image->width > 0 && image->height > 0;
    bool upright = image->width == width && image->height == height;
    bool stored = swaps_sides ? image->width == height && image->height == width : upright;
    if (known && !upright && !stored)
        return pc_fail(err, PC_E_BAD_TRUTH, "The image has %d x %d pixels, the labels say %d x %d.",
                       width, height, image->width, image->height);
    bool orient = orientation > 1 && (!known || stored);
    for (int i = 0; i < image->n && orient; i++)
        orient_person(&image->people[i], orientation, width, height);
    image->width = width;
    image->height = height;
    return PC_OK;
}

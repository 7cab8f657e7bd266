/* The service's results as JSON, in the shapes of api/openapi.yaml. Only these files make the API's
 * view of an image.
 *
 * Ownership: every function gives its value (json_decref). Threads: safe; they run on the executor,
 * since the URL of a file may have to be signed.
 */
#ifndef PC_HTTP_API_ENCODE_H
#define PC_HTTP_API_ENCODE_H

#include <jansson.h>

#include "service/change.h"
#include "service/edits.h"
#include "service/query.h"
#include "service/registry.h"
#include "service/review.h"
#include "service/submit.h"

/* --- images: encode_image.c --- */

json_t *pc_encode_image(struct pc_service *svc, const struct pc_record *r);        /* Image */
json_t *pc_encode_image_detail(struct pc_service *svc, const struct pc_record *r); /* ImageDetail */
json_t *pc_encode_images(struct pc_service *svc, const struct pc_record_list *list); /* [Image] */
/* id, name, size and URLs: what an item of OffsetAnswer says of its image. */
json_t *pc_encode_image_brief(struct pc_service *svc, const struct pc_record *r);
json_t *pc_encode_preview(const struct pc_edit_preview *preview); /* Plan */

/* --- shots and people: encode_shot.c --- */

/* Two documents have shots and people: an image of the API, and a line of the manifest of
 * `posecraft shoot`, where reasons are codes without sentences, and relative boxes have another
 * name and place. */
enum pc_encode_form { PC_ENCODE_API, PC_ENCODE_MANIFEST };

/* What the shot of an image of this size is, without its file and without what people decided. */
json_t *pc_encode_shot(const struct pc_record_shot *shot, int width, int height,
                       enum pc_encode_form form);
/* Person i of result, with landmarks. */
json_t *pc_encode_person(const struct pc_record_result *result, int i, int width, int height,
                         enum pc_encode_form form);
json_t *pc_encode_reasons(const char *const *codes, int n, enum pc_encode_form form);
json_t *pc_encode_box(struct pc_ibox box); /* [x, y, width, height] */
/* Sets the member unless text is NULL. */
void pc_encode_put_text(json_t *o, const char *name, const char *text);

/* --- other results: encode.c --- */

json_t *pc_encode_list(struct pc_service *svc, const struct pc_query_list *list); /* ImageList */
json_t *pc_encode_counts(const struct pc_query_counts *counts);                   /* Counts */
json_t *pc_encode_submitted(const struct pc_submitted *s);       /* ProcessAnswer */
json_t *pc_encode_batch(const struct pc_submit_batch *batch);    /* BatchAnswer */
json_t *pc_encode_rejected(const struct pc_submit_batch *batch); /* its list of rejected lines */
json_t *pc_encode_bulk(const struct pc_bulk_result *result);     /* BulkAnswer */
json_t *pc_encode_recut(const struct pc_recut_result *result);   /* RecutAnswer */
json_t *pc_encode_offset(struct pc_service *svc, const struct pc_offset_result *result);
json_t *pc_encode_rates(const struct pc_review_rates *rates);   /* ReviewRates */
json_t *pc_encode_health(const struct pc_query_health *health); /* Ready */
json_t *pc_encode_limits(struct pc_service *svc);               /* Limits */
json_t *pc_encode_recipes(struct pc_registry *registry);        /* Recipes */
json_t *pc_encode_recipes_check(const char *text);              /* RecipesCheck */

#endif

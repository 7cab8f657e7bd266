/* JSON views of records in the shapes of api/openapi.yaml. Pure. Threads: safe. All answers are
 * given. */
#ifndef PC_SERVICE_VIEW_H
#define PC_SERVICE_VIEW_H

#include <jansson.h>

#include "records/records.h"

struct pc_view {
    const char *public_url; /* before "/files/..."; "" makes links relative to the host */
};

json_t *pc_view_image(const struct pc_view *view, const struct pc_record *r);  /* Image */
json_t *pc_view_detail(const struct pc_view *view, const struct pc_record *r); /* ImageDetail */
/* [[x, y, score] x 17] -> [{name, x, y, score, rx, ry}]; rx and ry only when the size is known. */
json_t *pc_view_landmarks(const json_t *kept, int width, int height);

#endif

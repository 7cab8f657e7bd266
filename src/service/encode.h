/* JSON views of records in the shapes of api/openapi.yaml. Pure. Threads: safe. All answers are
 * given. */
#ifndef PC_SERVICE_ENCODE_H
#define PC_SERVICE_ENCODE_H

#include <jansson.h>

#include "records/records.h"
#include "shots/shots.h"

struct pc_encode_links {
    const char *public_url; /* before "/files/..."; "" makes links relative to the host */
    struct pc_blobs *blobs; /* may have addresses of its own, computed for each answer */
    int64_t link_s;         /* how long those are good */
};
struct pc_service;
struct pc_encode_links
pc_encode_links_of(const struct pc_service *svc); /* borrows the service's blobs */

json_t *pc_encode_image(const struct pc_encode_links *links, const struct pc_record *r); /* Image */
json_t *pc_encode_image_detail(const struct pc_encode_links *links,
                               const struct pc_record *r); /* ImageDetail */
/* id, name, size and links: an item of OffsetAnswer, as far as the record knows it. */
json_t *pc_encode_brief(const struct pc_encode_links *links, const struct pc_record *r);
json_t *pc_encode_plan(const struct pc_record *r, const struct pc_plan *plan); /* Plan */
json_t *pc_encode_ibox(struct pc_ibox box);                                    /* [x, y, w, h] */
/* [[x, y, score] x 17] -> [{name, x, y, score, rx, ry}]; rx and ry only when the size is known. */
json_t *pc_encode_landmarks(const json_t *stored, int width, int height);

#endif

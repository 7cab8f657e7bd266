/* The keys that S3 requests are signed with: of the address, or of the first place that has any
 * (s3_keys.h), and then renewed from there.
 *
 * A thread of its own, the keeper, renews keys that end: five minutes before, or a quarter of their
 * life when they live shorter. So one renewal goes on at a time and no call waits for it, while the
 * old keys are good. A call that finds them ended, or was told by the server that they are, wakes
 * the keeper and waits for the one renewal. Keys of the address are never renewed.
 *
 * Threads: safe; create and destroy when nobody else uses it. No secret reaches a message or log.
 */
#ifndef PC_BLOBS_S3_CREDENTIALS_CACHE_H
#define PC_BLOBS_S3_CREDENTIALS_CACHE_H

#include <stdbool.h>

#include "blobs/s3/credentials.h"

struct pc_s3_credentials_cache;
/* Asks the places in order until one has keys; borrows address, which has to outlive it. Errors:
 * config (none has any: the message names what was tried; or one is set up wrongly),
 * store_unavailable (one that is set up does not answer). Gives *out. */
PC_NODISCARD enum pc_code pc_s3_credentials_cache_create(const struct pc_s3_url *url,
                                                         struct pc_s3_credentials_cache **out,
                                                         struct pc_err *err);
void pc_s3_credentials_cache_destroy(struct pc_s3_credentials_cache *c); /* takes NULL */

/* Where the keys are from, for messages: "the credentials file"; NULL: from the address. */
const char *pc_s3_credentials_cache_provider(const struct pc_s3_credentials_cache *c);
/* Gives a copy of the keys. Waits for a renewal when they have ended. Errors:
 * store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_credentials_cache_get(struct pc_s3_credentials_cache *c,
                                                      struct pc_s3_credentials *out,
                                                      struct pc_err *err);
/* The same without waiting; false when they have ended. */
bool pc_s3_credentials_cache_peek(struct pc_s3_credentials_cache *c, struct pc_s3_credentials *out);
/* The server has refused used: for its keys, or (sure is false) for something that may be. Renews
 * them, unless that was tried a moment ago. True when there are others now, worth another try. */
bool pc_s3_credentials_cache_rejected(struct pc_s3_credentials_cache *c,
                                      const struct pc_s3_credentials *used, bool sure);

#endif

/* One request and its answer, without redirects: the inside of fetch.c.
 * Threads: a handle and its transfer belong to one thread for the time of pc_transfer_run. */
#ifndef PC_FETCH_TRANSFER_H
#define PC_FETCH_TRANSFER_H

#include <curl/curl.h>

#include "base/clock.h"
#include "fetch/address.h"
#include "fetch/fetch.h"

struct pc_transfer {
    /* set by the caller; all borrowed */
    const struct pc_fetch_config *cfg;
    const struct pc_allow_list *allow;
    const char *url; /* normalised */
    struct pc_deadline deadline;
    bool redirected; /* the address is not the one that the user gave */
    pc_fetch_sink sink;
    void *ctx;
    bool (*cancelled)(void *ctx);
    struct pc_fetch_info *info;

    /* while it runs */
    enum pc_code rc; /* of the callback that ended it; err is filled then */
    struct pc_err *err;
    bool opened, rejected;   /* sockets that the judge let through, and did not */
    int64_t discarded_bytes; /* headers, and bodies that are not the picture */
};

/* Runs to the end. PC_OK with *location == NULL: the body went to the sink. PC_OK with *location:
 * the answer is a redirect to it. Gives *location: free(). The handle is left as curl_easy_reset
 * leaves it. */
PC_NODISCARD enum pc_code pc_transfer_run(struct pc_transfer *t, CURL *handle, char **location,
                                          struct pc_err *err);

#endif

/* What the program's HTTP clients share of libcurl: its initialisation, pools of handles that keep
 * their connections, and the options that each client sets.
 *
 * Every client here speaks http and https only, follows no redirect by itself, reads no .netrc and
 * requires TLS 1.2 or later. What differs is in struct pc_curl_options; what one client alone
 * needs, it sets by curl_easy_setopt.
 *
 *     CURL *h = pc_curl_acquire(&pool);
 *     CURLcode cc = pc_curl_set(h, &options);
 *     cc = cc ? cc : curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
 *     cc = cc ? cc : curl_easy_perform(h);
 *     pc_curl_release(&pool, h);
 *
 * (This file may not be called curl.h: that name would hide libcurl's own header.)
 * Threads: a handle belongs to one thread from acquire to release; the rest is safe.
 */
#ifndef PC_CURL_HANDLE_H
#define PC_CURL_HANDLE_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Call it before anything else of libcurl; only the first call does something. PC_E_INTERNAL. */
PC_NODISCARD enum pc_code pc_curl_init(struct pc_err *err);

enum { PC_CURL_POOL_MAX = 64 };

struct pc_curl_pool {
    pthread_mutex_t lock; /* guards the rest */
    CURL *idle[PC_CURL_POOL_MAX];
    int n_idle, max_idle;
};
/* Keeps up to max_idle handles, PC_CURL_POOL_MAX at most. */
void pc_curl_pool_init(struct pc_curl_pool *pool, int max_idle);
/* Every handle must have been released. */
void pc_curl_pool_finish(struct pc_curl_pool *pool);
/* An idle handle with its open connection, or a new one. Aborts when there is no memory. */
CURL *pc_curl_acquire(struct pc_curl_pool *pool);
/* Takes the handle back. Its options are reset, its cookies dropped; its connection stays open. */
void pc_curl_release(struct pc_curl_pool *pool, CURL *h);

struct pc_curl_options { /* all borrowed until the transfer is over */
    const char *url;
    const char *proxy;    /* NULL: as the environment says; "": none */
    const char *no_proxy; /* hosts that are asked directly. NULL: as the environment says */
    const char *ca;       /* file of trusted certificates. NULL: the system's */
    const struct curl_slist *headers;
    bool http1; /* HTTP/1.1 even where HTTP/2 is possible */

    int64_t connect_ms, total_ms; /* 0: libcurl's own limit of a connect; no limit in all */
    int64_t min_rate, stall_ms;   /* slower than min_rate bytes a second for stall_ms: a time-out */

    /* NULL: not called, and a body is dropped. Each gets ctx. */
    curl_write_callback on_header, on_body;
    curl_xferinfo_callback on_progress; /* about once a second */
    void *ctx;
};

/* Sets these options, and what all clients have in common. */
CURLcode pc_curl_set(CURL *h, const struct pc_curl_options *o);

/* Appends a header such as "Accept: x". Aborts when there is no memory. */
void pc_curl_add_header(struct curl_slist **headers, const char *fmt, ...) PC_PRINTF(2, 3);

#endif

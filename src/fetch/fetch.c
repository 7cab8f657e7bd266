/* Redirects, limits and the pool of handles.
 *
 * Each transfer takes a libcurl handle from the pool and puts it back with its open connections, so
 * that a list of pictures on one host does not pay for a TLS handshake each. A handle serves one
 * transfer at a time, so nothing of it is shared between threads.
 */
#include "fetch/fetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetch/transfer.h"

enum { MAX_IDLE = 16, MAX_URL_TEXT = 2049 };

struct pc_fetch {
    struct pc_fetch_config cfg; /* its texts are owned */
    struct pc_allow_list allow;
    pthread_mutex_t lock; /* guards idle and n_idle */
    CURL *idle[MAX_IDLE];
    int n_idle;
};

static CURLcode global_rc;

static void init_global(void)
{
    global_rc = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum pc_code pc_fetch_create(const struct pc_fetch_config *cfg, struct pc_fetch **out,
                             struct pc_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct pc_allow_list allow;
    pthread_once(&once, init_global);
    if (global_rc)
        return pc_fail_detail(err, PC_E_INTERNAL, "libcurl: %s", curl_easy_strerror(global_rc));
    enum pc_code rc = pc_allow_list_parse(cfg->allow, &allow, err);
    if (rc)
        return rc;
    struct pc_fetch *f = pc_xzalloc(sizeof *f);
    f->cfg = *cfg;
    f->cfg.allow = NULL;
    f->cfg.proxy = pc_xstrdup(cfg->proxy ? cfg->proxy : "");
    f->allow = allow;
    pthread_mutex_init(&f->lock, NULL);
    *out = f;
    return PC_OK;
}

void pc_fetch_destroy(struct pc_fetch *f)
{
    if (!f)
        return;
    while (f->n_idle)
        curl_easy_cleanup(f->idle[--f->n_idle]);
    pthread_mutex_destroy(&f->lock);
    pc_allow_list_finish(&f->allow);
    free((char *)f->cfg.proxy);
    free(f);
}

static CURL *take_handle(struct pc_fetch *f)
{
    CURL *h = NULL;
    pthread_mutex_lock(&f->lock);
    if (f->n_idle)
        h = f->idle[--f->n_idle];
    pthread_mutex_unlock(&f->lock);
    return h ? h : curl_easy_init();
}

static void put_handle(struct pc_fetch *f, CURL *h)
{
    pthread_mutex_lock(&f->lock);
    if (f->n_idle < MAX_IDLE) {
        f->idle[f->n_idle++] = h;
        h = NULL;
    }
    pthread_mutex_unlock(&f->lock);
    curl_easy_cleanup(h);
}

enum pc_code pc_fetch_check_url(const struct pc_fetch *f, const char *url, struct pc_err *err)
{
    char host[256];
    const char *from = strstr(url, "://");
    if (!from)
        return pc_fail(err, PC_E_BAD_URL, NULL);
    pc_str_copy(host, sizeof host, from + 3);
    host[host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":/?#")] = 0;
    return pc_address_host_allowed(host, &f->allow) ? PC_OK : pc_fail(err, PC_E_URL_BLOCKED, NULL);
}

/* One address: check it, run it; *next holds where it redirects to, or is NULL. */
static enum pc_code run_hop(struct pc_fetch *f, CURL *h, struct pc_transfer *t, const char *url,
                            char **next, struct pc_err *err)
{
    char normal[MAX_URL_TEXT];
    enum pc_code rc = pc_fetch_normalise_url(url, normal, sizeof normal, err);
    if (!rc) /* behind a proxy no socket of ours shows where a request goes */
        rc = pc_fetch_check_url(f, normal, err);
    if (!rc && pc_deadline_expired(t->deadline))
        rc = pc_fail(err, PC_E_FETCH_TIMEOUT, NULL);
    if (!rc && t->cancelled && t->cancelled(t->ctx))
        rc = pc_fail(err, PC_E_CANCELLED, NULL);
    if (rc)
        return rc;
    t->url = normal;
    t->opened = t->rejected = false;
    t->discarded_bytes = 0;
    return pc_transfer_run(t, h, next, err);
}

static enum pc_code follow(struct pc_fetch *f, CURL *h, struct pc_transfer *t, const char *url,
                           struct pc_err *err)
{
    char *next = NULL;
    enum pc_code rc = run_hop(f, h, t, url, &next, err);
    while (!rc && next) {
        char *current = next;
        next = NULL;
        if (t->info->redirects == f->cfg.max_redirects) {
            rc = pc_fail(err, PC_E_FETCH_REDIRECTS, "The address redirects more than %d times.",
                         f->cfg.max_redirects);
        } else {
            t->info->redirects++;
            t->redirected = true;
            rc = run_hop(f, h, t, current, &next, err);
        }
        free(current);
    }
    return rc;
}

enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, pc_fetch_sink sink, void *ctx,
                          bool (*cancelled)(void *ctx), struct pc_fetch_info *info,
                          struct pc_err *err)
{
    struct pc_fetch_info own;
    info = info ? info : &own;
    *info = (struct pc_fetch_info){0};
    CURL *h = take_handle(f);
    if (!h)
        return pc_fail_detail(err, PC_E_INTERNAL, "curl_easy_init failed");
    struct pc_transfer t = {.cfg = &f->cfg,
                            .allow = &f->allow,
                            .deadline = pc_deadline_in(f->cfg.total_ms),
                            .sink = sink,
                            .ctx = ctx,
                            .cancelled = cancelled,
                            .info = info};
    enum pc_code rc = follow(f, h, &t, url, err);
    put_handle(f, h);
    return rc;
}

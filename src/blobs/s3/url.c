#include "blobs/s3/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"

enum { DEFAULT_TIMEOUT_S = 10, MAX_TIMEOUT_S = 600, BUCKET_MIN = 3, BUCKET_MAX = 63 };

static enum pc_code fail(struct pc_err *err, const char *what)
{
    return pc_fail(err, PC_E_CONFIG, "The address of the S3 store is not right: %s.", what);
}

static void set(char **field, const char *value)
{
    free(*field);
    *field = pc_xstrdup(value);
}

/* What stands in the query, as text. */
struct parameters {
    char *endpoint, *style, *links, *timeout;
};

static enum pc_code read_parameter(struct pc_s3_url *a, struct parameters *g, const char *name,
                                   const char *value, struct pc_err *err)
{
    const struct {
        const char *name;
        char **field;
    } rows[] = {
        {"endpoint", &g->endpoint},     {"region", &a->region},   {"style", &g->style},
        {"links", &g->links},           {"timeout", &g->timeout}, {"spool", &a->spool_dir},
        {"session_token", &a->session}, {"proxy", &a->proxy},     {"ca", &a->ca},
        {"profile", &a->profile},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (pc_str_eq(rows[i].name, name)) {
            set(rows[i].field, value);
            return PC_OK;
        }
    }
    return fail(err, "after the '?' may stand endpoint, region, style, session_token, profile, "
                     "links, timeout, spool, proxy and ca");
}

static enum pc_code read_query(char *query, struct pc_s3_url *a, struct parameters *g,
                               struct pc_err *err)
{
    char *save = NULL;
    for (char *part = strtok_r(query, "&", &save); part; part = strtok_r(NULL, "&", &save)) {
        char *value = strchr(part, '=');
        if (!value)
            return fail(err, "after the '?' there are NAME=VALUE, with '&' between");
        *value++ = 0;
        if (!pc_percent_decode(value))
            return fail(err, "a '%' wants two hex digits");
        enum pc_code rc = read_parameter(a, g, part, value, err);
        if (rc)
            return rc;
    }
    return PC_OK;
}

/* A secret may hold '/', so what stands before the last '@' is the key, whatever is in it. */
static enum pc_code read_key(char *text, struct pc_s3_url *a, struct pc_err *err)
{
    char *colon = strchr(text, ':');
    if (!colon)
        return fail(err, "before the '@' there are KEY:SECRET");
    *colon++ = 0;
    if (!pc_percent_decode(text) || !pc_percent_decode(colon))
        return fail(err, "a '%' wants two hex digits");
    a->key_id = pc_xstrdup(text);
    a->secret = pc_xstrdup(colon);
    return PC_OK;
}

static bool bucket_valid(const char *name)
{
    size_t len = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._", *c))
            return false;
    return len >= BUCKET_MIN && len <= BUCKET_MAX && *name != '.';
}

static enum pc_code read_bucket(char *text, struct pc_s3_url *a, struct pc_err *err)
{
    char *prefix = strchr(text, '/');
    if (prefix)
        *prefix++ = 0;
    if (!bucket_valid(text))
        return fail(err, "it begins with s3://BUCKET, 3 to 63 letters, digits, '-' and '.'");
    a->bucket = pc_xstrdup(text);
    if (!prefix || !*prefix) {
        a->prefix = pc_xstrdup("");
        return PC_OK;
    }
    if (!pc_percent_decode(prefix))
        return fail(err, "a '%' wants two hex digits");
    bool closed = prefix[strlen(prefix) - 1] == '/';
    a->prefix = pc_xasprintf("%s%s", prefix, closed ? "" : "/");
    return PC_OK;
}

static void use_amazon(struct pc_s3_url *a, bool by_path)
{
    const char *end = pc_str_starts(a->region, "cn-") ? ".cn" : "";
    a->host = by_path ? pc_xasprintf("s3.%s.amazonaws.com%s", a->region, end)
                      : pc_xasprintf("%s.s3.%s.amazonaws.com%s", a->bucket, a->region, end);
    a->origin = pc_xasprintf("https://%s", a->host);
    a->root = by_path ? pc_xasprintf("/%s/", a->bucket) : pc_xstrdup("/");
}

/* The Host header has no port where it is the scheme's own. */
static void drop_default_port(char *host, bool tls)
{
    const char *usual = tls ? ":443" : ":80";
    size_t len = strlen(host), n = strlen(usual);
    if (len > n && pc_str_eq(host + len - n, usual))
        host[len - n] = 0;
}

static enum pc_code use_endpoint(struct pc_s3_url *a, const char *endpoint, bool by_path,
                                 struct pc_err *err)
{
    bool tls = pc_str_starts(endpoint, "https://");
    if (!tls && !pc_str_starts(endpoint, "http://"))
        return fail(err, "the endpoint is http://HOST or https://HOST");
    const char *host = strstr(endpoint, "://") + 3;
    size_t host_len = strcspn(host, "/");
    if (host_len == 0 || strpbrk(host, "@?#"))
        return fail(err, "the endpoint is http://HOST or https://HOST");
    char *name = pc_xstrndup(host, host_len), *path = pc_xstrdup(host + host_len);
    drop_default_port(name, tls);
    while (*path && path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = 0;
    a->host = by_path ? pc_xstrdup(name) : pc_xasprintf("%s.%s", a->bucket, name);
    a->origin = pc_xasprintf("%s://%s", tls ? "https" : "http", a->host);
    a->root = by_path ? pc_xasprintf("%s/%s/", path, a->bucket) : pc_xasprintf("%s/", path);
    free(name);
    free(path);
    return PC_OK;
}

static enum pc_code complete_endpoint(struct pc_s3_url *a, const struct parameters *g,
                                      struct pc_err *err)
{
    bool by_path = (g->endpoint && *g->endpoint) || strchr(a->bucket, '.');
    if (g->style && !pc_str_eq(g->style, "path") && !pc_str_eq(g->style, "virtual"))
        return fail(err, "the style is path or virtual");
    if (g->style)
        by_path = pc_str_eq(g->style, "path");
    if (!a->region || !*a->region)
        set(&a->region, "us-east-1");
    if (g->endpoint && *g->endpoint)
        return use_endpoint(a, g->endpoint, by_path, err);
    use_amazon(a, by_path);
    return PC_OK;
}

static enum pc_code complete_links(struct pc_s3_url *a, const char *links, struct pc_err *err)
{
    static const char public[] = "public:";
    if (!links || pc_str_eq(links, "served")) {
        a->links = PC_S3_SERVED;
    } else if (pc_str_eq(links, "presigned")) {
        a->links = PC_S3_PRESIGNED;
    } else if (pc_str_starts(links, "public:http://") || pc_str_starts(links, "public:https://")) {
        const char *base = links + strlen(public);
        bool closed = base[strlen(base) - 1] == '/';
        a->links = PC_S3_PUBLIC;
        a->public_base = pc_xasprintf("%s%s", base, closed ? "" : "/");
    } else {
        return fail(err, "links is served, presigned or public:https://...");
    }
    return PC_OK;
}

static enum pc_code check_key(struct pc_s3_url *a, struct pc_err *err)
{
    if (a->key_id && (!*a->key_id || !*a->secret))
        return fail(err, "before the '@' there are KEY:SECRET");
    if (a->key_id && a->profile && *a->profile)
        return fail(err, "it has both a key and a profile");
    if (!a->key_id && a->session && *a->session)
        return fail(err, "a session_token goes with KEY:SECRET@");
    if (!a->session)
        set(&a->session, "");
    if (!a->profile)
        set(&a->profile, "");
    return PC_OK;
}

static enum pc_code complete(struct pc_s3_url *a, const struct parameters *g, struct pc_err *err)
{
    int64_t timeout_s = DEFAULT_TIMEOUT_S;
    const char *tmp = getenv("TMPDIR");
    if (g->timeout && !pc_str_to_i64(g->timeout, 1, MAX_TIMEOUT_S, &timeout_s))
        return fail(err, "the timeout is 1 to 600 seconds");
    a->timeout_ms = timeout_s * 1000;
    enum pc_code rc = check_key(a, err);
    if (rc)
        return rc;
    if (!a->spool_dir || !*a->spool_dir)
        set(&a->spool_dir, tmp && *tmp ? tmp : "/tmp");
    rc = complete_endpoint(a, g, err);
    return rc ? rc : complete_links(a, g->links, err);
}

enum pc_code pc_s3_url_parse(const char *text, struct pc_s3_url *out, struct pc_err *err)
{
    struct parameters g = {NULL};
    char *copy = pc_xstrdup(text + strlen("s3://"));
    char *query = strchr(copy, '?');
    *out = (struct pc_s3_url){0};
    if (query)
        *query++ = 0;
    char *at = strrchr(copy, '@');
    if (at)
        *at++ = 0;
    enum pc_code rc = at ? read_key(copy, out, err) : PC_OK;
    if (!rc)
        rc = read_bucket(at ? at : copy, out, err);
    if (!rc && query)
        rc = read_query(query, out, &g, err);
    if (!rc)
        rc = complete(out, &g, err);
    free(g.endpoint);
    free(g.style);
    free(g.links);
    free(g.timeout);
    free(copy);
    return rc;
}

void pc_s3_url_finish(struct pc_s3_url *a)
{
    char **const fields[] = {&a->key_id, &a->secret, &a->session,   &a->bucket, &a->region,
                             &a->prefix, &a->origin, &a->host,      &a->root,   &a->public_base,
                             &a->proxy,  &a->ca,     &a->spool_dir, &a->profile};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        free(*fields[i]);
        *fields[i] = NULL;
    }
}

char *pc_s3_url_path(const struct pc_s3_url *a, const char *key)
{
    return *key ? pc_xasprintf("%s%s%s", a->root, a->prefix, key) : pc_xstrdup(a->root);
}

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/s3/internal.h"

enum { DEFAULT_TIMEOUT_S = 10, MAX_TIMEOUT_S = 600, BUCKET_MIN = 3, BUCKET_MAX = 63 };

static enum pc_code fail(struct pc_err *err, const char *what)
{
    return pc_fail(err, PC_E_CONFIG, "The URL of the S3 store is wrong: %s.", what);
}

static void set(char **field, const char *value)
{
    free(*field);
    *field = pc_xstrdup(value);
}

struct parameters { /* of the query, as text; the rest goes into struct pc_s3_url */
    char *endpoint, *style, *links, *timeout;
};

static enum pc_code read_parameter(struct pc_s3_url *url, struct parameters *given,
                                   const char *name, const char *value, struct pc_err *err)
{
    const struct {
        const char *name;
        char **field;
    } rows[] = {
        {"endpoint", &given->endpoint},
        {"region", &url->region},
        {"style", &given->style},
        {"links", &given->links},
        {"timeout", &given->timeout},
        {"spool", &url->spool_dir},
        {"session_token", &url->session_token},
        {"proxy", &url->proxy},
        {"ca", &url->ca},
        {"profile", &url->profile},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (pc_str_eq(rows[i].name, name)) {
            set(rows[i].field, value);
            return PC_OK;
        }
    }
    return fail(err, "the parameters after the '?' are endpoint, region, style, session_token, "
                     "profile, links, timeout, spool, proxy and ca");
}

static enum pc_code read_query(char *query, struct pc_s3_url *url, struct parameters *given,
                               struct pc_err *err)
{
    char *save = NULL;
    for (char *part = strtok_r(query, "&", &save); part; part = strtok_r(NULL, "&", &save)) {
        char *value = strchr(part, '=');
        if (!value)
            return fail(err, "after the '?' comes NAME=VALUE, with '&' between them");
        *value++ = 0;
        if (!pc_percent_decode(value))
            return fail(err, "a '%' must be followed by two hex digits");
        enum pc_code rc = read_parameter(url, given, part, value, err);
        if (rc)
            return rc;
    }
    return PC_OK;
}

/* A secret may contain '/' and '@', so everything before the last '@' is KEY:SECRET. */
static enum pc_code read_key(char *text, struct pc_s3_url *url, struct pc_err *err)
{
    char *colon = strchr(text, ':');
    if (!colon)
        return fail(err, "before the '@' comes KEY:SECRET");
    *colon++ = 0;
    if (!pc_percent_decode(text) || !pc_percent_decode(colon))
        return fail(err, "a '%' must be followed by two hex digits");
    url->key_id = pc_xstrdup(text);
    url->secret = pc_xstrdup(colon);
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

static enum pc_code read_bucket(char *text, struct pc_s3_url *url, struct pc_err *err)
{
    char *prefix = strchr(text, '/');
    if (prefix)
        *prefix++ = 0;
    if (!bucket_valid(text))
        return fail(err,
                    "it begins with s3://BUCKET, and a bucket's name has 3 to 63 letters, digits, "
                    "'-' and '.'");
    url->bucket = pc_xstrdup(text);
    if (!prefix || !*prefix) {
        url->prefix = pc_xstrdup("");
        return PC_OK;
    }
    if (!pc_percent_decode(prefix))
        return fail(err, "a '%' must be followed by two hex digits");
    bool closed = prefix[strlen(prefix) - 1] == '/';
    url->prefix = pc_xasprintf("%s%s", prefix, closed ? "" : "/");
    return PC_OK;
}

/* A Host header does not name the port that is the scheme's default. */
static void drop_default_port(char *host, bool tls)
{
    const char *usual = tls ? ":443" : ":80";
    size_t len = strlen(host), n = strlen(usual);
    if (len > n && pc_str_eq(host + len - n, usual))
        host[len - n] = 0;
}

static enum pc_code use_endpoint(struct pc_s3_url *url, const char *endpoint, bool by_path,
                                 struct pc_err *err)
{
    bool tls = pc_str_starts(endpoint, "https://");
    if (!tls && !pc_str_starts(endpoint, "http://"))
        return fail(err, "the endpoint must be http://HOST or https://HOST");
    const char *host = strstr(endpoint, "://") + 3;
    size_t host_len = strcspn(host, "/");
    if (host_len == 0 || strpbrk(host, "@?#"))
        return fail(err, "the endpoint must be http://HOST or https://HOST");
    char *name = pc_xstrndup(host, host_len), *path = pc_xstrdup(host + host_len);
    drop_default_port(name, tls);
    while (*path && path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = 0;
    url->host = by_path ? pc_xstrdup(name) : pc_xasprintf("%s.%s", url->bucket, name);
    url->origin = pc_xasprintf("%s://%s", tls ? "https" : "http", url->host);
    url->root = by_path ? pc_xasprintf("%s/%s/", path, url->bucket) : pc_xasprintf("%s/", path);
    free(name);
    free(path);
    return PC_OK;
}

static enum pc_code complete_endpoint(struct pc_s3_url *url, const struct parameters *given,
                                      struct pc_err *err)
{
    bool by_path = (given->endpoint && *given->endpoint) || strchr(url->bucket, '.');
    if (given->style && !pc_str_eq(given->style, "path") && !pc_str_eq(given->style, "virtual"))
        return fail(err, "the style must be path or virtual");
    if (given->style)
        by_path = pc_str_eq(given->style, "path");
    if (!url->region || !*url->region)
        set(&url->region, "us-east-1");
    if (given->endpoint && *given->endpoint)
        return use_endpoint(url, given->endpoint, by_path, err);
    const char *suffix = pc_str_starts(url->region, "cn-") ? ".cn" : "";
    url->host = by_path
                    ? pc_xasprintf("s3.%s.amazonaws.com%s", url->region, suffix)
                    : pc_xasprintf("%s.s3.%s.amazonaws.com%s", url->bucket, url->region, suffix);
    url->origin = pc_xasprintf("https://%s", url->host);
    url->root = by_path ? pc_xasprintf("/%s/", url->bucket) : pc_xstrdup("/");
    return PC_OK;
}

static enum pc_code complete_links(struct pc_s3_url *url, const char *links, struct pc_err *err)
{
    static const char public[] = "public:";
    if (!links || pc_str_eq(links, "served")) {
        url->links = PC_S3_SERVED;
    } else if (pc_str_eq(links, "presigned")) {
        url->links = PC_S3_PRESIGNED;
    } else if (pc_str_starts(links, "public:http://") || pc_str_starts(links, "public:https://")) {
        const char *base = links + strlen(public);
        bool closed = base[strlen(base) - 1] == '/';
        url->links = PC_S3_PUBLIC;
        url->public_base = pc_xasprintf("%s%s", base, closed ? "" : "/");
    } else {
        return fail(err, "links must be served, presigned or public:https://...");
    }
    return PC_OK;
}

static enum pc_code complete_key(struct pc_s3_url *url, struct pc_err *err)
{
    if (url->key_id && (!*url->key_id || !*url->secret))
        return fail(err, "before the '@' comes KEY:SECRET");
    if (url->key_id && url->profile && *url->profile)
        return fail(err, "it has both a key and a profile");
    if (!url->key_id && url->session_token && *url->session_token)
        return fail(err, "a session_token needs KEY:SECRET@");
    if (!url->session_token)
        set(&url->session_token, "");
    if (!url->profile)
        set(&url->profile, "");
    return PC_OK;
}

static enum pc_code complete(struct pc_s3_url *url, const struct parameters *given,
                             struct pc_err *err)
{
    int64_t timeout_s = DEFAULT_TIMEOUT_S;
    const char *tmp = getenv("TMPDIR");
    if (given->timeout && !pc_str_to_i64(given->timeout, 1, MAX_TIMEOUT_S, &timeout_s))
        return fail(err, "the timeout must be 1 to 600 seconds");
    url->timeout_ms = timeout_s * 1000;
    enum pc_code rc = complete_key(url, err);
    if (rc)
        return rc;
    if (!url->spool_dir || !*url->spool_dir)
        set(&url->spool_dir, tmp && *tmp ? tmp : "/tmp");
    rc = complete_endpoint(url, given, err);
    return rc ? rc : complete_links(url, given->links, err);
}

enum pc_code pc_s3_url_parse(const char *text, struct pc_s3_url *out, struct pc_err *err)
{
    struct parameters given = {NULL};
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
        rc = read_query(query, out, &given, err);
    if (!rc)
        rc = complete(out, &given, err);
    free(given.endpoint);
    free(given.style);
    free(given.links);
    free(given.timeout);
    free(copy);
    return rc;
}

void pc_s3_url_finish(struct pc_s3_url *url)
{
    char **const fields[] = {&url->key_id,    &url->secret,      &url->session_token, &url->bucket,
                             &url->region,    &url->prefix,      &url->origin,        &url->host,
                             &url->root,      &url->public_base, &url->proxy,         &url->ca,
                             &url->spool_dir, &url->profile};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        free(*fields[i]);
        *fields[i] = NULL;
    }
}

char *pc_s3_url_path(const struct pc_s3_url *url, const char *key)
{
    return *key ? pc_xasprintf("%s%s%s", url->root, url->prefix, key) : pc_xstrdup(url->root);
}

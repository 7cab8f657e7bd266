/* Reads redis://[user:password@]host[:port][/db][?prefix=bull&queue=image-processing]
 * and, with TLS, rediss://...[&ca=PATH][&cert=PATH][&key=PATH]. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "queue/bull/internal.h"

static const char form[] = "redis[s]://[user:password@]host[:port][/db][?prefix=...&queue=...]";

static enum pc_code wrong(struct pc_err *err, const char *what)
{
    return pc_fail(err, PC_E_CONFIG, "The queue's URL is wrong: %s. Its form is %s.", what, form);
}

static bool set_part(char **part, const char *text, size_t len)
{
    free(*part);
    *part = pc_xstrndup(text, len);
    return pc_percent_decode(*part);
}

/* "host", "host:port", "[v6]:port" */
static bool parse_host(struct pc_bull_url *url, const char *text, size_t len)
{
    const char *end = text + len;
    const char *close = *text == '[' ? memchr(text, ']', len) : NULL;
    const char *colon = close ? (close[1] == ':' ? close + 1 : NULL) : memchr(text, ':', len);
    const char *host = close ? text + 1 : text;
    const char *host_end = close ? close : colon ? colon : end;
    if (host == host_end || (*text == '[' && !close) || (close && close + 1 != end && !colon))
        return false;
    if (!set_part(&url->host, host, (size_t)(host_end - host)))
        return false;
    if (!colon)
        return true;
    char *port = pc_xstrndup(colon + 1, (size_t)(end - colon - 1));
    int64_t number = 0;
    bool ok = pc_str_to_i64(port, 1, 65535, &number);
    url->port = (int)number;
    free(port);
    return ok;
}

/* Where the value of "name=..." goes; NULL for an unknown name. */
static char **query_part(struct pc_bull_url *url, const char *text)
{
    const struct {
        const char *name;
        char **part;
    } parts[] = {{"prefix=", &url->prefix},
                 {"queue=", &url->queue},
                 {"ca=", &url->ca},
                 {"cert=", &url->cert},
                 {"key=", &url->key}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (pc_str_starts(text, parts[i].name))
            return parts[i].part;
    return NULL;
}

static enum pc_code parse_query(struct pc_bull_url *url, const char *text, struct pc_err *err)
{
    while (*text) {
        size_t len = strcspn(text, "&");
        char **part = query_part(url, text);
        size_t name = strcspn(text, "=") + 1;
        if (!part)
            return wrong(err, "only prefix, queue, ca, cert and key may follow the question mark");
        if (len <= name || !set_part(part, text + name, len - name))
            return wrong(err,
                         "a value after the question mark is empty, or has a % that should be %25");
        text += len + (text[len] == '&');
    }
    if (!url->tls && (url->ca || url->cert || url->key))
        return wrong(err, "ca, cert and key are for rediss://");
    return url->key && !url->cert ? wrong(err, "a key needs its cert") : PC_OK;
}

static enum pc_code parse_rest(struct pc_bull_url *url, const char *text, struct pc_err *err)
{
    size_t len = strcspn(text, "/?");
    const char *sign = memrchr(text, '@', len);
    const char *host = sign ? sign + 1 : text, *rest = text + len;
    int64_t db = 0;
    if (sign) { /* "user:password", ":password", "user" */
        const char *colon = memchr(text, ':', (size_t)(sign - text));
        const char *user_end = colon ? colon : sign;
        if (!set_part(&url->user, text, (size_t)(user_end - text)) ||
            (colon && !set_part(&url->password, colon + 1, (size_t)(sign - colon - 1))))
            return wrong(err, "user and password must be percent-encoded");
    }
    if (!parse_host(url, host, (size_t)(rest - host)))
        return wrong(err, "the host or the port cannot be read");
    if (*rest == '/') {
        size_t digits = strcspn(++rest, "?");
        char *number = pc_xstrndup(rest, digits);
        bool ok = !*number || pc_str_to_i64(number, 0, 1 << 20, &db);
        free(number);
        if (!ok)
            return wrong(err, "the database must be a number");
        rest += digits;
    }
    url->db = (int)db;
    return *rest == '?' ? parse_query(url, rest + 1, err) : PC_OK;
}

enum pc_code pc_bull_url_parse(const char *text, struct pc_bull_url *url, struct pc_err *err)
{
    *url = (struct pc_bull_url){.port = 6379, .tls = pc_str_starts(text, "rediss://")};
    url->prefix = pc_xstrdup("bull");
    url->queue = pc_xstrdup("image-processing");
    if (!url->tls && !pc_str_starts(text, "redis://"))
        return wrong(err, "it does not begin with redis:// or rediss://");
    if (url->tls && !pc_bull_has_tls)
        return pc_fail(err, PC_E_CONFIG,
                       "The Redis library of this build (hiredis) has no TLS, so rediss:// does "
                       "not work: use redis:// in a trusted network or through a tunnel.");
    return parse_rest(url, strstr(text, "//") + 2, err);
}

void pc_bull_url_finish(struct pc_bull_url *url)
{
    free(url->host);
    free(url->user);
    free(url->password);
    free(url->prefix);
    free(url->queue);
    free(url->ca);
    free(url->cert);
    free(url->key);
    *url = (struct pc_bull_url){.host = NULL};
}

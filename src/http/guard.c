#include "http/guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Host and port of "scheme://host:port/...", or NULL; *len its length. */
static const char *authority_of(const char *url, size_t *len)
{
    const char *at = strstr(url, "://");
    if (!at)
        return NULL;
    at += 3;
    *len = strcspn(at, "/?#");
    return *len ? at : NULL;
}

static bool same_host(const char *a, size_t len, const char *b, size_t b_len)
{
    return len == b_len && strncasecmp(a, b, len) == 0;
}

bool pc_guard_origin(const char *origin, const char *host, const char *public_url)
{
    if (!origin)
        return true;
    size_t len = 0, public_len = 0;
    const char *from = authority_of(origin, &len);
    if (!from)
        return false; /* "null": a sandboxed frame, a file */
    if (host && same_host(from, len, host, strlen(host)))
        return true;
    const char *ours = authority_of(public_url, &public_len);
    return ours && same_host(from, len, ours, public_len);
}

/* The host without its port and brackets; false when it does not fit. */
static bool bare_host(const char *host, size_t len, char *out, size_t cap)
{
    size_t start = 0, n;
    if (len && host[0] == '[') {
        const char *end = memchr(host, ']', len);
        if (!end)
            return false;
        start = 1;
        n = (size_t)(end - host) - 1;
    } else {
        const char *colon = memchr(host, ':', len);
        n = colon ? (size_t)(colon - host) : len;
    }
    if (n == 0 || n >= cap)
        return false;
    memcpy(out, host + start, n);
    out[n] = 0;
    return true;
}

bool pc_guard_host(const char *host, const char *public_url)
{
    char name[256], ours[256];
    struct in6_addr six;
    struct in_addr four;
    if (!host)
        return true;
    if (!bare_host(host, strlen(host), name, sizeof name))
        return false;
    if (strcasecmp(name, "localhost") == 0 || pc_str_ends_ci(name, ".localhost") ||
        inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1)
        return true;
    size_t len = 0;
    const char *from = authority_of(public_url, &len);
    return from && bare_host(from, len, ours, sizeof ours) && strcasecmp(name, ours) == 0;
}

bool pc_guard_is_loopback(const char *address)
{
    struct in_addr four;
    if (inet_pton(AF_INET, address, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    return strcmp(address, "::1") == 0 || strcasecmp(address, "localhost") == 0;
}

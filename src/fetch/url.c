/* The parser is libcurl's own, so that what was checked here is what will be fetched. */
#include "fetch/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <locale.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/percent.h"
#include "base/str.h"

static enum pc_code check_text(const char *url, struct pc_err *err)
{
    size_t len = strlen(url);
    if (len == 0)
        return pc_fail(err, PC_E_BAD_URL, "The URL is empty.");
    if (strncasecmp(url, "data:", 5) == 0)
        return pc_fail(err, PC_E_URL_SCHEME,
                       "A data: URL is an image itself; send it to /process as imageData.");
    if (len > PC_FETCH_URL_MAX)
        return pc_fail(err, PC_E_BAD_URL, "The URL is longer than %d bytes.", PC_FETCH_URL_MAX);
    if (!pc_str_is_utf8(url, len))
        return pc_fail(err, PC_E_BAD_URL, "The URL is not valid UTF-8.");
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
            return pc_fail(err, PC_E_BAD_URL,
                           "The URL has a space, a backslash or a control character.");
    return PC_OK;
}

/* Sets a host name beyond ASCII in punycode. It is read from a whole URL that has nothing but the
 * host, because asking for the host alone leaks memory in libcurl 7.88 to 8.14 when it has no such
 * form. It must not have become other syntax on the way: one character may stand for "a/c". */
static CURLUcode set_punycode(CURLU *u, const char *host)
{
    static const char head[] = "http://";
    char *url = NULL;
    CURLU *bare = curl_url();
    CURLUcode uc = bare ? curl_url_set(bare, CURLUPART_SCHEME, "http", 0) : CURLUE_OUT_OF_MEMORY;
    uc = uc ? uc : curl_url_set(bare, CURLUPART_HOST, host, 0);
    /* libcurl hands names to libidn2 in the encoding of the locale. Ours are UTF-8 whatever the
     * locale of the process is. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    uc = uc ? uc : curl_url_get(bare, CURLUPART_URL, &url, CURLU_PUNYCODE);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    if (uc == CURLUE_OUT_OF_MEMORY) /* what 7.88 returns for a name without such a form */
        uc = CURLUE_BAD_HOSTNAME;
    if (!uc) {
        url[strlen(url) - 1] = 0; /* its path, "/" */
        char *name = url + strlen(head);
        uc = strpbrk(name, "/?#@:[]\\%") ? CURLUE_BAD_HOSTNAME
                                         : curl_url_set(u, CURLUPART_HOST, name, 0);
    }
    curl_free(url);
    curl_url_cleanup(bare);
    return uc;
}

/* Host to lower case, names beyond ASCII to punycode: one spelling for one host. */
static CURLUcode normalise_host(CURLU *u)
{
    char *host = NULL;
    bool ascii = true;
    CURLUcode uc = curl_url_get(u, CURLUPART_HOST, &host, 0);
    if (uc)
        return uc;
    for (char *p = host; *p; p++) {
        ascii = ascii && (unsigned char)*p < 0x80;
        *p = (char)tolower((unsigned char)*p);
    }
    uc = ascii ? curl_url_set(u, CURLUPART_HOST, host, 0) : set_punycode(u, host);
    curl_free(host);
    return uc;
}

/* Sets u from the text and brings its parts into their normal form. */
static enum pc_code parse(CURLU *u, const char *url, struct pc_err *err)
{
    /* Behind the host, bytes beyond ASCII are percent-encoded. What came encoded stays as it is,
     * also in its case, because a signed URL would not survive a change. (libcurl's own encoding
     * differs between versions, and these texts are keys in databases.) */
    static const char ascii[] = "!\"#$%&'()*+,/:;<=>?@[]^`{|}"; /* beside letters, digits, -._~ */
    struct pc_buf encoded = PC_BUF_INIT;
    char *scheme = NULL, *zone = NULL;
    const char *host = strstr(url, "://");
    const char *tail = host ? host + 3 + strcspn(host + 3, "/?#") : url + strlen(url);
    pc_buf_append(&encoded, url, (size_t)(tail - url));
    pc_percent_encode(&encoded, tail, ascii);
    CURLUcode uc = curl_url_set(u, CURLUPART_URL, pc_buf_text(&encoded),
                                CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
    uc = uc ? uc : curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
    bool web = scheme && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    bool has_zone = curl_url_get(u, CURLUPART_ZONEID, &zone, 0) == CURLUE_OK;
    pc_buf_finish(&encoded);
    curl_free(scheme);
    curl_free(zone);
    if (!uc && !web)
        return pc_fail(err, PC_E_URL_SCHEME, NULL);
    if (!uc && has_zone)
        return pc_fail(err, PC_E_BAD_URL, "URLs with a network interface are refused.");
    uc = uc ? uc : normalise_host(u);
    uc = uc ? uc : curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    if (uc == CURLUE_USER_NOT_ALLOWED)
        return pc_fail(err, PC_E_BAD_URL, "URLs with a user name or password are refused.");
    return uc ? pc_fail_detail(err, PC_E_BAD_URL, "libcurl: %s", curl_url_strerror(uc)) : PC_OK;
}

static enum pc_code normalise_once(const char *url, char *out, size_t cap, struct pc_err *err)
{
    enum pc_code rc = check_text(url, err);
    CURLU *u = rc ? NULL : curl_url();
    char *text = NULL;
    if (!rc && !u)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "curl_url failed");
    if (!rc)
        rc = parse(u, url, err);
    CURLUcode uc = rc ? CURLUE_OK : curl_url_get(u, CURLUPART_URL, &text, CURLU_NO_DEFAULT_PORT);
    if (uc)
        rc = pc_fail_detail(err, PC_E_BAD_URL, "libcurl: %s", curl_url_strerror(uc));
    if (text && (strlen(text) > PC_FETCH_URL_MAX || !pc_str_copy(out, cap, text)))
        rc = pc_fail(err, PC_E_BAD_URL, "The URL is longer than %d bytes.", PC_FETCH_URL_MAX);
    curl_free(text);
    curl_url_cleanup(u);
    return rc;
}

enum pc_code pc_fetch_normalise_url(const char *url, char *out, size_t cap, struct pc_err *err)
{
    char first[PC_FETCH_URL_MAX + 1], second[PC_FETCH_URL_MAX + 1];
    enum pc_code rc = normalise_once(url, first, sizeof first, err);
    if (rc)
        return rc;
    /* A text that reads differently the second time, such as a host name that punycode turned into
     * other syntax, would be checked as one URL and fetched as another. */
    rc = normalise_once(first, second, sizeof second, err);
    if (rc)
        return rc;
    if (strcmp(first, second) != 0)
        return pc_fail(err, PC_E_BAD_URL, "The URL can be read in more than one way.");
    if (!pc_str_copy(out, cap, first))
        return pc_fail(err, PC_E_BAD_URL, "The URL is too long.");
    return PC_OK;
}

void pc_fetch_url_file_name(const char *url, char *out, size_t cap)
{
    if (cap == 0)
        return;
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    const char *end = host + strcspn(host, "?#");
    const char *last = end;
    while (last > host && last[-1] != '/')
        last--;
    if (last == end) { /* "https://example.com/" or ".../folder/" */
        last = host;
        end = host + (*host == '[' ? strcspn(host, "/?#") : strcspn(host, ":/?#"));
    }
    struct pc_buf name = PC_BUF_INIT;
    pc_percent_decode_lenient(&name, last, (size_t)(end - last));
    for (size_t i = 0; i < name.len; i++)
        if (!name.data[i])
            name.data[i] = '_';
    if (!pc_str_copy(out, cap, pc_buf_text(&name)))
        pc_str_drop_partial_utf8(out);
    pc_buf_finish(&name);
    pc_str_to_file_name(out);
}

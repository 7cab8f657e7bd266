/* The built page, the API document, and /docs, which shows it.
 *
 * The page is the files below page_dir, read from disk at each request (the system caches them).
 * Every segment of a path must be [A-Za-z0-9._-] and not begin with a dot, so that no path leads
 * out of the folder. Files whose name carries a hash (below /assets/) may be kept for ever; for the
 * others clients ask again each time, with the entity tag. FILE.br and FILE.gz beside FILE are sent
 * to clients that accept them.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/handler.h"
#include "http/headers.h"
#include "http/response.h"
#include "service/query.h"

extern const struct pc_embedded pc_embedded_docs[]; /* docs_page.py writes it */

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".csv", "text/csv; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
};

/* path begins with a slash. */
static bool path_valid(const char *path)
{
    for (const char *s = path; *s; s++) {
        if (*s == '/' && (s[1] == '/' || s[1] == '.'))
            return false;
        if (!isalnum((unsigned char)*s) && !strchr("/._-", *s))
            return false;
    }
    return *path == '/' && strlen(path) < 512;
}

struct page_file {
    int fd;
    int64_t size;
    char tag[64];
    const char *coding; /* NULL: as it is */
};

static bool open_page_file(const struct pc_request *r, const char *path, const char *suffix,
                           struct page_file *f)
{
    struct stat st;
    char *full = pc_xasprintf("%s%s%s", r->http->page_dir, path, suffix);
    f->fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    free(full);
    if (f->fd < 0)
        return false;
    if (fstat(f->fd, &st) || !S_ISREG(st.st_mode)) {
        close(f->fd);
        return false;
    }
    f->size = st.st_size;
    snprintf(f->tag, sizeof f->tag, "\"%llx-%llx%s\"", (long long)st.st_size,
             (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec, suffix);
    return true;
}

static bool find_page_file(const struct pc_request *r, const char *path, struct page_file *f)
{
    static const struct {
        const char *coding, *suffix;
    } encodings[] = {{"br", ".br"}, {"gzip", ".gz"}};
    const char *accepted = pc_request_header(r, "Accept-Encoding");
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        f->coding = encodings[i].coding;
        if (pc_header_accepts_coding(accepted, f->coding) &&
            open_page_file(r, path, encodings[i].suffix, f))
            return true;
    }
    f->coding = NULL;
    return open_page_file(r, path, "", f);
}

static enum pc_code send_page_file(struct pc_request *r, const char *path,
                                   const struct page_file *f)
{
    bool known = pc_header_etag_matches(pc_request_header(r, "If-None-Match"), f->tag);
    struct MHD_Response *response =
        known ? pc_response_create_empty()
              : MHD_create_response_from_fd_at_offset64((uint64_t)f->size, f->fd, 0);
    if (known || !response)
        close(f->fd);

    const char *type = "application/octet-stream";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (pc_str_ends_ci(path, types[i].suffix))
            type = types[i].type;
    bool hashed = pc_str_starts(path, "/assets/");
    pc_response_set_header(response, "Content-Type", type);
    pc_response_set_header(response, "ETag", f->tag);
    pc_response_set_header(response, "Vary", "Accept-Encoding");
    pc_response_set_header(response, "Cache-Control",
                           hashed ? "public, max-age=31536000, immutable" : "no-cache");
    pc_response_set_header(response, "Referrer-Policy", "no-referrer");
    if (f->coding)
        pc_response_set_header(response, "Content-Encoding", f->coding);

    /* Images may come from the blob store itself, where responses link to it. */
    char *origin = pc_service_link_origin(r->http->svc);
    char *policy = pc_xasprintf(
        "default-src 'self'; img-src 'self' data: blob:%s%s; style-src 'self'; "
        "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        origin ? " " : "", origin ? origin : "");
    pc_response_set_header(response, "Content-Security-Policy", policy);
    free(policy);
    free(origin);
    r->response_bytes = f->size;
    return pc_response_send(r, known ? 304 : 200, response);
}

static enum pc_code send_openapi(struct pc_request *r)
{
    struct pc_buf text = PC_BUF_INIT;
    pc_buf_append(&text, pc_embedded_openapi[0].text, pc_embedded_openapi[0].len);
    return pc_response_send_buf(r, 200, "application/yaml; charset=utf-8", &text);
}

/* Generated from our own document: it has a style of its own and nothing else. */
static enum pc_code send_docs(struct pc_request *r)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        pc_embedded_docs[0].len, (void *)pc_embedded_docs[0].text, MHD_RESPMEM_PERSISTENT);
    pc_response_set_header(response, "Content-Type", "text/html; charset=utf-8");
    pc_response_set_header(response, "Cache-Control", "no-cache");
    pc_response_set_header(response, "Content-Security-Policy",
                           "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                           "frame-ancestors 'none'");
    return pc_response_send(r, 200, response);
}

static enum pc_code end(struct pc_request *r)
{
    struct page_file f;
    if (strcmp(r->path, "/docs") == 0)
        return send_docs(r);
    const char *path = strcmp(r->path, "/") == 0 ? "/index.html" : r->path;
    if (*r->http->page_dir && path_valid(path) && find_page_file(r, path, &f))
        return send_page_file(r, path, &f);
    if (strcmp(r->path, "/") == 0)
        return pc_response_send_text(r, 200, "text/plain; charset=utf-8",
                                     "PoseCraft is running. The page is not built; the API is at "
                                     "/docs.\n");
    return pc_response_send_text(r, 404, "text/plain; charset=utf-8", "There is nothing here.\n");
}

const struct pc_handler pc_handler_page = {.end = end};
const struct pc_handler pc_handler_openapi = {.end = send_openapi};

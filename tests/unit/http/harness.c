#include "harness.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* --- the server --- */

void served_init(struct served *s)
{
    *s = (struct served){.http = NULL};
    test_fixture_init(&s->parts);
    s->parts.config.max_upload_bytes = 1 << 20;
    s->parts.config.max_batch = 300;
    s->page_dir = test_mkdir();
}

static void *run(void *http)
{
    pc_http_run(http, 3000);
    return NULL;
}

void served_start(struct served *s)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_http_options options = {.host = "127.0.0.1", .page_dir = s->page_dir};
    test_fixture_start(&s->parts, false);
    assert_ok(pc_http_create(s->parts.service, &options, &s->http, &err), &err);
    assert_int_equal(pthread_create(&s->thread, NULL, run, s->http), 0);
    s->running = true;
}

void served_stop(struct served *s)
{
    pc_http_stop(s->http);
    pthread_join(s->thread, NULL);
    s->running = false;
}

void served_finish(struct served *s)
{
    if (s->running)
        served_stop(s);
    pc_http_destroy(s->http);
    test_fixture_stop(&s->parts);
    test_rmdir(s->page_dir);
}

int served_setup(void **state)
{
    static struct served s;
    served_init(&s);
    served_start(&s);
    *state = &s;
    return 0;
}

int served_teardown(void **state)
{
    served_finish(*state);
    return 0;
}

/* --- libcurl --- */

static size_t take(char *data, size_t size, size_t n, void *buf)
{
    pc_buf_append(buf, data, size * n);
    return size * n;
}

static struct curl_slist *header_list(const char *text)
{
    struct curl_slist *list = NULL;
    char *copy = pc_xstrdup(text), *save = NULL;
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        list = curl_slist_append(list, line);
    free(copy);
    return list;
}

void call(struct served *s, struct reply *r, const char *method, const char *path,
          const char *headers, const void *body, size_t len)
{
    *r = (struct reply){.status = 0};
    CURL *curl = curl_easy_init();
    char *url = pc_xasprintf("http://127.0.0.1:%d%s", pc_http_port(s->http), path);
    struct curl_slist *list = headers ? header_list(headers) : NULL;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOBODY, (long)(strcmp(method, "HEAD") == 0));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &r->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &r->body);
    CURLcode rc = curl_easy_perform(curl);
    if (rc)
        print_message("# %s %s: %s\n", method, path, curl_easy_strerror(rc));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &r->status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    free(url);
    r->json = json_loadb(pc_buf_text(&r->body), r->body.len, 0, NULL);
}

void reply_finish(struct reply *r)
{
    pc_buf_finish(&r->headers);
    pc_buf_finish(&r->body);
    json_decref(r->json);
}

bool reply_has(const struct reply *r, const char *line)
{
    char *wanted = pc_xasprintf("\n%s\r\n", line);
    bool found = strcasestr(pc_buf_text(&r->headers), wanted) != NULL;
    free(wanted);
    return found;
}

const char *reply_code(const struct reply *r)
{
    const char *code =
        json_string_value(json_object_get(json_object_get(r->json, "error"), "code"));
    return code ? code : "";
}

void expect(struct served *s, const char *method, const char *path, const char *headers,
            const char *body, long status, const char *code)
{
    struct reply r;
    call(s, &r, method, path, headers, body, body ? strlen(body) : 0);
    if (r.status != status || strcmp(reply_code(&r), code) != 0)
        fail_msg("%s %s: %ld %s, not %ld %s: %s", method, path, r.status, reply_code(&r), status,
                 code, pc_buf_text(&r.body));
    reply_finish(&r);
}

int64_t read_metric(struct served *s, const char *name)
{
    struct reply r;
    call(s, &r, "GET", "/metrics", NULL, NULL, 0);
    char *wanted = pc_xasprintf("\n%s ", name);
    const char *at = strstr(pc_buf_text(&r.body), wanted);
    int64_t v = at ? strtoll(at + strlen(wanted), NULL, 10) : -1;
    free(wanted);
    reply_finish(&r);
    return v;
}

void await_metric(struct served *s, const char *name, int64_t value)
{
    for (int64_t until = pc_clock_mono_ms() + WATCHDOG_MS;
         read_metric(s, name) != value && pc_clock_mono_ms() < until;)
        pc_clock_sleep_ms(10);
    assert_int_equal(read_metric(s, name), value);
}

/* --- sockets --- */

int dial(struct served *s)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)pc_http_port(s->http)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int small = 4096, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

int send_get(struct served *s, const char *path_format, ...)
{
    va_list args;
    struct pc_buf text = PC_BUF_INIT;
    int fd = dial(s);
    pc_buf_puts(&text, "GET ");
    va_start(args, path_format);
    pc_buf_vprintf(&text, path_format, args);
    va_end(args);
    pc_buf_puts(&text, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    send_bytes(fd, text.data, text.len);
    pc_buf_finish(&text);
    return fd;
}

void send_bytes(int fd, const void *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = send(fd, (const char *)bytes + at, len - at, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server hung up: its response says why */
        at += (size_t)n;
    }
}

void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

/* 1: bytes arrived; 0: the end; -1: nothing in time. */
static int receive_some(int fd, struct pc_buf *in, int64_t until_ms)
{
    char bytes[4096];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t left = until_ms - pc_clock_mono_ms();
    if (left < 0 || poll(&p, 1, (int)left) <= 0)
        return -1;
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        return 0;
    pc_buf_append(in, bytes, (size_t)n);
    return 1;
}

bool receive_within(int fd, struct pc_buf *in, const char *text, int64_t within_ms)
{
    int64_t until = pc_clock_mono_ms() + within_ms;
    while (!in->len || !memmem(in->data, in->len, text, strlen(text)))
        if (receive_some(fd, in, until) <= 0)
            return false;
    return true;
}

bool receive_until(int fd, struct pc_buf *in, const char *text)
{
    return receive_within(fd, in, text, WATCHDOG_MS);
}

bool receive_end(int fd, struct pc_buf *in)
{
    int64_t until = pc_clock_mono_ms() + WATCHDOG_MS;
    int more;
    while ((more = receive_some(fd, in, until)) > 0)
        ;
    return more == 0;
}

int join_live(struct served *s, struct pc_buf *in)
{
    int fd = dial(s);
    send_text(fd, HANDSHAKE);
    assert_true(receive_until(fd, in, "\r\n\r\n"));
    assert_memory_equal(in->data, "HTTP/1.1 101", 12);
    assert_non_null(strstr(in->data, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    return fd;
}

/* --- images --- */

int64_t submit_image(struct served *s, unsigned char shade)
{
    struct reply r;
    unsigned char bmp[sizeof test_tiny_bmp];
    memcpy(bmp, test_tiny_bmp, sizeof bmp);
    bmp[60] = shade;
    call(s, &r, "POST", "/process?name=a.bmp", "Content-Type: image/bmp", bmp, sizeof bmp);
    assert_true(r.status == 202 || r.status == 200);
    int64_t id = json_integer_value(json_object_get(r.json, "id"));
    assert_true(id > 0);
    reply_finish(&r);
    return id;
}

void fail_image(struct served *s, int64_t id)
{
    struct pc_err why = PC_ERR_INIT;
    struct pc_job job = {.image_id = id, .attempt = 1, .max_attempts = 1};
    pc_fail(&why, PC_E_IMAGE_CORRUPT, NULL);
    pc_service_attempt_failed(s->parts.service, &job, &why, true);
}

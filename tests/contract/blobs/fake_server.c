#include "fake_server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "support.h"

enum {
    MAX_RULES = 16,
    MAX_REPLIES = 24,
    MAX_REQUESTS = 256,
    REQUEST = 8192,
    CHECK_MS = 20,
    MAX_CONNECTIONS = 2048
};

struct rule {
    char *where;
    char *replies[MAX_REPLIES];
    int n, next;
    int together; /* replies wait for so many requests */
    atomic_bool released;
    bool always; /* the last reply is sent again and again */
    char *requests[MAX_REQUESTS];
    int asked;
};

struct connection {
    struct fake_server *p;
    int fd;
    pthread_t thread;
};

struct fake_server {
    int listening, port;
    pthread_t thread;
    atomic_bool stop;
    atomic_int given_up;                            /* silent connections that ended */
    struct connection connections[MAX_CONNECTIONS]; /* of the accepting thread, then of stop */
    int n_connections;
    pthread_mutex_t mutex; /* guards the rules */
    struct rule rules[MAX_RULES];
    int n_rules;
};

/* Reads the head of a request and what fits of its body; the rest is discarded. */

static int64_t body_left(const char *request, size_t have)
{
    const char *length = strcasestr(request, "\r\nContent-Length:");
    const char *end = strstr(request, "\r\n\r\n");
    int64_t all = length && length < end ? strtoll(length + 17, NULL, 10) : 0;
    return all - ((int64_t)have - (end + 4 - request));
}

static bool read_request(int fd, char request[REQUEST])
{
    size_t have = 0;
    char more[65536];
    while (!strstr(request, "\r\n\r\n") || (body_left(request, have) > 0 && have < REQUEST - 1)) {
        ssize_t n = recv(fd, request + have, REQUEST - 1 - have, 0);
        if (n <= 0)
            return false;
        have += (size_t)n;
        request[have] = 0;
    }
    for (int64_t left = body_left(request, have); left > 0;) {
        ssize_t n = recv(fd, more, sizeof more, 0);
        if (n <= 0)
            return false;
        left -= n;
    }
    return true;
}

/* --- rules; with the mutex held --- */

static struct rule *rule_at(struct fake_server *p, const char *where)
{
    for (int i = 0; i < p->n_rules; i++)
        if (pc_str_eq(p->rules[i].where, where))
            return &p->rules[i];
    return NULL;
}

static struct rule *make_rule(struct fake_server *p, const char *where)
{
    struct rule *rule = rule_at(p, where);
    if (rule)
        return rule;
    if (p->n_rules == MAX_RULES)
        abort();
    rule = &p->rules[p->n_rules++];
    rule->where = pc_xstrdup(where);
    return rule;
}

static const char *next_reply(struct fake_server *p, const char *request, struct rule **of)
{
    for (int i = 0; i < p->n_rules; i++) {
        struct rule *rule = &p->rules[i];
        if (!pc_str_starts(request, rule->where))
            continue;
        if (rule->asked < MAX_REQUESTS)
            rule->requests[rule->asked] = pc_xstrdup(request);
        rule->asked++;
        rule->released = rule->released || rule->asked >= rule->together;
        *of = rule;
        if (rule->next < rule->n)
            return rule->replies[rule->next++];
        return rule->always ? rule->replies[rule->n - 1] : FAKE_HANG_UP;
    }
    return FAKE_HANG_UP;
}

/* --- serving --- */

/* Until the client gives up, too. */
static void keep_silent(struct fake_server *p, int fd)
{
    char byte;
    while (!p->stop && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
        pc_clock_sleep_ms(CHECK_MS);
    atomic_fetch_add(&p->given_up, 1);
}

static void *serve(void *ctx)
{
    struct connection *v = ctx;
    struct fake_server *p = v->p;
    char request[REQUEST] = "";
    struct rule *rule = NULL;
    if (read_request(v->fd, request)) {
        pthread_mutex_lock(&p->mutex);
        char *reply = pc_xstrdup(next_reply(p, request, &rule));
        pthread_mutex_unlock(&p->mutex);
        bool silent = pc_str_eq(reply, FAKE_SILENCE);
        if (silent)
            keep_silent(p, v->fd);
        while (rule && !rule->released && !p->stop)
            pc_clock_sleep_ms(CHECK_MS);
        if (!silent && *reply && send(v->fd, reply, strlen(reply), MSG_NOSIGNAL) < 0)
            perror("send");
        free(reply);
    }
    shutdown(v->fd, SHUT_RDWR);
    close(v->fd);
    return NULL;
}

static void *accept_connections(void *ctx)
{
    struct fake_server *p = ctx;
    while (p->n_connections < MAX_CONNECTIONS) {
        struct connection *v = &p->connections[p->n_connections];
        *v = (struct connection){.p = p, .fd = accept(p->listening, NULL, NULL)};
        if (v->fd < 0 || p->stop) {
            close(v->fd);
            return NULL;
        }
        if (pthread_create(&v->thread, NULL, serve, v) == 0)
            p->n_connections++;
    }
    return NULL;
}

struct fake_server *fake_server_start(void)
{
    struct fake_server *p = pc_xzalloc(sizeof *p);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    pthread_mutex_init(&p->mutex, NULL);
    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(p->listening, (struct sockaddr *)&at, len) || listen(p->listening, 64) ||
        getsockname(p->listening, (struct sockaddr *)&at, &len) ||
        pthread_create(&p->thread, NULL, accept_connections, p))
        fail_msg("no server on loopback");
    p->port = ntohs(at.sin_port);
    return p;
}

static void finish_rule(struct rule *rule)
{
    free(rule->where);
    for (int i = 0; i < rule->n; i++)
        free(rule->replies[i]);
    for (int i = 0; i < rule->asked && i < MAX_REQUESTS; i++)
        free(rule->requests[i]);
}

void fake_server_stop(struct fake_server *p)
{
    p->stop = true;
    shutdown(p->listening, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listening);
    for (int i = 0; i < p->n_connections; i++)
        pthread_join(p->connections[i].thread, NULL);
    for (int i = 0; i < p->n_rules; i++)
        finish_rule(&p->rules[i]);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

int fake_server_port(const struct fake_server *p)
{
    return p->port;
}

void fake_server_reply(struct fake_server *p, const char *where, const char *reply)
{
    pthread_mutex_lock(&p->mutex);
    struct rule *rule = make_rule(p, where);
    if (rule->n == MAX_REPLIES)
        abort();
    rule->replies[rule->n++] = pc_xstrdup(reply);
    rule->always = false;
    pthread_mutex_unlock(&p->mutex);
}

void fake_server_always_reply(struct fake_server *p, const char *where, const char *reply)
{
    pthread_mutex_lock(&p->mutex);
    struct rule *rule = make_rule(p, where);
    while (rule->n > 0)
        free(rule->replies[--rule->n]);
    rule->replies[rule->n++] = pc_xstrdup(reply);
    rule->next = 1;
    rule->always = true;
    pthread_mutex_unlock(&p->mutex);
}

void fake_server_gather(struct fake_server *p, const char *where, int n)
{
    pthread_mutex_lock(&p->mutex);
    struct rule *rule = make_rule(p, where);
    rule->together = n;
    rule->released = false;
    pthread_mutex_unlock(&p->mutex);
}

int fake_server_given_up(struct fake_server *p)
{
    return p->given_up;
}

int fake_server_count(struct fake_server *p, const char *where)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    int n = rule ? rule->asked : 0;
    pthread_mutex_unlock(&p->mutex);
    return n;
}

const char *fake_server_request(struct fake_server *p, const char *where, int n)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    const char *request = rule && n < rule->asked && n < MAX_REQUESTS ? rule->requests[n] : "";
    pthread_mutex_unlock(&p->mutex);
    return request;
}

int fake_server_unsent(struct fake_server *p, const char *where)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    int left = rule ? rule->n - rule->next : 0;
    pthread_mutex_unlock(&p->mutex);
    return left;
}

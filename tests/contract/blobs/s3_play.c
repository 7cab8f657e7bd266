#include "s3_play.h"

#include <arpa/inet.h>
#include <limits.h>
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

enum { RULES = 16, SAID = 24, KEPT = 256, REQUEST = 8192, LOOK_MS = 20, VISITORS = 2048 };

struct rule {
    char *where;
    char *said[SAID];
    int n, next, late_ms;
    bool always; /* the last is said again and again */
    char *requests[KEPT];
    int asked;
};

struct visitor {
    struct play *p;
    int fd;
    pthread_t thread;
};

struct play {
    int listening, port;
    pthread_t thread;
    atomic_bool stop;
    struct visitor visitors[VISITORS]; /* of the thread that takes connections, then of stop */
    int n_visitors;
    pthread_mutex_t mutex; /* guards the rules */
    struct rule rules[RULES];
    int n_rules;
};

/* Reading a request: its head, and what fits of its body; the rest is thrown away. */

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

/* Rules; with the mutex held */

static struct rule *rule_at(struct play *p, const char *where)
{
    for (int i = 0; i < p->n_rules; i++)
        if (pc_str_eq(p->rules[i].where, where))
            return &p->rules[i];
    return NULL;
}

static struct rule *make_rule(struct play *p, const char *where)
{
    struct rule *rule = rule_at(p, where);
    if (rule)
        return rule;
    if (p->n_rules == RULES)
        abort();
    rule = &p->rules[p->n_rules++];
    rule->where = pc_xstrdup(where);
    return rule;
}

static const char *next_answer(struct play *p, const char *request, int *late_ms)
{
    for (int i = 0; i < p->n_rules; i++) {
        struct rule *rule = &p->rules[i];
        if (!pc_str_starts(request, rule->where))
            continue;
        if (rule->asked < KEPT)
            rule->requests[rule->asked] = pc_xstrdup(request);
        rule->asked++;
        *late_ms = rule->late_ms;
        if (rule->next < rule->n)
            return rule->said[rule->next++];
        return rule->always ? rule->said[rule->n - 1] : PLAY_HANG_UP;
    }
    return PLAY_HANG_UP;
}

/* Playing */

static void wait_ms(const struct play *p, int ms)
{
    for (; ms > 0 && !p->stop; ms -= LOOK_MS)
        pc_clock_sleep_ms(LOOK_MS);
}

static void *answer(void *ctx)
{
    struct visitor *v = ctx;
    struct play *p = v->p;
    char request[REQUEST] = "";
    int late_ms = 0;
    if (read_request(v->fd, request)) {
        pthread_mutex_lock(&p->mutex);
        char *line = pc_xstrdup(next_answer(p, request, &late_ms));
        pthread_mutex_unlock(&p->mutex);
        bool silent = pc_str_eq(line, PLAY_SILENCE);
        wait_ms(p, silent ? INT_MAX : late_ms);
        if (!silent && *line && send(v->fd, line, strlen(line), MSG_NOSIGNAL) < 0)
            perror("send");
        free(line);
    }
    shutdown(v->fd, SHUT_RDWR);
    close(v->fd);
    return NULL;
}

static void *play(void *ctx)
{
    struct play *p = ctx;
    while (p->n_visitors < VISITORS) {
        struct visitor *v = &p->visitors[p->n_visitors];
        *v = (struct visitor){.p = p, .fd = accept(p->listening, NULL, NULL)};
        if (v->fd < 0 || p->stop) {
            close(v->fd);
            return NULL;
        }
        if (pthread_create(&v->thread, NULL, answer, v) == 0)
            p->n_visitors++;
    }
    return NULL;
}

struct play *play_start(void)
{
    struct play *p = pc_xzalloc(sizeof *p);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    pthread_mutex_init(&p->mutex, NULL);
    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(p->listening, (struct sockaddr *)&at, len) || listen(p->listening, 64) ||
        getsockname(p->listening, (struct sockaddr *)&at, &len) ||
        pthread_create(&p->thread, NULL, play, p))
        fail_msg("no server on loopback");
    p->port = ntohs(at.sin_port);
    return p;
}

static void finish_rule(struct rule *rule)
{
    free(rule->where);
    for (int i = 0; i < rule->n; i++)
        free(rule->said[i]);
    for (int i = 0; i < rule->asked && i < KEPT; i++)
        free(rule->requests[i]);
}

void play_stop(struct play *p)
{
    p->stop = true;
    shutdown(p->listening, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listening);
    for (int i = 0; i < p->n_visitors; i++)
        pthread_join(p->visitors[i].thread, NULL);
    for (int i = 0; i < p->n_rules; i++)
        finish_rule(&p->rules[i]);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

int play_port(const struct play *p)
{
    return p->port;
}

void play_say(struct play *p, const char *where, const char *line)
{
    pthread_mutex_lock(&p->mutex);
    struct rule *rule = make_rule(p, where);
    if (rule->n == SAID)
        abort();
    rule->said[rule->n++] = pc_xstrdup(line);
    rule->always = false;
    pthread_mutex_unlock(&p->mutex);
}

void play_always(struct play *p, const char *where, const char *line)
{
    pthread_mutex_lock(&p->mutex);
    struct rule *rule = make_rule(p, where);
    while (rule->n > 0)
        free(rule->said[--rule->n]);
    rule->said[rule->n++] = pc_xstrdup(line);
    rule->next = 1;
    rule->always = true;
    pthread_mutex_unlock(&p->mutex);
}

void play_late(struct play *p, const char *where, int ms)
{
    pthread_mutex_lock(&p->mutex);
    make_rule(p, where)->late_ms = ms;
    pthread_mutex_unlock(&p->mutex);
}

int play_asked(struct play *p, const char *where)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    int n = rule ? rule->asked : 0;
    pthread_mutex_unlock(&p->mutex);
    return n;
}

const char *play_request(struct play *p, const char *where, int n)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    const char *request = rule && n < rule->asked && n < KEPT ? rule->requests[n] : "";
    pthread_mutex_unlock(&p->mutex);
    return request;
}

int play_left(struct play *p, const char *where)
{
    pthread_mutex_lock(&p->mutex);
    const struct rule *rule = rule_at(p, where);
    int left = rule ? rule->n - rule->next : 0;
    pthread_mutex_unlock(&p->mutex);
    return left;
}

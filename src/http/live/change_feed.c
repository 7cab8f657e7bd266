/* What changed, by this process or another, told to live channels and to requests that wait.
 *
 * This process notes its changes at once (service/events.h), and what others tell where the queue
 * carries word between processes; either makes a look at the records due: what changed above
 * told_seq, what was removed, and the counts. The same look is made now and then in any case, while
 * somebody listens: so nothing is missed that was not told. One look at a time, off the loop where
 * the records are across a network.
 *
 * A store may know a change before its seq is settled (a lower one may still come): told_seq stays
 * behind then, and the next look brings the same again. What was told above told_seq is remembered,
 * so that it is not told twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/executor.h"

enum {
    REFRESH_MS = 1000,          /* where nobody tells us */
    REFRESH_NOTIFIED_MS = 5000, /* where others do: what they told is looked at at once */
    MAX_IMAGES = 200,           /* images of one look */
    MAX_REMOVALS = 256,         /* removals of one look, or one turn's events */
    REMEMBERED = 1024,          /* of each kind; what is forgotten may be told again */
};

struct published {
    int64_t id, seq;
};

struct pc_change_feed {
    struct pc_http *http;
    bool active; /* told_seq holds */
    bool due, refreshing;
    bool hello_wanted;     /* somebody waits for hello */
    bool overflowed;       /* more happened than was noted: all must read again */
    bool failed;           /* the last look */
    int64_t published_seq; /* all changes up to here were told */
    int64_t newest_seq;    /* the highest that was told */
    int64_t refresh_at_ms, refresh_interval_ms;
    struct published published[REMEMBERED]; /* above told_seq */
    int n_published, next_published;
    int64_t removed[REMEMBERED];
    int n_removed, next_removed;
};

struct refresh {
    struct pc_task task; /* first */
    struct pc_change_feed *changes;
    int64_t since; /* -1: just where we stand */
    bool due;
    int64_t seq;  /* of the store before the list was read */
    json_t *list; /* NULL: nothing changed */
    json_t *counts;
    int64_t removed[MAX_REMOVALS];
    int n_removed;
    bool all_removed;
};

struct pc_change_feed *pc_change_feed_create(struct pc_http *http)
{
    struct pc_change_feed *c = pc_xzalloc(sizeof *c);
    c->http = http;
    c->refresh_interval_ms = pc_service_listen(http->svc) ? REFRESH_NOTIFIED_MS : REFRESH_MS;
    return c;
}

void pc_change_feed_destroy(struct pc_change_feed *c)
{
    free(c);
}

/* --- the look ----------------------------------------------------------------------------------
 */

static enum pc_code read_changes(struct refresh *l, struct pc_service *svc, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = MAX_IMAGES;
    q.since_seq = l->since; /* 0, a store that was empty: from the first on */
    q.sort = PC_SORT_UPDATED;
    q.descending = false;
    enum pc_code rc = pc_service_list(svc, &q, &l->list, err);
    return rc ? rc
              : pc_service_tombstones(svc, l->since, l->removed, MAX_REMOVALS, &l->n_removed,
                                      &l->all_removed, err);
}

static enum pc_code refresh(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct refresh *l = (struct refresh *)task;
    int64_t seq;
    enum pc_code rc = pc_service_counts(svc, &l->counts, &l->seq, err);
    if (rc || l->since < 0 || (!l->due && l->seq <= l->since))
        return rc;
    rc = read_changes(l, svc, err);
    if (rc)
        return rc;
    json_decref(l->counts); /* those that fit the list */
    l->counts = NULL;
    return pc_service_counts(svc, &l->counts, &seq, err);
}

static void free_refresh(struct pc_task *task)
{
    struct refresh *l = (struct refresh *)task;
    json_decref(l->list);
    json_decref(l->counts);
    free(l);
}

/* --- what is told once -------------------------------------------------------------------------
 */

/* Answers whether it is news. */
static bool note_published(struct pc_change_feed *c, int64_t id, int64_t seq)
{
    for (int i = 0; i < c->n_published; i++)
        if (c->published[i].id == id && c->published[i].seq == seq)
            return false;
    c->published[c->next_published] = (struct published){id, seq};
    c->next_published = (c->next_published + 1) % REMEMBERED;
    if (c->n_published < REMEMBERED)
        c->n_published++;
    if (seq > c->newest_seq)
        c->newest_seq = seq;
    return true;
}

static bool note_removed(struct pc_change_feed *c, int64_t id)
{
    for (int i = 0; i < c->n_removed; i++)
        if (c->removed[i] == id)
            return false;
    c->removed[c->next_removed] = id;
    c->next_removed = (c->next_removed + 1) % REMEMBERED;
    if (c->n_removed < REMEMBERED)
        c->n_removed++;
    return true;
}

static void commit(struct pc_change_feed *c, int64_t seq)
{
    int n = 0;
    if (seq <= c->published_seq)
        return;
    c->published_seq = seq;
    if (seq > c->newest_seq)
        c->newest_seq = seq;
    for (int i = 0; i < c->n_published; i++)
        if (c->published[i].seq > seq)
            c->published[n++] = c->published[i];
    c->n_published = n;
    c->next_published = n % REMEMBERED;
}

/* --- telling -----------------------------------------------------------------------------------
 */

/* Takes what. */
static void publish(struct pc_change_feed *c, const char *type, const char *name, json_t *what)
{
    pc_ws_hub_broadcast(c->http->ws_hub, json_pack("{s:s, s:I, s:o}", "type", type, "seq",
                                                   (json_int_t)c->published_seq, name, what));
}

static void publish_removed(struct pc_change_feed *c, const struct refresh *l)
{
    json_t *ids = json_array();
    for (int i = 0; i < l->n_removed; i++)
        if (note_removed(c, l->removed[i])) {
            json_array_append_new(ids, json_integer(l->removed[i]));
            pc_long_polls_notify(c->http->long_polls, l->removed[i]);
        }
    if (json_array_size(ids))
        publish(c, "removed", "ids", ids);
    else
        json_decref(ids);
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* Tells the images of the list that are news; true: it was full, and more may follow. */
static bool publish_changed(struct pc_change_feed *c, const struct refresh *l)
{
    const json_t *images = json_object_get(l->list, "images");
    size_t n = json_array_size(images);
    bool full = n == MAX_IMAGES;
    int64_t before = c->published_seq;
    int64_t upto = full ? number(json_array_get(images, n - 1), "seq") : number(l->list, "seq");
    json_t *news = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *image = json_array_get(images, i);
        if (note_published(c, number(image, "id"), number(image, "seq"))) {
            json_array_append(news, image);
            pc_long_polls_notify(c->http->long_polls, number(image, "id"));
        }
    }
    commit(c, full && l->seq < upto ? l->seq : upto);
    if (json_array_size(news))
        publish(c, "changed", "images", news);
    else
        json_decref(news);
    return full && c->published_seq > before;
}

static void start_from(struct pc_change_feed *c, int64_t seq)
{
    c->active = true;
    c->published_seq = c->newest_seq = seq;
    c->n_published = c->next_published = c->n_removed = c->next_removed = 0;
    pc_long_polls_notify(c->http->long_polls, 0); /* it may have changed before we stood here */
}

/* Whoever hears hello with another seq than it knows reads everything again. */
static void publish_reset(struct pc_change_feed *c, const struct refresh *l)
{
    commit(c, l->seq);
    pc_long_polls_notify(c->http->long_polls, 0);
    pc_ws_hub_greet(c->http->ws_hub, c->newest_seq, l->counts, true);
    c->overflowed = false;
}

static void publish_news(struct pc_change_feed *c, const struct refresh *l)
{
    if (l->list) {
        pc_ws_hub_drop_hello(c->http->ws_hub);
        publish_removed(c, l);
        c->due = publish_changed(c, l) || c->due;
        publish(c, "counts", "counts", json_incref(l->counts));
    }
    pc_ws_hub_greet(c->http->ws_hub, c->newest_seq, l->counts, false);
}

static void refresh_failed(struct pc_change_feed *c, const struct pc_err *why)
{
    if (!c->failed)
        pc_log_err(PC_LOG_WARN, "live: changes not read", why);
    c->failed = c->due = true;
}

static void on_refreshed(struct pc_task *task)
{
    struct refresh *l = (struct refresh *)task;
    struct pc_change_feed *c = l->changes;
    c->refreshing = false;
    if (task->rc) {
        refresh_failed(c, &task->err);
        return;
    }
    c->failed = false;
    if (l->since < 0)
        start_from(c, l->seq);
    if (c->overflowed || !l->all_removed)
        publish_reset(c, l);
    else
        publish_news(c, l);
}

static void start_refresh(struct pc_change_feed *c, int64_t now_ms)
{
    struct refresh *l = pc_xzalloc(sizeof *l);
    l->task = (struct pc_task){
        .pool = PC_POOL_READ, .run = refresh, .done = on_refreshed, .free = free_refresh};
    l->changes = c;
    l->since = c->active ? c->published_seq : -1;
    l->due = c->due;
    l->all_removed = true;
    c->refreshing = true;
    c->due = c->hello_wanted = false;
    c->refresh_at_ms = now_ms + c->refresh_interval_ms;
    if (!pc_executor_submit_background(c->http, &l->task)) {
        struct pc_err err = PC_ERR_INIT;
        (void)pc_fail(&err, PC_E_TOO_MANY_CONNECTIONS, NULL);
        c->refreshing = false;
        refresh_failed(c, &err);
    }
}

/* --- when --------------------------------------------------------------------------------------
 */

static bool has_subscribers(const struct pc_change_feed *c)
{
    return pc_ws_hub_count(c->http->ws_hub) > 0 || pc_long_polls_count(c->http->long_polls) > 0;
}

void pc_change_feed_request(struct pc_change_feed *c, bool hello)
{
    c->due = c->due || !c->active;
    c->hello_wanted = c->hello_wanted || hello;
}

/* Removals are told from the events already: by the time of the look others may have filled the
 * store's memory of them. */
void pc_change_feed_on_events(struct pc_change_feed *c, const struct pc_event *events, int n)
{
    struct refresh removed = {.n_removed = 0};
    for (int i = 0; i < n; i++) {
        c->overflowed = c->overflowed || events[i].id == 0;
        if (events[i].id == 0 || !events[i].removed)
            pc_long_polls_notify(c->http->long_polls, events[i].id);
        else if (removed.n_removed < MAX_REMOVALS)
            removed.removed[removed.n_removed++] = events[i].id;
        else
            c->overflowed = true;
    }
    if (c->active)
        publish_removed(c, &removed);
    c->due = true;
    pc_ws_hub_drop_hello(c->http->ws_hub);
}

int64_t pc_change_feed_next_ms(const struct pc_change_feed *c)
{
    if (c->refreshing || !has_subscribers(c))
        return INT64_MAX;
    return (c->due || c->hello_wanted) && !c->failed ? 0 : c->refresh_at_ms;
}

void pc_change_feed_run(struct pc_change_feed *c, int64_t now_ms)
{
    if (!has_subscribers(c))
        c->active = c->due = c->hello_wanted = c->overflowed =
            false; /* whoever comes next begins anew */
    else if (now_ms >= pc_change_feed_next_ms(c))
        start_refresh(c, now_ms);
}

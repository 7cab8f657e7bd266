/* A refresh reads the changes above published_seq, what was removed, and the counts, and publishes
 * them. It is made after each event of this process or another, and every refresh_interval_ms,
 * while there is a listener; one at a time, on the executor.
 *
 * A store may show a change before all changes with a lower seq are visible. Then published_seq
 * stays below it, and the next refresh reads the same changes again. Changes that were published
 * above published_seq are remembered, so that they are not published twice.
 */
#include "http/live/change_feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/api/encode.h"

enum {
    REFRESH_MS = 1000,          /* where the queue carries no notifications */
    REFRESH_NOTIFIED_MS = 5000, /* where it does: what they announce is read at once */
    MAX_IMAGES = 200,           /* of one refresh */
    MAX_REMOVALS = 256,         /* of one refresh, or of one batch of events */
    REMEMBERED = 1024,          /* of each kind; what is forgotten may be published again */
};

struct version {
    int64_t id, seq;
};

struct pc_change_feed {
    struct pc_executor *executor;
    struct pc_subscriber *subscribers;
    bool active; /* published_seq is valid */
    bool due, refreshing;
    bool position_wanted;  /* a new listener waits for it */
    bool overflowed;       /* more happened than was noted: all listeners must read again */
    bool failed;           /* the last refresh */
    int64_t published_seq; /* all changes up to here were published */
    int64_t newest_seq;    /* the highest that was published */
    int64_t refresh_at_ms, refresh_interval_ms;
    struct version published[REMEMBERED]; /* above published_seq */
    int n_published, next_published;
    int64_t removed[REMEMBERED];
    int n_removed, next_removed;
};

struct pc_change_feed *pc_change_feed_create(struct pc_executor *executor, struct pc_service *svc)
{
    struct pc_change_feed *f = pc_xzalloc(sizeof *f);
    f->executor = executor;
    f->refresh_interval_ms = pc_service_listen(svc) ? REFRESH_NOTIFIED_MS : REFRESH_MS;
    return f;
}

void pc_change_feed_destroy(struct pc_change_feed *f)
{
    free(f);
}

/* --- subscribers --- */

void pc_change_feed_subscribe(struct pc_change_feed *f, struct pc_subscriber *subscriber)
{
    subscriber->next = f->subscribers;
    f->subscribers = subscriber;
}

static bool has_listeners(const struct pc_change_feed *f)
{
    const struct pc_subscriber *s = f->subscribers;
    while (s && !s->count(s))
        s = s->next;
    return s != NULL;
}

static void notify(struct pc_change_feed *f, int64_t id)
{
    for (struct pc_subscriber *s = f->subscribers; s; s = s->next)
        if (s->image_changed)
            s->image_changed(s, id);
}

/* Takes value. */
static void publish(struct pc_change_feed *f, enum pc_change_kind kind, json_t *value)
{
    const struct pc_change change = {kind, f->published_seq, value};
    for (struct pc_subscriber *s = f->subscribers; s; s = s->next)
        if (s->publish)
            s->publish(s, &change);
    json_decref(value);
}

static void outdate_position(struct pc_change_feed *f)
{
    for (struct pc_subscriber *s = f->subscribers; s; s = s->next)
        if (s->position_outdated)
            s->position_outdated(s);
}

/* --- reading, on the executor --- */

struct refresh {
    struct pc_task task; /* first */
    struct pc_change_feed *feed;
    int64_t since; /* -1: read only the seq and the counts */
    bool due;
    int64_t seq;  /* of the store before the list was read */
    bool changed; /* list and images hold what changed */
    struct pc_query_list list;
    json_t *images; /* of list */
    json_t *counts;
    int64_t removed[MAX_REMOVALS];
    int n_removed;
    bool all_removed; /* removed holds all of them */
};

static enum pc_code refresh(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct refresh *x = (struct refresh *)task;
    struct pc_query_counts counts;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    enum pc_code rc = pc_service_counts(svc, &counts, err);
    x->seq = counts.seq;
    if (!rc && x->since >= 0 && (x->due || x->seq > x->since)) {
        q.limit = MAX_IMAGES;
        q.since_seq = x->since; /* 0, of a store that was empty: from the first on */
        q.sort = PC_SORT_UPDATED;
        q.descending = false;
        rc = pc_service_list(svc, &q, &x->list, err);
        x->changed = !rc;
        if (!rc)
            rc = pc_service_tombstones(svc, x->since, x->removed, MAX_REMOVALS, &x->n_removed,
                                       &x->all_removed, err);
        if (!rc)
            rc = pc_service_counts(svc, &counts, err); /* those that belong to the list */
    }
    if (rc)
        return rc;
    x->counts = pc_encode_counts(&counts);
    if (x->changed)
        x->images = pc_encode_images(svc, &x->list.records);
    return PC_OK;
}

static void free_refresh(struct pc_task *task)
{
    struct refresh *x = (struct refresh *)task;
    pc_query_list_finish(&x->list);
    json_decref(x->images);
    json_decref(x->counts);
    free(x);
}

/* All changes up to seq are published: what was remembered of them can be forgotten. */
static void commit(struct pc_change_feed *f, int64_t seq)
{
    int n = 0;
    if (seq <= f->published_seq)
        return;
    f->published_seq = seq;
    if (seq > f->newest_seq)
        f->newest_seq = seq;
    for (int i = 0; i < f->n_published; i++)
        if (f->published[i].seq > seq)
            f->published[n++] = f->published[i];
    f->n_published = n;
    f->next_published = n % REMEMBERED;
}

/* --- publishing --- */

static void publish_removed(struct pc_change_feed *f, const int64_t *removed, int n)
{
    json_t *ids = json_array();
    for (int i = 0; i < n; i++) {
        int known = 0;
        while (known < f->n_removed && f->removed[known] != removed[i])
            known++;
        if (known < f->n_removed)
            continue;
        f->removed[f->next_removed] = removed[i];
        f->next_removed = (f->next_removed + 1) % REMEMBERED;
        f->n_removed = f->n_removed < REMEMBERED ? f->n_removed + 1 : REMEMBERED;
        json_array_append_new(ids, json_integer(removed[i]));
        notify(f, removed[i]);
    }
    if (json_array_size(ids))
        publish(f, PC_CHANGE_REMOVED, ids);
    else
        json_decref(ids);
}

/* Remembers this version; returns false if it was published before. */
static bool remember_published(struct pc_change_feed *f, int64_t id, int64_t seq)
{
    for (int i = 0; i < f->n_published; i++)
        if (f->published[i].id == id && f->published[i].seq == seq)
            return false;
    f->published[f->next_published] = (struct version){id, seq};
    f->next_published = (f->next_published + 1) % REMEMBERED;
    f->n_published = f->n_published < REMEMBERED ? f->n_published + 1 : REMEMBERED;
    f->newest_seq = seq > f->newest_seq ? seq : f->newest_seq;
    return true;
}

/* Publishes the images of the list that were not published before. True: the list was full, more
 * may follow. */
static bool publish_changed(struct pc_change_feed *f, const struct refresh *x)
{
    const struct pc_record_list *list = &x->list.records;
    bool full = list->n == MAX_IMAGES;
    int64_t before = f->published_seq;
    int64_t upto = full ? list->items[list->n - 1].seq : x->list.seq;
    json_t *news = json_array();
    for (int i = 0; i < list->n; i++) {
        const struct pc_record *r = &list->items[i];
        if (remember_published(f, r->id, r->seq)) {
            json_array_append(news, json_array_get(x->images, (size_t)i));
            notify(f, r->id);
        }
    }
    commit(f, full && x->seq < upto ? x->seq : upto);
    if (json_array_size(news))
        publish(f, PC_CHANGE_IMAGES, news);
    else
        json_decref(news);
    return full && f->published_seq > before;
}

static void refresh_failed(struct pc_change_feed *f, const struct pc_err *why)
{
    if (!f->failed)
        pc_log_err(PC_LOG_WARN, "live: the changes could not be read", why);
    f->failed = f->due = true;
}

static void on_refreshed(struct pc_task *task)
{
    struct refresh *x = (struct refresh *)task;
    struct pc_change_feed *f = x->feed;
    f->refreshing = false;
    if (task->rc) {
        refresh_failed(f, &task->err);
        return;
    }
    f->failed = false;
    if (x->since < 0) {
        f->active = true;
        f->published_seq = f->newest_seq = x->seq;
        f->n_published = f->next_published = f->n_removed = f->next_removed = 0;
        notify(f, 0); /* anything may have changed before we began */
    }
    bool reset = f->overflowed || !x->all_removed;
    if (reset) {
        commit(f, x->seq);
        notify(f, 0);
        f->overflowed = false;
    } else if (x->changed) {
        outdate_position(f);
        publish_removed(f, x->removed, x->n_removed);
        f->due = publish_changed(f, x) || f->due;
        publish(f, PC_CHANGE_COUNTS, json_incref(x->counts));
    }
    for (struct pc_subscriber *s = f->subscribers; s; s = s->next)
        if (s->position)
            s->position(s, f->newest_seq, x->counts, reset);
}

static void start_refresh(struct pc_change_feed *f, int64_t now_ms)
{
    struct refresh *x = pc_xzalloc(sizeof *x);
    x->task = (struct pc_task){
        .pool = PC_POOL_READ, .run = refresh, .done = on_refreshed, .free = free_refresh};
    x->feed = f;
    x->since = f->active ? f->published_seq : -1;
    x->due = f->due;
    x->all_removed = true;
    f->refreshing = true;
    f->due = f->position_wanted = false;
    f->refresh_at_ms = now_ms + f->refresh_interval_ms;
    if (!pc_executor_submit_background(f->executor, &x->task)) {
        struct pc_err err = PC_ERR_INIT;
        (void)pc_fail(&err, PC_E_TOO_MANY_CONNECTIONS, NULL);
        f->refreshing = false;
        refresh_failed(f, &err);
    }
}

/* --- when --- */

void pc_change_feed_request(struct pc_change_feed *f, bool wants_position)
{
    f->due = f->due || !f->active;
    f->position_wanted = f->position_wanted || wants_position;
}

/* Publishes removals at once: a store remembers only the latest ones, so at the next refresh it may
 * have forgotten these. */
void pc_change_feed_on_events(struct pc_change_feed *f, const struct pc_event *events, int n)
{
    int64_t removed[MAX_REMOVALS];
    int n_removed = 0;
    for (int i = 0; i < n; i++) {
        f->overflowed = f->overflowed || events[i].id == 0;
        if (events[i].id == 0 || !events[i].removed)
            notify(f, events[i].id);
        else if (n_removed < MAX_REMOVALS)
            removed[n_removed++] = events[i].id;
        else
            f->overflowed = true;
    }
    if (f->active)
        publish_removed(f, removed, n_removed);
    f->due = true;
    outdate_position(f);
}

int64_t pc_change_feed_next_ms(const struct pc_change_feed *f)
{
    if (f->refreshing || !has_listeners(f))
        return INT64_MAX;
    return (f->due || f->position_wanted) && !f->failed ? 0 : f->refresh_at_ms;
}

void pc_change_feed_run(struct pc_change_feed *f, int64_t now_ms)
{
    if (!has_listeners(f))
        f->active = f->due = f->position_wanted = f->overflowed =
            false; /* the next listener starts afresh */
    else if (now_ms >= pc_change_feed_next_ms(f))
        start_refresh(f, now_ms);
}

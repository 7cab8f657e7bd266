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
#include "http/aside.h"

enum {
    LOOK_MS = 1000,      /* where nobody tells us */
    LOOK_TOLD_MS = 5000, /* where others do: what they told is looked at at once */
    AT_ONCE = 200,       /* images of one look */
    GONE_AT_ONCE = 256,  /* removals of one look, or one turn's events */
    REMEMBERED = 1024,   /* of each kind; what is forgotten may be told again */
};

struct told {
    int64_t id, seq;
};

struct pc_changes {
    struct pc_http *http;
    bool on; /* told_seq holds */
    bool due, looking;
    bool greet;       /* somebody waits for hello */
    bool lost;        /* more happened than was noted: all must read again */
    bool failed;      /* the last look */
    int64_t told_seq; /* all changes up to here were told */
    int64_t seen_seq; /* the highest that was told */
    int64_t look_at_ms, look_every_ms;
    struct told told[REMEMBERED]; /* above told_seq */
    int n_told, next_told;
    int64_t gone[REMEMBERED];
    int n_gone, next_gone;
};

struct look {
    struct pc_task task; /* first */
    struct pc_changes *changes;
    int64_t since; /* -1: just where we stand */
    bool due;
    int64_t seq;  /* of the store before the list was read */
    json_t *list; /* NULL: nothing changed */
    json_t *counts;
    int64_t gone[GONE_AT_ONCE];
    int n_gone;
    bool all_gone;
};

struct pc_changes *pc_changes_create(struct pc_http *http)
{
    struct pc_changes *c = pc_xmalloc(sizeof *c);
    c->http = http;
    c->look_every_ms = pc_service_listen(http->svc) ? LOOK_TOLD_MS : LOOK_MS;
    return c;
}

void pc_changes_destroy(struct pc_changes *c)
{
    free(c);
}

/* --- the look ----------------------------------------------------------------------------------
 */

static enum pc_code read_changes(struct look *l, struct pc_service *svc, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = AT_ONCE;
    q.since_seq = l->since; /* 0, a store that was empty: from the first on */
    q.sort = PC_SORT_UPDATED;
    q.descending = false;
    enum pc_code rc = pc_service_list(svc, &q, &l->list, err);
    return rc ? rc
              : pc_service_gone(svc, l->since, l->gone, GONE_AT_ONCE, &l->n_gone, &l->all_gone,
                                err);
}

static enum pc_code look(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct look *l = (struct look *)task;
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

static void free_look(struct pc_task *task)
{
    struct look *l = (struct look *)task;
    json_decref(l->list);
    json_decref(l->counts);
    free(l);
}

/* --- what is told once -------------------------------------------------------------------------
 */

/* Answers whether it is news. */
static bool note_told(struct pc_changes *c, int64_t id, int64_t seq)
{
    for (int i = 0; i < c->n_told; i++)
        if (c->told[i].id == id && c->told[i].seq == seq)
            return false;
    c->told[c->next_told] = (struct told){id, seq};
    c->next_told = (c->next_told + 1) % REMEMBERED;
    if (c->n_told < REMEMBERED)
        c->n_told++;
    if (seq > c->seen_seq)
        c->seen_seq = seq;
    return true;
}

static bool note_gone(struct pc_changes *c, int64_t id)
{
    for (int i = 0; i < c->n_gone; i++)
        if (c->gone[i] == id)
            return false;
    c->gone[c->next_gone] = id;
    c->next_gone = (c->next_gone + 1) % REMEMBERED;
    if (c->n_gone < REMEMBERED)
        c->n_gone++;
    return true;
}

static void settle(struct pc_changes *c, int64_t seq)
{
    int kept = 0;
    if (seq <= c->told_seq)
        return;
    c->told_seq = seq;
    if (seq > c->seen_seq)
        c->seen_seq = seq;
    for (int i = 0; i < c->n_told; i++)
        if (c->told[i].seq > seq)
            c->told[kept++] = c->told[i];
    c->n_told = kept;
    c->next_told = kept % REMEMBERED;
}

/* --- telling -----------------------------------------------------------------------------------
 */

/* Takes what. */
static void tell(struct pc_changes *c, const char *type, const char *name, json_t *what)
{
    pc_live_tell(c->http->live, json_pack("{s:s, s:I, s:o}", "type", type, "seq",
                                          (json_int_t)c->told_seq, name, what));
}

static void tell_gone(struct pc_changes *c, const struct look *l)
{
    json_t *ids = json_array();
    for (int i = 0; i < l->n_gone; i++)
        if (note_gone(c, l->gone[i])) {
            json_array_append_new(ids, json_integer(l->gone[i]));
            pc_waits_changed(c->http->waits, l->gone[i]);
        }
    if (json_array_size(ids))
        tell(c, "removed", "ids", ids);
    else
        json_decref(ids);
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* Tells the images of the list that are news; true: it was full, and more may follow. */
static bool tell_changed(struct pc_changes *c, const struct look *l)
{
    const json_t *images = json_object_get(l->list, "images");
    size_t n = json_array_size(images);
    bool full = n == AT_ONCE;
    int64_t before = c->told_seq;
    int64_t upto = full ? number(json_array_get(images, n - 1), "seq") : number(l->list, "seq");
    json_t *news = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *image = json_array_get(images, i);
        if (note_told(c, number(image, "id"), number(image, "seq"))) {
            json_array_append(news, image);
            pc_waits_changed(c->http->waits, number(image, "id"));
        }
    }
    settle(c, full && l->seq < upto ? l->seq : upto);
    if (json_array_size(news))
        tell(c, "changed", "images", news);
    else
        json_decref(news);
    return full && c->told_seq > before;
}

static void start_from(struct pc_changes *c, int64_t seq)
{
    c->on = true;
    c->told_seq = c->seen_seq = seq;
    c->n_told = c->next_told = c->n_gone = c->next_gone = 0;
    pc_waits_changed(c->http->waits, 0); /* it may have changed before we stood here */
}

/* Whoever hears hello with another seq than it knows reads everything again. */
static void tell_lost(struct pc_changes *c, const struct look *l)
{
    settle(c, l->seq);
    pc_waits_changed(c->http->waits, 0);
    pc_live_hello(c->http->live, c->seen_seq, l->counts, true);
    c->lost = false;
}

static void tell_news(struct pc_changes *c, const struct look *l)
{
    if (l->list) {
        pc_live_stale(c->http->live);
        tell_gone(c, l);
        c->due = tell_changed(c, l) || c->due;
        tell(c, "counts", "counts", json_incref(l->counts));
    }
    pc_live_hello(c->http->live, c->seen_seq, l->counts, false);
}

static void look_failed(struct pc_changes *c, const struct pc_err *why)
{
    if (!c->failed)
        pc_log_err(PC_LOG_WARN, "live: changes not read", why);
    c->failed = c->due = true;
}

static void looked(struct pc_task *task)
{
    struct look *l = (struct look *)task;
    struct pc_changes *c = l->changes;
    c->looking = false;
    if (task->rc) {
        look_failed(c, &task->err);
        return;
    }
    c->failed = false;
    if (l->since < 0)
        start_from(c, l->seq);
    if (c->lost || !l->all_gone)
        tell_lost(c, l);
    else
        tell_news(c, l);
}

static void start_look(struct pc_changes *c, int64_t now_ms)
{
    struct look *l = pc_xmalloc(sizeof *l);
    l->task =
        (struct pc_task){.pool = PC_POOL_LOOK, .run = look, .done = looked, .free = free_look};
    l->changes = c;
    l->since = c->on ? c->told_seq : -1;
    l->due = c->due;
    l->all_gone = true;
    c->looking = true;
    c->due = c->greet = false;
    c->look_at_ms = now_ms + c->look_every_ms;
    if (!pc_errand(c->http, &l->task)) {
        struct pc_err err = PC_ERR_INIT;
        (void)pc_fail(&err, PC_E_TOO_MANY_CONNECTIONS, NULL);
        c->looking = false;
        look_failed(c, &err);
    }
}

/* --- when --------------------------------------------------------------------------------------
 */

static bool anybody(const struct pc_changes *c)
{
    return pc_live_count(c->http->live) > 0 || pc_waits_count(c->http->waits) > 0;
}

void pc_changes_wanted(struct pc_changes *c, bool hello)
{
    c->due = c->due || !c->on;
    c->greet = c->greet || hello;
}

/* Removals are told from the events already: by the time of the look others may have filled the
 * store's memory of them. */
void pc_changes_events(struct pc_changes *c, const struct pc_event *events, int n)
{
    struct look removed = {.n_gone = 0};
    for (int i = 0; i < n; i++) {
        c->lost = c->lost || events[i].id == 0;
        if (events[i].id == 0 || !events[i].removed)
            pc_waits_changed(c->http->waits, events[i].id);
        else if (removed.n_gone < GONE_AT_ONCE)
            removed.gone[removed.n_gone++] = events[i].id;
        else
            c->lost = true;
    }
    if (c->on)
        tell_gone(c, &removed);
    c->due = true;
    pc_live_stale(c->http->live);
}

int64_t pc_changes_next_ms(const struct pc_changes *c)
{
    if (c->looking || !anybody(c))
        return INT64_MAX;
    return (c->due || c->greet) && !c->failed ? 0 : c->look_at_ms;
}

void pc_changes_turn(struct pc_changes *c, int64_t now_ms)
{
    if (!anybody(c))
        c->on = c->due = c->greet = c->lost = false; /* whoever comes next begins anew */
    else if (now_ms >= pc_changes_next_ms(c))
        start_look(c, now_ms);
}

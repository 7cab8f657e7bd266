/* The order of seq. Without a transaction, and so without a replica set, the counter cannot grow in
 * the same step as the record changes; it is taken first. So the change with seq 6 may be visible
 * before the one with seq 5, and a poller that went on from 6 would never see 5. Therefore the one
 * document of `store` also says which changes are in flight, written by the step that takes the seq:
 *
 *     {_id: "images", seq: 6, id: 3, open: {"<token>": 4}, forgotten: 0}
 *
 * `forgotten` is the seq of the last tombstone that was pruned.
 * The number at a token is a seq that the counter had before: this change has a seq above 4. Lists
 * show changes up to the largest seq below which nothing is in flight, and no further.
 *
 * A process that dies between the two steps leaves its token. A process that sees the same token for
 * IN_FLIGHT_MAX_MS removes it, together with those that are as old. Until then, lists show no newer
 * changes, but nothing is lost. A process that was only slow finds at the end that its token is gone;
 * it gives the records that it changed new seqs, because pollers may be past the old ones.
 *
 * If a change that took a seq changes nothing, it returns the seq, unless another process has taken
 * the next one already; then the seq stays unused.
 *
 * After a failover, or when a single server is killed, the counter may be lower than a process has
 * seen it, because changes that did not wait for a majority are lost. A process that notices this
 * raises the counter again, and so does the end of every change. Pollers that have seen the lost
 * changes are told to read everything again.
 */
#include "records/mongo/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { IN_FLIGHT_MAX_MS = 3 * 1000, KNOWN_FOR_MS = 1000, ATTEMPTS = 3 };

#define COUNTER BCON_NEW("_id", BCON_UTF8("images"))

/* Remembers a seq that is used or complete, which the counter cannot go below again. (A seq that was
 * only taken may be returned.) */
static void note_seq(struct pc_mongo *m, int64_t seq)
{
    pthread_mutex_lock(&m->lock);
    if (seq > m->known_seq)
        m->known_seq = seq;
    m->known_at_ms = pc_clock_mono_ms();
    pthread_mutex_unlock(&m->lock);
}

/* --- making the counter --- */

/* Gives the largest number in this field of images, 0 when there is none. */
static enum pc_code find_largest(struct pc_mongo_connection *conn, const char *key, int64_t *out,
                                 struct pc_err *err)
{
    bson_t *doc;
    enum pc_code rc = pc_mongo_find_one(
        conn, MONGO_IMAGES, BCON_NEW(key, "{", "$gt", BCON_INT64(0), "}"),
        BCON_NEW("sort", "{", key, BCON_INT32(-1), "}", "projection", "{", key, BCON_INT32(1), "}"),
        &doc, err);
    *out = doc ? pc_mongo_number(doc, key) : 0;
    bson_destroy(doc);
    return rc;
}

enum pc_code pc_mongo_init_counter(struct pc_mongo_connection *conn, struct pc_err *err)
{
    int64_t id, seq = 0;
    bool exists;
    enum pc_code rc = find_largest(conn, "_id", &id, err);
    if (!rc)
        rc = find_largest(conn, "seq", &seq, err);
    if (!rc)
        rc = pc_mongo_insert(conn, MONGO_STORE,
                             BCON_NEW("_id", BCON_UTF8("images"), "seq", BCON_INT64(seq), "id",
                                      BCON_INT64(id), "forgotten", BCON_INT64(0), "open", "{", "}"),
                             MONGO_DURABLE, &exists, err);
    if (rc || !exists)
        return rc;
    /* Records that were brought in beside it, from a dump for instance. */
    bool behind;
    bson_t *doc;
    rc = pc_mongo_find_one(conn, MONGO_STORE, COUNTER, NULL, &doc, err);
    behind = doc && (pc_mongo_number(doc, "seq") < seq || pc_mongo_number(doc, "id") < id);
    bson_destroy(doc);
    if (!rc && behind)
        rc = pc_mongo_update(
            conn, MONGO_STORE, COUNTER,
            BCON_NEW("$max", "{", "seq", BCON_INT64(seq), "id", BCON_INT64(id), "}"), MONGO_DURABLE,
            NULL, err);
    return rc;
}

enum pc_code pc_mongo_raise_id(struct pc_mongo_connection *conn, int64_t id, struct pc_err *err)
{
    return pc_mongo_update(conn, MONGO_STORE, COUNTER,
                           BCON_NEW("$max", "{", "id", BCON_INT64(id), "}"), MONGO_DURABLE, NULL,
                           err);
}

static bson_t *raise_seq(int64_t seq)
{
    return BCON_NEW("$max", "{", "seq", BCON_INT64(seq), "}");
}

/* --- what is complete --- */

struct counter_state {
    bson_t *doc; /* the counter */
    int64_t seq, complete, pruned_seq;
    char oldest[32]; /* token of the lowest that is in flight, "" when there is none */
};

static bool first_in_flight(const bson_t *counter, bson_iter_t *in_flight)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, counter, "open") && bson_iter_recurse(&it, in_flight);
}

/* Gives r->doc. */
static enum pc_code read_counter(struct pc_mongo_connection *conn, struct counter_state *r,
                                 struct pc_err *err)
{
    bson_iter_t in_flight;
    *r = (struct counter_state){0};
    enum pc_code rc = pc_mongo_find_one(conn, MONGO_STORE, COUNTER, NULL, &r->doc, err);
    if (rc || !r->doc)
        return rc ? rc
                  : pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                                   "mongo: the counter in `store` was removed; restart makes it");
    int64_t lowest = INT64_MAX;
    if (first_in_flight(r->doc, &in_flight))
        while (bson_iter_next(&in_flight))
            if (bson_iter_as_int64(&in_flight) < lowest) {
                lowest = bson_iter_as_int64(&in_flight);
                pc_str_copy(r->oldest, sizeof r->oldest, bson_iter_key(&in_flight));
            }
    r->seq = pc_mongo_number(r->doc, "seq");
    r->complete = r->seq < lowest ? r->seq : lowest;
    r->pruned_seq = pc_mongo_number(r->doc, "forgotten");
    note_seq(conn->m, r->complete);
    return PC_OK;
}

/* Remembers which change is in flight for longest. True when that is too long; changes that noted a
 * seq below *began have then been in flight for as long, up to KNOWN_FOR_MS less. */
static bool is_oldest_expired(struct pc_mongo *m, const struct counter_state *r, int64_t *began)
{
    int64_t now = pc_clock_mono_ms();
    pthread_mutex_lock(&m->lock);
    if (!pc_str_eq(m->oldest_in_flight, r->oldest)) {
        pc_str_copy(m->oldest_in_flight, sizeof m->oldest_in_flight, r->oldest);
        m->oldest_since_ms = now;
        m->oldest_seen_seq = r->seq;
    }
    bool expired = *r->oldest && now - m->oldest_since_ms > IN_FLIGHT_MAX_MS;
    *began = m->oldest_seen_seq;
    pthread_mutex_unlock(&m->lock);
    return expired;
}

/* Gives an update that removes all expired changes at once, so that pollers wait only once when
 * several processes died. */
static bson_t *remove_expired(const struct counter_state *r, int64_t began)
{
    bson_t *update = bson_new(), unset;
    bson_iter_t in_flight;
    BSON_APPEND_DOCUMENT_BEGIN(update, "$unset", &unset);
    if (first_in_flight(r->doc, &in_flight))
        while (bson_iter_next(&in_flight)) {
            const char *token = bson_iter_key(&in_flight);
            char path[48] = "open.";
            strncat(path, token, sizeof path - 6);
            if (bson_iter_as_int64(&in_flight) < began || pc_str_eq(token, r->oldest))
                BSON_APPEND_INT32(&unset, path, 1);
        }
    bson_append_document_end(update, &unset);
    return update;
}

/* Takes update: a change of the counter that no caller waits for. */
static void repair_counter(struct pc_mongo_connection *conn, bson_t *update, const char *done)
{
    struct pc_err err = PC_ERR_INIT;
    if (pc_mongo_update(conn, MONGO_STORE, COUNTER, update, MONGO_QUICK, NULL, &err))
        pc_log_err(PC_LOG_WARN, "records: cannot repair the counter of changes yet", &err);
    else
        pc_log(PC_LOG_WARN, done);
}

/* The counter is lower than what was complete before: a failover, or a killed server, undid changes.
 * Raises the counter to where it was. Pollers that had read up to there must read everything again,
 * because some seqs may have been given to other changes since. */
static void handle_rollback(struct pc_mongo_connection *conn, int64_t now, int64_t before)
{
    struct pc_mongo *m = conn->m;
    pthread_mutex_lock(&m->lock);
    if (!m->rolled_back_to || now < m->rolled_back_from)
        m->rolled_back_from = now;
    m->rolled_back_to = before;
    pthread_mutex_unlock(&m->lock);
    repair_counter(conn, raise_seq(before),
                   "records: a failover undid changes; clients read everything again");
}

bool pc_mongo_rolled_back(struct pc_mongo *m, int64_t seq)
{
    pthread_mutex_lock(&m->lock);
    bool rolled_back = seq > m->rolled_back_from && seq <= m->rolled_back_to;
    pthread_mutex_unlock(&m->lock);
    return rolled_back;
}

enum pc_code pc_mongo_complete_seq(struct pc_mongo_connection *conn, int64_t *seq,
                                   int64_t *pruned_seq, struct pc_err *err)
{
    struct pc_mongo *m = conn->m;
    struct counter_state r;
    int64_t began;
    enum pc_code rc = read_counter(conn, &r, err);
    if (rc)
        return rc;
    if (is_oldest_expired(m, &r, &began))
        repair_counter(conn, remove_expired(&r, began),
                       "records: gave up changes that another process did not end");
    bson_destroy(r.doc);
    pthread_mutex_lock(&m->lock);
    if (r.complete > m->complete_seq) /* what was complete once stays so */
        m->complete_seq = r.complete;
    *seq = m->complete_seq;
    pthread_mutex_unlock(&m->lock);
    if (r.seq < *seq)
        handle_rollback(conn, r.seq, *seq);
    if (pruned_seq)
        *pruned_seq = r.pruned_seq;
    return PC_OK;
}

/* --- a change --- */

/* A seq that the counter had a short time ago, which a change notes when it begins: its own seq will
 * be above it. */
static enum pc_code known_seq(struct pc_mongo_connection *conn, int64_t *seq, struct pc_err *err)
{
    struct pc_mongo *m = conn->m;
    struct counter_state r;
    pthread_mutex_lock(&m->lock);
    bool fresh = m->known_seq && pc_clock_mono_ms() - m->known_at_ms < KNOWN_FOR_MS;
    *seq = m->known_seq;
    pthread_mutex_unlock(&m->lock);
    if (fresh)
        return PC_OK;
    enum pc_code rc = read_counter(conn, &r, err);
    bson_destroy(r.doc);
    *seq = r.complete;
    return rc;
}

static enum pc_code take_numbers_above(struct pc_mongo_change *c, int ids, int64_t below,
                                       struct pc_err *err)
{
    bson_t *doc;
    bson_oid_t oid;
    char path[48];
    bson_oid_init(&oid, NULL);
    bson_oid_to_string(&oid, c->token);
    snprintf(path, sizeof path, "open.%s", c->token);
    enum pc_code rc =
        pc_mongo_modify(&c->conn, MONGO_STORE, COUNTER,
                        BCON_NEW("$inc", "{", "seq", BCON_INT64(c->n), "id", BCON_INT64(ids), "}",
                                 "$set", "{", path, BCON_INT64(below), "}"),
                        MONGO_QUICK, &doc, err);
    if (rc)
        return rc;
    if (!doc)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                              "mongo: the counter in `store` was removed; restart makes it");
    c->seq = pc_mongo_number(doc, "seq") - c->n + 1;
    c->last_id = pc_mongo_number(doc, "id");
    c->id = c->last_id - ids + 1;
    bson_destroy(doc);
    return PC_OK;
}

/* Ends the change. *in_flight_until_now is false if its token was gone: another process had given it
 * up, or a failover undid the step that wrote it. */
static enum pc_code close_change(struct pc_mongo_change *c, bool *in_flight_until_now,
                                 struct pc_err *err)
{
    char path[48];
    int64_t n = 0;
    snprintf(path, sizeof path, "open.%s", c->token);
    bson_t *mine = BCON_NEW("_id", BCON_UTF8("images"), path, "{", "$exists", BCON_BOOL(true), "}");
    enum pc_code rc =
        pc_mongo_update(&c->conn, MONGO_STORE, mine,
                        BCON_NEW("$unset", "{", path, BCON_INT32(1), "}"), MONGO_QUICK, &n, err);
    *in_flight_until_now = rc || n;
    return rc;
}

/* If a failover set the counter back, the seqs that we took may not be above the one that we noted.
 * Then they are taken again. */
static enum pc_code take_numbers(struct pc_mongo_change *c, int ids, struct pc_err *err)
{
    int64_t below;
    bool in_flight_until_now;
    enum pc_code rc = known_seq(&c->conn, &below, err);
    if (!rc)
        rc = take_numbers_above(c, ids, below, err);
    if (rc || c->seq > below)
        return rc;
    c->seq = 0;
    rc = close_change(c, &in_flight_until_now, err);
    if (!rc)
        rc = pc_mongo_update(&c->conn, MONGO_STORE, COUNTER, raise_seq(below), MONGO_QUICK, NULL,
                             err);
    return rc ? rc : take_numbers_above(c, ids, below, err);
}

enum pc_code pc_mongo_change_begin(struct pc_mongo_change *c, struct pc_mongo *m, int n, int ids,
                                   struct pc_err *err)
{
    *c = (struct pc_mongo_change){.n = n};
    enum pc_code rc = pc_mongo_acquire(m, &c->conn, err);
    c->has_conn = !rc;
    return rc ? rc : take_numbers(c, ids, err);
}

/* True unless another process has taken the next seq, or has given up this change. */
static bool return_seq(struct pc_mongo_change *c, struct pc_err *err)
{
    char path[48];
    int64_t n = 0;
    snprintf(path, sizeof path, "open.%s", c->token);
    bson_t *mine = BCON_NEW("_id", BCON_UTF8("images"), "seq", BCON_INT64(c->seq + c->n - 1), path,
                            "{", "$exists", BCON_BOOL(true), "}");
    bson_t *update = BCON_NEW("$inc", "{", "seq", BCON_INT64(-c->n), "}", "$unset", "{", path,
                              BCON_INT32(1), "}");
    return !pc_mongo_update(&c->conn, MONGO_STORE, mine, update, MONGO_QUICK, &n, err) && n;
}

/* Pollers may already be past our seqs, so the records that we changed get new ones. */
static enum pc_code renumber_change(struct pc_mongo_change *c, bool *in_flight_until_now,
                                    struct pc_err *err)
{
    static const enum pc_mongo_collection seq_collections[] = {MONGO_IMAGES, MONGO_TOMBSTONES};
    int64_t old = c->seq;
    enum pc_code rc = pc_mongo_raise_id(&c->conn, c->last_id, err);
    if (!rc)
        rc = take_numbers(c, 0, err);
    for (int i = 0; i < 2 * c->n && !rc; i++) {
        bson_t *update = BCON_NEW("$set", "{", "seq", BCON_INT64(c->seq + i / 2), "}");
        rc = pc_mongo_update(&c->conn, seq_collections[i % 2],
                             BCON_NEW("seq", BCON_INT64(old + i / 2)), update, MONGO_QUICK, NULL,
                             err);
    }
    return rc ? rc : close_change(c, in_flight_until_now, err);
}

static enum pc_code close_or_renumber(struct pc_mongo_change *c, bool changed, struct pc_err *err)
{
    bool in_flight_until_now;
    enum pc_code rc = close_change(c, &in_flight_until_now, err);
    for (int i = 0; i < ATTEMPTS && !rc && !in_flight_until_now && changed && c->seq; i++)
        rc = renumber_change(c, &in_flight_until_now, err);
    return rc;
}

void pc_mongo_change_end(struct pc_mongo_change *c, bool changed)
{
    struct pc_err err = PC_ERR_INIT;
    if (*c->token && !c->seq) /* the answer got lost: perhaps it was noted */
        changed = true;
    else if (changed)
        note_seq(c->conn.m, c->seq + c->n - 1);
    if (*c->token && (changed || !return_seq(c, &err)) && close_or_renumber(c, changed, &err))
        pc_log_err(PC_LOG_WARN,
                   "records: cannot mark a change as ended; live updates wait until it expires",
                   &err);
    if (c->has_conn)
        pc_mongo_release(&c->conn);
}

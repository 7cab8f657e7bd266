/* The turn is {_id: "turn", by: <token>}. Who finds the same token there for TURN_STALE_MS may end
 * that turn, but only one may (else the second would end the turn of a third): the one who inserts
 * {_id: <token>}. Those documents stay; there is one for each process that died in its turn. */
#include "records/mongo/lock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { LOCK_MAX_MS = 4 * 1000, ACQUIRE_MAX_MS = 15 * 1000, RETRY_MS = 2 };

#define LOCK_ID BCON_NEW("_id", BCON_UTF8("turn"))

static enum pc_code read_owner(struct pc_mongo_connection *conn, char owner[25], struct pc_err *err)
{
    bson_t *doc;
    bson_iter_t it;
    owner[0] = 0;
    enum pc_code rc = pc_mongo_find_one(conn, MONGO_LOCKS, LOCK_ID, NULL, &doc, err);
    if (doc && bson_iter_init_find(&it, doc, "by") && BSON_ITER_HOLDS_UTF8(&it))
        pc_str_copy(owner, 25, bson_iter_utf8(&it, NULL));
    bson_destroy(doc);
    return rc;
}

static enum pc_code break_lock(struct pc_mongo_connection *conn, const char *owner,
                               struct pc_err *err)
{
    bool exists;
    enum pc_code rc = pc_mongo_insert(conn, MONGO_LOCKS, BCON_NEW("_id", BCON_UTF8(owner)),
                                      MONGO_QUICK, &exists, err);
    if (rc || exists)
        return rc;
    pc_log(PC_LOG_WARN, "records: a process did not end its turn; it was ended for it");
    return pc_mongo_delete(conn, MONGO_LOCKS, LOCK_ID, err);
}

/* Looks who has the turn, and ends it when that is the same as for long. */
static enum pc_code wait_or_break(struct pc_mongo_connection *conn, char seen[25],
                                  int64_t *since_ms, struct pc_err *err)
{
    char owner[25];
    enum pc_code rc = read_owner(conn, owner, err);
    if (rc)
        return rc;
    if (!*owner || !pc_str_eq(owner, seen)) {
        pc_str_copy(seen, 25, owner);
        *since_ms = pc_clock_mono_ms();
    } else if (pc_clock_mono_ms() - *since_ms > LOCK_MAX_MS) {
        rc = break_lock(conn, owner, err);
        *since_ms = pc_clock_mono_ms();
    }
    pc_clock_sleep_ms(RETRY_MS);
    return rc;
}

static enum pc_code acquire(struct pc_mongo_connection *conn, struct pc_err *err)
{
    char seen[25] = "", token[25];
    int64_t since_ms = 0;
    struct pc_deadline until = pc_deadline_in(ACQUIRE_MAX_MS);
    bson_oid_t oid;
    bson_oid_init(&oid, NULL);
    bson_oid_to_string(&oid, token);
    for (;;) {
        bool locked;
        enum pc_code rc = pc_mongo_insert(
            conn, MONGO_LOCKS, BCON_NEW("_id", BCON_UTF8("turn"), "by", BCON_UTF8(token)),
            MONGO_QUICK, &locked, err);
        if (!rc && locked)
            rc = wait_or_break(conn, seen, &since_ms, err);
        if (rc || !locked)
            return rc;
        if (pc_deadline_expired(until))
            return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "mongo: it is never our turn");
    }
}

enum pc_code pc_mongo_lock_acquire(struct pc_mongo_connection *conn, struct pc_err *err)
{
    if (!conn->m->needs_lock)
        return PC_OK;
    pthread_mutex_lock(&conn->m->process_lock);
    enum pc_code rc = acquire(conn, err);
    if (rc)
        pthread_mutex_unlock(&conn->m->process_lock);
    return rc;
}

void pc_mongo_lock_release(struct pc_mongo_connection *conn)
{
    struct pc_err err = PC_ERR_INIT;
    if (!conn->m->needs_lock)
        return;
    if (pc_mongo_delete(conn, MONGO_LOCKS, LOCK_ID, &err))
        pc_log_err(PC_LOG_WARN, "records: a turn was not given on; others wait for it", &err);
    pthread_mutex_unlock(&conn->m->process_lock);
}

/* The turn is {_id: "turn", by: <token>}. Who finds the same token there for TURN_STALE_MS may end
 * that turn, but only one may (else the second would end the turn of a third): the one who inserts
 * {_id: <token>}. Those documents stay; there is one for each process that died in its turn. */
#include "records/mongo_turn.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { TURN_STALE_MS = 4 * 1000, TURN_WAIT_MS = 15 * 1000, LOOK_MS = 2 };

#define TURN BCON_NEW("_id", BCON_UTF8("turn"))

static enum pc_code read_holder(struct mongo_io *io, char holder[25], struct pc_err *err)
{
    bson_t *doc;
    bson_iter_t it;
    holder[0] = 0;
    enum pc_code rc = pc_mongo_find_one(io, MONGO_TURNS, TURN, NULL, &doc, err);
    if (doc && bson_iter_init_find(&it, doc, "by") && BSON_ITER_HOLDS_UTF8(&it))
        pc_str_copy(holder, 25, bson_iter_utf8(&it, NULL));
    bson_destroy(doc);
    return rc;
}

static enum pc_code end_turn_of(struct mongo_io *io, const char *holder, struct pc_err *err)
{
    bool another;
    enum pc_code rc = pc_mongo_insert(io, MONGO_TURNS, BCON_NEW("_id", BCON_UTF8(holder)),
                                      MONGO_QUICK, &another, err);
    if (rc || another)
        return rc;
    pc_log(PC_LOG_WARN, "records: a process did not end its turn; it was ended for it");
    return pc_mongo_delete(io, MONGO_TURNS, TURN, err);
}

/* Looks who has the turn, and ends it when that is the same as for long. */
static enum pc_code wait_for(struct mongo_io *io, char seen[25], int64_t *since_ms,
                             struct pc_err *err)
{
    char holder[25];
    enum pc_code rc = read_holder(io, holder, err);
    if (rc)
        return rc;
    if (!*holder || !pc_streq(holder, seen)) {
        pc_str_copy(seen, 25, holder);
        *since_ms = pc_mono_ms();
    } else if (pc_mono_ms() - *since_ms > TURN_STALE_MS) {
        rc = end_turn_of(io, holder, err);
        *since_ms = pc_mono_ms();
    }
    pc_sleep_ms(LOOK_MS);
    return rc;
}

static enum pc_code take(struct mongo_io *io, struct pc_err *err)
{
    char seen[25] = "", me[25];
    int64_t since_ms = 0;
    struct pc_deadline until = pc_deadline_in(TURN_WAIT_MS);
    bson_oid_t oid;
    bson_oid_init(&oid, NULL);
    bson_oid_to_string(&oid, me);
    for (;;) {
        bool taken;
        enum pc_code rc = pc_mongo_insert(io, MONGO_TURNS,
                                          BCON_NEW("_id", BCON_UTF8("turn"), "by", BCON_UTF8(me)),
                                          MONGO_QUICK, &taken, err);
        if (!rc && taken)
            rc = wait_for(io, seen, &since_ms, err);
        if (rc || !taken)
            return rc;
        if (pc_deadline_over(until))
            return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "mongo: it is never our turn");
    }
}

enum pc_code pc_mongo_turn_take(struct mongo_io *io, struct pc_err *err)
{
    if (!io->m->takes_turns)
        return PC_OK;
    pthread_mutex_lock(&io->m->turn_lock);
    enum pc_code rc = take(io, err);
    if (rc)
        pthread_mutex_unlock(&io->m->turn_lock);
    return rc;
}

void pc_mongo_turn_give(struct mongo_io *io)
{
    struct pc_err err = PC_ERR_INIT;
    if (!io->m->takes_turns)
        return;
    if (pc_mongo_delete(io, MONGO_TURNS, TURN, &err))
        pc_log_err(PC_LOG_WARN, "records: a turn was not given on; others wait for it", &err);
    pthread_mutex_unlock(&io->m->turn_lock);
}

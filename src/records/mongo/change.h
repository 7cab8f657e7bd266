/* Records in MongoDB: what stands around each change.
 *
 *     rc = pc_mongo_change_begin(&c, m, 1, 0, err);         takes a connection, a seq, (a turn)
 *     if (!rc) rc = ... one atomic update that writes c.seq ...
 *     pc_mongo_change_end(&c, changed);                     always, whatever begin answered
 *
 * The order of seq. The counter cannot grow in the same step as the record changes (that would take
 * a transaction, and so a replica set): it is taken first. So the change with seq 6 may be seen
 * before the one with seq 5, and a poller that went on from 6 would never see 5. Therefore the one
 * document of `store` also says which changes are under way, as written by the step that takes the
 * counter:
 *
 *     {_id: "images", seq: 6, id: 3, open: {"<token>": 4}, forgotten: 0}
 *
 * The number at a token is a seq that the counter had before (4: the change under way has a seq
 * above 4). pc_mongo_complete_seq answers the largest seq up to which nothing is under way; lists show
 * changes up to there and no further. A process that dies between the two steps leaves its token
 * behind; whoever sees the same one for OPEN_STALE_MS takes it away, with those that are as old.
 * Until then lists of what changed stand still; nothing is lost. A process that was only slow finds
 * its token gone when it ends its change, and gives what it changed new seqs, because pollers may
 * have passed the old ones.
 *
 * A seq that was taken in vain (the record had another status) is given back when nobody took the
 * next one meanwhile, else it stays unused.
 *
 * After a failover, or when a server on its own is killed, the counter may be behind what was seen
 * of it: the changes that wait for no majority are lost with it. Whoever notices makes it as high
 * again, the end of each change does so too, and pollers that had seen the lost ones are told to
 * read everything again.
 *
 * Threads: a change belongs to the thread that began it.
 */
#ifndef PC_RECORDS_MONGO_CHANGE_H
#define PC_RECORDS_MONGO_CHANGE_H

#include "records/mongo/internal.h"

struct pc_mongo_change {
    struct pc_mongo_connection conn;
    int64_t seq, id; /* the first of those taken; seq 0: none yet */
    int64_t last_id; /* what the counter of ids was then */
    int n;
    char token[25];
    bool has_conn, has_lock;
};

/* Makes the document of the counter, above every id and seq that there is. */
PC_NODISCARD enum pc_code pc_mongo_init_counter(struct pc_mongo_connection *conn,
                                                struct pc_err *err);

/* Ids given later are above id. */
PC_NODISCARD enum pc_code pc_mongo_raise_id(struct pc_mongo_connection *conn, int64_t id,
                                            struct pc_err *err);

/* Takes n seqs and as many ids as are asked for. */
PC_NODISCARD enum pc_code pc_mongo_change_begin(struct pc_mongo_change *c, struct pc_mongo *m,
                                                int n, int ids, struct pc_err *err);
void pc_mongo_change_end(struct pc_mongo_change *c, bool changed);

/* Up to where nothing is under way. *forgotten (may be NULL): seq of the last removal that is no
 * more remembered. */
PC_NODISCARD enum pc_code pc_mongo_complete_seq(struct pc_mongo_connection *conn, int64_t *seq,
                                                int64_t *pruned_seq, struct pc_err *err);

/* Did a failover undo changes that pc_mongo_complete_seq had answered, up to seq among them? */
bool pc_mongo_rolled_back(struct pc_mongo *m, int64_t seq);

#endif

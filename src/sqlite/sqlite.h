/* SQLite: what the records driver and the queue driver share. Opens a file in WAL mode, migrates
 * schemas, binds parameters, runs transactions, and maps SQLite's results to error codes.
 *
 * Several parts (records, queue) may live in one file, each with its own tables and connections. So
 * the schema version is kept for each part, in the table schema_parts, and not in user_version.
 *
 * A write that finds the file locked waits up to PC_SQLITE_BUSY_MS, then fails with the
 * connection's `unavailable` code. Write transactions begin IMMEDIATE: SQLite does not wait for
 * the lock when a transaction that has read begins to write, but fails at once.
 *
 * Ownership: a struct pc_sqlite owns its connection and its prepared statements.
 * Threads: one thread at a time for each struct pc_sqlite; its owner holds a lock.
 * Errors: `unavailable` (busy, unreadable, unwritable, damaged), store_full, config (a URL without
 * a path; the schema is newer than this program), internal (a mistake in our SQL).
 */
#ifndef PC_SQLITE_SQLITE_H
#define PC_SQLITE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { PC_SQLITE_BUSY_MS = 5000 };

struct pc_sqlite {
    sqlite3 *db;
    enum pc_code unavailable; /* the owner's: PC_E_STORE_UNAVAILABLE, PC_E_QUEUE_UNAVAILABLE */
    sqlite3_stmt **stmts;
    int n;
    int64_t busy_since_ms; /* when the current wait for a lock began. SQLite has a pointer to this:
                              do not move the struct while it is open */
};

#define PC_SQLITE_SCHEME "sqlite:"

/* Opens or creates the file of a store URL, "sqlite:PATH"; its folder must exist. With
 * synchronous=NORMAL, commits survive a crash of the program, but maybe not power loss. After a
 * failure nothing is left open. */
PC_NODISCARD enum pc_code pc_sqlite_open(struct pc_sqlite *c, const char *url,
                                         enum pc_code unavailable, struct pc_err *err);
void pc_sqlite_close(struct pc_sqlite *c); /* zeroed memory is fine too */

/* Brings the part's tables to version n by running steps[version..n-1] in one transaction. A
 * version above n is rejected (config), because an older program must not write to it. */
PC_NODISCARD enum pc_code pc_sqlite_migrate(struct pc_sqlite *c, const char *part,
                                            const char *const *steps, int n, struct pc_err *err);

/* Prepares sql[0..n-1] once for the life of the connection, as c->stmts[i]. */
PC_NODISCARD enum pc_code pc_sqlite_prepare(struct pc_sqlite *c, const char *const *sql, int n,
                                            struct pc_err *err);

/* Runs statements that give no rows. */
PC_NODISCARD enum pc_code pc_sqlite_exec(struct pc_sqlite *c, const char *sql, struct pc_err *err);

/* Resets the statement and binds its parameters from 1 on. A letter of kinds for each: i = int64_t,
 * t = text (borrowed until the next bind; NULL binds NULL). */
void pc_sqlite_bind(sqlite3_stmt *stmt, const char *kinds, ...);

/* One step; *row: there is a row. At the end and after a failure the statement is reset. A
 * statement that changes something commits when it is stepped to its end. */
PC_NODISCARD enum pc_code pc_sqlite_step(struct pc_sqlite *c, sqlite3_stmt *stmt, bool *row,
                                         struct pc_err *err);
/* Steps to the end. *changed (may be NULL): how many rows it changed itself, without its triggers. */
PC_NODISCARD enum pc_code pc_sqlite_run(struct pc_sqlite *c, sqlite3_stmt *stmt, int *changed,
                                        struct pc_err *err);

PC_NODISCARD enum pc_code pc_sqlite_begin(struct pc_sqlite *c, struct pc_err *err);
/* Ends the transaction: commits if rc is PC_OK, else rolls back and returns rc. A commit that fails
 * is rolled back as well. */
PC_NODISCARD enum pc_code pc_sqlite_end(struct pc_sqlite *c, enum pc_code rc, struct pc_err *err);

/* Fills err from the last failure of the connection. Returns its code, never PC_OK. */
enum pc_code pc_sqlite_fail(struct pc_sqlite *c, int result, const char *doing, struct pc_err *err);

#endif

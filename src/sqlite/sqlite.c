#include "sqlite/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

enum pc_code pc_sqlite_fail(struct pc_sqlite *c, int result, const char *doing, struct pc_err *err)
{
    enum pc_code code = c->unavailable;
    const char *message = NULL; /* the default message of the code */
    int os = c->db ? sqlite3_system_errno(c->db) : 0;
    switch (result & 0xff) {
    case SQLITE_NOMEM: abort(); /* as pc_xzalloc does */
    case SQLITE_FULL: code = PC_E_STORE_FULL; break;
    case SQLITE_IOERR: code = os == ENOSPC || os == EDQUOT ? PC_E_STORE_FULL : code; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: message = "The database is in use by another program."; break;
    case SQLITE_CORRUPT: message = "The database file is damaged; restore a backup."; break;
    case SQLITE_NOTADB: message = "The file is not a database of PoseCraft."; break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        message =
            "The database cannot be opened for writing; check its folder and its permissions.";
        break;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT: code = PC_E_INTERNAL; break;
    default: break;
    }
    (void)pc_fail_detail(err, code, "%s: %s (%d)", doing,
                         c->db ? sqlite3_errmsg(c->db) : sqlite3_errstr(result), result);
    if (message)
        pc_str_copy(err->message, sizeof err->message, message);
    return code;
}

/* SQLite's own handler sleeps up to 100 ms between attempts. Our locks are held for a few
 * milliseconds, so trying more often makes waiting writers much quicker. */
static int wait_for_lock(void *since, int attempts)
{
    int64_t *started_ms = since;
    if (attempts == 0)
        *started_ms = pc_clock_mono_ms();
    if (pc_clock_mono_ms() - *started_ms >= PC_SQLITE_BUSY_MS)
        return 0;
    struct timespec pause = {.tv_nsec = attempts < 20 ? 200 * 1000 : 2 * 1000 * 1000};
    nanosleep(&pause, NULL);
    return 1;
}

/* Switching a new file to WAL needs exclusive access for a moment, and SQLite does not call the
 * busy handler for it: if two programs started at the same time, one would fail. */
static int use_wal(sqlite3 *db)
{
    int64_t give_up_ms = pc_clock_mono_ms() + PC_SQLITE_BUSY_MS;
    for (;;) {
        int result = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((result & 0xff) != SQLITE_BUSY || pc_clock_mono_ms() >= give_up_ms)
            return result;
        pc_clock_sleep_ms(5);
    }
}

/* A checkpoint copies the log to the file every 4,000 pages (16 MB) instead of 1,000: our changes
 * touch the same pages again and again, so a page is then copied once for many changes. */
static const char pragmas[] = "PRAGMA synchronous = NORMAL;"
                              "PRAGMA wal_autocheckpoint = 4000;"
                              "PRAGMA cache_size = -4000;";

enum pc_code pc_sqlite_open(struct pc_sqlite *c, const char *url, enum pc_code unavailable,
                            struct pc_err *err)
{
    const char *path = url + strlen(PC_SQLITE_SCHEME);
    *c = (struct pc_sqlite){.unavailable = unavailable};
    if (!*path || *path == ':')
        return pc_fail(err, PC_E_CONFIG, "The store URL of a SQLite file is \"sqlite:PATH\".");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(path, &c->db, flags, NULL);
    if (result == SQLITE_OK) {
        sqlite3_extended_result_codes(c->db, 1);
        result = sqlite3_busy_handler(c->db, wait_for_lock, &c->busy_since_ms);
    }
    if (result == SQLITE_OK)
        result = use_wal(c->db);
    if (result == SQLITE_OK)
        result = sqlite3_exec(c->db, pragmas, NULL, NULL, NULL);
    if (result == SQLITE_OK && sqlite3_db_readonly(c->db, "main") == 1)
        result = SQLITE_READONLY;
    if (result == SQLITE_OK)
        return PC_OK;
    (void)pc_sqlite_fail(c, result, "opening", err);
    pc_sqlite_close(c);
    return pc_err_wrap(err, "%s", path);
}

void pc_sqlite_close(struct pc_sqlite *c)
{
    for (int i = 0; i < c->n; i++)
        sqlite3_finalize(c->stmts[i]);
    free(c->stmts);
    sqlite3_close(c->db);
    *c = (struct pc_sqlite){.unavailable = c->unavailable};
}

enum pc_code pc_sqlite_prepare(struct pc_sqlite *c, const char *const *sql, int n,
                               struct pc_err *err)
{
    assert(!c->stmts);
    c->stmts = pc_xzalloc((size_t)n * sizeof *c->stmts);
    c->n = n;
    for (int i = 0; i < n; i++) {
        int result =
            sqlite3_prepare_v3(c->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &c->stmts[i], NULL);
        if (result != SQLITE_OK)
            return pc_sqlite_fail(c, result, sql[i], err);
    }
    return PC_OK;
}

enum pc_code pc_sqlite_exec(struct pc_sqlite *c, const char *sql, struct pc_err *err)
{
    int result = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? PC_OK : pc_sqlite_fail(c, result, sql, err);
}

void pc_sqlite_bind(sqlite3_stmt *stmt, const char *kinds, ...)
{
    va_list args;
    va_start(args, kinds);
    sqlite3_reset(stmt);
    int result = SQLITE_OK;
    for (int i = 0; kinds[i] && result == SQLITE_OK; i++) {
        if (kinds[i] == 'i')
            result = sqlite3_bind_int64(stmt, i + 1, va_arg(args, int64_t));
        else
            result = sqlite3_bind_text(stmt, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
    }
    va_end(args);
    assert(result == SQLITE_OK); /* only a wrong count of parameters can fail here */
    (void)result;
}

enum pc_code pc_sqlite_step(struct pc_sqlite *c, sqlite3_stmt *stmt, bool *row, struct pc_err *err)
{
    int result = sqlite3_step(stmt);
    *row = result == SQLITE_ROW;
    if (*row)
        return PC_OK;
    enum pc_code rc =
        result == SQLITE_DONE ? PC_OK : pc_sqlite_fail(c, result, sqlite3_sql(stmt), err);
    sqlite3_reset(stmt);
    return rc;
}

enum pc_code pc_sqlite_run(struct pc_sqlite *c, sqlite3_stmt *stmt, int *changed,
                           struct pc_err *err)
{
    bool row = true;
    while (row) {
        enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
        if (rc)
            return rc;
    }
    if (changed)
        *changed = sqlite3_changes(c->db);
    return PC_OK;
}

enum pc_code pc_sqlite_begin(struct pc_sqlite *c, struct pc_err *err)
{
    return pc_sqlite_exec(c, "BEGIN IMMEDIATE", err);
}

enum pc_code pc_sqlite_end(struct pc_sqlite *c, enum pc_code rc, struct pc_err *err)
{
    if (!rc)
        rc = pc_sqlite_exec(c, "COMMIT", err);
    if (rc && !sqlite3_get_autocommit(c->db))
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static enum pc_code read_version(struct pc_sqlite *c, const char *part, int *version,
                                 struct pc_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(c->db, "SELECT version FROM schema_parts WHERE part = ?1", -1,
                                    &stmt, NULL);
    if (result != SQLITE_OK)
        return pc_sqlite_fail(c, result, "reading the schema version", err);
    pc_sqlite_bind(stmt, "t", part);
    bool row;
    enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
    *version = !rc && row ? sqlite3_column_int(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return rc;
}

static enum pc_code migrate_in_transaction(struct pc_sqlite *c, const char *part,
                                           const char *const *steps, int n, struct pc_err *err)
{
    int version = 0;
    enum pc_code rc = pc_sqlite_exec(c,
                                     "CREATE TABLE IF NOT EXISTS schema_parts("
                                     "part TEXT PRIMARY KEY, version INTEGER NOT NULL)",
                                     err);
    if (!rc)
        rc = read_version(c, part, &version, err);
    if (!rc && version > n) {
        return pc_fail(err, PC_E_CONFIG,
                       "The database was written by a newer PoseCraft (%s schema %d, this program "
                       "knows %d); run that version, or use another file.",
                       part, version, n);
    }
    for (int i = version; !rc && i < n; i++)
        rc = pc_sqlite_exec(c, steps[i], err);
    if (!rc && version < n) {
        char *sql = sqlite3_mprintf("INSERT INTO schema_parts(part, version) VALUES (%Q, %d) "
                                    "ON CONFLICT(part) DO UPDATE SET version = excluded.version",
                                    part, n);
        rc = pc_sqlite_exec(c, sql, err);
        sqlite3_free(sql);
    }
    return rc;
}

enum pc_code pc_sqlite_migrate(struct pc_sqlite *c, const char *part, const char *const *steps,
                               int n, struct pc_err *err)
{
    enum pc_code rc = pc_sqlite_begin(c, err);
    if (rc)
        return rc;
    return pc_sqlite_end(c, migrate_in_transaction(c, part, steps, n, err), err);
}

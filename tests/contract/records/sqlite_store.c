#include "sqlite_store.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "records/drivers.h"

int sqlite_setup(void **state)
{
    struct test_store *p = pc_xzalloc(sizeof *p);
    p->dir = test_mkdir();
    p->file = pc_xasprintf("%s/p.db", p->dir);
    p->url = pc_xasprintf("sqlite:%s", p->file);
    *state = p;
    return 0;
}

int sqlite_teardown(void **state)
{
    struct test_store *p = *state;
    chmod(p->dir, 0700);
    test_rmdir(p->dir);
    free(p->file);
    free(p->url);
    free(p);
    return 0;
}

enum pc_code try_open(const struct test_store *p, struct pc_records **rs, struct pc_err *err)
{
    return pc_records_open(&pc_records_sqlite, p->url, rs, err);
}

struct pc_records *open_store(const struct test_store *p)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(try_open(p, &rs, &err), &err);
    return rs;
}

enum pc_code insert(struct pc_records *rs, const char *url, struct pc_err *err)
{
    struct pc_record r;
    bool created;
    enum pc_code rc = pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, err);
    pc_record_finish(&r);
    return rc;
}

sqlite3 *raw(const struct test_store *p)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    return db;
}

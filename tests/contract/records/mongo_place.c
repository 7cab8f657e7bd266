#include "mongo_place.h"

#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

static struct test_server *server;

static const char *given(void)
{
    const char *address = getenv("POSECRAFT_TEST_MONGODB");
    return address && *address ? address : NULL;
}

bool mongo_place_is_ferretdb(void)
{
    return !given();
}

char *mongo_place_address(const char **why)
{
    static int databases;
    char name[64];
    snprintf(name, sizeof name, "pc_test_%lld_%d_%d", (long long)pc_wall_ms(), (int)getpid(),
             databases++);
    if (given()) {
        const char *host = strstr(given(), "://") ? strstr(given(), "://") + 3 : given();
        const char *options = strchr(host, '?');
        size_t len = strcspn(given() + (host - given()), "/?") + (size_t)(host - given());
        return pc_xasprintf("%.*s/%s%s", (int)len, given(), name, options ? options : "");
    }
    if (!server)
        server = test_server_start(TEST_MONGO, why);
    return server ? pc_xasprintf("mongodb://127.0.0.1:%d/%s", test_server_port(server), name)
                  : NULL;
}

void mongo_place_drop(const char *address)
{
    mongoc_init();
    mongoc_client_t *client = mongoc_client_new(address);
    mongoc_database_t *db = client ? mongoc_client_get_default_database(client) : NULL;
    if (db)
        (void)!mongoc_database_drop(db, NULL);
    mongoc_database_destroy(db);
    mongoc_client_destroy(client);
}

void mongo_place_end(void)
{
    test_server_stop(server);
    server = NULL;
}

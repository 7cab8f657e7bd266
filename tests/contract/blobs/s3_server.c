#include "s3_server.h"

#include <stdlib.h>

#include "base/mem.h"

static struct test_server *server;

static void stop(void)
{
    test_server_stop(server);
    server = NULL;
}

struct test_server *s3_server(void)
{
    static bool looked;
    const char *why;
    if (!looked) {
        looked = true;
        setenv("no_proxy", "127.0.0.1", 1);
        server = test_server_start(TEST_S3, &why);
        atexit(stop);
    }
    return server;
}

char *s3_address(const char *account, const char *place, const char *more)
{
    return pc_xasprintf("s3://%s%s?endpoint=http://127.0.0.1:%d%s", account, place,
                        test_server_port(server), more);
}

char *s3_fresh(const char *more)
{
    static int n;
    if (!s3_server())
        return NULL;
    char *place = pc_xasprintf("shots/store-%d", ++n), *address = s3_address(S3_KEY, place, more);
    free(place);
    return address;
}

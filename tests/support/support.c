#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

static char *below(const char *variable, const char *relative)
{
    const char *root = getenv(variable);
    return root && *root ? pc_xasprintf("%s/%s", root, relative) : NULL;
}

char *test_photo(const char *relative)
{
    char *path = below("POSECRAFT_TEST_PHOTOS", relative);
    if (path && access(path, R_OK) != 0) {
        free(path);
        path = NULL;
    }
    return path;
}

char *test_source(const char *relative)
{
    return below("POSECRAFT_TEST_SOURCE", relative);
}

char *test_mkdir(void)
{
    char *path = pc_xstrdup("/tmp/posecraft-test-XXXXXX");
    if (!mkdtemp(path))
        fail_msg("no folder for the test");
    return path;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

void test_rmdir(char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

/* cmocka 1.1.5 reports a skipped test as "not ok 3 # SKIP", which every reader of TAP takes for a
 * failure. Its output goes through this exported function, so ours stands in for it. */
void print_message(const char *const format, ...)
{
    static const char wrong[] = "not ok %u # SKIP";
    bool skipped = strncmp(format, wrong, sizeof(wrong) - 1) == 0;
    va_list args;
    va_start(args, format);
    vprintf(skipped ? format + strlen("not ") : format, args);
    va_end(args);
    fflush(stdout);
}

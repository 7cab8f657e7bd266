/* Reads tables of cases: one case a line, its two fields separated by one character. A line that
 * begins with # is a comment. */
#ifndef PC_TESTS_FETCH_CASES_H
#define PC_TESTS_FETCH_CASES_H

#include <stdio.h>

#include "support.h"

typedef void (*case_fn)(const char *first, const char *second, void *ctx);

static inline int for_each_case(const char *file, char separator, case_fn run, void *ctx)
{
    char path[512], line[4096];
    int n = 0;
    snprintf(path, sizeof path, "%s/%s", CASES, file);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || line[0] == 0)
            continue;
        char *second = strchr(line, separator);
        assert_non_null(second);
        *second++ = 0;
        run(line, second, ctx);
        n++;
    }
    fclose(in);
    return n;
}

#endif

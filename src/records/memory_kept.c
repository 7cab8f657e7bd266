#include "records/memory_kept.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

struct pc_kept {
    char *name, *text;
    int64_t version;
    struct pc_kept *next;
};

static const struct pc_kept *find(const struct pc_kept *k, const char *name)
{
    while (k && !pc_streq(k->name, name))
        k = k->next;
    return k;
}

int64_t pc_kept_version(const struct pc_kept *list, const char *name)
{
    const struct pc_kept *k = find(list, name);
    return k ? k->version : 0;
}

int64_t pc_kept_read(const struct pc_kept *list, const char *name, char **text)
{
    const struct pc_kept *k = find(list, name);
    *text = k && k->text ? pc_xstrdup(k->text) : NULL;
    return k ? k->version : 0;
}

int64_t pc_kept_write(struct pc_kept **list, const char *name, const char *text)
{
    struct pc_kept *k = *list;
    while (k && !pc_streq(k->name, name))
        k = k->next;
    if (!k) {
        k = pc_xmalloc(sizeof *k);
        *k = (struct pc_kept){.name = pc_xstrdup(name), .next = *list};
        *list = k;
    }
    free(k->text);
    k->text = text ? pc_xstrdup(text) : NULL;
    return ++k->version;
}

void pc_kept_free(struct pc_kept *list)
{
    while (list) {
        struct pc_kept *next = list->next;
        free(list->name);
        free(list->text);
        free(list);
        list = next;
    }
}

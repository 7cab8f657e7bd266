#include "records/memory/internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

struct pc_records_memory_setting {
    char *name, *text;
    int64_t version;
    struct pc_records_memory_setting *next;
};

static const struct pc_records_memory_setting *find(const struct pc_records_memory_setting *setting,
                                                    const char *name)
{
    while (setting && !pc_str_eq(setting->name, name))
        setting = setting->next;
    return setting;
}

int64_t pc_records_memory_setting_version(const struct pc_records_memory_setting *list,
                                          const char *name)
{
    const struct pc_records_memory_setting *setting = find(list, name);
    return setting ? setting->version : 0;
}

int64_t pc_records_memory_get_setting(const struct pc_records_memory_setting *list,
                                      const char *name, char **text)
{
    const struct pc_records_memory_setting *setting = find(list, name);
    *text = setting && setting->text ? pc_xstrdup(setting->text) : NULL;
    return setting ? setting->version : 0;
}

int64_t pc_records_memory_put_setting(struct pc_records_memory_setting **list, const char *name,
                                      const char *text)
{
    struct pc_records_memory_setting *setting = *list;
    while (setting && !pc_str_eq(setting->name, name))
        setting = setting->next;
    if (!setting) {
        setting = pc_xzalloc(sizeof *setting);
        *setting = (struct pc_records_memory_setting){.name = pc_xstrdup(name), .next = *list};
        *list = setting;
    }
    free(setting->text);
    setting->text = text ? pc_xstrdup(text) : NULL;
    return ++setting->version;
}

void pc_records_memory_free_settings(struct pc_records_memory_setting *list)
{
    while (list) {
        struct pc_records_memory_setting *next = list->next;
        free(list->name);
        free(list->text);
        free(list);
        list = next;
    }
}

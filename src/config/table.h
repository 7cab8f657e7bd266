/* The table of settings, and the functions of src/config that work on one row. Callers use
 * config.h. Threads: the table is constant. */
#ifndef PC_CONFIG_TABLE_H
#define PC_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct pc_config;

enum pc_setting_kind {
    PC_SETTING_TEXT,
    PC_SETTING_CHOICE,   /* one of the words in choices */
    PC_SETTING_URL,      /* http or https URL without a slash at its end, or "" */
    PC_SETTING_INTEGER,  /* int64_t */
    PC_SETTING_BYTES,    /* int64_t; "512k", "50m", "1g" */
    PC_SETTING_DURATION, /* int64_t milliseconds; "500ms", "30s", "2m", "1h"; a bare number is ms */
    PC_SETTING_FRACTION, /* double */
};

enum pc_setting_secrecy {
    PC_SETTING_SHOWN,
    PC_SETTING_REDACTED, /* a URL that may contain a password */
    PC_SETTING_SECRET,
};

struct pc_setting {
    const char *group; /* heading in docs; NULL = same as the row before */
    const char *name;
    enum pc_setting_kind kind;
    enum pc_setting_secrecy secrecy;
    size_t offset;           /* of the field in struct pc_config */
    const char *env, *alias; /* variables; alias: the first version's name, or NULL */
    const char *option;      /* on the command line, or NULL */
    const char *unit;        /* NULL when the kind says it */
    const char *choices;     /* of PC_SETTING_CHOICE: words with one space between them */
    double min, max;         /* of a number; of a text, max is its length in bytes */
    const char *def;
    const char *meaning;
    const char *off; /* how to switch it off; NULL when it cannot be */
};

extern const struct pc_setting pc_settings[];
extern const size_t pc_settings_n;

/* NULL when there is none. */
const struct pc_setting *pc_setting_by_name(const char *name);
const struct pc_setting *pc_setting_by_env(const char *env);
/* Is its field a char *? */
bool pc_setting_is_text(const struct pc_setting *s);

/* Parses value into the setting's field. On failure changes nothing and says why in why, such as
 * "99999 is outside 0..65535"; the value of a secret is not repeated. */
bool pc_setting_parse(const struct pc_setting *s, struct pc_config *cfg, const char *value,
                      char *why, size_t cap);
/* The value as a user would write it ("30s"); secrets are hidden. */
void pc_setting_format(const struct pc_setting *s, const struct pc_config *cfg, char *out,
                       size_t cap);
/* The same for a bound of a number setting. */
void pc_setting_format_number(const struct pc_setting *s, double number, char *out, size_t cap);

#endif

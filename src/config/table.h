/* The inside of src/config: the table's type and what value.c, env.c and print.c need of it.
 * Threads: the table is constant. */
#ifndef PC_CONFIG_TABLE_H
#define PC_CONFIG_TABLE_H

#include "config/config.h"

enum pc_setting_kind {
    PC_SETTING_TEXT,
    PC_SETTING_CHOICE,   /* one of the words in .choices */
    PC_SETTING_URL,      /* http or https address without a slash at its end, or "" */
    PC_SETTING_INTEGER,  /* int64_t */
    PC_SETTING_BYTES,    /* int64_t; "512k", "50m", "1g" */
    PC_SETTING_DURATION, /* int64_t milliseconds; "500ms", "30s", "2m", "1h"; a bare number is ms */
    PC_SETTING_FRACTION, /* double */
};

enum pc_setting_secrecy {
    PC_SETTING_SHOWN,
    PC_SETTING_REDACTED, /* an address that may hold a password */
    PC_SETTING_SECRET,
};

struct pc_setting {
    const char *group; /* heading in docs; NULL = same as the row before */
    const char *name;
    enum pc_setting_kind kind;
    enum pc_setting_secrecy secrecy;
    size_t at;               /* offset in struct pc_config */
    const char *env, *alias; /* variables; alias or NULL: the first version's name */
    const char *option;      /* command line, or NULL */
    const char *unit;        /* NULL when the kind says it */
    const char *choices;     /* PC_SETTING_CHOICE only: words, one space between */
    double min, max;         /* of numbers; max of text: bytes */
    const char *def;
    const char *meaning;
    const char *off; /* how to switch it off; NULL when it cannot be */
};

extern const struct pc_setting pc_settings[];
extern const size_t pc_settings_n;

/* NULL when there is none. */
const struct pc_setting *pc_setting_by_name(const char *name);
const struct pc_setting *pc_setting_by_env(const char *env);

/* Parses value into its field. On failure says why in why ("99999 is outside 0..65535"; the value
 * of a secret is not repeated) and changes nothing. */
bool pc_setting_parse(const struct pc_setting *s, struct pc_config *cfg, const char *value,
                      char *why, size_t cap);
/* The value as one would write it ("30s"), secrets hidden. */
void pc_setting_format(const struct pc_setting *s, const struct pc_config *cfg, char *out,
                       size_t cap);
/* The same for a bound of a number. */
void pc_setting_format_number(const struct pc_setting *s, double number, char *out, size_t cap);

#endif

/* What `shoot` was given: files, folders, quoted globs, addresses, lists -> one flat list of
 * sources.
 *
 * Folders are walked with their sub-folders, by name; taken are files, and links to files, that
 * look like pictures by their name or their first bytes. Folders that cannot be read are taken as
 * well: reading them fails, and that is told. Each source gets a name of its own for its shots: two
 * pictures called a.jpg become a and a-2. Ownership: the list owns its texts. Threads: read-only
 * once made.
 */
#ifndef PC_MAIN_INPUTS_H
#define PC_MAIN_INPUTS_H

#include <stdbool.h>

#include "base/err.h"

struct pc_input {
    char *source; /* path or address, as it will stand in the manifest */
    char *name;   /* for {name}: no slash, no dot at the start, unique in the list */
    bool is_url;
};

struct pc_inputs {
    struct pc_input *items;
    int n, cap;
};

/* Adds what one argument stands for. file_unreadable when it is nothing that is there. */
PC_NODISCARD enum pc_code pc_inputs_add(struct pc_inputs *in, const char *argument,
                                        struct pc_err *err);
/* Adds each line of a file ("-": standard input) as pc_inputs_add does. */
PC_NODISCARD enum pc_code pc_inputs_add_list(struct pc_inputs *in, const char *path,
                                             struct pc_err *err);
/* Gives every source its name. Call once, after the last add. */
void pc_inputs_assign_names(struct pc_inputs *in);
void pc_inputs_finish(struct pc_inputs *in);

#endif

/* The inputs of `shoot`: files, folders, quoted glob patterns, URLs and lists of these become one
 * flat list of sources.
 *
 * Folders are walked with their subfolders, in order of name. A file, or a link to a file, is
 * taken when its name or its first bytes say that it is an image. A folder that cannot be read is
 * taken as well: reading it fails later, and the failure is reported. Each source gets a unique
 * name for its shots: two images called a.jpg become a and a-2.
 *
 * Ownership: the list owns its texts; it starts zeroed and pc_inputs_finish empties it.
 * Threads: may be read by all threads once it is complete.
 */
#ifndef PC_MAIN_INPUTS_H
#define PC_MAIN_INPUTS_H

#include <stdbool.h>

#include "base/err.h"

struct pc_input {
    char *source; /* path or URL, as the manifest shows it */
    char *name;   /* for {name}: no slash, no leading dot; see pc_inputs_assign_names */
    char *dir;    /* for {dir}: the folders below the folder that was added; else the name of the
                     folder that the source lies in; "" when there is none */
    bool is_url;
};

struct pc_inputs {
    struct pc_input *items;
    int n, cap;
};

/* Adds all sources that one argument stands for. file_unreadable if there is none. */
PC_NODISCARD enum pc_code pc_inputs_add(struct pc_inputs *in, const char *argument,
                                        struct pc_err *err);
/* Adds each line of a file, as pc_inputs_add does; path "-" is standard input. A line that stands
 * for nothing is a source too: reading it fails later. Fails only if the list cannot be read. */
PC_NODISCARD enum pc_code pc_inputs_add_list(struct pc_inputs *in, const char *path,
                                             struct pc_err *err);
/* Gives every source its name, unique in the list or, with folders, among those with the same dir.
 * Call it once, after the last add. */
void pc_inputs_assign_names(struct pc_inputs *in, bool with_folders);
void pc_inputs_finish(struct pc_inputs *in);

#endif

/* Where `shoot` writes: shots by a name template below one folder, manifest lines in input order.
 *
 * Template: {name}, {shot} and {ext} are filled in, a slash makes folders. It must hold {name} and
 * {shot}, or shots would overwrite each other. A file appears whole or not at all. Threads: write
 * and line from any thread; open and close from one.
 */
#ifndef PC_MAIN_OUTPUT_H
#define PC_MAIN_OUTPUT_H

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>

#include "base/err.h"
#include "service/pipeline.h"

struct pc_output {
    char *dir;
    char *name_template;
    FILE *manifest;       /* NULL: none wanted */
    pthread_mutex_t lock; /* guards the four below */
    char **pending;       /* lines that wait for an earlier one */
    int n, next;
    int write_error; /* errno of the first failed manifest line */
};

/* config for a template or folder that cannot be used. name NULL: the default; json NULL: no
 * manifest,
 * "-": standard output. */
PC_NODISCARD enum pc_code pc_output_open(struct pc_output *out, const char *dir, const char *name,
                                         const char *json, int n, struct pc_err *err);
/* Writes the files of made; fills files[i] with what was written (gives), NULL for absent shots.
 * All of them or none. */
PC_NODISCARD enum pc_code pc_output_write(struct pc_output *out, const char *name,
                                          const struct pc_pipeline_result *result, char *files[],
                                          struct pc_err *err);
/* Takes the line of input index; lines come out in order. */
void pc_output_add_line(struct pc_output *out, int index, json_t *line);
/* Flushes; file_unwritable when the manifest could not be written. */
PC_NODISCARD enum pc_code pc_output_close(struct pc_output *out, struct pc_err *err);

#endif

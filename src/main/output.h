/* The output of `shoot`: shots named by a template below one folder, and a manifest with one line
 * per image, in the order of the inputs.
 *
 * The template has {name}, {shot}, {ext} and {dir}; a slash makes folders. It must have {name} and
 * {shot}, or shots would overwrite each other. A file appears complete or not at all.
 *
 * Threads: pc_output_write and pc_output_add_line from any thread; open and close from one.
 */
#ifndef PC_MAIN_OUTPUT_H
#define PC_MAIN_OUTPUT_H

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>

#include "base/err.h"
#include "main/inputs.h"
#include "service/pipeline.h"

struct pc_output {
    char *dir;
    char *name_template;
    FILE *manifest;       /* NULL: no manifest */
    pthread_mutex_t lock; /* guards the four below */
    char **pending;       /* lines that wait for an earlier one, by index */
    int n, next;
    int write_error; /* errno of the first manifest line that could not be written */
};

/* n: the number of inputs. name: the template, NULL: the default. json: path of the manifest, "-"
 * is standard output, NULL: none. Fails with config when template, folder or manifest cannot be
 * used. */
PC_NODISCARD enum pc_code pc_output_open(struct pc_output *out, const char *dir, const char *name,
                                         const char *json, int n, struct pc_err *err);
/* Does the template keep images of different folders apart, as "{dir}/{name}-{shot}.{ext}" does? Then
 * names need to be unique within a folder only. name as for pc_output_open. */
bool pc_output_has_folders(const char *name);
/* Writes the shots of one result, all of them or none. Fills files[i] with the path of shot i
 * (gives), NULL for an absent one. */
PC_NODISCARD enum pc_code pc_output_write(struct pc_output *out, const struct pc_input *in,
                                          const struct pc_pipeline_result *result, char *files[],
                                          struct pc_err *err);
/* Takes the manifest line of input number index. */
void pc_output_add_line(struct pc_output *out, int index, json_t *line);
/* Closes the manifest; file_unwritable if a line could not be written. */
PC_NODISCARD enum pc_code pc_output_close(struct pc_output *out, struct pc_err *err);

#endif

/* The composition root: the only place that names concrete drivers. It opens the parts that the
 * settings ask for and closes them in reverse order.
 *
 * Ownership: open fills the struct, close empties it; close accepts a zeroed or half-opened one.
 * Threads: the main thread.
 */
#ifndef PC_MAIN_APP_H
#define PC_MAIN_APP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "config/config.h"
#include "service/service.h"

struct pc_app {
    const struct pc_config *config; /* borrows */
    char *share_dir;                /* NULL: none was found */
    struct pc_records *records;
    struct pc_queue *queue;
    struct pc_blobs *blobs;
    struct pc_fetch *fetch;
    struct pc_pose *pose;
    struct pc_recipe_set recipes;
    struct pc_service *service;
};

/* Opens what cutting needs: model, recipes, fetcher. shots: selects recipes by label; NULL: all. */
PC_NODISCARD enum pc_code pc_app_open_pipeline(const struct pc_config *cfg, const char *shots,
                                               struct pc_app *app, struct pc_err *err);
/* Opens everything that a service needs. with_pose: false for an API process without workers. */
PC_NODISCARD enum pc_code pc_app_open_service(const struct pc_config *cfg, bool with_pose,
                                              struct pc_app *app, struct pc_err *err);
void pc_app_close(struct pc_app *app);

/* Creates the data folder if need be, with its parents. Embedded stores need it before they open. */
PC_NODISCARD enum pc_code pc_app_make_data_dir(const char *dir, struct pc_err *err);
/* Opens one store by its URL, with the driver for it. Gives *out. */
PC_NODISCARD enum pc_code pc_app_open_records(const char *url, struct pc_records **out,
                                              struct pc_err *err);
PC_NODISCARD enum pc_code pc_app_open_queue(const struct pc_config *cfg, struct pc_queue **out,
                                            struct pc_err *err);
/* Imports at most max documents that the first version left in the store; *imported is 0 when none
 * is left. */
PC_NODISCARD enum pc_code pc_app_import_legacy(struct pc_records *records, int max, int *imported,
                                               struct pc_err *err);
/* cfg has the S3 credentials. */
PC_NODISCARD enum pc_code pc_app_open_blobs(const struct pc_config *cfg, const char *url,
                                            struct pc_blobs **out, struct pc_err *err);

/* The folder of model, runtime and page: the setting, else share/ next to the program or one folder
 * above it, else ../share/posecraft. Gives; NULL if there is none. */
char *pc_app_find_share(const struct pc_config *cfg);

/* Reads recipes from a file, or from all *.json files of a folder in order of name; labels must be
 * unique over all of them. path "": the five default recipes. Fails with bad_recipe, which names
 * file, place and fix. Gives into *out. */
PC_NODISCARD enum pc_code pc_app_load_recipes(const char *path, struct pc_recipe_set *out,
                                              struct pc_err *err);
/* The same for `recipes check`: goes on after a mistake. Prints each one as a line to problems, with
 * file, line and place. False if there were any. Gives the recipes of the sound files into *out. */
bool pc_app_check_recipes(const char *path, struct pc_recipe_set *out, FILE *problems);

#endif

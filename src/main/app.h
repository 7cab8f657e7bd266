/* Wiring: the one place that names concrete drivers. Opens what the settings say, checks that it
 * can work together, and closes it in reverse order.
 *
 * Ownership: open fills, close empties; close takes a half-open one. Threads: the main thread only.
 */
#ifndef PC_MAIN_APP_H
#define PC_MAIN_APP_H

#include <stdbool.h>

#include "base/err.h"
#include "config/config.h"
#include "service/service.h"

struct pc_app {
    const struct pc_config *config; /* borrows */
    char *share_dir;
    struct pc_records *records;
    struct pc_queue *queue;
    struct pc_blobs *blobs;
    struct pc_fetch *fetch;
    struct pc_pose *pose;
    struct pc_recipe_set recipes;
    struct pc_service *service;
};

/* Where models, runtime and page lie: the setting, or share/ beside the program, one folder above,
 * or
 * ../share/posecraft. Gives; NULL when there is none. */
char *pc_app_find_share(const struct pc_config *cfg);

/* Just what cutting needs: models, recipes, fetcher. shots (may be NULL) selects recipes by label.
 */
PC_NODISCARD enum pc_code pc_app_open_pipeline(const struct pc_config *cfg, const char *shots,
                                               struct pc_app *app, struct pc_err *err);
/* All of a service; with_pose false for an API process without workers. */
PC_NODISCARD enum pc_code pc_app_open_service(const struct pc_config *cfg, bool with_pose,
                                              struct pc_app *app, struct pc_err *err);
void pc_app_close(struct pc_app *app);

/* One store by its address, by whichever driver takes it. Gives *out. */
PC_NODISCARD enum pc_code pc_app_open_records(const char *url, struct pc_records **out,
                                              struct pc_err *err);
/* cfg has the credentials of S3. */
PC_NODISCARD enum pc_code pc_app_open_blobs(const struct pc_config *cfg, const char *url,
                                            struct pc_blobs **out, struct pc_err *err);

#endif

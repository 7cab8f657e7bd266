#include "main/app.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "image/image.h"
#include "main/cli.h"
#include "queue/drivers.h"
#include "recipes/recipes.h"
#include "records/drivers.h"

/* Each list ends with NULL. Every driver's table begins with its scheme, which find_driver uses. */
static const void *const records_drivers[] = {&pc_records_sqlite, &pc_records_mongo,
                                              &pc_records_memory, NULL};
static const void *const queue_drivers[] = {&pc_queue_sqlite, &pc_queue_bull, &pc_queue_memory,
                                            NULL};
static const void *const blobs_drivers[] = {&pc_blobs_file, &pc_blobs_s3, &pc_blobs_memory, NULL};
_Static_assert(offsetof(struct pc_records_driver, scheme) == 0 &&
                   offsetof(struct pc_queue_driver, scheme) == 0 &&
                   offsetof(struct pc_blobs_driver, scheme) == 0,
               "find_driver reads the scheme as the first member");

/* The driver of a store URL; NULL, with an error, if no driver has its scheme. what: the kind of
 * store, for the message. */
static const void *find_driver(const void *const drivers[], const char *what, const char *url,
                               struct pc_err *err)
{
    for (; *drivers; drivers++)
        if (pc_str_starts(url, *(const char *const *)*drivers))
            return *drivers;
    (void)pc_fail(err, PC_E_CONFIG,
                  "No driver for %s at '%.*s:' in this build; see posecraft doctor.", what,
                  (int)strcspn(url, ":"), url);
    return NULL;
}

char *pc_app_find_share(const struct pc_config *cfg)
{
    static const char *const candidates[] = {"share", "../share", "../share/posecraft"};
    char exe[PATH_MAX];
    if (*cfg->share_dir)
        return pc_xstrdup(cfg->share_dir);
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = 0;
    *strrchr(exe, '/') = 0;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        char *path = pc_xasprintf("%s/%s", exe, candidates[i]);
        char *models = pc_xasprintf("%s/models", path);
        bool found = access(models, R_OK) == 0;
        free(models);
        if (found)
            return path;
        free(path);
    }
    return NULL;
}

static enum pc_code open_pose(struct pc_app *app, struct pc_err *err)
{
    if (!app->share_dir)
        return pc_fail(err, PC_E_MODEL_MISSING, NULL);
    char *runtime = pc_xasprintf("%s/lib/libonnxruntime.so.1", app->share_dir);
    char *models = pc_xasprintf("%s/models", app->share_dir);
    struct pc_pose_config cfg = {
        .runtime_path = access(runtime, R_OK) == 0 ? runtime : "",
        .models_dir = models,
        .max_people = (int)app->config->max_people,
        .min_person = app->config->person_maybe,
        .max_runs = (pc_cli_worker_count(app->config) + 1) / 2,
    };
    enum pc_code rc = pc_pose_create(&cfg, &app->pose, err);
    free(runtime);
    free(models);
    return rc;
}

static enum pc_code open_fetch(struct pc_app *app, struct pc_err *err)
{
    const struct pc_config *cfg = app->config;
    struct pc_fetch_config fetch = {
        .allow = cfg->fetch_allow,
        .proxy = cfg->fetch_proxy,
        .total_ms = cfg->fetch_ms,
        .connect_ms = cfg->fetch_connect_ms,
        .max_bytes = cfg->max_upload_bytes,
        .max_redirects = (int)cfg->fetch_redirects,
    };
    return pc_fetch_create(&fetch, &app->fetch, err);
}

static enum pc_code open_recipes(struct pc_app *app, const char *shots, struct pc_err *err)
{
    struct pc_recipe_set all;
    enum pc_code rc = pc_app_load_recipes(app->config->recipes, &all, err);
    if (rc || !shots) {
        app->recipes = all;
        return rc;
    }
    rc = pc_recipes_select(&all, shots, &app->recipes, err);
    pc_recipes_finish(&all);
    return rc;
}

enum pc_code pc_app_open_pipeline(const struct pc_config *cfg, const char *shots,
                                  struct pc_app *app, struct pc_err *err)
{
    *app = (struct pc_app){.config = cfg, .share_dir = pc_app_find_share(cfg)};
    enum pc_code rc = pc_image_startup(err);
    if (!rc)
        rc = open_recipes(app, shots, err);
    if (!rc)
        rc = open_fetch(app, err);
    if (!rc)
        rc = open_pose(app, err);
    if (rc)
        pc_app_close(app);
    return rc;
}

/* mkdir -p with permissions for the owner only, because customers' photos are stored there. */
enum pc_code pc_app_make_data_dir(const char *dir, struct pc_err *err)
{
    char path[PATH_MAX];
    if (!pc_str_copy(path, sizeof path, dir))
        return pc_fail(err, PC_E_CONFIG, "The path of the data folder is too long.");
    for (char *at = path + 1;; at++) {
        char end = *at;
        if (end != '/' && end != 0)
            continue;
        *at = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return pc_fail(err, PC_E_CONFIG, "The data folder %s cannot be created: %s.", path,
                           strerror(errno));
        *at = end;
        if (!end)
            return PC_OK;
    }
}

enum pc_code pc_app_open_records(const char *url, struct pc_records **out, struct pc_err *err)
{
    const struct pc_records_driver *driver = find_driver(records_drivers, "records", url, err);
    return driver ? pc_records_open(driver, url, out, err) : PC_E_CONFIG;
}

enum pc_code pc_app_import_legacy(struct pc_records *records, int max, int *imported,
                                  struct pc_err *err)
{
    return pc_mongo_import_legacy(records, max, imported, err);
}

enum pc_code pc_app_open_queue(const struct pc_config *cfg, struct pc_queue **out,
                               struct pc_err *err)
{
    const struct pc_queue_driver *driver = find_driver(queue_drivers, "queue", cfg->queue, err);
    struct pc_queue_options options = {
        .lease_ms = cfg->lease_ms,
        .max_attempts = (int)cfg->attempts,
        .backoff_ms = cfg->backoff_ms,
        .max_waiting = cfg->queue_max,
    };
    return driver ? pc_queue_open(driver, cfg->queue, &options, out, err) : PC_E_CONFIG;
}

enum pc_code pc_app_open_blobs(const struct pc_config *cfg, const char *url, struct pc_blobs **out,
                               struct pc_err *err)
{
    const struct pc_blobs_driver *driver = find_driver(blobs_drivers, "blobs", url, err);
    if (!driver)
        return PC_E_CONFIG;
    char *full_url = pc_config_blobs_url(cfg, url);
    /* A remote driver spools uploads in the data folder. */
    enum pc_code rc = driver->remote ? pc_app_make_data_dir(cfg->data_dir, err) : PC_OK;
    if (!rc)
        rc = pc_blobs_open(driver, full_url, out, err);
    free(full_url);
    return rc;
}

struct pose_opening {
    struct pc_app *app;
    enum pc_code rc;
    struct pc_err err;
};

static void *open_pose_in_thread(void *ctx)
{
    struct pose_opening *o = ctx;
    o->rc = open_pose(o->app, &o->err);
    return NULL;
}

/* The networks take the longest to load, and opening the stores waits for the disk. Doing both at
 * the same time makes the service ready sooner. */
static enum pc_code open_parts(struct pc_app *app, bool with_pose, struct pc_err *err)
{
    const struct pc_config *cfg = app->config;
    struct pose_opening opening = {.app = app, .rc = PC_OK, .err = PC_ERR_INIT};
    pthread_t thread;
    bool in_thread = with_pose && pthread_create(&thread, NULL, open_pose_in_thread, &opening) == 0;
    enum pc_code rc = pc_image_startup(err);
    if (!rc)
        rc = pc_app_make_data_dir(cfg->data_dir, err);
    if (!rc)
        rc = pc_app_open_records(cfg->records, &app->records, err);
    if (!rc)
        rc = pc_app_open_queue(cfg, &app->queue, err);
    if (!rc)
        rc = pc_app_open_blobs(cfg, cfg->blobs, &app->blobs, err);
    if (!rc)
        rc = open_recipes(app, NULL, err);
    if (!rc)
        rc = open_fetch(app, err);
    if (in_thread)
        pthread_join(thread, NULL);
    else if (with_pose)
        open_pose_in_thread(&opening);
    if (!rc && opening.rc) {
        *err = opening.err;
        rc = opening.rc;
    }
    return rc;
}

enum pc_code pc_app_open_service(const struct pc_config *cfg, bool with_pose, struct pc_app *app,
                                 struct pc_err *err)
{
    *app = (struct pc_app){.config = cfg, .share_dir = pc_app_find_share(cfg)};
    enum pc_code rc = open_parts(app, with_pose, err);
    if (rc) {
        pc_app_close(app);
        return rc;
    }
    struct pc_service_parts parts = {
        .config = cfg,
        .records = app->records,
        .queue = app->queue,
        .blobs = app->blobs,
        .fetch = app->fetch,
        .pose = app->pose,
        .recipes = &app->recipes,
    };
    app->service = pc_service_create(&parts);
    return PC_OK;
}

void pc_app_close(struct pc_app *app)
{
    pc_queue_close(app->queue); /* its thread may call the service */
    pc_service_destroy(app->service);
    pc_pose_destroy(app->pose);
    pc_fetch_destroy(app->fetch);
    pc_blobs_close(app->blobs);
    pc_records_close(app->records);
    pc_recipes_finish(&app->recipes);
    free(app->share_dir);
    *app = (struct pc_app){0};
}

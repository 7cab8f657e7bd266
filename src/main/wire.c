#include "main/wire.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "image/image.h"
#include "main/commands.h"
#include "main/recipes.h"
#include "queue/drivers.h"
#include "records/drivers.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct pc_records_driver *const records_drivers[] = {
    &pc_records_sqlite, &pc_records_mongo, &pc_records_memory};
static const struct pc_queue_driver *const queue_drivers[] = {&pc_queue_sqlite, &pc_queue_bull,
                                                              &pc_queue_memory};
static const struct pc_blobs_driver *const blobs_drivers[] = {&pc_blobs_file, &pc_blobs_s3,
                                                              &pc_blobs_memory};

static enum pc_code unknown_address(const char *what, const char *address, struct pc_err *err)
{
    size_t scheme = strcspn(address, ":");
    return pc_fail(err, PC_E_CONFIG,
                   "No driver for %s at '%.*s:' in this build; see posecraft doctor.", what,
                   (int)scheme, address);
}

static char *share_at(const char *base, const char *relative)
{
    char *path = pc_xasprintf("%s/%s", base, relative);
    char *models = pc_xasprintf("%s/models", path);
    bool found = access(models, R_OK) == 0;
    free(models);
    if (found)
        return path;
    free(path);
    return NULL;
}

char *pc_share_find(const struct pc_config *cfg)
{
    static const char *const places[] = {"share", "../share", "../share/posecraft"};
    char exe[PATH_MAX];
    if (*cfg->share_dir)
        return pc_xstrdup(cfg->share_dir);
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = 0;
    *strrchr(exe, '/') = 0;
    for (size_t i = 0; i < COUNT(places); i++) {
        char *found = share_at(exe, places[i]);
        if (found)
            return found;
    }
    return NULL;
}

static enum pc_code open_pose(struct pc_wire *wire, struct pc_err *err)
{
    if (!wire->share_dir)
        return pc_fail(err, PC_E_MODEL_MISSING, NULL);
    char *runtime = pc_xasprintf("%s/lib/libonnxruntime.so.1", wire->share_dir);
    char *models = pc_xasprintf("%s/models", wire->share_dir);
    struct pc_pose_config cfg = {
        .runtime_path = access(runtime, R_OK) == 0 ? runtime : "",
        .models_dir = models,
        .max_people = (int)wire->config->max_people,
        .min_person = wire->config->person_maybe,
        .max_runs = (pc_worker_count(wire->config) + 1) / 2,
    };
    enum pc_code rc = pc_pose_create(&cfg, &wire->pose, err);
    free(runtime);
    free(models);
    return rc;
}

static enum pc_code open_fetch(struct pc_wire *wire, struct pc_err *err)
{
    const struct pc_config *cfg = wire->config;
    struct pc_fetch_config fetch = {
        .allow = cfg->fetch_allow,
        .proxy = cfg->fetch_proxy,
        .total_ms = cfg->fetch_ms,
        .connect_ms = cfg->fetch_connect_ms,
        .max_bytes = cfg->max_upload_bytes,
        .max_redirects = (int)cfg->fetch_redirects,
    };
    return pc_fetch_create(&fetch, &wire->fetch, err);
}

static enum pc_code open_recipes(struct pc_wire *wire, const char *shots, struct pc_err *err)
{
    struct pc_recipes all;
    enum pc_code rc = pc_recipes_load(wire->config->recipes, &all, err);
    if (rc || !shots) {
        wire->recipes = all;
        return rc;
    }
    rc = pc_recipes_select(&all, shots, &wire->recipes, err);
    pc_recipes_finish(&all);
    return rc;
}

enum pc_code pc_wire_open_pipeline(const struct pc_config *cfg, const char *shots,
                                   struct pc_wire *wire, struct pc_err *err)
{
    *wire = (struct pc_wire){.config = cfg, .share_dir = pc_share_find(cfg)};
    enum pc_code rc = pc_image_start(err);
    if (!rc)
        rc = open_recipes(wire, shots, err);
    if (!rc)
        rc = open_fetch(wire, err);
    if (!rc)
        rc = open_pose(wire, err);
    if (rc)
        pc_wire_close(wire);
    return rc;
}

/* mkdir -p, rights for the owner only: customers' photos lie here. */
static enum pc_code make_data_dir(const char *dir, struct pc_err *err)
{
    char path[PATH_MAX];
    if (!pc_str_copy(path, sizeof path, dir))
        return pc_fail(err, PC_E_CONFIG, "The data folder's path is too long.");
    for (char *at = path + 1;; at++) {
        char end = *at;
        if (end != '/' && end != 0)
            continue;
        *at = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return pc_fail(err, PC_E_CONFIG, "The data folder %s cannot be made: %s.", path,
                           strerror(errno));
        *at = end;
        if (!end)
            return PC_OK;
    }
}

enum pc_code pc_wire_open_records(const char *address, struct pc_records **out, struct pc_err *err)
{
    const struct pc_records_driver *driver = NULL;
    for (size_t i = 0; i < COUNT(records_drivers) && !driver; i++)
        if (pc_records_driver_takes(records_drivers[i], address))
            driver = records_drivers[i];
    return driver ? pc_records_open(driver, address, out, err)
                  : unknown_address("records", address, err);
}

static enum pc_code open_queue(struct pc_wire *wire, struct pc_err *err)
{
    const struct pc_config *cfg = wire->config;
    const struct pc_queue_driver *driver = NULL;
    struct pc_queue_options options = {
        .lease_ms = cfg->lease_ms,
        .max_attempts = (int)cfg->attempts,
        .backoff_ms = cfg->backoff_ms,
        .max_waiting = cfg->queue_max,
    };
    for (size_t i = 0; i < COUNT(queue_drivers) && !driver; i++)
        if (pc_queue_driver_takes(queue_drivers[i], cfg->queue))
            driver = queue_drivers[i];
    return driver ? pc_queue_open(driver, cfg->queue, &options, &wire->queue, err)
                  : unknown_address("queue", cfg->queue, err);
}

enum pc_code pc_wire_open_blobs(const struct pc_config *cfg, const char *address,
                                struct pc_blobs **out, struct pc_err *err)
{
    const struct pc_blobs_driver *driver = NULL;
    for (size_t i = 0; i < COUNT(blobs_drivers) && !driver; i++)
        if (pc_blobs_driver_takes(blobs_drivers[i], address))
            driver = blobs_drivers[i];
    if (!driver)
        return unknown_address("blobs", address, err);
    char *whole = pc_config_blobs_address(cfg, address);
    enum pc_code rc = driver->remote ? make_data_dir(cfg->data_dir, err) : PC_OK; /* it spools */
    if (!rc)
        rc = pc_blobs_open(driver, whole, out, err);
    free(whole);
    return rc;
}

static enum pc_code open_stores(struct pc_wire *wire, struct pc_err *err)
{
    enum pc_code rc = make_data_dir(wire->config->data_dir, err);
    if (!rc)
        rc = pc_wire_open_records(wire->config->records, &wire->records, err);
    if (!rc)
        rc = open_queue(wire, err);
    return rc ? rc : pc_wire_open_blobs(wire->config, wire->config->blobs, &wire->blobs, err);
}

/* The networks take the longest to load, the stores wait for the disk: side by side they are ready
 * sooner. */
struct pose_opening {
    struct pc_wire *wire;
    enum pc_code rc;
    struct pc_err err;
};

static void *open_pose_aside(void *ctx)
{
    struct pose_opening *o = ctx;
    o->rc = open_pose(o->wire, &o->err);
    return NULL;
}

static enum pc_code open_parts(struct pc_wire *wire, bool with_pose, struct pc_err *err)
{
    struct pose_opening opening = {.wire = wire, .rc = PC_OK, .err = PC_ERR_INIT};
    pthread_t thread;
    bool aside = with_pose && pthread_create(&thread, NULL, open_pose_aside, &opening) == 0;
    enum pc_code rc = pc_image_start(err);
    if (!rc)
        rc = open_stores(wire, err);
    if (!rc)
        rc = open_recipes(wire, NULL, err);
    if (!rc)
        rc = open_fetch(wire, err);
    if (aside)
        pthread_join(thread, NULL);
    else if (with_pose)
        open_pose_aside(&opening);
    if (!rc && opening.rc) {
        *err = opening.err;
        rc = opening.rc;
    }
    return rc;
}

enum pc_code pc_wire_open_service(const struct pc_config *cfg, bool with_pose, struct pc_wire *wire,
                                  struct pc_err *err)
{
    *wire = (struct pc_wire){.config = cfg, .share_dir = pc_share_find(cfg)};
    enum pc_code rc = open_parts(wire, with_pose, err);
    if (rc) {
        pc_wire_close(wire);
        return rc;
    }
    struct pc_service_parts parts = {
        .config = cfg,
        .records = wire->records,
        .queue = wire->queue,
        .blobs = wire->blobs,
        .fetch = wire->fetch,
        .pose = wire->pose,
        .recipes = &wire->recipes,
    };
    wire->service = pc_service_create(&parts);
    return PC_OK;
}

void pc_wire_close(struct pc_wire *wire)
{
    pc_queue_close(wire->queue); /* its thread may call the service */
    pc_service_destroy(wire->service);
    pc_pose_destroy(wire->pose);
    pc_fetch_destroy(wire->fetch);
    pc_blobs_close(wire->blobs);
    pc_records_close(wire->records);
    pc_recipes_finish(&wire->recipes);
    free(wire->share_dir);
    *wire = (struct pc_wire){0};
}

/* Finds and starts ONNX Runtime.
 *
 * The library is opened when the program runs, not linked: Debian 12 has no package of it, and its
 * path is a setting.
 *
 * Memory: all sessions share one arena that grows by what is asked for. By default each session has
 * its own arena, which doubles each time it grows, and plans one large block a thread. With two
 * threads that takes 179 MB instead of 127 MB, at the same speed.
 */
#include "pose/runtime.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum pc_code pc_runtime_check(const struct pc_runtime *runtime, struct ort_status *status,
                              enum pc_code code, struct pc_err *err)
{
    if (!status)
        return PC_OK;
    pc_fail_detail(err, code, "%s", runtime->api->get_error_message(status));
    runtime->api->release_status(status);
    return code;
}

static enum pc_code open_library(const char *path, void **out, struct pc_err *err)
{
    /* The npm package and Debian name the same library differently. */
    static const char *const names[] = {"libonnxruntime.so.1", "libonnxruntime.so.1.21",
                                        "libonnxruntime.so"};
    *out = NULL;
    if (path && *path) {
        if (access(path, R_OK) != 0)
            return pc_fail_detail(err, PC_E_MODEL_MISSING, "no runtime library at %s", path);
        *out = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        return *out ? PC_OK
                    : pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "ONNX Runtime: %s", dlerror());
    }
    for (size_t i = 0; !*out && i < sizeof names / sizeof *names; i++)
        *out = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return *out ? PC_OK : pc_fail_detail(err, PC_E_MODEL_MISSING, "ONNX Runtime: %s", dlerror());
}

static enum pc_code find_api(struct pc_runtime *runtime, void *library, struct pc_err *err)
{
    const struct ort_api_base *(*get_base)(void);
    void *symbol = dlsym(library, "OrtGetApiBase");
    if (!symbol)
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "ONNX Runtime: %s", dlerror());
    memcpy(&get_base, &symbol, sizeof get_base); /* ISO C has no cast from data to function */
    const struct ort_api_base *base = get_base();
    runtime->version = base->get_version_string();
    runtime->api = base->get_api(PC_ORT_API_VERSION);
    if (!runtime->api)
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "ONNX Runtime %s is too old",
                              runtime->version);
    return PC_OK;
}

/* There is one environment for the whole process. If an earlier runtime has already registered the
 * arena, a second attempt may be rejected, which does no harm. */
static enum pc_code share_one_arena(struct pc_runtime *runtime, struct pc_err *err)
{
    const struct ort_api *api = runtime->api;
    struct ort_arena_cfg *cfg = NULL;
    enum pc_code rc =
        pc_runtime_check(runtime, api->create_arena_cfg(0, PC_ORT_ARENA_AS_REQUESTED, -1, -1, &cfg),
                         PC_E_INTERNAL, err);
    if (rc)
        return rc;
    struct ort_status *rejected =
        api->create_and_register_allocator(runtime->env, runtime->memory, cfg);
    if (rejected)
        api->release_status(rejected);
    api->release_arena_cfg(cfg);
    return PC_OK;
}

/* From 1.30 on, the library sends usage data to its maker as soon as it is loaded, so its own call
 * to switch that off comes too late. This runs before main because the environment may be changed
 * safely only while there is one thread. */
__attribute__((constructor)) static void disable_telemetry(void)
{
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
}

enum pc_code pc_runtime_open(const char *path, struct pc_runtime **out, struct pc_err *err)
{
    *out = NULL;
    void *library = NULL;
    enum pc_code rc = open_library(path, &library, err);
    if (rc)
        return rc;
    struct pc_runtime *runtime = pc_xzalloc(sizeof *runtime);
    rc = find_api(runtime, library, err);
    const struct ort_api *api = runtime->api;
    if (!rc) /* failures are returned as a status, so the library need not print them as well */
        rc =
            pc_runtime_check(runtime, api->create_env(PC_ORT_LOG_FATAL, "posecraft", &runtime->env),
                             PC_E_MODEL_UNUSABLE, err);
    if (!rc)
        rc = pc_runtime_check(runtime,
                              api->create_cpu_memory_info(PC_ORT_ARENA_ALLOCATOR,
                                                          PC_ORT_MEMORY_DEFAULT, &runtime->memory),
                              PC_E_INTERNAL, err);
    if (!rc)
        rc = share_one_arena(runtime, err);
    if (rc) {
        pc_runtime_close(runtime);
        return rc;
    }
    *out = runtime;
    return PC_OK;
}

void pc_runtime_close(struct pc_runtime *runtime)
{
    if (!runtime)
        return;
    if (runtime->memory)
        runtime->api->release_memory_info(runtime->memory);
    if (runtime->env)
        runtime->api->release_env(runtime->env);
    free(runtime);
}

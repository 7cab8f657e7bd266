/* The ONNX Runtime library: found, opened and started. Private to src/pose and its tests.
 *
 * Ownership: open gives, close takes (NULL is fine).
 * Threads: a runtime may be used by all threads at once.
 * Errors: model_missing (there is no library), model_unusable (it cannot be loaded, or is too old).
 */
#ifndef PC_POSE_RUNTIME_H
#define PC_POSE_RUNTIME_H

#include "base/err.h"
#include "pose/ort_abi.h"

struct pc_runtime {
    const struct ort_api *api;
    const char *version; /* "1.30.0" */
    struct ort_env *env;
    struct ort_memory_info *memory; /* CPU memory: where all tensors are */
};

/* path: libonnxruntime.so.1, or NULL or "" for the system's. The library stays loaded until the
 * process ends, because it does not support being unloaded. */
PC_NODISCARD enum pc_code pc_runtime_open(const char *path, struct pc_runtime **out,
                                          struct pc_err *err);
void pc_runtime_close(struct pc_runtime *runtime);

/* PC_OK for a NULL status. Else fails with the library's text as private detail, and releases the
 * status. */
PC_NODISCARD enum pc_code pc_runtime_check(const struct pc_runtime *runtime,
                                           struct ort_status *status, enum pc_code code,
                                           struct pc_err *err);

#endif

/* Inside of the runtime, shared by runtime.c and session.c only. */
#ifndef PC_POSE_RUNTIME_H
#define PC_POSE_RUNTIME_H

#include "pose/ort_abi.h"
#include "pose/session.h"

struct pc_runtime {
    const struct ort_api *api;
    const char *version;
    struct ort_env *env;
    struct ort_memory_info *memory; /* "the processor's": where all tensors lie */
};

/* PC_OK for a NULL status; else fails with the library's text as private detail and releases it. */
PC_NODISCARD enum pc_code pc_runtime_check(const struct pc_runtime *runtime,
                                           struct ort_status *status, enum pc_code code,
                                           struct pc_err *err);

#endif

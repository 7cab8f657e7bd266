/* The runtime library and the sessions in it: tensors in, tensors out, no meaning.
 *
 * Life: pc_runtime_open -> pc_session_create per model -> any number of runs -> destroy in reverse
 * order. A run object holds one thread's input and outputs; objects are pooled, as many as there
 * were runs at the same time.
 *
 *     rc = pc_session_acquire_run(session, &run, err);
 *     ... fill run->input ...
 *     rc = pc_run_execute(run, err);
 *     ... read run->heads[i] ...
 *     pc_session_release_run(session, run);
 *
 * Ownership: open, create: give. close, destroy: take, NULL is fine.
 * Threads: runtime and session may be used by all threads at once; a run by one thread at a time.
 * Errors: model_missing (no such file), model_unusable (cannot be loaded, or has other inputs or
 * outputs than asked for), internal (a run failed).
 */
#ifndef PC_POSE_SESSION_H
#define PC_POSE_SESSION_H

#include "base/err.h"
#include "base/hash.h"

struct pc_runtime;

/* path: libonnxruntime.so.1, or NULL or "" for the system's. The library stays loaded until the
 * process ends: it is not made for being unloaded. */
PC_NODISCARD enum pc_code pc_runtime_open(const char *path, struct pc_runtime **out,
                                          struct pc_err *err);
void pc_runtime_close(struct pc_runtime *runtime);
const char *pc_runtime_version(const struct pc_runtime *runtime); /* "1.30.0" */

enum { PC_MAX_HEADS = 8 };

/* One float32 tensor of 1 x channels x side x side. */
struct pc_tensor_spec {
    const char *name;
    int channels, side;
};

/* What a model must look like. An output of the model that is not named is not computed. */
struct pc_model_spec {
    struct pc_tensor_spec input;
    int n_heads; /* 1..PC_MAX_HEADS */
    struct pc_tensor_spec heads[PC_MAX_HEADS];
};

struct pc_session;

/* Reads the ONNX file and prepares it. spec is borrowed for the life of the session. */
PC_NODISCARD enum pc_code pc_session_create(struct pc_runtime *runtime, const char *path,
                                            const struct pc_model_spec *spec,
                                            struct pc_session **out, struct pc_err *err);
void pc_session_destroy(struct pc_session *session);
/* SHA-256 of the file that was loaded, in hex. */
const char *pc_session_sha256(const struct pc_session *session);

struct pc_run {
    float *input;               /* channels planes of side * side */
    float *heads[PC_MAX_HEADS]; /* as in the spec */
    struct pc_run *next;        /* the pool's */
    struct pc_run_private *priv;
};

/* Fills *out with a run that the caller gives back. The contents are left from an earlier run. */
PC_NODISCARD enum pc_code pc_session_acquire_run(struct pc_session *session, struct pc_run **out,
                                                 struct pc_err *err);
void pc_session_release_run(struct pc_session *session, struct pc_run *run);
PC_NODISCARD enum pc_code pc_run_execute(struct pc_run *run, struct pc_err *err);

#endif

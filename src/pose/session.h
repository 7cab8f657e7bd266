/* Sessions of ONNX Runtime. This layer moves tensors and does not know what they mean. Private to
 * src/pose and its tests.
 *
 * A run holds one thread's input and outputs. Runs are pooled; there are as many as the largest
 * number that was ever in use at the same time.
 *
 *     rc = pc_session_acquire_run(session, &run, err);
 *     ... fill run->input ...
 *     rc = pc_run_execute(run, err);
 *     ... read run->heads[i] ...
 *     pc_session_release_run(session, run);
 *
 * Ownership: create gives, destroy takes (NULL is fine), before its runtime is closed.
 * Threads: a session may be used by all threads at once, a run by one thread at a time.
 * Errors: model_missing (no such file), model_unusable (it cannot be loaded, or has other inputs or
 * outputs than asked for), internal (a run failed).
 */
#ifndef PC_POSE_SESSION_H
#define PC_POSE_SESSION_H

#include "base/err.h"
#include "base/hash.h"

struct pc_runtime;

enum { PC_MAX_HEADS = 8 };

/* One float32 tensor of 1 x channels x side x side. */
struct pc_tensor_spec {
    const char *name;
    int channels, side;
};

/* What a model must look like. Outputs of the model that are not named are not computed. */
struct pc_model_spec {
    struct pc_tensor_spec input;
    int n_heads; /* 1..PC_MAX_HEADS */
    struct pc_tensor_spec heads[PC_MAX_HEADS];
};

struct pc_session;

/* Reads the ONNX file and prepares it. Borrows runtime and spec for the life of the session. */
PC_NODISCARD enum pc_code pc_session_create(struct pc_runtime *runtime, const char *path,
                                            const struct pc_model_spec *spec,
                                            struct pc_session **out, struct pc_err *err);
void pc_session_destroy(struct pc_session *session);
/* SHA-256 of the file that was loaded, in hex. Borrows. */
const char *pc_session_sha256(const struct pc_session *session);

struct pc_run {
    float *input;               /* channels planes of side * side */
    float *heads[PC_MAX_HEADS]; /* as in the spec */
    struct pc_run *next;        /* the pool's */
    struct pc_run_private *priv;
};

/* Fills *out with a run that the caller releases. Its buffers still contain values of an earlier
 * use. */
PC_NODISCARD enum pc_code pc_session_acquire_run(struct pc_session *session, struct pc_run **out,
                                                 struct pc_err *err);
void pc_session_release_run(struct pc_session *session, struct pc_run *run);
PC_NODISCARD enum pc_code pc_run_execute(struct pc_run *run, struct pc_err *err);

#endif

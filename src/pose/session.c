/* One model: loads it, checks it against its spec, and runs it.
 *
 * Outputs are written straight into the run's own buffers. The only large blocks that a run
 * allocates are the network's inner values, which come from the shared arena (runtime.c).
 *
 * The highest optimisation level stores values in blocks of channels. It costs 40 ms at load and
 * makes the networks almost twice as fast (29 ms instead of 54 for both).
 */
#include "pose/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "pose/runtime.h"

enum { MAX_MODEL_BYTES = 512 * 1024 * 1024 };

struct pc_session {
    struct pc_runtime *runtime; /* borrows */
    const struct pc_model_spec *spec;
    struct ort_session *ort;
    char sha256[PC_SHA256_HEX];
    pthread_mutex_t lock; /* guards idle */
    struct pc_run *idle;
};

struct pc_run_private {
    struct pc_session *session;
    struct ort_value *input;
    struct ort_value *heads[PC_MAX_HEADS];
};

static size_t tensor_bytes(const struct pc_tensor_spec *spec)
{
    return (size_t)spec->channels * (size_t)spec->side * (size_t)spec->side * sizeof(float);
}

/* --- loading --- */

static enum pc_code load(struct pc_session *session, const struct pc_buf *file, struct pc_err *err)
{
    const struct pc_runtime *rt = session->runtime;
    const struct ort_api *api = rt->api;
    struct ort_session_options *options = NULL;
    struct ort_status *status = api->create_session_options(&options);
    if (!status)
        status = api->set_graph_optimization_level(options, PC_ORT_LEVEL_ALL);
    /* The runtime's own threads spin while they wait. Our workers run one image each instead. */
    if (!status)
        status = api->set_intra_op_num_threads(options, 1);
    if (!status)
        status = api->set_inter_op_num_threads(options, 1);
    if (!status)
        status = api->disable_mem_pattern(options);
    if (!status)
        status = api->add_session_config_entry(options, "session.use_env_allocators", "1");
    enum pc_code rc = pc_runtime_check(rt, status, PC_E_INTERNAL, err);
    if (!rc)
        rc = pc_runtime_check(
            rt,
            api->create_session_from_array(rt->env, file->data, file->len, options, &session->ort),
            PC_E_MODEL_UNUSABLE, err);
    if (options)
        api->release_session_options(options);
    return rc;
}

static enum pc_code read_model(struct pc_session *session, const char *path, struct pc_buf *file,
                               struct pc_err *err)
{
    if (access(path, F_OK) != 0)
        return pc_fail_detail(err, PC_E_MODEL_MISSING, "no file");
    if (pc_buf_read_file(file, path, MAX_MODEL_BYTES, err))
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "the file cannot be read");
    if (file->len == 0)
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "the file is empty");
    pc_sha256_of(file->data, file->len, session->sha256);
    return PC_OK;
}

/* --- checking the model --- */

struct port { /* inputs and outputs are asked for in the same way */
    struct ort_status *(*count)(const struct ort_session *session, size_t *out);
    struct ort_status *(*name)(const struct ort_session *session, size_t i,
                               struct ort_allocator *allocator, char **out);
    struct ort_status *(*type)(const struct ort_session *session, size_t i,
                               struct ort_type_info **out);
};

/* Fills *index with the place of the tensor of that name, or -1. */
static enum pc_code find_tensor(const struct pc_session *session, const struct port *port,
                                const char *wanted, int *index, struct pc_err *err)
{
    const struct ort_api *api = session->runtime->api;
    struct ort_allocator *allocator;
    size_t n = 0;
    *index = -1;
    struct ort_status *status = api->get_allocator_with_default_options(&allocator);
    if (!status)
        status = port->count(session->ort, &n);
    for (size_t i = 0; !status && *index < 0 && i < n; i++) {
        char *name = NULL;
        status = port->name(session->ort, i, allocator, &name);
        if (status)
            break;
        if (pc_str_eq(name, wanted))
            *index = (int)i;
        status = api->allocator_free(allocator, name);
    }
    return pc_runtime_check(session->runtime, status, PC_E_INTERNAL, err);
}

static enum pc_code compare_shape(const struct pc_session *session,
                                  const struct ort_type_info *type,
                                  const struct pc_tensor_spec *spec, struct pc_err *err)
{
    const struct ort_api *api = session->runtime->api;
    const struct ort_shape_info *shape = NULL; /* borrowed from type; NULL when no tensor */
    enum pc_ort_element element = 0;
    size_t rank = 0;
    int64_t dims[4] = {0};
    struct ort_status *status = api->cast_type_info_to_tensor_info(type, &shape);
    if (!status && shape)
        status = api->get_tensor_element_type(shape, &element);
    if (!status && shape)
        status = api->get_dimensions_count(shape, &rank);
    if (!status && rank == 4)
        status = api->get_dimensions(shape, dims, rank);
    enum pc_code rc = pc_runtime_check(session->runtime, status, PC_E_INTERNAL, err);
    if (rc)
        return rc;
    if (element != PC_ORT_FLOAT || rank != 4 || dims[0] != 1 || dims[1] != spec->channels ||
        dims[2] != spec->side || dims[3] != spec->side)
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "tensor \"%s\" is not float 1x%dx%dx%d",
                              spec->name, spec->channels, spec->side, spec->side);
    return PC_OK;
}

static enum pc_code check_tensor(const struct pc_session *session, const struct port *port,
                                 const struct pc_tensor_spec *spec, struct pc_err *err)
{
    int index;
    enum pc_code rc = find_tensor(session, port, spec->name, &index, err);
    if (rc)
        return rc;
    if (index < 0)
        return pc_fail_detail(err, PC_E_MODEL_UNUSABLE, "there is no tensor \"%s\"", spec->name);
    struct ort_type_info *type = NULL;
    rc = pc_runtime_check(session->runtime, port->type(session->ort, (size_t)index, &type),
                          PC_E_INTERNAL, err);
    if (!rc)
        rc = compare_shape(session, type, spec, err);
    if (type)
        session->runtime->api->release_type_info(type);
    return rc;
}

enum pc_code pc_session_create(struct pc_runtime *runtime, const char *path,
                               const struct pc_model_spec *spec, struct pc_session **out,
                               struct pc_err *err)
{
    *out = NULL;
    struct pc_session *session = pc_xzalloc(sizeof *session);
    session->runtime = runtime;
    session->spec = spec;
    pthread_mutex_init(&session->lock, NULL);
    struct pc_buf file = PC_BUF_INIT;
    enum pc_code rc = read_model(session, path, &file, err);
    if (!rc)
        rc = load(session, &file, err);
    pc_buf_finish(&file);
    const struct ort_api *api = runtime->api;
    const struct port inputs = {api->session_get_input_count, api->session_get_input_name,
                                api->session_get_input_type_info};
    const struct port outputs = {api->session_get_output_count, api->session_get_output_name,
                                 api->session_get_output_type_info};
    if (!rc)
        rc = check_tensor(session, &inputs, &spec->input, err);
    for (int i = 0; !rc && i < spec->n_heads; i++)
        rc = check_tensor(session, &outputs, &spec->heads[i], err);
    if (rc) {
        pc_session_destroy(session);
        return pc_err_wrap(err, "model %s", path);
    }
    *out = session;
    return PC_OK;
}

const char *pc_session_sha256(const struct pc_session *session)
{
    return session->sha256;
}

/* --- running --- */

static void destroy_run(struct pc_run *run)
{
    const struct pc_session *session = run->priv->session;
    const struct ort_api *api = session->runtime->api;
    for (int i = 0; i < session->spec->n_heads; i++) {
        if (run->priv->heads[i])
            api->release_value(run->priv->heads[i]);
        free(run->heads[i]);
    }
    if (run->priv->input)
        api->release_value(run->priv->input);
    free(run->input);
    free(run->priv);
    free(run);
}

void pc_session_destroy(struct pc_session *session)
{
    if (!session)
        return;
    while (session->idle) {
        struct pc_run *run = session->idle;
        session->idle = run->next;
        destroy_run(run);
    }
    if (session->ort)
        session->runtime->api->release_session(session->ort);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

static enum pc_code make_tensor(const struct pc_runtime *rt, const struct pc_tensor_spec *spec,
                                float **data, struct ort_value **value, struct pc_err *err)
{
    const int64_t shape[4] = {1, spec->channels, spec->side, spec->side};
    *data = pc_xzalloc(tensor_bytes(spec));
    return pc_runtime_check(rt,
                            rt->api->create_tensor_with_data(rt->memory, *data, tensor_bytes(spec),
                                                             shape, 4, PC_ORT_FLOAT, value),
                            PC_E_INTERNAL, err);
}

static enum pc_code make_run(struct pc_session *session, struct pc_run **out, struct pc_err *err)
{
    const struct pc_model_spec *spec = session->spec;
    struct pc_run *run = pc_xzalloc(sizeof *run);
    run->priv = pc_xzalloc(sizeof *run->priv);
    run->priv->session = session;
    enum pc_code rc =
        make_tensor(session->runtime, &spec->input, &run->input, &run->priv->input, err);
    for (int i = 0; !rc && i < spec->n_heads; i++)
        rc = make_tensor(session->runtime, &spec->heads[i], &run->heads[i], &run->priv->heads[i],
                         err);
    if (rc) {
        destroy_run(run);
        return rc;
    }
    *out = run;
    return PC_OK;
}

enum pc_code pc_session_acquire_run(struct pc_session *session, struct pc_run **out,
                                    struct pc_err *err)
{
    pthread_mutex_lock(&session->lock);
    struct pc_run *run = session->idle;
    if (run)
        session->idle = run->next;
    pthread_mutex_unlock(&session->lock);
    *out = run;
    return run ? PC_OK : make_run(session, out, err);
}

void pc_session_release_run(struct pc_session *session, struct pc_run *run)
{
    pthread_mutex_lock(&session->lock);
    run->next = session->idle;
    session->idle = run;
    pthread_mutex_unlock(&session->lock);
}

enum pc_code pc_run_execute(struct pc_run *run, struct pc_err *err)
{
    const struct pc_session *session = run->priv->session;
    const struct pc_model_spec *spec = session->spec;
    const char *names[PC_MAX_HEADS];
    for (int i = 0; i < spec->n_heads; i++)
        names[i] = spec->heads[i].name;
    const struct ort_value *inputs[1] = {run->priv->input};
    return pc_runtime_check(session->runtime,
                            session->runtime->api->run(session->ort, NULL, &spec->input.name,
                                                       inputs, 1, names, (size_t)spec->n_heads,
                                                       run->priv->heads),
                            PC_E_INTERNAL, err);
}

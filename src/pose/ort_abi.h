/* The slice of ONNX Runtime's C interface that we use, declared here because the npm package (the
 * only source of the library on Debian 12) brings no header.
 *
 * The library exports one function, OrtGetApiBase; GetApi(version) returns a table of function
 * pointers. A slot of that table never moves once released: later versions append. The slots below
 * are in the order of the public onnxruntime_c_api.h and are used with version 16 (ONNX Runtime
 * 1.16 and later: Debian 13 has 1.21). Functions that we do not call are gaps in the struct; the
 * asserts at the end check the offsets.
 *
 * Every call that can fail returns NULL, or a status that the caller releases.
 */
#ifndef PC_POSE_ORT_ABI_H
#define PC_POSE_ORT_ABI_H

#include <stddef.h>
#include <stdint.h>

enum { PC_ORT_API_VERSION = 16 };

enum pc_ort_log { PC_ORT_LOG_FATAL = 4 };
enum pc_ort_level { PC_ORT_LEVEL_ALL = 99 };
enum pc_ort_arena_growth { PC_ORT_ARENA_AS_REQUESTED = 1 };
enum pc_ort_allocator_kind { PC_ORT_ARENA_ALLOCATOR = 1 };
enum pc_ort_memory_kind { PC_ORT_MEMORY_DEFAULT = 0 };
enum pc_ort_element { PC_ORT_FLOAT = 1 };

/* Opaque objects of the library. */
struct ort_allocator;
struct ort_arena_cfg;
struct ort_env;
struct ort_memory_info;
struct ort_run_options;
struct ort_session;
struct ort_session_options;
struct ort_shape_info;
struct ort_status;
struct ort_type_info;
struct ort_value;

typedef void (*pc_ort_gap)(void);

struct ort_api {
    pc_ort_gap gap_0[2];
    const char *(*get_error_message)(const struct ort_status *status); /* borrows */
    struct ort_status *(*create_env)(enum pc_ort_log level, const char *id, struct ort_env **out);
    pc_ort_gap gap_4[4];
    struct ort_status *(*create_session_from_array)(const struct ort_env *env, const void *model,
                                                    size_t len,
                                                    const struct ort_session_options *options,
                                                    struct ort_session **out);
    struct ort_status *(*run)(struct ort_session *session, const struct ort_run_options *options,
                              const char *const *input_names, const struct ort_value *const *inputs,
                              size_t n_inputs, const char *const *output_names, size_t n_outputs,
                              struct ort_value **outputs);
    struct ort_status *(*create_session_options)(struct ort_session_options **out);
    pc_ort_gap gap_11[6];
    struct ort_status *(*disable_mem_pattern)(struct ort_session_options *options);
    pc_ort_gap gap_18[5];
    struct ort_status *(*set_graph_optimization_level)(struct ort_session_options *options,
                                                       enum pc_ort_level level);
    struct ort_status *(*set_intra_op_num_threads)(struct ort_session_options *options, int n);
    struct ort_status *(*set_inter_op_num_threads)(struct ort_session_options *options, int n);
    pc_ort_gap gap_26[4];
    struct ort_status *(*session_get_input_count)(const struct ort_session *session, size_t *out);
    struct ort_status *(*session_get_output_count)(const struct ort_session *session, size_t *out);
    pc_ort_gap gap_32[1];
    struct ort_status *(*session_get_input_type_info)(const struct ort_session *session, size_t i,
                                                      struct ort_type_info **out);
    struct ort_status *(*session_get_output_type_info)(const struct ort_session *session, size_t i,
                                                       struct ort_type_info **out);
    pc_ort_gap gap_35[1];
    struct ort_status *(*session_get_input_name)(const struct ort_session *session, size_t i,
                                                 struct ort_allocator *allocator, char **out);
    struct ort_status *(*session_get_output_name)(const struct ort_session *session, size_t i,
                                                  struct ort_allocator *allocator, char **out);
    pc_ort_gap gap_38[11];
    struct ort_status *(*create_tensor_with_data)(const struct ort_memory_info *info, void *data,
                                                  size_t bytes, const int64_t *shape, size_t rank,
                                                  enum pc_ort_element type, struct ort_value **out);
    pc_ort_gap gap_50[5];
    struct ort_status *(*cast_type_info_to_tensor_info)(const struct ort_type_info *type,
                                                        const struct ort_shape_info **out);
    pc_ort_gap gap_56[4];
    struct ort_status *(*get_tensor_element_type)(const struct ort_shape_info *info,
                                                  enum pc_ort_element *out);
    struct ort_status *(*get_dimensions_count)(const struct ort_shape_info *info, size_t *out);
    struct ort_status *(*get_dimensions)(const struct ort_shape_info *info, int64_t *dims,
                                         size_t n);
    pc_ort_gap gap_63[6];
    struct ort_status *(*create_cpu_memory_info)(enum pc_ort_allocator_kind allocator,
                                                 enum pc_ort_memory_kind memory,
                                                 struct ort_memory_info **out);
    pc_ort_gap gap_70[6];
    struct ort_status *(*allocator_free)(struct ort_allocator *allocator, void *p);
    pc_ort_gap gap_77[1];
    struct ort_status *(*get_allocator_with_default_options)(struct ort_allocator **out);
    pc_ort_gap gap_79[13];
    void (*release_env)(struct ort_env *env);
    void (*release_status)(struct ort_status *status);
    void (*release_memory_info)(struct ort_memory_info *info);
    void (*release_session)(struct ort_session *session);
    void (*release_value)(struct ort_value *value);
    pc_ort_gap gap_97[1];
    void (*release_type_info)(struct ort_type_info *type);
    pc_ort_gap gap_99[1];
    void (*release_session_options)(struct ort_session_options *options);
    pc_ort_gap gap_101[29];
    struct ort_status *(*add_session_config_entry)(struct ort_session_options *options,
                                                   const char *key, const char *value);
    pc_ort_gap gap_131[13];
    struct ort_status *(*create_and_register_allocator)(struct ort_env *env,
                                                        const struct ort_memory_info *info,
                                                        const struct ort_arena_cfg *cfg);
    pc_ort_gap gap_145[11];
    /* max 0 and -1 elsewhere: the library's own values. */
    struct ort_status *(*create_arena_cfg)(size_t max_bytes, enum pc_ort_arena_growth growth,
                                           int initial_chunk_bytes, int max_dead_bytes,
                                           struct ort_arena_cfg **out);
    void (*release_arena_cfg)(struct ort_arena_cfg *cfg);
};

struct ort_api_base {
    const struct ort_api *(*get_api)(uint32_t version); /* NULL: the library is too old */
    const char *(*get_version_string)(void);
};

#define PC_ORT_SLOT(member, slot)                                                                  \
    _Static_assert(offsetof(struct ort_api, member) == (slot) * sizeof(pc_ort_gap), #member)
PC_ORT_SLOT(get_error_message, 2);
PC_ORT_SLOT(create_env, 3);
PC_ORT_SLOT(create_session_from_array, 8);
PC_ORT_SLOT(run, 9);
PC_ORT_SLOT(create_session_options, 10);
PC_ORT_SLOT(disable_mem_pattern, 17);
PC_ORT_SLOT(set_graph_optimization_level, 23);
PC_ORT_SLOT(set_intra_op_num_threads, 24);
PC_ORT_SLOT(set_inter_op_num_threads, 25);
PC_ORT_SLOT(session_get_input_count, 30);
PC_ORT_SLOT(session_get_output_count, 31);
PC_ORT_SLOT(session_get_input_type_info, 33);
PC_ORT_SLOT(session_get_output_type_info, 34);
PC_ORT_SLOT(session_get_input_name, 36);
PC_ORT_SLOT(session_get_output_name, 37);
PC_ORT_SLOT(create_tensor_with_data, 49);
PC_ORT_SLOT(cast_type_info_to_tensor_info, 55);
PC_ORT_SLOT(get_tensor_element_type, 60);
PC_ORT_SLOT(get_dimensions_count, 61);
PC_ORT_SLOT(get_dimensions, 62);
PC_ORT_SLOT(create_cpu_memory_info, 69);
PC_ORT_SLOT(allocator_free, 76);
PC_ORT_SLOT(get_allocator_with_default_options, 78);
PC_ORT_SLOT(release_env, 92);
PC_ORT_SLOT(release_status, 93);
PC_ORT_SLOT(release_memory_info, 94);
PC_ORT_SLOT(release_session, 95);
PC_ORT_SLOT(release_value, 96);
PC_ORT_SLOT(release_type_info, 98);
PC_ORT_SLOT(release_session_options, 100);
PC_ORT_SLOT(add_session_config_entry, 130);
PC_ORT_SLOT(create_and_register_allocator, 144);
PC_ORT_SLOT(create_arena_cfg, 156);
PC_ORT_SLOT(release_arena_cfg, 157);

#endif

/* Files that are missing, damaged or something else: always a clear code, never a crash. */
#include "pose_support.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pose/movenet.h"
#include "pose/runtime.h"
#include "pose/session.h"

static struct pc_runtime *open_runtime(void)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_runtime *runtime;
    char *library = test_share("lib/libonnxruntime.so.1");
    assert_ok(pc_runtime_open(library, &runtime, &err), &err);
    free(library);
    return runtime;
}

static void write_file(const char *path, const char *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* What loading that file as that model answers; detail is checked too. */
static void expect(const char *path, const struct pc_model_spec *spec, enum pc_code code,
                   const char *detail)
{
    struct pc_runtime *runtime = open_runtime();
    struct pc_session *session = NULL;
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_session_create(runtime, path, spec, &session, &err), code);
    assert_null(session);
    if (!strstr(err.detail, detail))
        fail_msg("\"%s\" does not say \"%s\"", err.detail, detail);
    assert_null(strstr(err.message, "/")); /* the public sentence tells no path */
    pc_runtime_close(runtime);
}

static void a_missing_model_is_missing(void **state)
{
    (void)state;
    skip_without_model();
    expect("/nowhere/movenet.onnx", &pc_movenet_multipose, PC_E_MODEL_MISSING, "no file");
}

static void damaged_models_are_unusable(void **state)
{
    (void)state;
    skip_without_model();
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf file = PC_BUF_INIT;
    char *good = test_share("models/movenet-thunder.onnx"), *dir = test_mkdir();
    char *bad = pc_xasprintf("%s/bad.onnx", dir);
    assert_ok(pc_buf_read_file(&file, good, 1 << 28, &err), &err);

    const size_t cuts[] = {1, 100, 4096, file.len / 2, file.len - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        write_file(bad, file.data, cuts[i]);
        expect(bad, &pc_movenet_thunder, PC_E_MODEL_UNUSABLE, "bad.onnx");
    }
    write_file(bad, "", 0);
    expect(bad, &pc_movenet_thunder, PC_E_MODEL_UNUSABLE, "empty");
    write_file(bad, "<html>404 not found</html>", 26);
    expect(bad, &pc_movenet_thunder, PC_E_MODEL_UNUSABLE, "bad.onnx");
    expect(dir, &pc_movenet_thunder, PC_E_MODEL_UNUSABLE, "cannot be read");

    pc_buf_finish(&file);
    free(good);
    free(bad);
    test_rmdir(dir);
}

static void another_model_is_unusable(void **state)
{
    (void)state;
    skip_without_model();
    char *thunder = test_share("models/movenet-thunder.onnx");
    expect(thunder, &pc_movenet_multipose, PC_E_MODEL_UNUSABLE, "\"box_scale\"");
    struct pc_model_spec wrong = pc_movenet_thunder;
    wrong.heads[1].channels = 18;
    expect(thunder, &wrong, PC_E_MODEL_UNUSABLE, "\"heatmap\" is not float 1x18x64x64");
    wrong = pc_movenet_thunder;
    wrong.input.name = "pixels";
    expect(thunder, &wrong, PC_E_MODEL_UNUSABLE, "\"pixels\"");
    free(thunder);
}

static void a_file_that_is_no_runtime_is_rejected(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_runtime *runtime = NULL;
    assert_code(pc_runtime_open("/nowhere/libonnxruntime.so.1", &runtime, &err),
                PC_E_MODEL_MISSING);
    assert_null(runtime);
    char *text = test_source("meson.build");
    assert_code(pc_runtime_open(text, &runtime, &err), PC_E_MODEL_UNUSABLE);
    assert_null(runtime);
    free(text);
    pc_runtime_close(NULL);
    pc_session_destroy(NULL);
}

static void pose_create_says_what_is_missing(void **state)
{
    (void)state;
    skip_without_model();
    struct pc_err err = PC_ERR_INIT;
    struct pc_pose *pose = NULL;
    char *library = test_share("lib/libonnxruntime.so.1"), *dir = test_mkdir();
    struct pc_pose_config cfg = {library, dir, 1, .25};
    assert_code(pc_pose_create(&cfg, &pose, &err), PC_E_MODEL_MISSING);
    assert_null(pose);
    assert_non_null(strstr(err.detail, "movenet-multipose.onnx"));
    cfg.runtime_path = "/nowhere/lib.so";
    assert_code(pc_pose_create(&cfg, &pose, &err), PC_E_MODEL_MISSING);
    pc_pose_destroy(NULL);
    free(library);
    test_rmdir(dir);
}

static void runs_are_pooled(void **state)
{
    (void)state;
    skip_without_model();
    struct pc_err err = PC_ERR_INIT;
    struct pc_runtime *runtime = open_runtime();
    assert_true(strlen(runtime->version) >= 5);
    struct pc_session *session;
    char *path = test_share("models/movenet-thunder.onnx");
    assert_ok(pc_session_create(runtime, path, &pc_movenet_thunder, &session, &err), &err);
    assert_int_equal(strlen(pc_session_sha256(session)), 64);
    struct pc_run *a, *b, *c;
    assert_ok(pc_session_acquire_run(session, &a, &err), &err);
    assert_ok(pc_session_acquire_run(session, &b, &err), &err);
    assert_ptr_not_equal(a, b);
    assert_ok(pc_run_execute(a, &err), &err);
    pc_session_release_run(session, a);
    assert_ok(pc_session_acquire_run(session, &c, &err), &err);
    assert_ptr_equal(a, c);
    pc_session_release_run(session, b);
    pc_session_release_run(session, c);
    pc_session_destroy(session);
    pc_runtime_close(runtime);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_model_is_missing),
        cmocka_unit_test(damaged_models_are_unusable),
        cmocka_unit_test(another_model_is_unusable),
        cmocka_unit_test(a_file_that_is_no_runtime_is_rejected),
        cmocka_unit_test(pose_create_says_what_is_missing),
        cmocka_unit_test(runs_are_pooled),
    };
    return cmocka_run_group_tests_name("pose-session", tests, NULL, NULL);
}

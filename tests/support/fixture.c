#include "fixture.h"

#include "base/log.h"
#include "base/mem.h"
#include "blobs/drivers.h"
#include "faults.h"
#include "image/image.h"
#include "queue/drivers.h"
#include "recipes/recipes.h"
#include "records/drivers.h"
#include "support.h"

void test_fixture_init(struct test_fixture *p)
{
    struct pc_err err = PC_ERR_INIT;
    *p = (struct test_fixture){.pose = NULL};
    pc_log_setup(PC_LOG_OFF, PC_LOG_TEXT);
    pc_config_init(&p->config);
    assert_ok(pc_config_set(&p->config, "fetch_allow", "127.0.0.0/8", "test", &err), &err);
}

static void start_pose(struct test_fixture *p)
{
    struct pc_err err = PC_ERR_INIT;
    const char *share = getenv("POSECRAFT_SHARE");
    char *runtime = pc_xasprintf("%s/lib/libonnxruntime.so.1", share);
    char *models = pc_xasprintf("%s/models", share);
    struct pc_pose_config cfg = {
        .runtime_path = runtime, .models_dir = models, .max_people = 6, .min_person = .25};
    assert_ok(pc_image_startup(&err), &err);
    assert_ok(pc_pose_create(&cfg, &p->pose, &err), &err);
    free(runtime);
    free(models);
}

void test_fixture_start(struct test_fixture *p, bool with_pose)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_options options = {
        .lease_ms = p->config.lease_ms,
        .max_attempts = (int)p->config.attempts,
        .backoff_ms = p->config.backoff_ms,
        .max_waiting = p->config.queue_max,
    };
    struct pc_fetch_config fetch = {
        .allow = p->config.fetch_allow,
        .proxy = "",
        .total_ms = p->config.fetch_ms,
        .connect_ms = p->config.fetch_connect_ms,
        .max_bytes = p->config.max_upload_bytes,
        .max_redirects = (int)p->config.fetch_redirects,
    };
    assert_ok(pc_records_open(p->faulty ? test_faulty_records() : &pc_records_memory,
                              "memory:", &p->records, &err),
              &err);
    assert_ok(pc_queue_open(p->faulty ? test_faulty_queue() : &pc_queue_memory, "memory:", &options,
                            &p->queue, &err),
              &err);
    assert_ok(pc_blobs_open(p->faulty ? test_faulty_blobs() : &pc_blobs_memory,
                            "memory:", &p->blobs, &err),
              &err);
    assert_ok(pc_fetch_create(&fetch, &p->fetch, &err), &err);
    pc_recipes_default(&p->recipes);
    if (with_pose)
        start_pose(p);
    struct pc_service_parts parts = {
        .config = &p->config,
        .records = p->records,
        .queue = p->queue,
        .blobs = p->blobs,
        .fetch = p->fetch,
        .pose = p->pose,
        .recipes = &p->recipes,
    };
    p->service = pc_service_create(&parts);
}

void test_fixture_stop(struct test_fixture *p)
{
    pc_queue_close(p->queue); /* its thread may call the service */
    pc_service_destroy(p->service);
    pc_pose_destroy(p->pose);
    pc_fetch_destroy(p->fetch);
    pc_blobs_close(p->blobs);
    pc_records_close(p->records);
    pc_recipes_finish(&p->recipes);
    pc_config_finish(&p->config);
}

int test_fixture_setup(void **state)
{
    static struct test_fixture parts;
    test_fixture_init(&parts);
    test_fixture_start(&parts, false);
    *state = &parts;
    return 0;
}

int test_fixture_teardown(void **state)
{
    test_fixture_stop(*state);
    return 0;
}

const unsigned char test_tiny_bmp[70] = {'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40,
                                         0,   0,   0,  2, 0, 0, 0, 2, 0, 0, 0,  1, 0, 24};

int64_t test_upload(struct test_fixture *p, const void *bytes, size_t len, struct pc_submitted *out)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_upload *up = NULL;
    struct pc_submission what = {.name = "figure.bmp"};
    assert_ok(pc_upload_begin(p->service, &up, &err), &err);
    for (size_t at = 0; at < len;) { /* in pieces, as they come over a line */
        size_t piece = len - at < 1000 ? len - at : 1000;
        assert_ok(pc_upload_write(up, (const char *)bytes + at, piece, &err), &err);
        at += piece;
    }
    assert_ok(pc_upload_end(up, &what, out, &err), &err);
    return out->id;
}

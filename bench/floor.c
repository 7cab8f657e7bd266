/* The least that the work costs with these libraries, each part alone: libvips decodes the file,
 * the runtime runs both networks, libvips encodes five shots. No planning, scaling, reading or
 * writing.
 *
 *     floor SHARE_DIR < list     a line a image: path, then its shots as QUALITY:PATH, tab
 * between
 *
 * Prints one JSON object: CPU milliseconds a image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vips/vips.h>

#include "base/mem.h"
#include "image/image.h"
#include "pose/pose.h"

struct elapsed {
    double decode_ms, infer_ms, encode_ms;
    int images;
};

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "floor: %s: %s\n", what, why);
    exit(1);
}

/* Gives the pixels of a JPEG file. */
static VipsImage *decode(const char *path)
{
    VipsImage *lazy = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    VipsImage *pixels = lazy ? vips_image_copy_memory(lazy) : NULL;
    if (!pixels)
        die(path, vips_error_buffer());
    g_object_unref(lazy);
    return pixels;
}

static double decode_cost(const char *path)
{
    double start = cpu_ms();
    g_object_unref(decode(path));
    return cpu_ms() - start;
}

/* Encodes a shot again as it was: same quality, progressive where it is. */
static double encode_cost(const char *shot)
{
    char *path = NULL;
    int quality = (int)strtol(shot, &path, 10);
    if (*path != ':')
        die(shot, "not QUALITY:PATH");
    VipsImage *pixels = decode(path + 1);
    gboolean progressive = vips_image_get_typeof(pixels, "interlaced") != 0;
    void *bytes = NULL;
    size_t len = 0;
    double start = cpu_ms();
    if (vips_jpegsave_buffer(pixels, &bytes, &len, "Q", quality, "interlace", progressive, NULL))
        die(path, vips_error_buffer());
    double elapsed = cpu_ms() - start;
    g_free(bytes);
    g_object_unref(pixels);
    return elapsed;
}

/* Views cost time that is not the networks': counted here, taken off there. */
struct viewer {
    struct pc_image *decoded;
    double elapsed_ms;
};

static enum pc_code view(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                         struct pc_err *err)
{
    struct viewer *viewer = ctx;
    double start = cpu_ms();
    enum pc_code rc = pc_image_view(viewer->decoded, square, size, rgb, err);
    viewer->elapsed_ms += cpu_ms() - start;
    return rc;
}

static double infer_cost(struct pc_pose *pose, const char *path)
{
    struct pc_deadline no_limit = {0};
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf bytes = PC_BUF_INIT;
    struct viewer viewer = {0};
    struct pc_people people;
    if (pc_buf_read_file(&bytes, path, 1 << 30, &err) ||
        pc_image_open(bytes.data, bytes.len, 100000000, no_limit, &viewer.decoded, &err))
        die(path, err.message);
    const struct pc_image_info *info = pc_image_get_info(viewer.decoded);
    struct pc_pose_source source = {info->width, info->height, &viewer, view};
    double start = cpu_ms();
    if (pc_pose_detect(pose, &source, no_limit, &people, &err))
        die(path, err.message);
    double elapsed = cpu_ms() - start - viewer.elapsed_ms;
    pc_image_destroy(viewer.decoded);
    pc_buf_finish(&bytes);
    return elapsed;
}

static void measure_line(struct pc_pose *pose, char *line, struct elapsed *sum)
{
    char *rest = NULL, *path = strtok_r(line, "\t\n", &rest);
    if (!path)
        return;
    sum->images++;
    sum->decode_ms += decode_cost(path);
    sum->infer_ms += infer_cost(pose, path);
    for (char *shot = strtok_r(NULL, "\t\n", &rest); shot; shot = strtok_r(NULL, "\t\n", &rest))
        sum->encode_ms += encode_cost(shot);
}

static struct pc_pose *load(const char *share)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_pose *pose = NULL;
    char *runtime = pc_xasprintf("%s/lib/libonnxruntime.so.1", share);
    char *models = pc_xasprintf("%s/models", share);
    struct pc_pose_config config = {runtime, models, 1, .25};
    if (pc_image_startup(&err) || pc_pose_create(&config, &pose, &err))
        die("start", err.message);
    free(models);
    free(runtime);
    vips_operation_block_set("VipsForeignLoadJpeg", FALSE); /* ours reads JPEG without libvips */
    return pose;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage", "floor SHARE_DIR < list");
    struct pc_pose *pose = load(argv[1]);
    struct elapsed sum = {0};
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0)
        measure_line(pose, line, &sum);
    free(line);
    if (sum.images == 0)
        die("list", "no image");
    printf("{\"decode_ms\": %.1f, \"infer_ms\": %.1f, \"encode_ms\": %.1f}\n",
           sum.decode_ms / sum.images, sum.infer_ms / sum.images, sum.encode_ms / sum.images);
    pc_pose_destroy(pose);
    pc_image_shutdown();
    return 0;
}

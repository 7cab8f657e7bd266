/* Start and end of libvips, and what all of its users here share.
 *
 * Debian's libvips links ImageMagick, poppler, librsvg, matio, openslide and more. Users' bytes
 * reach only the loaders named in `allowed`: every other one is blocked, and none is ever found by
 * vips' own sniffing since callers name the loader. */
#include "image/vips_util.h"

#include "image/image.h"

static const char *const allowed[] = {
    "VipsForeignLoadPng",  "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff",
    "VipsForeignLoadHeif", "VipsForeignLoadSvg" /* annotate.c: our own text only */};

/* libvips has one state for the whole process; this says whether there is one to shut down. */
static bool started;

static void drop_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
    (void)domain, (void)level, (void)text, (void)data;
}

enum pc_code pc_image_startup(struct pc_err *err)
{
    if (VIPS_INIT("posecraft") != 0)
        return pc_vips_fail(err, PC_E_INTERNAL);
    started = true;
    /* Loaders warn about users' files. What matters comes as an error. */
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_MESSAGE,
                      drop_log, NULL);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        vips_operation_block_set(allowed[i], FALSE);
    return PC_OK;
}

void pc_image_shutdown(void)
{
    if (started)
        vips_shutdown();
    started = false;
}

void pc_image_thread_shutdown(void)
{
    vips_thread_shutdown();
}

enum pc_code pc_vips_fail(struct pc_err *err, enum pc_code code)
{
    char *text = vips_error_buffer_copy();
    g_strchomp(text);
    enum pc_code rc = pc_fail_detail(err, code, "vips: %s", text);
    g_free(text);
    return rc;
}

int pc_vips_step(VipsImage **im, VipsImage **out, int failed)
{
    pc_vips_unref(failed ? *out : *im);
    if (!failed)
        *im = *out;
    *out = NULL;
    return failed;
}

VipsImage *pc_vips_wrap(const struct pc_raster *r)
{
    return vips_image_new_from_memory(r->px, pc_raster_bytes(r), r->width, r->height, r->bands,
                                      VIPS_FORMAT_UCHAR);
}

enum { STRIP_ROWS = 16 };

enum pc_code pc_vips_render(VipsImage *im, const struct pc_row_sink *sink,
                            struct pc_deadline deadline, enum pc_code late, enum pc_code broken,
                            struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    VipsRegion *region = vips_region_new(im);
    for (int y = 0; y < im->Ysize && !rc; y += STRIP_ROWS) {
        VipsRect strip = {0, y, im->Xsize, VIPS_MIN(STRIP_ROWS, im->Ysize - y)};
        if (pc_deadline_expired(deadline))
            rc = pc_fail(err, late, NULL);
        else if (vips_region_prepare(region, &strip) != 0)
            rc = pc_vips_fail(err, broken);
        else
            pc_row_sink_write(sink, y, strip.height,
                              region->data + (ptrdiff_t)(y - region->valid.top) * region->bpl,
                              (size_t)region->bpl);
    }
    g_object_unref(region);
    return rc;
}

/* JPEG through libjpeg-turbo: 4:2:0, standard Huffman tables unless progressive. Tables made to
 * measure would save a few per cent of size for twice the time of encoding. */
#include "image/jpeg_write.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

enum { CHECK_ROWS = 16 };

struct job {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr mgr;
    jmp_buf env;
    unsigned char *bytes; /* owns */
    unsigned long len;
    struct pc_deadline deadline;
    bool late;
};

static void on_error(j_common_ptr c)
{
    longjmp(((struct job *)c->client_data)->env, 1);
}

/* May longjmp. */
static void encode(struct job *job, const struct pc_row_source *rows, int quality, bool progressive,
                   const struct pc_buf *exif)
{
    jpeg_create_compress(&job->c);
    job->c.client_data = job;
    jpeg_mem_dest(&job->c, &job->bytes, &job->len);
    job->c.image_width = (JDIMENSION)rows->width;
    job->c.image_height = (JDIMENSION)rows->height;
    job->c.input_components = 3;
    job->c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&job->c);
    jpeg_set_quality(&job->c, quality, TRUE);
    if (progressive)
        jpeg_simple_progression(&job->c);
    jpeg_start_compress(&job->c, TRUE);
    if (exif->len > 0)
        jpeg_write_marker(&job->c, JPEG_APP0 + 1, (const JOCTET *)exif->data, (unsigned)exif->len);
    for (int y = 0; y < rows->height; y++) {
        if (y % CHECK_ROWS == 0 && (job->late = pc_deadline_expired(job->deadline)))
            longjmp(job->env, 1);
        JSAMPROW row = (JSAMPROW)(uintptr_t)rows->row(rows->ctx, y); /* libjpeg only reads it */
        jpeg_write_scanlines(&job->c, &row, 1);
    }
    jpeg_finish_compress(&job->c);
}

/* False when the deadline has passed or libjpeg gave up: its error says why. */
static bool try_encode(struct job *job, const struct pc_row_source *rows, int quality,
                       bool progressive, const struct pc_buf *exif)
{
    if (setjmp(job->env))
        return false;
    encode(job, rows, quality, progressive, exif);
    return true;
}

enum pc_code pc_jpeg_write(const struct pc_row_source *rows, int quality, bool progressive,
                           const struct pc_credits *credits, struct pc_deadline deadline,
                           struct pc_buf *out, struct pc_err *err)
{
    struct job job = {.deadline = deadline};
    struct pc_buf exif = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    pc_exif_write(credits, &exif);
    job.c.err = jpeg_std_error(&job.mgr);
    job.mgr.error_exit = on_error;
    job.c.client_data = &job;
    if (try_encode(&job, rows, quality, progressive, &exif)) {
        pc_buf_append(out, job.bytes, job.len);
    } else if (job.late) {
        rc = pc_fail(err, PC_E_TIMEOUT_CUT, NULL);
    } else {
        char text[JMSG_LENGTH_MAX];
        job.mgr.format_message((j_common_ptr)&job.c, text);
        rc = pc_fail_detail(err, PC_E_INTERNAL, "jpeg: %s", text);
    }
    jpeg_destroy_compress(&job.c);
    free(job.bytes);
    pc_buf_finish(&exif);
    return rc;
}

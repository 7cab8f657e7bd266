/* JPEG through libjpeg-turbo itself, not through libvips: the rows are decoded straight into the
 * raster (docs/adr/0002-jpeg-decode.md says what that gains).
 *
 * Errors: libjpeg reports them by longjmp, always to a try_ function of this file. Such a function
 * has no local variables that the jump could spoil. libjpeg's warnings decide whether a file is
 * damaged: where bits are missing or make no sense, it would invent pixels. Left-over bytes between
 * segments do no harm, and neither does a missing end marker when all scans are there.
 *
 * Time: very many scans are cheap to write and dear to decode. So scans are counted, and the deadline
 * is checked in each row of blocks. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/mem.h"
#include "image/decoder.h"
#include "image/icc.h"

enum { MAX_SCANS = 200, STRIP_ROWS = 16 };

struct job {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr mgr;
    struct jpeg_progress_mgr progress;
    jmp_buf env;
    struct pc_deadline deadline;
    bool late, lost, ended;
    unsigned seen;  /* components of which there was a scan, a bit each */
    uint8_t *strip; /* owns; rows on their way to a raster of another orientation */
};

static void on_error(j_common_ptr c)
{
    longjmp(((struct job *)c->client_data)->env, 1);
}

static void on_message(j_common_ptr c, int level)
{
    struct job *job = c->client_data;
    if (level >= 0)
        return;
    switch (c->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_MUST_RESYNC: job->lost = true; break;
    case JWRN_JPEG_EOF: job->ended = true; break;
    default: break;
    }
}

static void on_progress(j_common_ptr c)
{
    struct job *job = c->client_data;
    for (int i = 0; i < job->c.comps_in_scan; i++)
        job->seen |= 1u << job->c.cur_comp_info[i]->component_index;
    job->late = pc_deadline_expired(job->deadline);
    if (job->late || job->c.input_scan_number > MAX_SCANS)
        longjmp(job->env, 1);
}

static void job_init(struct job *job, struct pc_deadline deadline)
{
    *job = (struct job){.deadline = deadline};
    job->c.err = jpeg_std_error(&job->mgr);
    job->mgr.error_exit = on_error;
    job->mgr.emit_message = on_message;
    job->progress.progress_monitor = on_progress;
    job->c.client_data = job;
}

/* After the first call that libjpeg got: job_init has run. */
static void job_finish(struct job *job)
{
    jpeg_destroy_decompress(&job->c);
    free(job->strip);
}

/* Kinds of JPEG that exist and are not read here; NULL when it is not for its kind that libjpeg gave
 * up. */
static const char *unread_kind(const struct job *job)
{
    enum { M_SOF55 = 0xf7 };
    switch (job->mgr.msg_code) {
#if JPEG_LIB_VERSION < 70 /* Ubuntu's has the interface of libjpeg 8, which knows no such error */
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
        return "This kind of JPEG (12 bits, lossless, hierarchical or arithmetic) is not read. "
               "Save "
               "it as a baseline or progressive JPEG with 8 bits.";
    case JERR_CONVERSION_NOTIMPL:
        return "A JPEG with this number of channels is not read. Save it as RGB, grey or CMYK.";
    case JERR_UNKNOWN_MARKER:
        return job->c.unread_marker == M_SOF55 ? "A JPEG-LS is not read. Save it as JPEG or PNG."
                                               : NULL;
    default: return NULL;
    }
}

static enum pc_code job_fail(struct job *job, struct pc_err *err)
{
    char text[JMSG_LENGTH_MAX] = "too many scans";
    if (job->late)
        return pc_fail(err, PC_E_TIMEOUT_DECODE, NULL);
    if (job->c.input_scan_number <= MAX_SCANS)
        job->mgr.format_message((j_common_ptr)&job->c, text);
    const char *unread = unread_kind(job);
    return unread ? pc_fail(err, PC_E_UNSUPPORTED_FORMAT, "%s", unread)
                  : pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "jpeg: %s", text);
}

/* May longjmp. */
static void open_header(struct job *job, const void *bytes, size_t len, bool with_meta)
{
    jpeg_create_decompress(&job->c);
    job->c.client_data = job;
    job->c.progress = &job->progress;
    jpeg_mem_src(&job->c, bytes, (unsigned long)len);
    if (with_meta) {
        jpeg_save_markers(&job->c, JPEG_APP0 + 1, 0xffff);  /* EXIF, XMP */
        jpeg_save_markers(&job->c, JPEG_APP0 + 2, 0xffff);  /* ICC */
        jpeg_save_markers(&job->c, JPEG_APP0 + 13, 0xffff); /* IPTC */
    }
    jpeg_read_header(&job->c, TRUE);
    job->c.out_color_space = job->c.num_components == 4 ? JCS_CMYK : JCS_RGB;
}

static void read_marker(jpeg_saved_marker_ptr m, struct pc_image_header *out)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/", iptc[] = "Photoshop 3.0";
    size_t len = m->data_length;
    if (m->marker == JPEG_APP0 + 1 && len > 6 && !memcmp(m->data, "Exif\0", 5))
        pc_exif_read(m->data, len, &out->orientation, &out->credits);
    else if (m->marker == JPEG_APP0 + 1 && len > sizeof xmp && !memcmp(m->data, xmp, sizeof xmp))
        pc_xmp_read(m->data + sizeof xmp, len - sizeof xmp, &out->credits);
    else if (m->marker == JPEG_APP0 + 13 && len > sizeof iptc &&
             !memcmp(m->data, iptc, sizeof iptc))
        pc_iptc_read(m->data + sizeof iptc, len - sizeof iptc, &out->credits);
}

static void read_profile(struct job *job, struct pc_image_header *out)
{
    JOCTET *icc = NULL;
    unsigned len = 0;
    if (!jpeg_read_icc_profile(&job->c, &icc, &len))
        return;
    enum pc_icc_fit fit = pc_icc_fit(icc, len, job->c.num_components);
    out->note = pc_icc_note(fit);
    if (fit == PC_ICC_FITS)
        pc_buf_append(&out->icc, icc, len);
    free(icc);
}

/* The try_ functions return false when libjpeg gave up: job_fail says why. */
static bool try_header(struct job *job, const void *bytes, size_t len, struct pc_image_header *out)
{
    if (setjmp(job->env))
        return false;
    open_header(job, bytes, len, true);
    out->width = (int)job->c.image_width;
    out->height = (int)job->c.image_height;
    out->bands = job->c.num_components == 4 ? 4 : 3;
    for (jpeg_saved_marker_ptr m = job->c.marker_list; m; m = m->next)
        read_marker(m, out);
    if (out->orientation == 0)
        out->orientation = 1;
    read_profile(job, out);
    return true;
}

enum pc_code pc_jpeg_read_header(const void *bytes, size_t len, struct pc_image_header *out,
                                 struct pc_err *err)
{
    struct job job;
    job_init(&job, (struct pc_deadline){0});
    enum pc_code rc = try_header(&job, bytes, len, out) ? PC_OK : job_fail(&job, err);
    job_finish(&job);
    return rc;
}

/* May longjmp. Reads up to n rows, the first to `to`. */
static int read_rows(struct job *job, uint8_t *to, ptrdiff_t stride, int n)
{
    int have = 0;
    while (have < n && job->c.output_scanline < job->c.output_height) {
        JSAMPROW rows[STRIP_ROWS];
        int want = n - have < STRIP_ROWS ? n - have : STRIP_ROWS;
        for (int i = 0; i < want; i++)
            rows[i] = to + (have + i) * stride;
        have += (int)jpeg_read_scanlines(&job->c, rows, (JDIMENSION)want);
    }
    return have;
}

/* May longjmp. */
static void decode(struct job *job, const struct pc_row_sink *sink)
{
    if (sink->dx == sink->bands) { /* rows stay rows: straight to their place */
        read_rows(job, sink->px, sink->dy, (int)job->c.output_height);
        return;
    }
    size_t stride = (size_t)sink->width * (size_t)sink->bands;
    job->strip = pc_xzalloc(stride * STRIP_ROWS);
    for (int y = 0, n; y < (int)job->c.output_height; y += n) {
        n = read_rows(job, job->strip, (ptrdiff_t)stride, STRIP_ROWS);
        pc_row_sink_write(sink, y, n, job->strip, stride);
    }
}

static bool try_decode(struct job *job, const void *bytes, size_t len,
                       const struct pc_row_sink *sink)
{
    if (setjmp(job->env))
        return false;
    open_header(job, bytes, len, false);
    jpeg_start_decompress(&job->c);
    decode(job, sink);
    return true;
}

/* Are all pixels there although the end marker is missing? With arithmetic coding it cannot be known:
 * that decoder takes missing bytes for zeros without a warning. Otherwise there must have been a scan
 * for each component, and in a progressive file every bit of every coefficient. */
static bool all_scans_are_there(const struct job *job)
{
    if (job->c.arith_code)
        return false;
    if (!jpeg_has_multiple_scans((j_decompress_ptr)&job->c))
        return true;
    for (int i = 0; i < job->c.num_components; i++) {
        if (!(job->seen >> i & 1))
            return false;
        for (int k = 0; job->c.progressive_mode && k < DCTSIZE2; k++)
            if (job->c.coef_bits[i][k] != 0)
                return false;
    }
    return true;
}

/* Is ink stored inverted (255 means none)? With Adobe's marker it is. Without the marker, files of both
 * kinds exist. But paper takes no more than about three full layers of ink, so the right reading is
 * the one with less ink beyond that. */
static bool ink_is_inverted(const struct jpeg_decompress_struct *c, const struct pc_raster *r)
{
    enum { MOST_INK = 3 * 255, ALL_INK = 4 * 255 };
    int64_t excess_plain = 0, excess_inverted = 0, balance = 0;
    if (c->saw_Adobe_marker)
        return true;
    for (size_t i = 0; i < pc_raster_bytes(r); i += 4) {
        int ink = r->px[i] + r->px[i + 1] + r->px[i + 2] + r->px[i + 3];
        excess_plain += ink > MOST_INK ? ink - MOST_INK : 0;
        excess_inverted += ALL_INK - ink > MOST_INK ? ALL_INK - ink - MOST_INK : 0;
        balance += r->px[i + 3] - 127; /* most of an image has little black ink */
    }
    return excess_plain == excess_inverted ? balance > 0 : excess_plain > excess_inverted;
}

enum pc_code pc_jpeg_read_pixels(const void *bytes, size_t len, int orientation,
                                 struct pc_deadline deadline, struct pc_raster *r,
                                 struct pc_err *err)
{
    struct job job;
    enum pc_code rc = PC_OK;
    struct pc_row_sink sink = pc_row_sink_into(r, orientation);
    job_init(&job, deadline);
    if (!try_decode(&job, bytes, len, &sink)) {
        rc = job_fail(&job, err);
        job_finish(&job);
        return rc;
    }
    if (job.lost || (job.ended && !all_scans_are_there(&job)))
        rc = pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "jpeg: data is missing inside the image");
    else if (r->bands == 4 && ink_is_inverted(&job.c, r))
        for (size_t i = 0; i < pc_raster_bytes(r); i++)
            r->px[i] = (uint8_t)(255 - r->px[i]);
    job_finish(&job);
    return rc;
}

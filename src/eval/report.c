#include "eval/report.h"

#include <math.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"

enum { RENDERED_SIDE_PX = 900 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>PoseCraft eval</title>\n"
    "<style>\n"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;"
    "color:#1c1f23;background:#fff}\n"
    "pre{overflow:auto;background:#f4f5f7;padding:1rem;border-radius:6px;font-size:13px}\n"
    "article{display:grid;grid-template-columns:minmax(0,32rem) 1fr;gap:1.5rem;"
    "border-top:1px solid #d5d8dd;padding:1.5rem 0}\n"
    "img{max-width:100%;height:auto}h2{font-size:1.05rem;margin:0 0 .5rem;word-break:break-word}\n"
    "td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}"
    ".bad{color:#b3001b}\n"
    "@media(max-width:50rem){article{grid-template-columns:1fr}}\n"
    "</style></head><body>\n<h1>PoseCraft eval</h1>\n";

static void put_text(const char *text, struct pc_buf *html)
{
    for (; *text; text++) {
        switch (*text) {
        case '<': pc_buf_puts(html, "&lt;"); break;
        case '>': pc_buf_puts(html, "&gt;"); break;
        case '&': pc_buf_puts(html, "&amp;"); break;
        case '"': pc_buf_puts(html, "&quot;"); break;
        default: pc_buf_putc(html, *text);
        }
    }
}

/* --- one image --- */

static enum pc_code render_jpeg(const struct pc_eval_image *p, const struct pc_config *cfg,
                                struct pc_buf *jpeg, struct pc_err *err)
{
    struct pc_buf file = PC_BUF_INIT, svg = PC_BUF_INIT;
    struct pc_image *decoded = NULL;
    enum pc_code rc = pc_buf_read_file(&file, p->path, (size_t)cfg->max_upload_bytes, err);
    if (!rc)
        rc = pc_image_open(file.data, file.len, cfg->max_pixels, pc_deadline_in(cfg->decode_ms),
                           &decoded, err);
    pc_buf_finish(&file);
    if (!rc) {
        pc_eval_render(p, &svg);
        rc = pc_image_annotate(decoded, &svg, RENDERED_SIDE_PX, pc_deadline_in(cfg->cut_ms), jpeg,
                               err);
    }
    pc_image_destroy(decoded);
    pc_buf_finish(&svg);
    return rc;
}

static void put_rendering(const struct pc_eval_image *p, const struct pc_config *cfg,
                          struct pc_buf *html)
{
    struct pc_buf jpeg = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    if (render_jpeg(p, cfg, &jpeg, &err) == PC_OK) {
        pc_buf_puts(html, "<img alt=\"labels in green and what was found\" "
                          "src=\"data:image/jpeg;base64,");
        pc_base64_encode(html, jpeg.data, jpeg.len);
        pc_buf_puts(html, "\">");
    } else {
        pc_buf_puts(html, "<p>");
        put_text(err.message, html);
        pc_buf_puts(html, "</p>");
    }
    pc_buf_finish(&jpeg);
}

static void put_keypoints(const char *what, uint64_t bits, struct pc_buf *html)
{
    const char *before = what;
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        if (!(bits & PC_BODY_BIT(i)))
            continue;
        pc_buf_printf(html, "%s%s", before, pc_body_keypoint_name(i));
        before = ", ";
    }
    pc_buf_puts(html, bits ? ". " : "");
}

static void put_shot_row(const struct pc_eval_shot *v, struct pc_buf *html)
{
    bool bad = v->scored && !v->hit;
    pc_buf_printf(html, "<tr%s><td>%s<td>%s<td>%s<td>", bad ? " class=\"bad\"" : "",
                  v->recipe->label, pc_shot_state_name(v->state),
                  !v->scored ? ""
                  : v->hit   ? "hit"
                             : "no hit");
    if (!isnan(v->iou))
        pc_buf_printf(html, "%.3f", v->iou);
    pc_buf_puts(html, !v->scored                   ? "<td>rightly absent"
                      : v->truth < 0               ? "<td>shows nobody who is labelled"
                      : v->state == PC_SHOT_ABSENT ? "<td>absent, though the labels show it"
                      : v->expected == PC_SHOT_ABSENT
                          ? "<td>exists, though the labels say it is not in the photo"
                          : "<td>");
    put_keypoints("does not contain ", v->misses, html);
    put_keypoints("shows ", v->shows, html);
    pc_buf_puts(html, v->passes ? "passes its cut line. " : "");
    pc_buf_puts(html, v->stops_short ? "ends before its cut line. " : "");
    pc_buf_puts(html, "</tr>\n");
}

static void put_image(const struct pc_eval_image *p, const struct pc_config *cfg,
                      struct pc_buf *html)
{
    pc_buf_puts(html, "<article><div>");
    put_rendering(p, cfg, html);
    pc_buf_puts(html, "</div><div><h2>");
    put_text(p->name, html);
    pc_buf_puts(html, "</h2>\n");
    if (!p->truth || p->truth->n == 0)
        pc_buf_puts(
            html, p->body_shot
                      ? "<p class=\"bad\">There is nobody here, but there is a shot of a body.</p>"
                      : "<p>There is nobody here.</p>");
    for (int i = 0; i < p->n_persons; i++) {
        const struct pc_eval_person *m = &p->persons[i];
        pc_buf_printf(html, "<p>Person %d: %sOKS %.3f, %d of %d points right, box IoU %.3f</p>\n",
                      i + 1, m->found < 0 ? "not found, " : "", m->oks, m->n_right, m->n_labelled,
                      m->iou);
    }
    if (p->n_shots) {
        pc_buf_puts(html, "<table><tr><th>shot<th>state<th>result<th>IoU<th>why</tr>\n");
        for (int i = 0; i < p->n_shots; i++)
            put_shot_row(&p->shots[i], html);
        pc_buf_puts(html, "</table>");
    }
    pc_buf_puts(html, "</div></article>\n");
}

/* --- the whole --- */

static int worse_first(const void *a, const void *b)
{
    const struct pc_eval_image *const *x = a, *const *y = b;
    double bx = pc_eval_badness(*x), by = pc_eval_badness(*y);
    if (bx != by)
        return bx > by ? -1 : 1;
    return *x < *y ? -1 : *x > *y; /* then in the order of the labels */
}

static void put_worst(const struct pc_eval *eval, const struct pc_eval_report_options *options,
                      struct pc_buf *html)
{
    int n = 0;
    const struct pc_eval_image **order = pc_xzalloc((size_t)(eval->n + 1) * sizeof *order);
    for (int i = 0; i < eval->n; i++)
        if (eval->images[i].status == PC_EVAL_MEASURED)
            order[n++] = &eval->images[i];
    qsort(order, (size_t)n, sizeof *order, worse_first);
    for (int i = 0; i < n && i < options->worst; i++)
        put_image(order[i], options->config, html);
    free(order);
}

static void put_unmeasured(const struct pc_eval *eval, struct pc_buf *html)
{
    for (int i = 0; i < eval->n; i++) {
        const struct pc_eval_image *p = &eval->images[i];
        if (p->status != PC_EVAL_MISSING && p->status != PC_EVAL_FAILED)
            continue;
        pc_buf_puts(html, "<p class=\"bad\">");
        put_text(p->name, html);
        pc_buf_puts(html, p->status == PC_EVAL_MISSING ? ": not in the folder" : ": ");
        if (p->status == PC_EVAL_FAILED)
            put_text(p->err.message, html);
        pc_buf_puts(html, "</p>\n");
    }
}

void pc_eval_report(const struct pc_eval *eval, const struct pc_eval_metrics *metrics,
                    const struct pc_eval_report_options *options, struct pc_buf *html)
{
    struct pc_buf table = PC_BUF_INIT;
    pc_eval_metrics_table(metrics, eval, &table);
    if (options->before)
        pc_eval_metrics_diff(options->before, metrics, &table);
    pc_buf_puts(html, head);
    pc_buf_puts(html, "<p>PoseCraft " PC_VERSION ", model ");
    put_text(options->model, html);
    pc_buf_puts(html, "</p>\n<pre>");
    put_text(pc_buf_text(&table), html);
    pc_buf_puts(html, "</pre>\n");
    put_unmeasured(eval, html);
    pc_buf_puts(html,
                "<p>The worst images come first. Green: labels, and (dashed) the boxes planned "
                "from them. Red: shots that are not hits.</p>\n");
    put_worst(eval, options, html);
    pc_buf_puts(html, "</body></html>\n");
    pc_buf_finish(&table);
}

/* The report: one self-contained HTML file, without scripts, with the tables and drawings of the
 * worst images. Threads: one at a time. */
#ifndef PC_EVAL_REPORT_H
#define PC_EVAL_REPORT_H

#include "eval/metrics.h"

/* Appends an SVG document of the image's size. Labels are green: keypoints, bones, the box of the
 * person and, dashed, the boxes planned from them. What was found has the colours of the service's
 * overlay; a shot that is not a hit is red and thick. */
void pc_eval_render(const struct pc_eval_image *image, struct pc_buf *svg);

struct pc_eval_report_options { /* borrows */
    int worst;                  /* at most so many images are drawn */
    const struct pc_config *config;
    const char *model;
    const struct pc_eval_metrics *before; /* of the baseline; NULL: none */
};

/* Appends the report. Reads the images that it draws again; for one that cannot be read now, the
 * report has the error in place of the drawing. */
void pc_eval_report(const struct pc_eval *eval, const struct pc_eval_metrics *metrics,
                    const struct pc_eval_report_options *options, struct pc_buf *html);

#endif

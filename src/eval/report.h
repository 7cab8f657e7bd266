/* The report: one HTML file with the tables and the worst pictures, drawn. Everything is in it, no
 * script runs. Threads: one at a time.
 */
#ifndef PC_EVAL_REPORT_H
#define PC_EVAL_REPORT_H

#include "eval/metrics.h"

/* Appends an SVG document of the picture's size: labels in green (points, bones, person box, the
 * boxes planned from them dashed), what was found in its own colours (a shot that is no hit is
 * drawn thick). */
void pc_eval_render(const struct pc_eval_image *image, struct pc_buf *svg);

struct pc_eval_report_options {
    int worst; /* at most so many pictures are drawn */
    const struct pc_config *config;
    const char *model;
    const struct pc_eval_metrics *before; /* NULL: nothing to compare with */
};

/* Appends the report; reads the pictures that it draws once more. One that cannot be read now is
 * shown without its drawing. */
void pc_eval_report(const struct pc_eval *eval, const struct pc_eval_metrics *metrics,
                    const struct pc_eval_report_options *options, struct pc_buf *html);

#endif

#include <math.h>

#include "eval/report.h"
#include "service/overlay.h"

#define TRUTH_COLOUR "#00e676"

static const int bones[][2] = {
    {PC_LEFT_SHOULDER, PC_LEFT_ELBOW},
    {PC_LEFT_ELBOW, PC_LEFT_WRIST},
    {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW},
    {PC_RIGHT_ELBOW, PC_RIGHT_WRIST},
    {PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER},
    {PC_LEFT_HIP, PC_RIGHT_HIP},
    {PC_LEFT_SHOULDER, PC_LEFT_HIP},
    {PC_RIGHT_SHOULDER, PC_RIGHT_HIP},
    {PC_LEFT_HIP, PC_LEFT_KNEE},
    {PC_LEFT_KNEE, PC_LEFT_ANKLE},
    {PC_RIGHT_HIP, PC_RIGHT_KNEE},
    {PC_RIGHT_KNEE, PC_RIGHT_ANKLE},
    {PC_NOSE, PC_LEFT_EYE},
    {PC_LEFT_EYE, PC_LEFT_EAR},
    {PC_NOSE, PC_RIGHT_EYE},
    {PC_RIGHT_EYE, PC_RIGHT_EAR},
};

struct pen {
    struct pc_buf *svg;
    double stroke;
};

static void draw_box(const struct pen *pen, struct pc_box b, const char *colour, double width,
                     double dash)
{
    pc_buf_printf(pen->svg,
                  "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
                  "stroke=\"%s\" stroke-width=\"%.2f\" stroke-dasharray=\"%.1f\"/>",
                  b.x, b.y, b.w, b.h, colour, width * pen->stroke, dash * pen->stroke);
}

static void draw_truth(const struct pen *pen, const struct pc_ground_truth_person *p)
{
    draw_box(pen, p->box, TRUTH_COLOUR, .8, 0);
    for (size_t i = 0; i < sizeof bones / sizeof *bones; i++) {
        const struct pc_keypoint *a = &p->keypoints[bones[i][0]], *b = &p->keypoints[bones[i][1]];
        if (a->score > 0 && b->score > 0)
            pc_buf_printf(pen->svg,
                          "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
                          "stroke-width=\"%.2f\"/>",
                          a->x, a->y, b->x, b->y, TRUTH_COLOUR, pen->stroke);
    }
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        if (p->keypoints[i].score > 0)
            pc_buf_printf(pen->svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\" fill=\"%s\"/>",
                          p->keypoints[i].x, p->keypoints[i].y, 2 * pen->stroke, TRUTH_COLOUR);
}

static struct pc_box to_box(struct pc_ibox b)
{
    return (struct pc_box){b.x, b.y, b.w, b.h};
}

void pc_eval_render(const struct pc_eval_image *image, struct pc_buf *svg)
{
    struct pen pen = {svg, fmax(1.0, fmax(image->info.width, image->info.height) / 500.0)};
    pc_buf_printf(svg,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                  "viewBox=\"0 0 %d %d\">",
                  image->info.width, image->info.height, image->info.width, image->info.height);
    /* What was found is drawn by the overlay of the service, so that both look the same. */
    struct pc_overlay_box boxes[PC_MAX_SHOTS];
    int n = 0;
    for (int i = 0; i < image->n_shots && n < PC_MAX_SHOTS; i++) {
        const struct pc_eval_shot *v = &image->shots[i];
        if (v->found.w > 0)
            boxes[n++] =
                (struct pc_overlay_box){v->recipe->label, v->hit ? "hit" : "no hit", v->found};
    }
    pc_overlay_svg(image->info.width, image->info.height, &image->people, image->person, boxes, n,
                   svg);
    for (int i = 0; image->truth && i < image->truth->n; i++)
        draw_truth(&pen, &image->truth->people[i]);
    for (int i = 0; i < image->n_shots; i++) {
        const struct pc_eval_shot *v = &image->shots[i];
        if (v->planned.w > 0)
            draw_box(&pen, to_box(v->planned), TRUTH_COLOUR, .8, 4);
        if (v->scored && !v->hit && v->found.w > 0)
            draw_box(&pen, to_box(v->found), "#ff1744", 2, 0);
    }
    pc_buf_puts(svg, "</svg>");
}

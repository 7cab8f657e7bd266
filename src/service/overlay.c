#include "service/overlay.h"

#include <math.h>
#include <stdbool.h>

/* The lines of the skeleton between COCO's keypoints. The person's left is orange, the right is
 * blue, the middle white, so that a skeleton with swapped sides is easy to see. */
static const struct bone {
    enum pc_keypoint_id a, b;
    const char *colour;
} bones[] = {
    {PC_LEFT_SHOULDER, PC_LEFT_ELBOW, "#ff7a00"},
    {PC_LEFT_ELBOW, PC_LEFT_WRIST, "#ff7a00"},
    {PC_LEFT_HIP, PC_LEFT_KNEE, "#ff7a00"},
    {PC_LEFT_KNEE, PC_LEFT_ANKLE, "#ff7a00"},
    {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, "#00a2ff"},
    {PC_RIGHT_ELBOW, PC_RIGHT_WRIST, "#00a2ff"},
    {PC_RIGHT_HIP, PC_RIGHT_KNEE, "#00a2ff"},
    {PC_RIGHT_KNEE, PC_RIGHT_ANKLE, "#00a2ff"},
    {PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, "#fff"},
    {PC_LEFT_HIP, PC_RIGHT_HIP, "#fff"},
    {PC_LEFT_SHOULDER, PC_LEFT_HIP, "#ff7a00"},
    {PC_RIGHT_SHOULDER, PC_RIGHT_HIP, "#00a2ff"},
    {PC_NOSE, PC_LEFT_EYE, "#ff7a00"},
    {PC_LEFT_EYE, PC_LEFT_EAR, "#ff7a00"},
    {PC_NOSE, PC_RIGHT_EYE, "#00a2ff"},
    {PC_RIGHT_EYE, PC_RIGHT_EAR, "#00a2ff"},
};

static const char *const shot_colours[] = {"#19e3c2", "#ffd400", "#ff4fd8",
                                           "#ff5c39", "#7cf03c", "#b28cff"};

static const double SEEN = .2; /* MoveNet's scores are low: a visible keypoint has about this */

static bool seen(const struct pc_keypoint *l)
{
    return l->score >= SEEN;
}

static void put_person(const struct pc_person *p, bool main, double stroke, struct pc_buf *svg)
{
    pc_buf_printf(svg, "<g opacity=\"%s\" stroke-linecap=\"round\">", main ? "1" : ".45");
    pc_buf_printf(svg,
                  "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
                  "stroke=\"#fff\" stroke-width=\"%.2f\" stroke-dasharray=\"%.1f\"/>",
                  p->box.x, p->box.y, p->box.w, p->box.h, stroke * .7, stroke * 4);
    for (size_t i = 0; i < sizeof bones / sizeof *bones; i++) {
        const struct pc_keypoint *a = &p->keypoints[bones[i].a], *b = &p->keypoints[bones[i].b];
        if (seen(a) && seen(b))
            pc_buf_printf(svg,
                          "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
                          "stroke-width=\"%.2f\"/>",
                          a->x, a->y, b->x, b->y, bones[i].colour, stroke * 1.4);
    }
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        if (seen(&p->keypoints[k]))
            pc_buf_printf(
                svg,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\" fill=\"#fff\" stroke=\"#222\" "
                "stroke-width=\"%.2f\"/>",
                p->keypoints[k].x, p->keypoints[k].y, stroke * 1.8, stroke * .5);
    pc_buf_puts(svg, "</g>");
}

static void put_box(const struct pc_overlay_box *b, int index, double stroke, struct pc_buf *svg)
{
    const char *colour = shot_colours[(size_t)index % (sizeof shot_colours / sizeof *shot_colours)];
    double size = stroke * 9, pad = stroke * 2;
    double x = b->box.x + stroke * 2, y = b->box.y + stroke * 2 + size * 1.25 * (index % 5);
    if (y + size * 1.3 > b->box.y + b->box.h)
        y = b->box.y + stroke * 2;
    pc_buf_printf(svg,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"%s\" "
                  "stroke-width=\"%.2f\"/>",
                  b->box.x, b->box.y, b->box.w, b->box.h, colour, stroke);
    pc_buf_printf(svg,
                  "<text x=\"%.1f\" y=\"%.1f\" font-family=\"sans-serif\" font-weight=\"bold\" "
                  "font-size=\"%.1f\" fill=\"%s\" stroke=\"#000\" stroke-width=\"%.2f\" "
                  "paint-order=\"stroke\">%s %s</text>",
                  x + pad, y + size, size, colour, stroke * 1.5, b->label, b->state);
}

void pc_overlay_svg(int width, int height, const struct pc_people *people, int person,
                    const struct pc_overlay_box *boxes, int n, struct pc_buf *svg)
{
    double stroke = fmax(1.0, fmax(width, height) / 500.0);
    pc_buf_printf(svg,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                  "viewBox=\"0 0 %d %d\">",
                  width, height, width, height);
    for (int i = 0; i < people->n; i++)
        put_person(&people->p[i], i == person, stroke, svg);
    for (int i = 0; i < n; i++)
        put_box(&boxes[i], i, stroke, svg);
    pc_buf_puts(svg, "</svg>");
}

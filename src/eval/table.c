/* Tables for the terminal. Columns are as wide as their content. There are no colours, so that a
 * table can be saved to a file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/metrics.h"

enum { VALUE_BYTES = 24 };

static const char *format_value(const struct pc_eval_metric *f, double value, char out[VALUE_BYTES])
{
    if (!f || isnan(value))
        return "-";
    switch (f->kind) {
    case PC_EVAL_METRIC_SHARE: snprintf(out, VALUE_BYTES, "%.1f %%", value * 100); break;
    case PC_EVAL_METRIC_COUNT: snprintf(out, VALUE_BYTES, "%.0f", value); break;
    default: snprintf(out, VALUE_BYTES, "%.3f", value);
    }
    return out;
}

static bool misses_target(const struct pc_eval_metric *f)
{
    if (isnan(f->value) || isnan(f->target))
        return false;
    return f->better > 0 ? f->value < f->target : f->value > f->target;
}

static void end_line(struct pc_buf *out)
{
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->data[--out->len] = 0;
    pc_buf_putc(out, '\n');
}

/* --- metrics --- */

static void put_counts(const struct pc_eval *eval, struct pc_buf *out)
{
    int people = 0, missing = pc_eval_count(eval, PC_EVAL_MISSING);
    int failed = pc_eval_count(eval, PC_EVAL_FAILED);
    int pending = pc_eval_count(eval, PC_EVAL_PENDING);
    for (int i = 0; i < eval->n; i++)
        people += eval->images[i].n_persons;
    pc_buf_printf(out, "%d of %d images measured, %d labelled people",
                  pc_eval_count(eval, PC_EVAL_MEASURED), eval->n, people);
    if (missing)
        pc_buf_printf(out, ", %d not in the folder", missing);
    if (failed)
        pc_buf_printf(out, ", %d failed", failed);
    if (pending)
        pc_buf_printf(out, ", %d not processed", pending);
    pc_buf_puts(out, "\n\n");
}

static void put_line(const struct pc_eval_metrics *metrics, const char *name, const char *title,
                     struct pc_buf *out)
{
    char value[VALUE_BYTES], target[VALUE_BYTES];
    const struct pc_eval_metric *f = pc_eval_metrics_find(metrics, name);
    if (!f)
        return;
    pc_buf_printf(out, "%-44s %8s %6d   %s %-7s %s", title, format_value(f, f->value, value), f->of,
                  isnan(f->target) ? " "
                  : f->better > 0  ? ">="
                                   : "<=",
                  isnan(f->target) ? "" : format_value(f, f->target, target),
                  misses_target(f) ? "missed" : "");
    end_line(out);
}

static const struct pc_eval_metric *of_shot(const struct pc_eval_metrics *metrics,
                                            const char *label, const char *name)
{
    char full[PC_EVAL_METRIC_NAME_BYTES];
    snprintf(full, sizeof full, "shots.%s.%s", label, name);
    return pc_eval_metrics_find(metrics, full);
}

static void put_shot(const struct pc_eval_metrics *metrics, const char *label, int width,
                     struct pc_buf *out)
{
    static const char *const counts[] = {"ok", "partial", "review", "absent", "unexpected"};
    char value[VALUE_BYTES];
    const struct pc_eval_metric *hit = of_shot(metrics, label, "hit"),
                                *iou = of_shot(metrics, label, "iou");
    if (!hit || !iou)
        return;
    pc_buf_printf(out, "%-*s %8s%s", width, label, format_value(hit, hit->value, value),
                  misses_target(hit) ? "!" : " ");
    pc_buf_printf(out, " %6d %7s%s", hit->of, format_value(iou, iou->value, value),
                  misses_target(iou) ? "!" : " ");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct pc_eval_metric *f = of_shot(metrics, label, counts[i]);
        pc_buf_printf(out, " %7s", format_value(f, f ? f->value : NAN, value));
    }
    pc_buf_puts(out, "\n");
}

static void put_shots(const struct pc_eval_metrics *metrics, const struct pc_recipe_set *recipes,
                      struct pc_buf *out)
{
    int width = (int)strlen("shot");
    for (int i = 0; i < recipes->n; i++)
        if ((int)strlen(recipes->r[i].label) > width)
            width = (int)strlen(recipes->r[i].label);
    pc_buf_printf(out, "\n%-*s %8s  %6s %7s  %7s %7s %7s %7s %7s\n", width, "shot", "hit", "of",
                  "IoU", "ok", "partial", "review", "absent", "unexp.");
    for (int i = 0; i < recipes->n; i++)
        put_shot(metrics, recipes->r[i].label, width, out);
    put_shot(metrics, "all", width, out);
    pc_buf_puts(out,
                "(targets: hit >= 97.0 %, IoU with the box of the labels >= .850; !: missed)\n");
}

void pc_eval_metrics_table(const struct pc_eval_metrics *metrics, const struct pc_eval *eval,
                           struct pc_buf *out)
{
    static const struct {
        const char *name, *title;
    } lines[] = {
        {"landmarks.oks", "OKS"},
        {"landmarks.oks_of_found", "OKS of those found"},
        {"landmarks.pck", "PCK@0.2"},
        {"landmarks.pck_of_found", "PCK@0.2 of those found"},
        {"people.found", "labelled people found"},
        {"people.box_iou", "IoU of found box with labelled box"},
        {"pictures.person_shot", "images with people that get a body shot"},
        {"pictures.no_person_shot", "images without people that get one"},
        {"length.person_iou", "IoU of length box with labelled box"},
    };
    put_counts(eval, out);
    pc_buf_printf(out, "%-44s %8s %6s   %s\n", "metric", "value", "of", "target");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        put_line(metrics, lines[i].name, lines[i].title, out);
    put_shots(metrics, eval->recipes, out);
}

/* --- difference --- */

static void put_difference(const struct pc_eval_metric *f, const struct pc_eval_metric *old,
                           struct pc_buf *out)
{
    char was[VALUE_BYTES], is[VALUE_BYTES], by[VALUE_BYTES];
    const char *arrow = " ", *trend = "";
    double before = old ? old->value : NAN, change = f->value - before;
    /* A change that is too small to be seen in the table does not count. */
    bool same = fabs(change) < (f->kind == PC_EVAL_METRIC_COUNT ? .5 : .0005);
    if (!isnan(change) && same)
        arrow = "=";
    else if (!isnan(change)) {
        arrow = change > 0 ? "↑" : "↓";
        if (f->better != 0)
            trend = change * f->better > 0 ? "better" : "worse";
    }
    char amount[VALUE_BYTES + 1] = "";
    if (!isnan(change) && !same)
        snprintf(amount, sizeof amount, "%c%s", change < 0 ? '-' : '+',
                 format_value(f, fabs(change), by));
    pc_buf_printf(out, "%-36s %9s %9s  %s %-9s %s%s", f->name, format_value(f, before, was),
                  format_value(f, f->value, is), arrow, amount, trend,
                  !old               ? "new"
                  : old->of != f->of ? "  (of another number)"
                                     : "");
    end_line(out);
}

void pc_eval_metrics_diff(const struct pc_eval_metrics *before, const struct pc_eval_metrics *now,
                          struct pc_buf *out)
{
    pc_buf_printf(out, "\n%-36s %9s %9s  %s\n", "metric", "before", "now", "difference");
    for (int i = 0; i < now->n; i++)
        put_difference(&now->f[i], pc_eval_metrics_find(before, now->f[i].name), out);
    for (int i = 0; i < before->n; i++)
        if (!pc_eval_metrics_find(now, before->f[i].name))
            pc_buf_printf(out, "%-36s gone\n", before->f[i].name);
}

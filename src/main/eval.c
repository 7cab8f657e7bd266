/* `posecraft eval`: measures landmarks and shots on labelled images. It writes no shots.
 *
 * Each thread takes the next image until none is left, as in `shoot`. The metrics are computed at
 * the end, in the order of the ground truth, so that the same images give the same metrics.
 *
 * Exit status: 0 all images were measured, 3 some were, 1 none was or a file could not be written,
 * 2 the command line, a setting, the ground truth or the baseline is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "eval/report.h"
#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/inputs.h"
#include "main/options.h"
#include "main/parallel.h"
#include "main/progress.h"
#include "main/signals.h"

enum { WORST_DRAWN = 24, WORST_MAX = 1000 };

static const char usage[] =
    "usage: posecraft eval --truth FILE.coco.json --images DIR [OPTION...]\n"
    "\n"
    "Measures landmarks and shots on labelled images (COCO keypoint format).\n"
    "  -t, --truth FILE     the labels\n"
    "  -i, --images DIR     folder of the images that the labels name\n"
    "      --no-person DIR  more images, without people\n"
    "      --shots A,B      only these shots, of the recipes or of the built-in ones\n"
    "      --recipes FILE   recipes to use instead of the five default ones\n"
    "      --json FILE      writes all results as JSON; - is standard output\n"
    "      --html FILE      writes a report with the worst images drawn\n"
    "      --worst N        how many are drawn (default 24)\n"
    "      --baseline FILE  the JSON of an earlier run: prints what changed\n"
    "      --workers N      images processed at a time (default: one per core)\n"
    "  -q, --quiet          no progress, no lines about single images\n"
    "Exit status: 0 all images were measured, 3 some, 1 none, 2 wrong usage or labels.\n";

struct run {
    struct pc_config cfg;
    struct pc_app app;
    struct pc_eval eval;
    struct pc_eval_metrics before, now; /* before: those of the baseline */
    struct pc_progress progress;
    const char *truth, *images, *no_person, *shots, *json, *html, *baseline;
    int worst;
    bool quiet;
};

/* --- one image --- */

static bool stop_requested(void *ctx, const char *stage, int progress)
{
    (void)ctx, (void)stage, (void)progress;
    return pc_signals_stop_requested();
}

static void measure_image(void *ctx, int i)
{
    struct run *r = ctx;
    struct pc_eval_image *image = &r->eval.images[i];
    const struct pc_pipeline pipeline = {.config = &r->cfg, .pose = r->app.pose};
    const struct pc_pipeline_request request = {
        .recipes = &r->app.recipes, .plan_only = true, .on_stage = stop_requested};
    struct pc_pipeline_result *result = pc_xzalloc(sizeof *result);
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_buf_read_file(&bytes, image->path, (size_t)r->cfg.max_upload_bytes, &err);
    if (!rc)
        rc = pc_pipeline_run(&pipeline, &request, &bytes, result, &err);
    if (rc == PC_E_CANCELLED && pc_signals_stop_requested())
        goto out; /* neither measured nor failed: the run was stopped */
    if (rc)
        pc_eval_set_error(&r->eval, i, &err);
    else
        pc_eval_measure(&r->eval, i, result);
    bool measured = image->status == PC_EVAL_MEASURED;
    if (!measured && !r->quiet) {
        char *line = pc_xasprintf("%s: %s [%s]", image->path,
                                  image->status == PC_EVAL_MISSING ? "The folder has no such image."
                                                                   : image->err.message,
                                  pc_code_name(image->err.code));
        pc_progress_print(&r->progress, line);
        free(line);
    }
    pc_progress_step(&r->progress, !measured);
out:
    pc_buf_finish(&bytes);
    pc_pipeline_result_finish(result);
    free(result);
}

/* --- results --- */

static enum pc_code write_file(const char *path, const struct pc_buf *text, struct pc_err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    bool good = file && fwrite(pc_buf_text(text), 1, text->len, file) == text->len;
    if (file == stdout)
        good = fflush(file) == 0 && good;
    else if (file)
        good = fclose(file) == 0 && good;
    return good ? PC_OK : pc_fail(err, PC_E_FILE_UNWRITABLE, "%s cannot be written.", path);
}

/* The tables go to standard output, or to standard error when the JSON goes to standard output. */
static enum pc_code write_results(const struct run *r, struct pc_err *err)
{
    const char *model = pc_pose_model_id(r->app.pose);
    struct pc_buf text = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    pc_eval_metrics_table(&r->now, &r->eval, &text);
    if (r->baseline)
        pc_eval_metrics_diff(&r->before, &r->now, &text);
    if (pc_str_eq(r->json, "-"))
        fputs(pc_buf_text(&text), stderr);
    else
        rc = write_file("-", &text, err);
    if (!rc && r->json) {
        pc_buf_clear(&text);
        pc_eval_results_json(&r->eval, &r->now, model, &text);
        rc = write_file(r->json, &text, err);
    }
    if (!rc && r->html) {
        struct pc_eval_report_options options = {.worst = r->worst,
                                                 .config = &r->cfg,
                                                 .model = model,
                                                 .before = r->baseline ? &r->before : NULL};
        pc_buf_clear(&text);
        pc_eval_report(&r->eval, &r->now, &options, &text);
        rc = write_file(r->html, &text, err);
    }
    pc_buf_finish(&text);
    return rc;
}

/* --- the run --- */

static enum pc_code open_inputs(struct run *r, struct pc_err *err)
{
    struct pc_inputs empty = {0};
    enum pc_code rc = pc_eval_open(&r->eval, r->truth, r->images, err);
    if (!rc && r->no_person)
        rc = pc_inputs_add(&empty, r->no_person, err);
    for (int i = 0; i < empty.n && !rc; i++)
        if (!empty.items[i].is_url)
            pc_eval_add_empty(&r->eval, empty.items[i].source);
    pc_inputs_finish(&empty);
    if (!rc && r->baseline)
        rc = pc_eval_results_read(r->baseline, &r->before, err);
    return rc;
}

static int eval_all(struct run *r)
{
    struct pc_err err = PC_ERR_INIT;
    /* All files first, so that mistakes in them are reported before the work starts. */
    if (open_inputs(r, &err)) {
        pc_cli_fail(&err);
        return PC_CLI_USAGE;
    }
    if (pc_app_open_pipeline(&r->cfg, r->shots, &r->app, &err))
        return pc_cli_fail(&err);
    r->eval.recipes = &r->app.recipes;
    r->eval.person_sure = r->cfg.person_sure;
    r->eval.person_maybe = r->cfg.person_maybe;
    pc_signals_catch(NULL, NULL);
    pc_progress_init(&r->progress, r->eval.n, r->quiet);
    pc_parallel_for(pc_cli_worker_count(&r->cfg), r->eval.n, measure_image, r);
    pc_progress_finish(&r->progress, true);
    pc_eval_metrics_compute(&r->eval, &r->now);
    if (write_results(r, &err))
        return pc_cli_fail(&err);
    int measured = pc_eval_count(&r->eval, PC_EVAL_MEASURED);
    if (measured == r->eval.n)
        return PC_CLI_OK;
    return measured ? PC_CLI_PARTIAL : PC_CLI_FAILED;
}

/* --- command line --- */

static bool parse_worst(void *target, const char *text)
{
    int64_t n;
    if (!pc_str_to_i64(text, 0, WORST_MAX, &n)) {
        fprintf(stderr, "posecraft: --worst takes a number from 0 to %d\n", WORST_MAX);
        return false;
    }
    *(int *)target = (int)n;
    return true;
}

static bool check_inputs(void *ctx, int n_operands, char **operands)
{
    const struct run *r = ctx;
    (void)n_operands, (void)operands;
    if (r->truth && r->images)
        return true;
    fputs("posecraft: --truth FILE and --images DIR are required\n", stderr);
    return false;
}

int pc_command_eval(int argc, char **argv)
{
    struct run *r = pc_xzalloc(sizeof *r);
    const struct pc_option options[] = {{"truth", PC_OPTION_TEXT, &r->truth, 't', NULL},
                                        {"images", PC_OPTION_TEXT, &r->images, 'i', NULL},
                                        {"no-person", PC_OPTION_TEXT, &r->no_person, 0, NULL},
                                        {"shots", PC_OPTION_TEXT, &r->shots, 0, NULL},
                                        {"recipes", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"json", PC_OPTION_TEXT, &r->json, 0, NULL},
                                        {"html", PC_OPTION_TEXT, &r->html, 0, NULL},
                                        {"worst", PC_OPTION_CUSTOM, &r->worst, 0, parse_worst},
                                        {"baseline", PC_OPTION_TEXT, &r->baseline, 0, NULL},
                                        {"workers", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"quiet", PC_OPTION_FLAG, &r->quiet, 'q', NULL},
                                        {0}};
    const struct pc_command_line line = {
        .usage = usage, .options = options, .check = check_inputs, .ctx = r};
    int status;
    r->worst = WORST_DRAWN;
    if (pc_options_read(&r->cfg, &line, argc, argv, &status))
        status = eval_all(r);
    pc_eval_close(&r->eval);
    pc_eval_metrics_finish(&r->before);
    pc_eval_metrics_finish(&r->now);
    pc_app_close(&r->app);
    pc_config_finish(&r->cfg);
    free(r);
    return status;
}

/* `posecraft eval`: measures landmarks and shots on labelled pictures, without writing a shot.
 *
 * Threads take the next picture until none is left, as in `shoot`; the figures are summed up when
 * all are done, in the order of the truth, so that the same pictures give the same figures.
 *
 * Exit status: 0 every picture was measured, 3 some were (missing ones are named), 1 none was or a
 * file could not be written, 2 the command line, a setting, the truth or the baseline is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "eval/report.h"
#include "main/app.h"
#include "main/commands.h"
#include "main/inputs.h"
#include "main/options.h"
#include "main/parallel.h"
#include "main/progress.h"

enum { WORST_DRAWN = 24, WORST_MAX = 1000 };

static const char usage[] =
    "usage: posecraft eval --truth FILE.coco.json --images DIR [OPTION...]\n"
    "\n"
    "Measures landmarks and shots on labelled pictures (COCO keypoint format).\n"
    "  -t, --truth FILE     the labels\n"
    "  -i, --images DIR     where the pictures lie that the truth names\n"
    "      --no-person DIR  more pictures, in which nobody is\n"
    "      --shots A,B      only these, of the recipes or of the ready ones\n"
    "      --recipes FILE   recipes to use instead of the five\n"
    "      --json FILE      all results as JSON; - is standard output\n"
    "      --html FILE      a report with the worst pictures drawn\n"
    "      --worst N        how many are drawn (default 24)\n"
    "      --baseline FILE  the JSON of an earlier run: prints what has changed\n"
    "      --workers N      pictures at a time (default: one per core)\n"
    "  -q, --quiet          no progress, no lines about single pictures\n"
    "Exit status: 0 all pictures were measured, 3 some, 1 none, 2 wrong usage or truth.\n";

struct run {
    struct pc_config cfg;
    struct pc_app app;
    struct pc_eval eval;
    struct pc_eval_metrics before, now; /* before: of the baseline */
    struct pc_progress progress;
    const char *truth, *images, *no_person, *shots, *json, *html, *baseline;
    int worst;
    bool quiet;
};

/* --- one picture -------------------------------------------------------------------------------
 */

static bool stop_requested(void *ctx, const char *stage, int progress)
{
    (void)ctx, (void)stage, (void)progress;
    return pc_signals_stop_requested();
}

static enum pc_code plan_image(struct run *r, const char *path, struct pc_pipeline_result *result,
                               struct pc_err *err)
{
    struct pc_pipeline pipeline = {
        .config = &r->cfg, .pose = r->app.pose, .recipes = &r->app.recipes, .plan_only = true};
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc = pc_buf_read_file(&bytes, path, (size_t)r->cfg.max_upload_bytes, err);
    if (!rc)
        rc = pc_pipeline_run(&pipeline, &bytes, stop_requested, NULL, result, err);
    pc_buf_finish(&bytes);
    return rc;
}

/* Names what could not be measured. */
static void report_unmeasured(struct run *r, const struct pc_eval_image *p)
{
    if (p->status == PC_EVAL_MEASURED || r->quiet)
        return;
    char *line = pc_xasprintf("%s: %s [%s]", p->path,
                              p->status == PC_EVAL_MISSING ? "The folder has no such picture."
                                                           : p->err.message,
                              pc_code_name(p->err.code));
    pc_progress_print(&r->progress, line);
    free(line);
}

static void measure_image(void *ctx, int i)
{
    struct run *r = ctx;
    struct pc_pipeline_result *result = pc_xzalloc(sizeof *result);
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = plan_image(r, r->eval.images[i].path, result, &err);
    if (rc == PC_E_CANCELLED && pc_signals_stop_requested()) {
        /* neither measured nor failed: the run was stopped */
    } else {
        if (rc)
            pc_eval_set_error(&r->eval, i, &err);
        else
            pc_eval_measure(&r->eval, i, result);
        report_unmeasured(r, &r->eval.images[i]);
        pc_progress_step(&r->progress, r->eval.images[i].status != PC_EVAL_MEASURED);
    }
    pc_pipeline_result_finish(result);
    free(result);
}

/* --- what comes out ----------------------------------------------------------------------------
 */

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

/* The table goes to standard output, unless the JSON does. */
static enum pc_code print_metrics(const struct run *r, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    pc_eval_metrics_table(&r->now, &r->eval, &text);
    if (r->baseline)
        pc_eval_metrics_diff(&r->before, &r->now, &text);
    if (pc_str_eq(r->json, "-"))
        fputs(pc_buf_text(&text), stderr);
    else
        rc = write_file("-", &text, err);
    pc_buf_finish(&text);
    return rc;
}

static enum pc_code write_json(const struct run *r, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    if (!r->json)
        return PC_OK;
    pc_eval_results_json(&r->eval, &r->now, pc_pose_model_id(r->app.pose), &text);
    enum pc_code rc = write_file(r->json, &text, err);
    pc_buf_finish(&text);
    return rc;
}

static enum pc_code write_html(const struct run *r, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    struct pc_eval_report_options options = {.worst = r->worst,
                                             .config = &r->cfg,
                                             .model = pc_pose_model_id(r->app.pose),
                                             .before = r->baseline ? &r->before : NULL};
    if (!r->html)
        return PC_OK;
    pc_eval_report(&r->eval, &r->now, &options, &text);
    enum pc_code rc = write_file(r->html, &text, err);
    pc_buf_finish(&text);
    return rc;
}

static int exit_status(const struct pc_eval *eval)
{
    int measured = pc_eval_count(eval, PC_EVAL_MEASURED);
    if (measured == eval->n)
        return PC_CLI_OK;
    return measured ? PC_CLI_PARTIAL : PC_CLI_FAILED;
}

/* --- the run -----------------------------------------------------------------------------------
 */

static enum pc_code add_empty_images(struct run *r, struct pc_err *err)
{
    struct pc_inputs inputs = {0};
    enum pc_code rc = r->no_person ? pc_inputs_add(&inputs, r->no_person, err) : PC_OK;
    for (int i = 0; i < inputs.n && !rc; i++)
        if (!inputs.items[i].is_url)
            pc_eval_add_empty(&r->eval, inputs.items[i].source);
    pc_inputs_finish(&inputs);
    return rc;
}

/* What may be wrong in the files is told before the work starts. */
static enum pc_code open_inputs(struct run *r, struct pc_err *err)
{
    enum pc_code rc = pc_eval_open(&r->eval, r->truth, r->images, err);
    if (!rc)
        rc = add_empty_images(r, err);
    if (!rc && r->baseline)
        rc = pc_eval_results_read(r->baseline, &r->before, err);
    return rc;
}

static enum pc_code open_pipeline(struct run *r, struct pc_err *err)
{
    r->eval.recipes = &r->app.recipes;
    r->eval.person_sure = r->cfg.person_sure;
    r->eval.person_maybe = r->cfg.person_maybe;
    return pc_app_open_pipeline(&r->cfg, r->shots, &r->app, err);
}

static int eval_all(struct run *r)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = open_inputs(r, &err);
    if (rc) {
        pc_cli_fail(&err);
        return PC_CLI_USAGE;
    }
    rc = open_pipeline(r, &err);
    if (rc)
        return pc_cli_fail(&err);
    pc_signals_catch(NULL, NULL);
    pc_progress_init(&r->progress, r->eval.n, r->quiet);
    pc_parallel_for(pc_cli_worker_count(&r->cfg), r->eval.n, measure_image, r);
    pc_progress_finish(&r->progress, true);
    pc_eval_metrics_compute(&r->eval, &r->now);
    rc = print_metrics(r, &err);
    if (!rc)
        rc = write_json(r, &err);
    if (!rc)
        rc = write_html(r, &err);
    return rc ? pc_cli_fail(&err) : exit_status(&r->eval);
}

/* --- command line ------------------------------------------------------------------------------
 */

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
    fputs("posecraft: say what to measure: --truth FILE --images DIR\n", stderr);
    return false;
}

static bool read_command_line(struct run *r, int argc, char **argv, int *status)
{
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
    return pc_options_read(&r->cfg, &line, argc, argv, status);
}

int pc_command_eval(int argc, char **argv)
{
    struct run *r = pc_xzalloc(sizeof *r);
    r->worst = WORST_DRAWN;
    int status;
    if (read_command_line(r, argc, argv, &status))
        status = eval_all(r);
    pc_eval_close(&r->eval);
    pc_eval_metrics_finish(&r->before);
    pc_eval_metrics_finish(&r->now);
    pc_app_close(&r->app);
    pc_config_finish(&r->cfg);
    free(r);
    return status;
}

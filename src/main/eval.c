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
#include "main/commands.h"
#include "main/crew.h"
#include "main/inputs.h"
#include "main/options.h"
#include "main/progress.h"
#include "main/wire.h"

enum { WORST_DRAWN = 24, WORST_MOST = 1000 };

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
    struct pc_wire wire;
    struct pc_eval eval;
    struct pc_figures before, now; /* before: of the baseline */
    struct pc_progress progress;
    const char *truth, *images, *no_person, *shots, *json, *html, *baseline;
    int worst;
    bool quiet;
};

/* --- one picture -------------------------------------------------------------------------------
 */

static bool stop_asked(void *ctx, const char *stage, int progress)
{
    (void)ctx, (void)stage, (void)progress;
    return pc_signals_stop();
}

static enum pc_code plan_one(struct run *r, const char *path, struct pc_made *made,
                             struct pc_err *err)
{
    struct pc_pipeline line = {
        .config = &r->cfg, .pose = r->wire.pose, .recipes = &r->wire.recipes, .plan_only = true};
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc = pc_buf_read_file(&bytes, path, (size_t)r->cfg.max_upload_bytes, err);
    if (!rc)
        rc = pc_pipeline_run(&line, &bytes, stop_asked, NULL, made, err);
    pc_buf_finish(&bytes);
    return rc;
}

/* Names what could not be measured. */
static void tell(struct run *r, const struct pc_eval_picture *p)
{
    if (p->status == PC_EVAL_MEASURED || r->quiet)
        return;
    char *line = pc_xasprintf("%s: %s [%s]", p->path,
                              p->status == PC_EVAL_MISSING ? "The folder has no such picture."
                                                           : p->err.message,
                              pc_code_name(p->err.code));
    pc_progress_say(&r->progress, line);
    free(line);
}

static void measure_one(void *ctx, int i)
{
    struct run *r = ctx;
    struct pc_made *made = pc_xmalloc(sizeof *made);
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = plan_one(r, r->eval.pictures[i].path, made, &err);
    if (rc == PC_E_CANCELLED && pc_signals_stop()) {
        /* neither measured nor failed: the run was stopped */
    } else {
        if (rc)
            pc_eval_refuse(&r->eval, i, &err);
        else
            pc_eval_take(&r->eval, i, made);
        tell(r, &r->eval.pictures[i]);
        pc_progress_step(&r->progress, r->eval.pictures[i].status != PC_EVAL_MEASURED);
    }
    pc_made_finish(made);
    free(made);
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
static enum pc_code print_tables(const struct run *r, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    pc_figures_table(&r->now, &r->eval, &text);
    if (r->baseline)
        pc_figures_difference(&r->before, &r->now, &text);
    if (pc_streq(r->json, "-"))
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
    pc_results_json(&r->eval, &r->now, pc_pose_model_id(r->wire.pose), &text);
    enum pc_code rc = write_file(r->json, &text, err);
    pc_buf_finish(&text);
    return rc;
}

static enum pc_code write_html(const struct run *r, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    struct pc_report_options options = {.worst = r->worst,
                                        .config = &r->cfg,
                                        .model = pc_pose_model_id(r->wire.pose),
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
        return PC_EXIT_OK;
    return measured ? PC_EXIT_SOME : PC_EXIT_FAILED;
}

/* --- the run -----------------------------------------------------------------------------------
 */

static enum pc_code add_empty_pictures(struct run *r, struct pc_err *err)
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
        rc = add_empty_pictures(r, err);
    if (!rc && r->baseline)
        rc = pc_results_read(r->baseline, &r->before, err);
    return rc;
}

static enum pc_code open_pipeline(struct run *r, struct pc_err *err)
{
    r->eval.recipes = &r->wire.recipes;
    r->eval.person_sure = r->cfg.person_sure;
    r->eval.person_maybe = r->cfg.person_maybe;
    return pc_wire_open_pipeline(&r->cfg, r->shots, &r->wire, err);
}

static int eval_all(struct run *r)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = open_inputs(r, &err);
    if (rc) {
        pc_complain(&err);
        return PC_EXIT_USAGE;
    }
    rc = open_pipeline(r, &err);
    if (rc)
        return pc_complain(&err);
    pc_signals_catch(NULL, NULL);
    pc_progress_init(&r->progress, r->eval.n, r->quiet);
    pc_crew_run(pc_worker_count(&r->cfg), r->eval.n, measure_one, r);
    pc_progress_finish(&r->progress, true);
    pc_figures_of(&r->eval, &r->now);
    rc = print_tables(r, &err);
    if (!rc)
        rc = write_json(r, &err);
    if (!rc)
        rc = write_html(r, &err);
    return rc ? pc_complain(&err) : exit_status(&r->eval);
}

/* --- command line ------------------------------------------------------------------------------
 */

static bool take_worst(void *into, const char *text)
{
    int64_t n;
    if (!pc_str_to_i64(text, 0, WORST_MOST, &n)) {
        fprintf(stderr, "posecraft: --worst takes a number from 0 to %d\n", WORST_MOST);
        return false;
    }
    *(int *)into = (int)n;
    return true;
}

static bool check_inputs(void *ctx, int n_words, char **words)
{
    const struct run *r = ctx;
    (void)n_words, (void)words;
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
                                        {"worst", PC_OPTION_OTHER, &r->worst, 0, take_worst},
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
    struct run *r = pc_xmalloc(sizeof *r);
    r->worst = WORST_DRAWN;
    int status;
    if (read_command_line(r, argc, argv, &status))
        status = eval_all(r);
    pc_eval_close(&r->eval);
    pc_figures_finish(&r->before);
    pc_figures_finish(&r->now);
    pc_wire_close(&r->wire);
    pc_config_finish(&r->cfg);
    free(r);
    return status;
}

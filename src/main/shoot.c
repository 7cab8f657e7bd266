/* `posecraft shoot`: cuts shots from images and writes a manifest, without a server.
 *
 * Each thread takes the next input until none is left. It holds one image at a time, so memory use
 * does not grow with the number of images. Manifest lines come out in the order of the inputs.
 *
 * Exit status: 0 all images were processed, 3 some were, 1 none was, 2 the command line is wrong.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/inputs.h"
#include "main/manifest.h"
#include "main/options.h"
#include "main/output.h"
#include "main/parallel.h"
#include "main/progress.h"
#include "main/signals.h"

static const char usage[] =
    "usage: posecraft shoot INPUT... -o DIR [OPTION...]\n"
    "\n"
    "Cuts labelled shots from images: files, folders, quoted globs, http(s) URLs.\n"
    "  -o, --output DIR    folder for the shots; created if it does not exist\n"
    "  -l, --list FILE     more inputs, one per line; - is standard input\n"
    "      --name TEMPLATE file names (default {name}-{shot}.{ext}; a / makes folders; {dir} is "
    "the\n"
    "                      folder of the image)\n"
    "      --shots A,B     only these shots, of the recipes or of the built-in ones\n"
    "      --recipes PATH  file or folder of recipes, instead of the five default ones\n"
    "      --overlay       also writes {name}-overlay.jpg: skeleton, boxes and labels\n"
    "      --json FILE     manifest, one JSON object per image and line; - is standard output\n"
    "      --workers N     images processed at a time (default: one per core)\n"
    "  -q, --quiet         no progress, no summary, no lines about failures\n"
    "Exit status: 0 all images were processed, 3 some, 1 none, 2 wrong usage.\n";

struct shoot {
    struct pc_config cfg;
    struct pc_app app;
    struct pc_inputs inputs;
    struct pc_output output;
    struct pc_progress progress;
    const char *out_dir, *list, *name, *shots, *json;
    bool quiet, overlay;
    atomic_int processed, failed;
};

/* --- one image --- */

static bool fetch_cancelled(void *ctx)
{
    (void)ctx;
    return pc_signals_stop_requested();
}

static bool stop_requested(void *ctx, const char *stage, int progress)
{
    (void)stage, (void)progress;
    return fetch_cancelled(ctx);
}

static enum pc_code make_shots(struct shoot *s, const struct pc_input *in,
                               struct pc_pipeline_result *result, char *files[], struct pc_err *err)
{
    const struct pc_pipeline pipeline = {.config = &s->cfg, .pose = s->app.pose};
    const struct pc_pipeline_request request = {
        .recipes = &s->app.recipes, .overlay = s->overlay, .on_stage = stop_requested};
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc;
    if (in->is_url) {
        rc = pc_fetch_get(s->app.fetch, in->source, &bytes, fetch_cancelled, NULL, NULL, err);
    } else {
        rc = pc_buf_read_file(&bytes, in->source, (size_t)s->cfg.max_upload_bytes, err);
    }
    if (!rc)
        rc = pc_pipeline_run(&pipeline, &request, &bytes, result, err);
    pc_buf_finish(&bytes);
    return rc ? rc : pc_output_write(&s->output, in, result, files, err);
}

static void report_failure(struct shoot *s, const struct pc_input *in, const struct pc_err *err)
{
    char *line = pc_xasprintf("%s: %s [%s]%s%s", in->source, err->message, pc_code_name(err->code),
                              err->detail[0] ? " " : "", err->detail);
    for (char *c = line; *c; c++) /* file names may contain line ends and terminal control codes */
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (!s->quiet)
        pc_progress_print(&s->progress, line);
    free(line);
}

static void shoot_input(void *ctx, int index)
{
    struct shoot *s = ctx;
    const struct pc_input *in = &s->inputs.items[index];
    struct pc_pipeline_result *result = pc_xzalloc(sizeof *result);
    char *files[PC_MAX_SHOTS] = {NULL};
    struct pc_err err = PC_ERR_INIT;
    result->plan.person = -1;
    enum pc_code rc = make_shots(s, in, result, files, &err);
    if (rc == PC_E_CANCELLED && pc_signals_stop_requested()) {
        /* neither done nor failed: the run was stopped */
    } else {
        if (rc)
            report_failure(s, in, &err);
        atomic_fetch_add(rc ? &s->failed : &s->processed, 1);
        pc_output_add_line(&s->output, index,
                           pc_manifest_line(in->source, result, files, rc ? &err : NULL));
        pc_progress_step(&s->progress, rc != PC_OK);
    }
    for (int i = 0; i < PC_MAX_SHOTS; i++)
        free(files[i]);
    pc_pipeline_result_finish(result);
    free(result);
}

/* --- the run --- */

static int shoot_all(struct shoot *s)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_app_open_pipeline(&s->cfg, s->shots, &s->app, &err);
    if (rc)
        return pc_cli_fail(&err);
    rc = pc_output_open(&s->output, s->out_dir, s->name, s->json, s->inputs.n, &err);
    if (!rc) {
        pc_signals_catch(NULL, NULL);
        pc_inputs_assign_names(&s->inputs, pc_output_has_folders(s->name));
        pc_progress_init(&s->progress, s->inputs.n, s->quiet);
        pc_parallel_for(pc_cli_worker_count(&s->cfg), s->inputs.n, shoot_input, s);
        pc_progress_finish(&s->progress, s->quiet);
        rc = pc_output_close(&s->output, &err);
    }
    pc_app_close(&s->app);
    if (rc)
        return pc_cli_fail(&err);
    if (atomic_load(&s->processed) == s->inputs.n)
        return PC_CLI_OK;
    return atomic_load(&s->processed) ? PC_CLI_PARTIAL : PC_CLI_FAILED;
}

/* --- command line --- */

static bool collect_inputs(void *ctx, int n_operands, char **operands)
{
    struct shoot *s = ctx;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = PC_OK;
    for (int i = 0; i < n_operands && !rc; i++)
        rc = pc_inputs_add(&s->inputs, operands[i], &err);
    if (!rc && s->list)
        rc = pc_inputs_add_list(&s->inputs, s->list, &err);
    if (rc)
        pc_cli_fail(&err);
    else if (!s->out_dir)
        fputs("posecraft: -o DIR is required: the folder for the shots\n", stderr);
    else if (s->inputs.n == 0)
        fputs("posecraft: the inputs contain no image\n", stderr);
    else
        return true;
    return false;
}

int pc_command_shoot(int argc, char **argv)
{
    struct shoot *s = pc_xzalloc(sizeof *s);
    const struct pc_option options[] = {{"output", PC_OPTION_TEXT, &s->out_dir, 'o', NULL},
                                        {"list", PC_OPTION_TEXT, &s->list, 'l', NULL},
                                        {"name", PC_OPTION_TEXT, &s->name, 0, NULL},
                                        {"shots", PC_OPTION_TEXT, &s->shots, 0, NULL},
                                        {"recipes", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"json", PC_OPTION_TEXT, &s->json, 0, NULL},
                                        {"workers", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"quiet", PC_OPTION_FLAG, &s->quiet, 'q', NULL},
                                        {"overlay", PC_OPTION_FLAG, &s->overlay, 0, NULL},
                                        {0}};
    const struct pc_command_line line = {.usage = usage,
                                         .options = options,
                                         .has_operands = true,
                                         .check = collect_inputs,
                                         .ctx = s};
    int status;
    if (pc_options_read(&s->cfg, &line, argc, argv, &status))
        status = shoot_all(s);
    pc_inputs_finish(&s->inputs);
    pc_config_finish(&s->cfg);
    free(s);
    return status;
}

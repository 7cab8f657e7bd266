/* `posecraft shoot`: pictures in, shots and a manifest out, without a server.
 *
 * Threads take the next input until none is left; each holds one picture at a time, so memory does
 * not grow with the number of pictures. Manifest lines come out in the order of the inputs.
 *
 * Exit status: 0 every picture was processed, 3 some were, 1 none was, 2 the command line is wrong.
 */
#include <errno.h>
#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "main/commands.h"
#include "main/inputs.h"
#include "main/output.h"
#include "main/progress.h"
#include "main/wire.h"
#include "service/manifest.h"

static const char usage[] =
    "usage: posecraft shoot INPUT... -o DIR [OPTION...]\n"
    "\n"
    "Cuts labelled shots from pictures: files, folders, quoted globs, http(s) addresses.\n"
    "  -o, --output DIR    where shots are written; made when it is not there\n"
    "  -l, --list FILE     more inputs, one a line; - reads standard input\n"
    "      --name TEMPLATE file names (default {name}-{shot}.{ext}; a / makes folders)\n"
    "      --shots A,B     only these, of the recipes or of the ready ones\n"
    "      --recipes PATH  file or folder of recipes, instead of the five\n"
    "      --overlay       also {name}-overlay.jpg: skeleton, boxes and labels on the photo\n"
    "      --json FILE     manifest, one JSON object a picture and line; - is standard output\n"
    "      --workers N     pictures at a time (default: one per core)\n"
    "  -q, --quiet         no progress, no summary, no lines about failures\n"
    "Exit status: 0 all pictures were processed, 3 some, 1 none, 2 wrong usage.\n";

struct shoot {
    struct pc_config cfg;
    struct pc_wire wire;
    struct pc_inputs inputs;
    struct pc_output output;
    struct pc_progress progress;
    const char *out_dir, *list, *name, *shots, *json;
    bool quiet, overlay;
    atomic_int next, processed, failed;
};

/* --- one picture
 * ----------------------------------------------------------------------------------- */

static enum pc_code take_piece(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    (void)err;
    pc_buf_append(ctx, data, len);
    return PC_OK;
}

static bool run_stopped(void *ctx)
{
    (void)ctx;
    return pc_signals_stop();
}

static enum pc_code read_input(struct shoot *s, const struct pc_input *in, struct pc_buf *bytes,
                               struct pc_err *err)
{
    struct pc_fetch_info info;
    char url[2100];
    if (!in->is_url)
        return pc_buf_read_file(bytes, in->source, (size_t)s->cfg.max_upload_bytes, err);
    enum pc_code rc = pc_url_normalise(in->source, url, sizeof url, err);
    return rc ? rc : pc_fetch_get(s->wire.fetch, url, take_piece, bytes, run_stopped, &info, err);
}

static bool stop_asked(void *ctx, const char *stage, int progress)
{
    (void)stage, (void)progress;
    return run_stopped(ctx);
}

static enum pc_code shoot_one(struct shoot *s, const struct pc_input *in, struct pc_made *made,
                              char *files[], struct pc_err *err)
{
    struct pc_pipeline line = {.config = &s->cfg,
                               .pose = s->wire.pose,
                               .recipes = &s->wire.recipes,
                               .overlay = s->overlay};
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc = read_input(s, in, &bytes, err);
    if (!rc)
        rc = pc_pipeline_run(&line, &bytes, stop_asked, NULL, made, err);
    pc_buf_finish(&bytes);
    return rc ? rc : pc_output_write(&s->output, in->name, made, files, err);
}

static void tell_failure(struct shoot *s, const struct pc_input *in, const struct pc_err *err)
{
    char *line = pc_xasprintf("%s: %s [%s]%s%s", in->source, err->message, pc_code_name(err->code),
                              err->detail[0] ? " " : "", err->detail);
    for (char *c = line; *c; c++) /* a file name may hold line ends and orders to the terminal */
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (!s->quiet)
        pc_progress_say(&s->progress, line);
    free(line);
}

static void run_one(struct shoot *s, int index)
{
    const struct pc_input *in = &s->inputs.items[index];
    struct pc_made *made = pc_xmalloc(sizeof *made);
    char *files[PC_MAX_SHOTS] = {NULL};
    struct pc_err err = PC_ERR_INIT;
    made->plan.person = -1;
    enum pc_code rc = shoot_one(s, in, made, files, &err);
    if (rc == PC_E_CANCELLED && pc_signals_stop()) {
        /* neither done nor failed: the run was stopped */
    } else {
        if (rc)
            tell_failure(s, in, &err);
        atomic_fetch_add(rc ? &s->failed : &s->processed, 1);
        pc_output_line(&s->output, index,
                       pc_manifest_line(in->source, made, files, rc ? &err : NULL));
        pc_progress_step(&s->progress, rc != PC_OK);
    }
    for (int i = 0; i < PC_MAX_SHOTS; i++)
        free(files[i]);
    pc_made_finish(made);
    free(made);
}

static void *run_some(void *ctx)
{
    struct shoot *s = ctx;
    while (!pc_signals_stop()) {
        int index = atomic_fetch_add(&s->next, 1);
        if (index >= s->inputs.n)
            break;
        run_one(s, index);
    }
    pc_image_thread_end();
    return NULL;
}

/* --- the run
 * --------------------------------------------------------------------------------------- */

static int thread_count(const struct shoot *s)
{
    int n = pc_worker_count(&s->cfg);
    if (n > s->inputs.n)
        n = s->inputs.n;
    return n > 0 ? n : 1;
}

static void run_all(struct shoot *s)
{
    int n = thread_count(s) - 1, started = 0;
    pthread_t *threads = pc_xmalloc((size_t)(n + 1) * sizeof *threads);
    while (started < n && pthread_create(&threads[started], NULL, run_some, s) == 0)
        started++;
    run_some(s); /* this thread works too, also when no other could be had */
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}

static int exit_status(const struct shoot *s)
{
    if (atomic_load(&s->processed) == s->inputs.n)
        return PC_EXIT_OK;
    return atomic_load(&s->processed) ? PC_EXIT_SOME : PC_EXIT_FAILED;
}

static int shoot_all(struct shoot *s)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_wire_open_pipeline(&s->cfg, s->shots, &s->wire, &err);
    if (rc)
        return pc_complain(&err);
    rc = pc_output_open(&s->output, s->out_dir, s->name, s->json, s->inputs.n, &err);
    if (!rc) {
        pc_signals_catch(NULL, NULL);
        pc_inputs_name(&s->inputs);
        pc_progress_init(&s->progress, s->inputs.n, s->quiet);
        run_all(s);
        pc_progress_finish(&s->progress, s->quiet);
        rc = pc_output_close(&s->output, &err);
    }
    pc_wire_close(&s->wire);
    return rc ? pc_complain(&err) : exit_status(s);
}

/* --- command line
 * ---------------------------------------------------------------------------------- */

static bool take_option(struct shoot *s, int c)
{
    switch (c) {
    case 'o': s->out_dir = optarg; return true;
    case 'l': s->list = optarg; return true;
    case 'n': s->name = optarg; return true;
    case 's': s->shots = optarg; return true;
    case 'r': return pc_settings_option(&s->cfg, "recipes", optarg);
    case 'j': s->json = optarg; return true;
    case 'w': return pc_settings_option(&s->cfg, "workers", optarg);
    case 'q': s->quiet = true; return true;
    case 'v': s->overlay = true; return true;
    default: return false;
    }
}

static bool gather(struct shoot *s, int argc, char **argv)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = PC_OK;
    for (int i = optind; i < argc && !rc; i++)
        rc = pc_inputs_add(&s->inputs, argv[i], &err);
    if (!rc && s->list)
        rc = pc_inputs_add_list(&s->inputs, s->list, &err);
    if (rc)
        pc_complain(&err);
    else if (!s->out_dir)
        fputs("posecraft: say where shots are written: -o DIR\n", stderr);
    else if (s->inputs.n == 0)
        fputs("posecraft: no picture among the inputs\n", stderr);
    else
        return true;
    return false;
}

/* 0 go on, else the exit status + 1. */
static int read_command_line(struct shoot *s, int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"list", required_argument, NULL, 'l'},
        {"name", required_argument, NULL, 'n'},
        {"shots", required_argument, NULL, 's'},
        {"recipes", required_argument, NULL, 'r'},
        {"json", required_argument, NULL, 'j'},
        {"workers", required_argument, NULL, 'w'},
        {"quiet", no_argument, NULL, 'q'},
        {"overlay", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;
    while ((c = getopt_long(argc, argv, "o:l:qh", options, NULL)) != -1) {
        if (c == 'h') {
            fputs(usage, stdout);
            return PC_EXIT_OK + 1;
        }
        if (!take_option(s, c)) {
            fputs(usage, stderr);
            return PC_EXIT_USAGE + 1;
        }
    }
    return gather(s, argc, argv) ? 0 : PC_EXIT_USAGE + 1;
}

int pc_command_shoot(int argc, char **argv)
{
    struct shoot *s = pc_xmalloc(sizeof *s);
    int status = pc_settings_load(&s->cfg) ? 0 : PC_EXIT_USAGE + 1;
    if (!status)
        status = read_command_line(s, argc, argv);
    if (!status && !pc_settings_complete(&s->cfg))
        status = PC_EXIT_USAGE + 1;
    if (!status)
        status = shoot_all(s) + 1;
    pc_inputs_finish(&s->inputs);
    pc_config_finish(&s->cfg);
    free(s);
    return status - 1;
}

/* posecraft: photos of people in clothes in, labelled shots out. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "image/image.h"
#include "main/commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"serve", pc_command_serve, "API, page and workers in one process"},
    {"work", pc_command_work, "workers only"},
    {"shoot", pc_command_shoot, "pictures in, shots and manifest out; no server"},
    {"recut", pc_command_recut, "cuts stored pictures anew after recipes changed"},
    {"recipes", pc_command_recipes, "lists, shows and checks recipes"},
    {"eval", pc_command_eval, "measures landmarks and shots on labelled pictures"},
    {"migrate", pc_command_migrate, "moves records and files into other stores"},
    {"adopt", pc_command_adopt, "takes in what the first version left in MongoDB"},
    {"sweep", pc_command_sweep, "removes stored files that no record names"},
    {"doctor", pc_command_doctor, "checks settings, model, database, queue and store"},
};

static void print_usage(FILE *out)
{
    fputs("usage: posecraft COMMAND [OPTION...]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\nposecraft COMMAND --help tells its options; posecraft --version the version.\n", out);
}

/* The image library is started by whichever part needs it first and ends with the program. */
static int finish(int status)
{
    pc_image_shutdown();
    return status;
}

/* glibc raises these limits by itself when large blocks come and go, and keeps what was freed: some
 * 30 MB of pictures' files and shots with two workers. Fixed, such blocks go back to the system at
 * once. And one heap for all threads: the work is in few large blocks, so nobody waits at it, and
 * what one thread left (loading a model: 15 MB) serves the others. */
static void tune_allocator(void)
{
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 1);
}

int main(int argc, char **argv)
{
    tune_allocator();
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return finish(commands[i].run(argc - 1, argv + 1));
    if (strcmp(name, "--version") == 0) {
        puts("posecraft " PC_VERSION);
        return PC_CLI_OK;
    }
    bool requested = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    if (!requested && *name)
        fprintf(stderr, "posecraft: unknown command '%s'\n", name);
    print_usage(requested ? stdout : stderr);
    return requested ? PC_CLI_OK : PC_CLI_USAGE;
}

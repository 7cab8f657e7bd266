/* posecraft: reads photos of people in clothes and cuts labelled shots from them. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "image/image.h"
#include "main/cli.h"
#include "main/commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"serve", pc_command_serve, "runs API, page and workers in one process"},
    {"work", pc_command_work, "runs workers only"},
    {"shoot", pc_command_shoot, "cuts shots from images, without a server"},
    {"recut", pc_command_recut, "cuts stored images again after recipes changed"},
    {"recipes", pc_command_recipes, "lists, shows and checks recipes"},
    {"eval", pc_command_eval, "measures landmarks and shots on labelled images"},
    {"migrate", pc_command_migrate, "copies records and files to other stores"},
    {"adopt", pc_command_adopt, "imports the documents of the first version from MongoDB"},
    {"sweep", pc_command_sweep, "removes stored files that no record refers to"},
    {"doctor", pc_command_doctor, "checks settings, model, database, queue and store"},
};

static void print_usage(FILE *out)
{
    fputs("usage: posecraft COMMAND [OPTION...]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs(
        "\nposecraft COMMAND --help lists the options of a command; posecraft --version prints the "
        "version.\n",
        out);
}

int main(int argc, char **argv)
{
    /* When large blocks come and go, glibc raises the first two limits by itself and then keeps
     * freed memory: about 30 MB of files and shots with two workers. With fixed limits such blocks
     * go back to the system at once. One heap for all threads is enough, because the work is done
     * in few large blocks; what one thread frees (15 MB after loading a model) serves the others. */
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 1);

    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0) {
            int status = commands[i].run(argc - 1, argv + 1);
            pc_image_shutdown(); /* whichever part needed it first started it */
            return status;
        }
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

/* The program's commands. Each takes its arguments (argv[0] is the command's name) and answers the
 * exit status: 0 done, 1 failed, 2 the command line or a setting is wrong; `shoot` says more, see
 * shoot.c. */
#ifndef PC_MAIN_COMMANDS_H
#define PC_MAIN_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

enum { PC_CLI_OK, PC_CLI_FAILED, PC_CLI_USAGE, PC_CLI_PARTIAL };

int pc_command_serve(int argc, char **argv);
int pc_command_work(int argc, char **argv);
int pc_command_shoot(int argc, char **argv);
int pc_command_recut(int argc, char **argv);
int pc_command_recipes(int argc, char **argv);
int pc_command_eval(int argc, char **argv);
int pc_command_migrate(int argc, char **argv);
int pc_command_adopt(int argc, char **argv);
int pc_command_sweep(int argc, char **argv);
int pc_command_doctor(int argc, char **argv);

/* Settings from .env and environment; options that are settings ("--port") are set from the command
 * line by the caller, then completed. On a problem all of them are printed and the answer is false.
 */
bool pc_cli_config_load(struct pc_config *cfg);
/* One setting from the command line; prints the problem. */
bool pc_cli_config_set(struct pc_config *cfg, const char *name, const char *value);
/* Fills what follows from other settings, checks them together, and starts the log. */
bool pc_cli_config_complete(struct pc_config *cfg);
/* Threads to work with: the setting, or one per core. */
int pc_cli_worker_count(const struct pc_config *cfg);
/* "posecraft: message (hint)" on standard error; answers PC_CLI_FAILED, or USAGE for settings and
 * recipes. */
int pc_cli_fail(const struct pc_err *err);

/* From now on SIGINT and SIGTERM are noted and hook(ctx) is called from the handler (so it may only
 * do what is safe there; NULL: nothing). A second signal ends the process at once. */
void pc_signals_catch(void (*hook)(void *ctx), void *ctx);
bool pc_signals_stop_requested(void);
void pc_signals_wait(void);        /* until one has come */
int64_t pc_signals_since_ms(void); /* how long ago the first came; 0: none has */

#endif

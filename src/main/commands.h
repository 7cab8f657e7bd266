/* The commands of the program, one function each.
 *
 * argv[0] is the name of the command. The answer is the exit status of the process, one of
 * main/cli.h; `shoot` and `eval` use PC_CLI_PARTIAL too. Threads: the main thread.
 */
#ifndef PC_MAIN_COMMANDS_H
#define PC_MAIN_COMMANDS_H

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

#endif

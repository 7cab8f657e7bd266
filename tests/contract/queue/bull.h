/* What the cases of the queue on Redis share. Keys begin with the case's folder: "<dir>:". */
#ifndef PC_TESTS_QUEUE_BULL_H
#define PC_TESTS_QUEUE_BULL_H

#include <hiredis/hiredis.h>

#include "suite.h"

extern const struct contract_case bull_layout_cases[], bull_fault_cases[];

struct test_server *bull_server(void);
/* A connection to the server, on the database of the cases. */
redisContext *bull_connect(int port);
/* Runs a command whose $ is how the queue's keys begin ("HGET $pc-1 name"). Answers its text, ""
 * for none, or its number in digits. Borrows: valid until the next. */
const char *bull_command(void **state, const char *format, ...) PC_PRINTF(2, 3);
/* What a Node producer does to add a job. */
void bull_add_as_node(void **state, const char *id, const char *data, const char *opts);

#endif

/* What the cases of the queue on Redis share. Each case has its own folder, and the keys of its queue
 * begin with that: "<dir>:image-processing:". */
#ifndef PC_TESTS_QUEUE_BULL_H
#define PC_TESTS_QUEUE_BULL_H

#include <hiredis/hiredis.h>

#include "suite.h"

extern const struct contract_case bull_layout_cases[], bull_fault_cases[];

struct test_server *bull_server(void);
/* A connection to the server, on the database of the cases. */
redisContext *bull_connect(int port);
/* Runs a command in which $ stands for what the keys begin with ("HGET $pc-1 name"). Returns a text,
 * "" for nil, or a number in digits. Borrows: valid until the next call. */
const char *bull_command(void **state, const char *format, ...) PC_PRINTF(2, 3);
/* Adds a job as a Node program does. */
void bull_add_as_node(void **state, const char *id, const char *data, const char *opts);

#endif

#include "http/handler.h"

static const struct pc_handler *const handlers[PC_OP_COUNT] = {
#define PC_ROUTE(method, path, op) [PC_OP_##op] = &pc_handler_##op,
#include "pc_routes.inc"
#undef PC_ROUTE
};

const struct pc_handler *pc_handler_find(enum pc_router_operation op)
{
    return handlers[op];
}

#include "http/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

void pc_connection_set_phase(struct pc_connection *connection, enum pc_connection_phase phase,
                             int64_t deadline_ms)
{
    if (connection->phase == PC_PHASE_ABORTED)
        return;
    connection->phase = phase;
    connection->deadline_ms = deadline_ms;
}

void pc_connection_suspend(struct pc_connection *connection, struct pc_loop_watch *on_client_left)
{
    MHD_suspend_connection(connection->mhd);
    pc_connection_set_phase(connection, PC_PHASE_SUSPENDED, 0);
    pc_loop_add(connection->loop, connection->fd, EPOLLRDHUP, on_client_left);
    connection->watch = on_client_left;
}

void pc_connection_unwatch(struct pc_connection *connection)
{
    if (connection->watch)
        pc_loop_remove(connection->loop, connection->fd, connection->watch);
    connection->watch = NULL;
}

void pc_connection_resume(struct pc_connection *connection)
{
    pc_connection_unwatch(connection);
    MHD_resume_connection(connection->mhd);
    connection->loop->library_due = true;
}

void pc_connection_abort(struct pc_connection *connection)
{
    shutdown(connection->fd, SHUT_RDWR);
    connection->phase = PC_PHASE_ABORTED;
}

/* The opening handshake of WebSocket (RFC 6455) and frames that go out. Pure. Threads: safe. */
#ifndef PC_HTTP_WEBSOCKET_H
#define PC_HTTP_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>

enum { PC_WS_ACCEPT = 29, /* with the NUL */ PC_WS_HEAD = 10 };

struct pc_ws_asked { /* header values, NULL when absent */
    const char *upgrade, *connection, *version, *key;
};

/* Fills accept with the value of Sec-WebSocket-Accept; false: this is no handshake of version 13.
 */
bool pc_ws_accept(const struct pc_ws_asked *asked, char accept[PC_WS_ACCEPT]);

enum pc_ws_opcode { PC_WS_TEXT = 1, PC_WS_PING = 9 };
/* Fills the head of a whole unmasked frame with len bytes to follow; returns the head's length. */
size_t pc_ws_head(enum pc_ws_opcode opcode, size_t len, unsigned char out[PC_WS_HEAD]);

#endif

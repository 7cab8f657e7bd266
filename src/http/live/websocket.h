/* The opening handshake of WebSocket (RFC 6455) and the headers of frames that the server sends.
 * Pure. Threads: safe. */
#ifndef PC_HTTP_LIVE_WEBSOCKET_H
#define PC_HTTP_LIVE_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>

enum { PC_WEBSOCKET_ACCEPT_BYTES = 29, /* with the NUL */ PC_WEBSOCKET_HEADER_MAX = 10 };

struct pc_websocket_handshake { /* header values, NULL when absent */
    const char *upgrade, *connection, *version, *key;
};

/* Fills accept with the value of Sec-WebSocket-Accept. False: this is no handshake of version
 * 13. */
bool pc_websocket_accept(const struct pc_websocket_handshake *handshake,
                         char accept[PC_WEBSOCKET_ACCEPT_BYTES]);

enum pc_websocket_opcode { PC_WEBSOCKET_TEXT = 1, PC_WEBSOCKET_PING = 9 };
/* Fills out with the header of an unfragmented, unmasked frame of len bytes; returns the header's
 * length. */
size_t pc_websocket_frame_header(enum pc_websocket_opcode opcode, size_t len,
                                 unsigned char out[PC_WEBSOCKET_HEADER_MAX]);

#endif

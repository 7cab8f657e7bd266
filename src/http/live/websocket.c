#include "http/live/websocket.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Is token a member of the comma list? */
static bool has_token(const char *list, const char *token)
{
    size_t want = strlen(token);
    for (const char *at = list; at && *at;) {
        at += strspn(at, ", \t");
        size_t n = strcspn(at, ", \t");
        if (n == want && strncasecmp(at, token, n) == 0)
            return true;
        at += n;
    }
    return false;
}

bool pc_websocket_accept(const struct pc_websocket_handshake *handshake,
                         char accept[PC_WEBSOCKET_ACCEPT_BYTES])
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char digest[SHA_DIGEST_LENGTH];
    char text[64];
    const char *key = handshake->key;
    if (!has_token(handshake->upgrade, "websocket") ||
        !has_token(handshake->connection, "upgrade") || !handshake->version ||
        strcmp(handshake->version, "13") != 0)
        return false;
    /* 16 bytes in base64: 22 characters and "==". */
    if (!key || strlen(key) != 24 || strspn(key, base64) != 22 || strcmp(key + 22, "==") != 0)
        return false;
    /* RFC 6455, 4.2.2: the key and this number, hashed. */
    int len = snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    SHA1((const unsigned char *)text, (size_t)len, digest);
    EVP_EncodeBlock((unsigned char *)accept, digest, sizeof digest);
    return true;
}

size_t pc_websocket_frame_header(enum pc_websocket_opcode opcode, size_t len,
                                 unsigned char out[PC_WEBSOCKET_HEADER_MAX])
{
    out[0] = (unsigned char)(0x80 | opcode);
    if (len < 126) {
        out[1] = (unsigned char)len;
        return 2;
    }
    int bytes = len <= 0xffff ? 2 : 8;
    out[1] = bytes == 2 ? 126 : 127;
    for (int i = 0; i < bytes; i++)
        out[2 + i] = (unsigned char)((uint64_t)len >> (8 * (bytes - 1 - i)));
    return 2 + (size_t)bytes;
}

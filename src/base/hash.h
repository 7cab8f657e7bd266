/* SHA-256 and random bytes, both from OpenSSL.
 * Threads: a hash object belongs to one thread; the rest is safe. */
#ifndef PC_BASE_HASH_H
#define PC_BASE_HASH_H

#include <stddef.h>

enum { PC_SHA256_BYTES = 32, PC_SHA256_HEX = 65 /* with the NUL */ };

struct pc_sha256;                         /* opaque */
struct pc_sha256 *pc_sha256_create(void); /* gives */
void pc_sha256_update(struct pc_sha256 *h, const void *data, size_t len);
/* Fills hex with 64 digits and NUL; takes h. */
void pc_sha256_end(struct pc_sha256 *h, char hex[PC_SHA256_HEX]);
void pc_sha256_destroy(struct pc_sha256 *h);
/* The hash of one run of bytes. */
void pc_sha256_of(const void *data, size_t len, char hex[PC_SHA256_HEX]);

void pc_random_bytes(void *out, size_t len);
/* len random hex digits (64 at most) and a NUL: for lease tokens, temporary names, request ids. */
void pc_random_hex(char *out, size_t len);

#endif

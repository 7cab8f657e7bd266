#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

struct pc_sha256 {
    EVP_MD_CTX *ctx;
};

static void must(int ok)
{
    if (ok != 1)
        abort(); /* without SHA-256 or random bytes nothing would work */
}

struct pc_sha256 *pc_sha256_create(void)
{
    struct pc_sha256 *h = pc_xzalloc(sizeof *h);
    h->ctx = EVP_MD_CTX_new();
    must(h->ctx != NULL);
    must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
    return h;
}

void pc_sha256_update(struct pc_sha256 *h, const void *data, size_t len)
{
    must(EVP_DigestUpdate(h->ctx, data, len));
}

void pc_sha256_end(struct pc_sha256 *h, char hex[PC_SHA256_HEX])
{
    unsigned char digest[PC_SHA256_BYTES];
    must(EVP_DigestFinal_ex(h->ctx, digest, NULL));
    pc_str_hex(digest, sizeof digest, hex);
    pc_sha256_destroy(h);
}

void pc_sha256_destroy(struct pc_sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

void pc_sha256_of(const void *data, size_t len, char hex[PC_SHA256_HEX])
{
    struct pc_sha256 *h = pc_sha256_create();
    pc_sha256_update(h, data, len);
    pc_sha256_end(h, hex);
}

void pc_random_bytes(void *out, size_t len)
{
    must(RAND_bytes(out, (int)len));
}

void pc_random_hex(char *out, size_t len)
{
    unsigned char bytes[32];
    char digits[65];
    if (len > 64)
        len = 64;
    pc_random_bytes(bytes, sizeof bytes);
    pc_str_hex(bytes, sizeof bytes, digits);
    for (size_t i = 0; i < len; i++)
        out[i] = digits[i];
    out[len] = 0;
}

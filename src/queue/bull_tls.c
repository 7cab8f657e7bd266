/* rediss://, where the library can do it: hiredis before 1.0 cannot (Debian 12 has 0.14). */
#include "queue/bull.h"

#ifdef PC_HIREDIS_TLS
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

const bool bull_has_tls = true;

static enum pc_code failed(struct pc_err *err, const char *doing)
{
    char text[200];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "TLS, %s: %s", doing, text);
}

static bool expect_name(SSL *ssl, const char *host)
{
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

/* Certificates of the system's authorities (SSL_CERT_FILE names others), and the host's name
 * or number must be in the certificate: hiredis' own way does not look at that. */
enum pc_code bull_tls_begin(redisContext *c, const char *host, struct pc_err *err)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx && SSL_CTX_set_default_verify_paths(ctx) == 1 ? SSL_new(ctx) : NULL;
    SSL_CTX_free(ctx); /* ssl keeps its own hold of it */
    if (!ssl)
        return failed(err, "no context");
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1 && !expect_name(ssl, host)) {
        SSL_free(ssl);
        return failed(err, "the host's name");
    }
    if (redisInitiateSSL(c, ssl) == REDIS_OK)
        return PC_OK;
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "TLS: %s", c->errstr);
}
#else
const bool bull_has_tls = false;

enum pc_code bull_tls_begin(redisContext *c, const char *host, struct pc_err *err)
{
    (void)c;
    return pc_fail_detail(err, PC_E_CONFIG, "no TLS towards %s in this build", host);
}
#endif

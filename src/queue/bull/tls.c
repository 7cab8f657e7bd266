/* TLS (rediss://), if the library has it: hiredis before 1.0 has not (Debian 12 has 0.14). */
#include "queue/bull/internal.h"

#ifdef PC_HIREDIS_TLS
#include <errno.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string.h>

const bool pc_bull_has_tls = true;

static enum pc_code tls_error(struct pc_err *err, const char *doing)
{
    char text[200];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "TLS, %s: %s", doing, text);
}

static enum pc_code file_error(struct pc_err *err, const char *name, const char *path)
{
    unsigned long reason_code = ERR_peek_error(); /* the first error is the cause */
    const char *reason = ERR_SYSTEM_ERROR(reason_code) ? strerror(ERR_GET_REASON(reason_code))
                                                       : ERR_reason_error_string(reason_code);
    (void)pc_fail(err, PC_E_CONFIG, "The file that %s= names in the queue's URL cannot be used.",
                  name);
    return pc_err_wrap(err, "%s: %s", path, reason ? reason : "not usable");
}

/* A key with a passphrase is rejected: nobody is there to type it. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)writing, (void)ctx;
    if (size > 0)
        *out = '\0';
    return -1;
}

/* Trusts the authorities of ca=, else the system's (SSL_CERT_FILE names others). The file of cert=
 * may contain the key as well. Files are read for each connection, so that renewed ones need no
 * restart. */
static enum pc_code load_files(SSL_CTX *ctx, const struct pc_bull_url *url, struct pc_err *err)
{
    const char *key = url->key ? url->key : url->cert;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    if (url->ca && SSL_CTX_load_verify_locations(ctx, url->ca, NULL) != 1)
        return file_error(err, "ca", url->ca);
    if (!url->ca && SSL_CTX_set_default_verify_paths(ctx) != 1)
        return tls_error(err, "the system's authorities");
    if (url->cert && SSL_CTX_use_certificate_chain_file(ctx, url->cert) != 1)
        return file_error(err, "cert", url->cert);
    if (url->cert && (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
                      SSL_CTX_check_private_key(ctx) != 1))
        return file_error(err, url->key ? "key" : "cert", key);
    return PC_OK;
}

/* The certificate must be for this host, a name or an IP address; hiredis itself does not check. */
static bool expect_host(SSL *ssl, const char *host)
{
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1 ||
           (SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1);
}

static enum pc_code prepare(const struct pc_bull_url *url, SSL **out, struct pc_err *err)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;
    enum pc_code rc = PC_OK;
    if (!ctx || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1)
        rc = tls_error(err, "no context");
    if (!rc)
        rc = load_files(ctx, url, err);
    if (!rc && (!(ssl = SSL_new(ctx)) || !expect_host(ssl, url->host)))
        rc = tls_error(err, "the host's name");
    SSL_CTX_free(ctx); /* ssl keeps its own reference */
    if (rc)
        SSL_free(ssl);
    else
        *out = ssl;
    return rc;
}

static enum pc_code trust_error(long reason_code, struct pc_err *err)
{
    const char *message = "The certificate of Redis is not signed by a trusted authority: name the "
                          "authority's file with ?ca= in the queue's URL.";
    if (reason_code == X509_V_ERR_HOSTNAME_MISMATCH ||
        reason_code == X509_V_ERR_IP_ADDRESS_MISMATCH)
        message = "The certificate of Redis is not for the host in the queue's URL.";
    else if (reason_code == X509_V_ERR_CERT_HAS_EXPIRED)
        message = "The certificate of Redis, or of its authority, has expired.";
    else if (reason_code == X509_V_ERR_CERT_NOT_YET_VALID)
        message = "The certificate of Redis, or of its authority, is not valid yet.";
    pc_fail(err, PC_E_CONFIG, "%s", message);
    return pc_err_wrap(err, "TLS: %s", X509_verify_cert_error_string(reason_code));
}

bool pc_bull_tls_rejected(const redisContext *c, struct pc_err *err)
{
    unsigned long reason_code = ERR_peek_last_error();
    if (!c->privctx || ERR_GET_LIB(reason_code) != ERR_LIB_SSL ||
        ERR_GET_REASON(reason_code) < SSL_AD_REASON_OFFSET)
        return false;
    pc_fail(err, PC_E_CONFIG,
            "Redis rejects this TLS connection; it may ask for a client certificate: cert= and "
            "key= in the queue's URL.");
    pc_err_wrap(err, "TLS: %s", ERR_reason_error_string(reason_code));
    return true;
}

static enum pc_code handshake_error(const redisContext *c, const SSL *ssl, int system,
                                    struct pc_err *err)
{
    int reason = ERR_GET_REASON(ERR_peek_last_error());
    if (SSL_get_verify_result(ssl) != X509_V_OK)
        return trust_error(SSL_get_verify_result(ssl), err);
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
        reason == SSL_R_UNEXPECTED_MESSAGE) { /* how OpenSSL sees a plain answer */
        pc_fail(err, PC_E_CONFIG,
                "The Redis of the queue's URL speaks no TLS: use redis:// for it.");
        return pc_err_wrap(err, "%s", c->errstr);
    }
    if (pc_bull_tls_rejected(c, err))
        return err->code;
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "%s",
                          system == EAGAIN || system == ETIMEDOUT
                              ? "no answer to the TLS handshake; Redis may speak no TLS"
                              : c->errstr);
}

enum pc_code pc_bull_tls_handshake(redisContext *c, const struct pc_bull_url *url,
                                   struct pc_err *err)
{
    SSL *ssl;
    ERR_clear_error();
    enum pc_code rc = prepare(url, &ssl, err);
    if (rc)
        return rc;
    errno = 0;
    if (redisInitiateSSL(c, ssl) == REDIS_OK)
        return PC_OK;
    rc = handshake_error(c, ssl, errno, err);
    SSL_free(ssl); /* c does not own it after a failure */
    return rc;
}
#else
const bool pc_bull_has_tls = false;

enum pc_code pc_bull_tls_handshake(redisContext *c, const struct pc_bull_url *url,
                                   struct pc_err *err)
{
    (void)c;
    return pc_fail_detail(err, PC_E_CONFIG, "no TLS towards %s in this build", url->host);
}

bool pc_bull_tls_rejected(const redisContext *c, struct pc_err *err)
{
    (void)c, (void)err;
    return false;
}
#endif

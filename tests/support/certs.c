#include "certs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "support.h"

enum { HOUR_S = 3600, EARLY_S = 60 };

struct test_authority {
    EVP_PKEY *key;
    X509 *cert;
};

static void extend(X509 *cert, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, kind, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* ca NULL: it signs itself. */
static X509 *make(EVP_PKEY *key, const char *name, const struct test_authority *ca, bool expired)
{
    static long serial = 1;
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);
    long until_s = expired ? -EARLY_S : HOUR_S;
    assert_non_null(key);
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), until_s - HOUR_S - EARLY_S);
    X509_gmtime_adj(X509_getm_notAfter(cert), until_s);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(cert, ca ? X509_get_subject_name(ca->cert) : subject);
    X509_set_pubkey(cert, key);
    return cert;
}

static void write_pem(const char *path, X509 *cert, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, cert), 1);
    if (key)
        assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
}

struct test_authority *test_authority_create(const char *path)
{
    struct test_authority *ca = pc_xzalloc(sizeof *ca);
    ca->key = EVP_EC_gen("P-256");
    ca->cert = make(ca->key, "Authority of a test", NULL, false);
    extend(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
    extend(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign");
    extend(ca->cert, ca->cert, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(ca->cert, ca->key, EVP_sha256()) > 0);
    write_pem(path, ca->cert, NULL);
    return ca;
}

void test_authority_destroy(struct test_authority *ca)
{
    X509_free(ca->cert);
    EVP_PKEY_free(ca->key);
    free(ca);
}

void test_authority_issue(const struct test_authority *ca, const char *names, bool expired,
                          const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = make(key, "test", ca, expired);
    extend(cert, ca->cert, NID_subject_alt_name, names);
    extend(cert, ca->cert, NID_authority_key_identifier, "keyid");
    assert_true(X509_sign(cert, ca->key, EVP_sha256()) > 0);
    write_pem(path, cert, key);
    X509_free(cert);
    EVP_PKEY_free(key);
}

#include "blobs/s3/sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"

enum { DAY = 9, SCOPE_MAX = 200, OWN_PARAMETERS = 6 };

struct encoded {
    char *name, *value;
};

/* By names, then by values. Comparing "name=value" as one text would be wrong, since '=' sorts
 * after digits and before letters. */
static int by_name(const void *a, const void *b)
{
    const struct encoded *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->value, y->value);
}

static char *encode(const char *text)
{
    struct pc_buf buf = PC_BUF_INIT;
    pc_percent_encode(&buf, text, "");
    return pc_buf_detach(&buf, NULL);
}

void pc_s3_canonical_query(struct pc_buf *out, const struct pc_s3_pair *pairs, size_t n)
{
    struct encoded *all = pc_xzalloc((n + 1) * sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct encoded){encode(pairs[i].name), encode(pairs[i].value)};
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        pc_buf_printf(out, "%s%s=%s", i ? "&" : "", all[i].name, all[i].value);
        free(all[i].name);
        free(all[i].value);
    }
    free(all);
}

void pc_s3_amz_date(int64_t at_s, char out[PC_S3_AMZ_DATE])
{
    time_t at = (time_t)at_s;
    struct tm utc;
    if (!gmtime_r(&at, &utc) || strftime(out, PC_S3_AMZ_DATE, "%Y%m%dT%H%M%SZ", &utc) == 0)
        abort(); /* a clock beyond the year 9999 */
}

static int by_header(const void *a, const void *b)
{
    const struct pc_s3_pair *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Drops white space at both ends and makes one space of each run inside. */
static void put_trimmed(struct pc_buf *out, const char *value)
{
    bool gap = false, any = false;
    for (; *value; value++) {
        if (*value == ' ' || *value == '\t') {
            gap = any;
            continue;
        }
        if (gap)
            pc_buf_putc(out, ' ');
        pc_buf_putc(out, *value);
        gap = false;
        any = true;
    }
}

/* The canonical headers, one a line, and their names with ';' between. */
static void put_headers(const struct pc_s3_sign_request *request, struct pc_buf *lines,
                        struct pc_buf *names)
{
    const struct pc_s3_pair **sorted = pc_xzalloc((request->n_headers + 1) * sizeof *sorted);
    for (size_t i = 0; i < request->n_headers; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, request->n_headers, sizeof *sorted, by_header);
    for (size_t i = 0; i < request->n_headers; i++) {
        pc_buf_printf(lines, "%s:", sorted[i]->name);
        put_trimmed(lines, sorted[i]->value);
        pc_buf_putc(lines, '\n');
        pc_buf_printf(names, "%s%s", i ? ";" : "", sorted[i]->name);
    }
    free(sorted);
}

/* key = HMAC-SHA256(old_key, text) */
static void hmac(unsigned char key[PC_SHA256_BYTES], const void *old_key, size_t old_len,
                 const char *text)
{
    unsigned char out[PC_SHA256_BYTES];
    unsigned n = sizeof out;
    if (!HMAC(EVP_sha256(), old_key, (int)old_len, (const unsigned char *)text, strlen(text), out,
              &n))
        abort(); /* libcrypto without HMAC-SHA256: nothing can be done right */
    memcpy(key, out, sizeof out);
}

struct scope {
    char date[PC_S3_AMZ_DATE], day[DAY], text[SCOPE_MAX];
};

static struct scope make_scope(const struct pc_s3_signer *signer, int64_t at_s)
{
    struct scope s;
    pc_s3_amz_date(at_s, s.date);
    snprintf(s.day, sizeof s.day, "%.8s", s.date);
    snprintf(s.text, sizeof s.text, "%s/%s/%s/aws4_request", s.day, signer->region,
             signer->service);
    return s;
}

/* The signature of the request with that query; fills names with the signed headers' names. */
static void sign(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                 const struct scope *scope, const char *query, struct pc_buf *names,
                 char hex[PC_SHA256_HEX])
{
    struct pc_buf canonical = PC_BUF_INIT, lines = PC_BUF_INIT, to_sign = PC_BUF_INIT,
                  secret = PC_BUF_INIT;
    char canonical_hash[PC_SHA256_HEX];
    put_headers(request, &lines, names);
    pc_buf_printf(&canonical, "%s\n", request->method);
    pc_percent_encode(&canonical, request->path, "/");
    pc_buf_printf(&canonical, "\n%s\n%s\n%s\n%s", query, pc_buf_text(&lines), pc_buf_text(names),
                  request->payload_sha256);
    pc_sha256_of(canonical.data, canonical.len, canonical_hash);
    pc_buf_printf(&to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n%s", scope->date, scope->text,
                  canonical_hash);

    /* From the secret to the key of this day, region and service. */
    unsigned char key[PC_SHA256_BYTES];
    pc_buf_printf(&secret, "AWS4%s", signer->secret);
    hmac(key, secret.data, secret.len, scope->day);
    hmac(key, key, sizeof key, signer->region);
    hmac(key, key, sizeof key, signer->service);
    hmac(key, key, sizeof key, "aws4_request");
    hmac(key, key, sizeof key, pc_buf_text(&to_sign));
    pc_str_hex(key, sizeof key, hex);
    pc_buf_finish(&canonical);
    pc_buf_finish(&lines);
    pc_buf_finish(&to_sign);
    pc_buf_finish(&secret);
}

void pc_s3_sign_header(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                       struct pc_buf *out)
{
    struct scope scope = make_scope(signer, request->at_s);
    struct pc_buf query = PC_BUF_INIT, names = PC_BUF_INIT;
    char signature[PC_SHA256_HEX];
    pc_s3_canonical_query(&query, request->query, request->n_query);
    sign(signer, request, &scope, pc_buf_text(&query), &names, signature);
    pc_buf_printf(out, "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s",
                  signer->key_id, scope.text, pc_buf_text(&names), signature);
    pc_buf_finish(&query);
    pc_buf_finish(&names);
}

void pc_s3_sign_query(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                      int64_t lifetime_s, struct pc_buf *out)
{
    struct scope scope = make_scope(signer, request->at_s);
    char credential[SCOPE_MAX + 256], lifetime[24], signature[PC_SHA256_HEX];
    struct pc_buf names = PC_BUF_INIT, again = PC_BUF_INIT, query = PC_BUF_INIT;
    put_headers(request, &again, &names);
    pc_buf_clear(&again);
    snprintf(credential, sizeof credential, "%s/%s", signer->key_id, scope.text);
    snprintf(lifetime, sizeof lifetime, "%lld", (long long)lifetime_s);
    const struct pc_s3_pair own[OWN_PARAMETERS] = {
        {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
        {"X-Amz-Credential", credential},
        {"X-Amz-Date", scope.date},
        {"X-Amz-Expires", lifetime},
        {"X-Amz-SignedHeaders", pc_buf_text(&names)},
        {"X-Amz-Security-Token", signer->session_token},
    };
    size_t n_own = *signer->session_token ? OWN_PARAMETERS : OWN_PARAMETERS - 1;
    struct pc_s3_pair *all = pc_xzalloc((request->n_query + n_own) * sizeof *all);
    memcpy(all, own, n_own * sizeof *all);
    if (request->n_query)
        memcpy(all + n_own, request->query, request->n_query * sizeof *all);
    pc_s3_canonical_query(&query, all, request->n_query + n_own);
    sign(signer, request, &scope, pc_buf_text(&query), &again, signature);
    pc_buf_printf(out, "%s&X-Amz-Signature=%s", pc_buf_text(&query), signature);
    free(all);
    pc_buf_finish(&names);
    pc_buf_finish(&again);
    pc_buf_finish(&query);
}

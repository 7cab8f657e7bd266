/* How settings fit together: the URLs of the stores, and what of them is shown. */
#include <stdio.h>

#include "fixture.h"

static void store_urls_are_derived(void **state)
{
    struct fixture *f = *state;
    set(f, "data", "/var/lib/p");
    complete_ok(f);
    assert_string_equal(f->cfg.records, "sqlite:/var/lib/p/posecraft.db");
    assert_string_equal(f->cfg.queue, "sqlite:/var/lib/p/posecraft.db");
    assert_string_equal(f->cfg.blobs, "file:/var/lib/p/blobs");
}

static void the_first_versions_names_make_store_urls(void **state)
{
    struct fixture *f = *state;
    setenv("MONGO_URI", "mongodb://u:p@m/db", 1);
    setenv("REDIS_HOST", "r", 1);
    setenv("S3_BUCKET", "b", 1);
    load_ok(f);
    complete_ok(f);
    assert_string_equal(f->cfg.records, "mongodb://u:p@m/db");
    assert_string_equal(f->cfg.queue, "redis://r:6379");
    assert_string_equal(f->cfg.blobs, "s3://b");
}

static void our_own_store_urls_come_first(void **state)
{
    struct fixture *f = *state;
    setenv("MONGO_URI", "mongodb://m/db", 1);
    setenv("REDIS_HOST", "r", 1);
    setenv("REDIS_PORT", "7000", 1);
    setenv("S3_BUCKET", "b", 1);
    setenv("S3_ENDPOINT", "http://localhost:9000/", 1);
    setenv("POSECRAFT_RECORDS", "memory:", 1);
    load_ok(f);
    complete_ok(f);
    assert_string_equal(f->cfg.records, "memory:");
    assert_string_equal(f->cfg.queue, "redis://r:7000");
    assert_string_equal(f->cfg.blobs, "s3://b?endpoint=http://localhost:9000");
}

static void an_s3_url_gets_what_it_lacks(void **state)
{
    struct fixture *f = *state;
    setenv("AWS_ACCESS_KEY_ID", "id", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "a/b+c@d?e", 1);
    setenv("AWS_SESSION_TOKEN", "t==", 1);
    setenv("AWS_REGION", "eu-central-1", 1);
    setenv("S3_BUCKET", "b", 1);
    setenv("S3_ENDPOINT", "http://localhost:9000", 1);
    setenv("POSECRAFT_LINKS", "public:https://cdn.example/?a=b&c", 1);
    load_ok(f);
    complete_ok(f);
    const struct {
        const char *url, *whole;
    } rows[] = {
        {"file:/x?y", "file:/x?y"},
        {f->cfg.blobs, "s3://id:a%2Fb%2Bc%40d%3Fe@b?endpoint=http://localhost:9000&region="
                       "eu-central-1&links=public:https://cdn.example/%3Fa%3Db%26c&spool=data&"
                       "session_token=t%3D%3D"},
        {"s3://k:s@b/p?region=x&links=served&endpoint=y",
         "s3://k:s@b/p?region=x&links=served&endpoint=y&spool=data"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *whole = pc_config_blobs_url(&f->cfg, rows[i].url);
        assert_string_equal(whole, rows[i].whole);
        free(whole);
    }
    char shown[200], *whole = pc_config_blobs_url(&f->cfg, "s3://b");
    pc_config_redact(whole, shown, sizeof shown);
    assert_string_equal(shown, "s3://***@b?***");
    free(whole);
}

static void a_key_or_a_profile(void **state)
{
    struct fixture *f = *state;
    setenv("AWS_PROFILE", "old shop", 1);
    setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
    load_ok(f);
    complete_ok(f);
    const struct {
        const char *key_id, *secret, *url, *whole;
    } rows[] = {
        {"", "", "s3://b", "s3://b?region=eu-west-1&links=served&spool=data&profile=old%20shop"},
        {"", "", "s3://k:s@b", "s3://k:s@b?region=eu-west-1&links=served&spool=data"},
        {"id", "x", "s3://b", "s3://id:x@b?region=eu-west-1&links=served&spool=data"},
        {"id", "x", "s3://b?profile=new",
         "s3://b?profile=new&region=eu-west-1&links=served&spool=data"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set(f, "aws_access_key_id", rows[i].key_id);
        set(f, "aws_secret_access_key", rows[i].secret);
        char *whole = pc_config_blobs_url(&f->cfg, rows[i].url);
        assert_string_equal(whole, rows[i].whole);
        free(whole);
    }
}

static void half_a_key_is_reported(void **state)
{
    struct fixture *f = *state;
    set(f, "aws_access_key_id", "id");
    complete_ok(f); /* not in use */
    set(f, "blobs", "s3://b");
    complete_bad(f);
    assert_problem(f, "AWS_ACCESS_KEY_ID: is set, but AWS_SECRET_ACCESS_KEY is not");
}

static void links_want_an_s3_store(void **state)
{
    struct fixture *f = *state;
    setenv("POSECRAFT_LINKS", "presigned", 1);
    load_ok(f);
    complete_bad(f);
    assert_problem(f, "POSECRAFT_LINKS: needs an S3 store (POSECRAFT_BLOBS, S3_BUCKET)");
    set(f, "blobs", "s3://b");
    set(f, "links", "magic");
    complete_bad(f);
    assert_problem(f, "POSECRAFT_LINKS: is neither served, presigned nor public:https://...");
}

static void contradictions_are_all_reported(void **state)
{
    struct fixture *f = *state;
    setenv("POSECRAFT_PERSON_MAYBE", "0.9", 1);
    setenv("POSECRAFT_FETCH_TIME", "5s", 1);
    setenv("S3_ENDPOINT", "http://localhost:9000", 1);
    load_ok(f);
    complete_bad(f);
    assert_problem(f, "POSECRAFT_PERSON_MAYBE: is above POSECRAFT_PERSON_SURE");
    assert_problem(f, "POSECRAFT_FETCH_CONNECT_TIME: is above POSECRAFT_FETCH_TIME");
    assert_problem(f, "S3_ENDPOINT: is set, but S3_BUCKET is not");
}

static char *print_to_text(const struct pc_config *cfg)
{
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    pc_config_print(cfg, out);
    fclose(out);
    return text;
}

static void secrets_are_never_printed(void **state)
{
    struct fixture *f = *state;
    setenv("AWS_ACCESS_KEY_ID", "hush-id", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "hush-key", 1);
    setenv("AWS_SESSION_TOKEN", "hush-token", 1);
    setenv("MONGO_URI", "mongodb://user:hush/1@2@m/db", 1);
    setenv("POSECRAFT_QUEUE", "redis://:hush2@r:6379", 1);
    setenv("POSECRAFT_BLOBS", "s3://b?endpoint=https://e&secret=hush3", 1);
    setenv("POSECRAFT_FETCH_PROXY", "http://user:hush4@proxy:3128", 1);
    load_ok(f);
    complete_ok(f);
    char *text = print_to_text(&f->cfg);
    assert_null(strstr(text, "hush"));
    assert_non_null(strstr(text, "mongodb://***@m/db"));
    assert_non_null(strstr(text, "redis://***@r:6379"));
    assert_non_null(strstr(text, "http://***@proxy:3128"));
    assert_non_null(strstr(text, "POSECRAFT_PORT"));
    free(text);
    setenv("AWS_SECRET_ACCESS_KEY", "hush\x01key", 1); /* not even when it is wrong */
    load_bad(f);
    assert_null(strstr(pc_buf_text(&f->problems), "hush"));
}

static void redaction(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"redis://host:6379", "redis://host:6379"},
        {"redis://:pw@host:6379", "redis://***@host:6379"},
        {"mongodb://u:p%40x@a,b/db?replicaSet=r", "mongodb://***@a,b/db?replicaSet=r"},
        {"mongodb://a/db?tlsCertificateKeyFilePassword=x", "mongodb://a/db?***"},
        {"mongodb://u:a/b@c@host/db", "mongodb://***@host/db"},
        {"sqlite:/srv/x.db", "sqlite:/srv/x.db"},
        {"u:p@host", "***@host"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[128];
        pc_config_redact(cases[i][0], out, sizeof out);
        assert_string_equal(out, cases[i][1]);
    }
    char small[8];
    pc_config_redact("redis://:pw@host", small, sizeof small);
    assert_string_equal(small, "redis:/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(store_urls_are_derived),
        IN_A_FOLDER(the_first_versions_names_make_store_urls),
        IN_A_FOLDER(our_own_store_urls_come_first),
        IN_A_FOLDER(an_s3_url_gets_what_it_lacks),
        IN_A_FOLDER(a_key_or_a_profile),
        IN_A_FOLDER(half_a_key_is_reported),
        IN_A_FOLDER(links_want_an_s3_store),
        IN_A_FOLDER(contradictions_are_all_reported),
        IN_A_FOLDER(secrets_are_never_printed),
        cmocka_unit_test(redaction),
    };
    return cmocka_run_group_tests_name("config-addresses", tests, NULL, NULL);
}

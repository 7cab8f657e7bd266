/* Readers of bodies: forms, JSON with an image, lists of URLs. Every streaming reader is fed the
 * whole body, and pieces of it down to single bytes: the result must not differ. */
#include "support.h"

#include "base/buf.h"
#include "form_text.h"
#include "http/body/disposition.h"
#include "http/body/form.h"
#include "http/body/json_body.h"
#include "http/body/multipart.h"
#include "http/body/url_list.h"

/* --- forms --- */

#define CD "Content-Disposition: form-data; name="

static void forms_are_read(void **state)
{
    static const struct {
        const char *body, *wanted; /* NULL: malformed */
    } cases[] = {
        {"--xx\r\n" CD "\"a\"\r\n\r\nhello\r\n--xx--\r\n", "[a|-|hello]"},
        {"--xx\r\n" CD "a\r\n\r\n\r\n--xx--", "[a|-|]"},
        {"--xx\r\n" CD "\"a\"; filename=\"C:\\dir\\b \\\"c\\\".jpg\"\r\nContent-Type: image/jpeg"
         "\r\n\r\n\r\n--x\r\n\r--xx\r\n-\r\n--xx--\r\nepilogue",
         "[a|b \"c\".jpg|\r\n--x\r\n\r--xx\r\n-]"},
        {"preamble\r\n--xx \t\r\n" CD "\"a\"\r\n\r\n1\r\n--xx\r\ncontent-disposition:form-data;"
         "filename=\"../../p\";name=\"b;c\"\r\n\r\n2\r\n--xx--",
         "[a|-|1][b;c|p|2]"},
        {"--xx\r\n" CD "\"a\"\r\n\r\n\r\n\r\n--xx--", "[a|-|\r\n]"},
        {"--xx\r\n" CD "\"a\"\r\n\r\n--xx--", "[a|-|]"}, /* no data line at all */
        {"--xx--", ""},
        {"", NULL},
        {"--xx\r\n", NULL},
        {"--xx\r\n" CD "\"a\"\r\n\r\nhello", NULL},
        {"--xx\r\n" CD "\"a\"\r\n\r\nhello\r\n--xx", NULL},
        {"--xx\r\n" CD "\"a\"\r\n\r\nhello\r\n--xxy\r\n", NULL},
        {"--xx\r\n\r\nno headers\r\n--xx--", NULL},
        {"--xx\r\n" CD "\"a\r\n\r\nopen quote\r\n--xx--", NULL},
        {"--xx\n" CD "\"a\"\n\nbare\r\nfeeds\n--xx--", "[a|-|bare\r\nfeeds]"},
        {"--xx\n" CD "\"a\"\n\nbare\n--x\n\n--xx\n" CD "b\n\n\n--xx--\n",
         "[a|-|bare\n--x\n][b|-|]"},
        {"text\nbefore\n--xx\n" CD "\"a\"\n\n--xx--", "[a|-|]"},
        {"text\nbefore\r\n--xx\r\n" CD "\"a\"\r\n\r\n1\n--xx\r\n--xx--", "[a|-|1\n--xx]"},
        /* folded headers; names as clients write them */
        {"--xx\r\nContent-Disposition: form-data;\r\n\tname=\"a\";\r\n filename=\"f.jpg\"\r\n\r\n1"
         "\r\n--xx--",
         "[a|f.jpg|1]"},
        {"--xx\r\nContent-Disposition : form-data; filename=\"f.jpg\"\r\n\r\n1\r\n--xx--",
         "[|f.jpg|1]"},
        {"--xx\r\n" CD "a; filename*=utf-8''%C3%BCn%C3%AF.jpg\r\n\r\n1\r\n--xx--",
         "[a|\xc3\xbcn\xc3\xaf.jpg|1]"},
        {"--xx\r\nContent-Transfer-Encoding: Base64\r\n" CD "a; filename=f\r\n\r\nZm9v\r\nYmE"
         "\r\n--xx--",
         "[a|f|fooba]"},
        {"--xx\r\nContent-Transfer-Encoding: binary\r\n" CD "a\r\n\r\nZm9v\r\n--xx\r\n" CD
         "b\r\ncontent-transfer-encoding:base64\r\n\r\n\r\n--xx--",
         "[a|-|Zm9v][b|-|]"},
        {"--xx\r\nContent-Transfer-Encoding: base64\r\n" CD "a\r\n\r\n*\r\n--xx--", NULL},
        {"--xx\r\nContent-Transfer-Encoding: quoted-printable\r\n" CD "a\r\n\r\n1\r\n--xx--", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            struct pc_buf out = PC_BUF_INIT;
            enum pc_code rc = form_text(cases[i].body, strlen(cases[i].body), step, &out);
            assert_int_equal(rc, cases[i].wanted ? PC_OK : PC_E_BAD_REQUEST);
            if (cases[i].wanted)
                assert_string_equal(pc_buf_text(&out), cases[i].wanted);
            pc_buf_finish(&out);
        }
}

static void forms_are_bounded(void **state)
{
    struct pc_buf body = PC_BUF_INIT, out = PC_BUF_INIT;
    (void)state;
    for (int i = 0; i < 65; i++)
        pc_buf_puts(&body, "--xx\r\n" CD "a\r\n\r\n1\r\n");
    pc_buf_puts(&body, "--xx--");
    assert_code(form_text(body.data, body.len, 1000, &out), PC_E_BAD_REQUEST);
    pc_buf_clear(&body);
    pc_buf_puts(&body, "--xx\r\nX: ");
    for (int i = 0; i < 9000; i++)
        pc_buf_putc(&body, 'a');
    assert_code(form_text(body.data, body.len, 1000, &out), PC_E_BAD_REQUEST);
    pc_buf_finish(&body);
    pc_buf_finish(&out);
}

/* A form with one field whose boundary is written like this in the Content-Type. */
static enum pc_code read_with_boundary(const char *written, const char *boundary)
{
    struct pc_buf body = PC_BUF_INIT, out = PC_BUF_INIT;
    struct pc_multipart *mp;
    struct pc_err err = PC_ERR_INIT;
    pc_buf_printf(&out, "multipart/form-data; boundary=%s", written);
    enum pc_code rc = pc_multipart_create(pc_buf_text(&out), &form_text_events, &out, &mp, &err);
    pc_buf_clear(&out);
    if (rc)
        return rc;
    pc_buf_printf(&body, "--%s\r\n" CD "a\r\n\r\n1\r\n--%s--\r\n", boundary, boundary);
    rc = pc_multipart_feed(mp, body.data, body.len, &err);
    if (!rc)
        rc = pc_multipart_end(mp, &err);
    if (!rc)
        assert_string_equal(pc_buf_text(&out), "[a|-|1]");
    pc_multipart_destroy(mp);
    pc_buf_finish(&body);
    pc_buf_finish(&out);
    return rc;
}

#define TEN "0123456789"

static void boundaries_of_all_clients_are_read(void **state)
{
    static const struct {
        const char *written, *boundary;
    } good[] = {
        {"*****", "*****"},
        {"--dio-boundary-&12", "--dio-boundary-&12"},
        {"$%#@!^~`|{}[]<>", "$%#@!^~`|{}[]<>"},
        {"----=_Part_1_2.3", "----=_Part_1_2.3"},
        {"'()+_,-./:=?", "'()+_,-./:=?"},
        {"\"a b;c=\\\"d\\\"\"", "a b;c=\"d\""},
        {"\"0\"; charset=utf-8", "0"},
        {"a b ; charset=utf-8", "a b"},
        {"b\xc3\xbcrde", "b\xc3\xbcrde"},
        {TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN, TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN},
    };
    static const char *const bad[] = {"", "\"\"", "\"a", "\"a\r\nb\"", "a\tb", "\"a\x7f\""};
    struct pc_multipart *mp;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (read_with_boundary(good[i].written, good[i].boundary))
            fail_msg("%s", good[i].written);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_with_boundary(bad[i], "a"), PC_E_BAD_REQUEST);
    assert_code(pc_multipart_create("multipart/form-data", &form_text_events, NULL, &mp, &err),
                PC_E_BAD_REQUEST);
    assert_code(
        pc_multipart_create("multipart/form-data; xboundary=a", &form_text_events, NULL, &mp, &err),
        PC_E_BAD_REQUEST);
    assert_ok(pc_multipart_create("multipart/form-data; charset=\"a;b\" ; Boundary = x-1",
                                  &form_text_events, NULL, &mp, &err),
              &err);
    pc_multipart_destroy(mp);
}

static void file_names_of_all_clients_are_read(void **state)
{
    static const struct {
        const char *header, *wanted; /* NULL: no file */
    } cases[] = {
        {"form-data; name=a", NULL},
        {"form-data; name=a; filename=\"\"", ""},
        {"form-data; name=a; filename=a.jpg", "a.jpg"},
        {"form-data; name=a; filename=my summer dress.jpg; size=1", "my summer dress.jpg"},
        {"form-data; filename=\"a %22b%22 100%25 %0D%0A.jpg\"", "a \"b\" 100%25 __.jpg"},
        {"form-data; filename=\"a \\\"b\\\" c.jpg\"", "a \"b\" c.jpg"},
        {"form-data; filename=\"C:\\photos\\new\\a.jpg\"", "a.jpg"},
        {"form-data; filename=\"C:\\\\photos\\\\a.jpg\"", "a.jpg"},
        {"form-data; filename=\"/pictures/me/a.jpg\"", "a.jpg"},
        {"form-data; filename=\"dir/\"", ""},
        {"form-data; filename=\"\xc3\xbc.jpg\"", "\xc3\xbc.jpg"},
        {"form-data; filename=\"\xfc\x80.jpg\"", "\xc3\xbc\xe2\x82\xac.jpg"},
        /* RFC 8187, which goes before the plain name */
        {"form-data; filename*=utf-8''%C3%BC.jpg", "\xc3\xbc.jpg"},
        {"form-data; filename=x.jpg; filename*=UTF-8'de'%C3%BC.jpg", "\xc3\xbc.jpg"},
        {"form-data; filename*=UTF-8''%e2%82%ac%20rates; filename=EURO", "\xe2\x82\xac rates"},
        {"form-data; filename*=iso-8859-1'en'%A3.jpg", "\xc2\xa3.jpg"},
        {"form-data; filename*=\"utf-8''a%20b.jpg\"", "a b.jpg"},
        {"form-data; filename*=%C3%BC.jpg", "\xc3\xbc.jpg"},
        {"form-data; filename*=koi8-r''%C1.jpg; filename=a.jpg", "a.jpg"},
        {"form-data; filename*=utf-8''%zz; filename=a.jpg", "a.jpg"},
        {"form-data; filename*=utf-8''..%2Fa.jpg", "a.jpg"},
        {"form-data; filename*0*=utf-8''%C3; filename*1*=%BC%20; filename*2=\"b.jpg\"",
         "\xc3\xbc b.jpg"},
        {"form-data; filename*1=\"b.jpg\"; filename*0=\"a-\"", "a-b.jpg"},
        /* RFC 2047 */
        {"form-data; filename=\"=?utf-8?B?w7xuw68uanBn?=\"", "\xc3\xbcn\xc3\xaf.jpg"},
        {"form-data; filename==?UTF-8?q?a_=C3=BC.jpg?=", "a \xc3\xbc.jpg"},
        {"form-data; filename=\"=?utf-8?B?w7w=?= =?utf-8?Q?_b?=.jpg\"", "\xc3\xbc b.jpg"},
        {"form-data; filename=\"=?utf-8?B?ww==?= =?utf-8?B?vA==?=.jpg\"", "\xc3\xbc.jpg"},
        {"form-data; filename=\"x =?iso-8859-1*de?Q?=FC?= y.jpg\"", "x \xc3\xbc y.jpg"},
        {"form-data; filename=\"=?koi8-r?B?wQ==?=.jpg\"", "=?koi8-r?B?wQ==?=.jpg"},
        {"form-data; filename=\"=?utf-8?B?*?=.jpg\"", "=?utf-8?B?*?=.jpg"},
        {"form-data; filename=\"=?utf-8?X?a?= =? =?utf-8?B.jpg\"",
         "=?utf-8?X?a?= =? =?utf-8?B.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = pc_disposition_file_name(cases[i].header);
        if (!cases[i].wanted)
            assert_null(name);
        else if (!name || strcmp(name, cases[i].wanted) != 0)
            fail_msg("%s: %s", cases[i].header, name ? name : "NULL");
        free(name);
    }
}

/* --- forms with an image --- */

/* Reads the form in pieces of step bytes; what it is, or the message of its error. */
static enum pc_code read_image_form(const char *body, size_t step, struct pc_buf *out)
{
    struct pc_buf image = PC_BUF_INIT;
    struct pc_metadata meta = {0};
    struct pc_form *form;
    struct pc_err err = PC_ERR_INIT;
    size_t len = strlen(body);
    assert_ok(pc_form_create("multipart/form-data; boundary=xx", form_text_events.data, &image,
                             &meta, &form, &err),
              &err);
    enum pc_code rc = PC_OK;
    for (size_t at = 0; at < len && !rc; at += step)
        rc = pc_form_feed(form, body + at, at + step < len ? step : len - at, &err);
    if (!rc)
        rc = pc_form_end(form, &err);
    if (rc)
        pc_buf_puts(out, err.message);
    else
        pc_buf_printf(out, "%s|%s|%s|%s|%s", pc_buf_text(&image), meta.name ? meta.name : "-",
                      meta.sku ? meta.sku : "-", meta.batch ? meta.batch : "-",
                      meta.url ? meta.url : "-");
    pc_form_destroy(form);
    pc_metadata_finish(&meta);
    pc_buf_finish(&image);
    return rc;
}

#define PART(head, body) "--xx\r\n" CD head "\r\n\r\n" body "\r\n"
#define TYPE(head, type, body) PART(head "\r\nContent-Type: " type, body)
#define AN_IMAGE PART("f; filename=a.jpg", "JPEG")
#define END "--xx--\r\n"

static void forms_with_an_image_are_read(void **state)
{
    static const struct {
        const char *body;
        enum pc_code rc;
        const char *wanted; /* the form, or a part of the error's message */
    } cases[] = {
        {PART("sku", "S") AN_IMAGE PART("batch", "b") END, PC_OK, "JPEG|a.jpg|S|b|-"},
        {AN_IMAGE PART("name", "n") END, PC_OK, "JPEG|n|-|-|-"},
        {PART("name", "n") AN_IMAGE END, PC_OK, "JPEG|n|-|-|-"},
        /* empty file fields */
        {TYPE("g; filename=\"\"", "application/octet-stream", "") AN_IMAGE END, PC_OK,
         "JPEG|a.jpg|-|-|-"},
        {AN_IMAGE TYPE("g; filename=\"\"", "application/octet-stream", "") END, PC_OK,
         "JPEG|a.jpg|-|-|-"},
        {PART("g; filename=b.jpg", "") AN_IMAGE END, PC_OK, "JPEG|a.jpg|-|-|-"},
        {PART("g; filename=\"\"", "JPEG") END, PC_OK, "JPEG|-|-|-|-"},
        {PART("g; filename=\"\"", "") END, PC_E_BODY_EMPTY, "The form has no file."},
        {PART("g; filename=b.jpg", "") END, PC_E_BODY_EMPTY, "'b.jpg' is empty"},
        {AN_IMAGE PART("g; filename=b.jpg", "GIF") END, PC_E_BAD_REQUEST, "'a.jpg' and 'b.jpg'"},
        /* a file without a file name */
        {TYPE("f", "image/jpeg", "JPEG") END, PC_OK, "JPEG|-|-|-|-"},
        {TYPE("f", "application/octet-stream", "JPEG") END, PC_OK, "JPEG|-|-|-|-"},
        {PART("f", "JPEG") PART("g", "x") END, PC_E_BODY_EMPTY, "only the fields 'f', 'g'"},
        {TYPE("sku", "text/plain; charset=ISO-8859-1", "\xfc") AN_IMAGE END, PC_OK,
         "JPEG|a.jpg|\xc3\xbc|-|-"},
        /* JSON beside the file */
        {TYPE("meta", "application/json", "{\"sku\":\"S\",\"batch\":null,\"x\":1}") AN_IMAGE END,
         PC_OK, "JPEG|a.jpg|S|-|-"},
        {AN_IMAGE TYPE("meta; filename=\"blob\"", "application/json; charset=utf-8",
                       "\xef\xbb\xbf{\"sku\":\"S\",\"name\":\"n\"}") END,
         PC_OK, "JPEG|n|S|-|-"},
        {AN_IMAGE TYPE("meta; filename=\"meta.json\"", "Application/JSON", "{\"batch\":\"b\"}") END,
         PC_OK, "JPEG|a.jpg|-|b|-"},
        {TYPE("sku", "application/json", "\"S\"") TYPE("batch", "application/json", "7")
             TYPE("name", "application/json", "null") AN_IMAGE END,
         PC_OK, "JPEG|a.jpg|S|7|-"},
        {TYPE("f; filename=a.jpg", "application/json", "JPEG") END, PC_OK, "JPEG|a.jpg|-|-|-"},
        {TYPE("meta", "application/json", "{\"sku\":") AN_IMAGE END, PC_E_BAD_JSON,
         "In the part 'meta': The body is not valid JSON"},
        {TYPE("meta", "application/json", "[1]") AN_IMAGE END, PC_E_BAD_JSON, "must be an object"},
        {TYPE("meta", "application/json", "{\"sku\":[]}") AN_IMAGE END, PC_E_BAD_JSON,
         "sku must be a string"},
        {TYPE("meta", "application/json", "{\"imageData\":\"x\"}") END, PC_E_BAD_JSON, "imageData"},
        {TYPE("meta", "application/json", "{\"sku\":\"S\"}") END, PC_E_BODY_EMPTY,
         "only the fields 'meta'"},
        /* a URL instead of a file */
        {PART("imageUrl", " https://a.example/1.jpg\n") PART("sku", "S") END, PC_OK,
         "|-|S|-|https://a.example/1.jpg"},
        {PART("imageUrl", "") AN_IMAGE END, PC_OK, "JPEG|a.jpg|-|-|-"},
        {PART("imageUrl", "https://a.example/1.jpg") AN_IMAGE END, PC_E_BAD_REQUEST, "not both"},
        {"no such line", PC_E_BAD_REQUEST, "has no line '--xx'"},
        {AN_IMAGE, PC_E_BAD_REQUEST, "before its last boundary"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 600; step = step * 2 + 1) {
            struct pc_buf out = PC_BUF_INIT;
            enum pc_code rc = read_image_form(cases[i].body, step, &out);
            bool right = rc ? strstr(pc_buf_text(&out), cases[i].wanted) != NULL
                            : strcmp(pc_buf_text(&out), cases[i].wanted) == 0;
            if (rc != cases[i].rc || !right)
                fail_msg("%s: %d, %s", cases[i].body, (int)rc, pc_buf_text(&out));
            pc_buf_finish(&out);
        }
}

static void a_field_that_holds_an_image_is_told(void **state)
{
    struct pc_buf body = PC_BUF_INIT, out = PC_BUF_INIT;
    (void)state;
    pc_buf_puts(&body, "--xx\r\n" CD "picture\r\n\r\n");
    for (int i = 0; i < 17000; i++)
        pc_buf_putc(&body, 'x');
    pc_buf_puts(&body, "\r\n" END);
    assert_int_equal(read_image_form(body.data, 1000, &out), PC_E_BAD_REQUEST);
    assert_non_null(strstr(out.data, "'picture' has more than 16384 bytes"));
    assert_non_null(strstr(out.data, "needs a filename"));
    pc_buf_finish(&body);
    pc_buf_finish(&out);
}

/* --- JSON --- */

static enum pc_code read_json(const char *text, size_t step, struct pc_buf *image, json_t **out)
{
    struct pc_json_body j;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = PC_OK;
    size_t len = strlen(text);
    pc_json_body_init(&j, form_text_events.data, image);
    for (size_t at = 0; at < len && !rc; at += step)
        rc = pc_json_body_feed(&j, text + at, at + step < len ? step : len - at, &err);
    if (!rc)
        rc = pc_json_body_end(&j, out, &err);
    pc_json_body_finish(&j);
    return rc;
}

static void images_in_json_are_streamed(void **state)
{
    static const struct {
        const char *text, *image, *rest; /* rest NULL: bad_json */
    } cases[] = {
        {"{\"imageData\":\"data:image/png;base64,Zm9v\",\"sku\":\"1\"}", "foo", "{\"sku\":\"1\"}"},
        {" { \"sku\" : \"a\\\"b\" , \"imageData\" : \"data:image/jpeg;base64,Zm8=\" } ", "fo",
         "{\"sku\":\"a\\\"b\"}"},
        {"{\"imageData\":\"data:;base64,\\/\\/\\/\\/\"}", "\xff\xff\xff", "{}"},
        {"{\"a\":{\"imageData\":\"x\"},\"b\":[\"imageData\",\"y\"],\"c\":\"imageData\"}", "",
         "{\"a\":{\"imageData\":\"x\"},\"b\":[\"imageData\",\"y\"],\"c\":\"imageData\"}"},
        {"{\"imageUrl\":\"http://a/?imageData\"}", "", "{\"imageUrl\":\"http://a/?imageData\"}"},
        {"{}", "", "{}"},
        /* escapes and white space, as encoders write them */
        {"{\"imageData\":\"data:image\\/png;base64,\\u002B\\u002b\\u002f\\u002FZg\\u003d\\u003D\"}",
         "\xfb\xef\xff\x66", "{}"},
        {"{\"imageData\":\" data:image/png; base64,\\r\\nZm\\n9v\\t "
         "\\u000aYmFy\\n\",\"a\":\"\\\"\"}",
         "foobar", "{\"a\":\"\\\"\"}"},
        {"{\"imageData\":\"data:;base64,Zm9vYg\",\"b\":1}", "foob", "{\"b\":1}"},
        {"{\"imageData\":\"data:;base64,____\"}", "\xff\xff\xff", "{}"},
        {"{\"\\u0069mage\\u0044ata\":\"data:;base64,Zm9v\"}", "foo", "{}"},
        {"\xef\xbb\xbf{\"imageData\":\"data:;base64,Zm9v\"}", "foo", "{}"},
        /* null and blank are absent */
        {"{\"imageData\":null,\"sku\":null}", "", "{\"sku\":null}"},
        {"{\"imageData\":\" \\n\"}", "", "{}"},
        {"{\"imageData\":\"data:image/png;base64,Zm9\\x\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/png;base64,Zm9\\u00\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/png;base64,Zm9v\n\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/png;base64,Zm9v\\u0000\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/\\ud800png;base64,Zm9v\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/\\u0000png;base64,Zm9v\"}", NULL, NULL},
        {"{\"imageData\":[\"data:;base64,Zm9v\"]}", NULL, NULL},
        {"{\"imageData\":\"Zm9v\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/png,Zm9v\"}", NULL, NULL},
        {"{\"imageData\":\"data:image/png;base64,Zm9v", NULL, NULL},
        {"{\"imageData\":\"data:image/png;base64,Z\"}", NULL, NULL},
        {"{\"imageData\":7}", NULL, NULL},
        {"{\"imageData\":\"data:;base64,Zm9v\",\"imageData\":\"data:;base64,Zm9v\"}", NULL, NULL},
        {"[\"imageData\",\"data:;base64,Zm9v\"]", NULL, NULL},
        {"{\"imageData\":\"data:;base64,Zm9v\"}}", NULL, NULL},
        {"{\"a\":1,\"a\":2}", NULL, NULL},
        {"{\"a\":\"\xff\"}", NULL, NULL},
        {"", NULL, NULL},
        {"]]]]]{\"imageData\":\"data:;base64,Zm9v\"}", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            struct pc_buf image = PC_BUF_INIT;
            json_t *root = NULL;
            enum pc_code rc = read_json(cases[i].text, step, &image, &root);
            assert_int_equal(rc, cases[i].rest ? PC_OK : PC_E_BAD_JSON);
            if (cases[i].rest) {
                char *rest = json_dumps(root, JSON_COMPACT);
                assert_string_equal(rest, cases[i].rest);
                assert_string_equal(pc_buf_text(&image), cases[i].image);
                free(rest);
            }
            json_decref(root);
            pc_buf_finish(&image);
        }
}

static void json_errors_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: up to its NUL */
        const char *says;
    } cases[] = {
        {"{\0\"\0a\0", 6, "UTF-16"},
        {"\0{\0\"\0a", 6, "UTF-16"},
        {"\xff\xfe{\0}\0", 6, "UTF-16"},
        {"\xfe\xff\0{\0}", 6, "UTF-16"},
        {"{\0\0\0}\0\0\0", 8, "UTF-32"},
        {"{\"a\":\"\xe4\"}", 0, "UTF-8"},
        {"{\"a\":1,\"a\":2}", 0, "occurs twice"},
        {"{\"a\":1", 0, "ends too early"},
        {"{\"a\":1}}", 0, "follows its end"},
        {"{\"imageData\":\"Zm9v\"}", 0, "begin with data:image/"},
        {"{\"imageData\":\"data:;base64,Zm9*\"}", 0, "foreign character"},
        {"{\"imageData\":\"data:;base64,Zm9vY\"}", 0, "cut short"},
        {"{\"imageData\":\"data:;base64,Zm9v\nZm9v\"}", 0, "bare line break"},
        {"{\"imageData\":\"data:;base64,Zm9v\\q\"}", 0, "unknown escape"},
        {"{\"imageData\":\"data:;base64,Zm9v\",\"imageData\":\"x\"}", 0, "given twice"},
        {"{\"imageData\":7}", 0, "must be a string"},
        {"[]", 0, "must be a JSON object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf image = PC_BUF_INIT;
        struct pc_err err = PC_ERR_INIT;
        struct pc_json_body j;
        json_t *root = NULL;
        size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);
        pc_json_body_init(&j, form_text_events.data, &image);
        enum pc_code rc = pc_json_body_feed(&j, cases[i].text, len, &err);
        if (!rc)
            rc = pc_json_body_end(&j, &root, &err);
        assert_int_equal(rc, PC_E_BAD_JSON);
        if (!strstr(err.message, cases[i].says))
            fail_msg("%s: %s", cases[i].text, err.message);
        pc_json_body_finish(&j);
        pc_buf_finish(&image);
    }
}

static void feed_long_member(const char *key, const char *value, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT, image = PC_BUF_INIT;
    struct pc_json_body j;
    pc_buf_printf(&text, "{\"sku\":\"1\", \"%s\": \"%s", key, value);
    for (int i = 0; i < 70000; i++)
        pc_buf_putc(&text, 'a');
    pc_json_body_init(&j, form_text_events.data, &image);
    assert_int_not_equal(pc_json_body_feed(&j, text.data, text.len, err), PC_OK);
    pc_json_body_finish(&j);
    pc_buf_finish(&text);
}

static void an_image_in_the_wrong_member_is_told(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    feed_long_member("imageUrl", "data:image/jpeg;base64,", &err);
    assert_int_equal(err.code, PC_E_URL_SCHEME);
    assert_non_null(strstr(err.message, "imageData"));
    err = (struct pc_err)PC_ERR_INIT;
    feed_long_member("Image", "data:image/jpeg;base64,", &err);
    assert_int_equal(err.code, PC_E_BODY_TOO_LARGE);
    assert_non_null(strstr(err.message, "'Image'"));
}

static void json_beside_the_image_is_bounded(void **state)
{
    struct pc_buf text = PC_BUF_INIT, image = PC_BUF_INIT;
    json_t *root = NULL;
    (void)state;
    pc_buf_puts(&text, "{\"sku\":\"");
    for (int i = 0; i < 70000; i++)
        pc_buf_putc(&text, 'a');
    pc_buf_puts(&text, "\"}");
    assert_code(read_json(text.data, 4096, &image, &root), PC_E_BODY_TOO_LARGE);
    pc_buf_finish(&text);
    pc_buf_finish(&image);
}

/* --- lists --- */

typedef enum pc_code (*reader)(struct pc_http_url_list *, const char *, size_t, struct pc_err *);

/* "line:url/sku/label;" for each. */
static enum pc_code read_list(reader read, const char *text, int max, struct pc_buf *out)
{
    struct pc_http_url_list list;
    struct pc_err err = PC_ERR_INIT;
    pc_http_url_list_init(&list, max);
    enum pc_code rc = read(&list, text, strlen(text), &err);
    for (int i = 0; i < list.n; i++)
        pc_buf_printf(out, "%d:%s/%s/%s;", list.items[i].line, list.items[i].url, list.items[i].sku,
                      list.items[i].label);
    pc_http_url_list_finish(&list);
    return rc;
}

static void lists_are_read(void **state)
{
    static const struct {
        reader read;
        const char *text;
        enum pc_code rc;
        const char *wanted;
    } cases[] = {
        {pc_http_url_list_read_text, "\xef\xbb\xbfhttp://a/\r\n\r\n  http://b/ \nx", PC_OK,
         "1:http://a///;3:http://b///;4:x//;"},
        {pc_http_url_list_read_text, "", PC_OK, ""},
        {pc_http_url_list_read_text, "\n\n\r\n", PC_OK, ""},
        {pc_http_url_list_read_text, "http://\xff/", PC_E_BAD_REQUEST, ""},
        {pc_http_url_list_read_text, "1\n2\n3\n4\n5", PC_E_BATCH_TOO_LARGE,
         "1:1//;2:2//;3:3//;4:4//;"},
        {pc_http_url_list_read_csv, "url\nhttp://a/\n", PC_OK, "2:http://a///;"},
        {pc_http_url_list_read_csv,
         "\xef\xbb\xbf\"SKU\",Url , LABEL\r\n1,http://a/,x\r\n\r\n2,http://b/\r\n", PC_OK,
         "2:http://a//1/x;4:http://b//2/;"},
        {pc_http_url_list_read_csv, "label;url\n\"a;\"\"b\"\"\nc\";http://a/?x=1,2\n;y", PC_OK,
         "2:http://a/?x=1,2//a;\"b\"\nc;4:y//;"},
        {pc_http_url_list_read_csv, "url\tsku\nhttp://a/\t7", PC_OK, "2:http://a//7/;"},
        {pc_http_url_list_read_csv, "sku,url\n7\n,\n8,", PC_OK, "2:/7/;4:/8/;"},
        {pc_http_url_list_read_csv, "sku,label\n1,2\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\n\"http://a/\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\n\"http://a/\"x\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\na\rb\n", PC_OK, "2:a//;3:b//;"},
        {pc_http_url_list_read_text, "sku\tBild-URL\n7\ta\n", PC_OK, "2:a/7/;"},
        {pc_http_url_list_read_csv, "url\n\xe4\n", PC_E_BAD_REQUEST, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf out = PC_BUF_INIT;
        assert_int_equal(read_list(cases[i].read, cases[i].text, 4, &out), cases[i].rc);
        assert_string_equal(pc_buf_text(&out), cases[i].wanted);
        pc_buf_finish(&out);
    }
}

/* The cases that the page's own reader is held to as well. */
static void lists_are_read_as_on_the_page(void **state)
{
    char *path = test_source("tests/data/url_lists.json");
    json_t *cases = json_load_file(path, 0, NULL), *one;
    size_t at;
    (void)state;
    assert_true(json_array_size(cases) > 50);
    json_array_foreach(cases, at, one)
    {
        const char *text = json_string_value(json_object_get(one, "text"));
        const json_t *column = json_object_get(one, "column"), *row;
        const char *name = json_string_value(json_object_get(one, "name"));
        for (int as_csv = 0; as_csv < 2; as_csv++) {
            struct pc_http_url_list list;
            struct pc_err err = PC_ERR_INIT;
            size_t i;
            pc_http_url_list_init(&list, 100);
            enum pc_code rc = as_csv ? pc_http_url_list_read_csv(&list, text, strlen(text), &err)
                                     : pc_http_url_list_read_text(&list, text, strlen(text), &err);
            if (as_csv && json_is_null(column)) {
                assert_int_equal(rc, PC_E_BAD_CSV);
                pc_http_url_list_finish(&list);
                continue;
            }
            if (rc || list.n != (int)json_array_size(json_object_get(one, "rows")))
                fail_msg("%s: %s, %d rows", name, err.message, list.n);
            if (json_is_string(column))
                assert_string_equal(list.url_column, json_string_value(column));
            else
                assert_null(list.url_column);
            json_array_foreach(json_object_get(one, "rows"), i, row)
            {
                const struct pc_submit_line *line = &list.items[i];
                const char *const texts[] = {line->url, line->sku, line->label};
                if (line->line != json_integer_value(json_array_get(row, 0)))
                    fail_msg("%s: line %d", name, line->line);
                for (size_t k = 0; k < 3; k++)
                    assert_string_equal(texts[k], json_string_value(json_array_get(row, k + 1)));
            }
            pc_http_url_list_finish(&list);
        }
    }
    json_decref(cases);
    free(path);
}

static void lists_are_read_in_every_unicode(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pc_code rc;
        const char *wanted; /* the list, or a part of the error's message */
    } cases[] = {
        {"\xff\xfeu\0r\0l\0\t\0s\0k\0u\0\r\0\n\0a\0\t\0\xfc\0=\xd8\x57\xdc\r\0\n\0", 36, PC_OK,
         "2:a/\xc3\xbc\xf0\x9f\x91\x97/;"},
        {"\xfe\xff\0u\0r\0l\0\n\0a", 12, PC_OK, "2:a//;"},
        {"u\0r\0l\0\n\0a\0", 10, PC_OK, "2:a//;"},
        {"\xff\xfeu\0r\0l\0\n\0=\xd8", 12, PC_E_BAD_REQUEST, "not UTF-8"},
        {"\xff\xfe\0\0u\0\0\0", 8, PC_E_BAD_REQUEST, "not UTF-8"},
        {"url\n\xe4", 5, PC_E_BAD_REQUEST, "not UTF-8"},
        {"PK\3\4xlsx", 8, PC_E_BAD_REQUEST, "workbook"},
        {"name,image_alt\n1,2", 18, PC_E_BAD_CSV, "It has: 'name', 'image_alt'."},
        {"https://a.test/1.jpg;S\n", 23, PC_E_BAD_CSV, "must name the columns"},
        {" \n\n", 3, PC_E_BAD_CSV, "is empty"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_http_url_list list;
        struct pc_err err = PC_ERR_INIT;
        struct pc_buf out = PC_BUF_INIT;
        pc_http_url_list_init(&list, 10);
        assert_int_equal(pc_http_url_list_read_csv(&list, cases[i].bytes, cases[i].len, &err),
                         cases[i].rc);
        for (int k = 0; k < list.n; k++)
            pc_buf_printf(&out, "%d:%s/%s/%s;", list.items[k].line, list.items[k].url,
                          list.items[k].sku, list.items[k].label);
        if (!strstr(cases[i].rc ? err.message : pc_buf_text(&out), cases[i].wanted))
            fail_msg("%zu: %s %s", i, err.message, pc_buf_text(&out));
        pc_http_url_list_finish(&list);
        pc_buf_finish(&out);
    }
}

static enum pc_code json_list(struct pc_http_url_list *list, const char *text, size_t len,
                              struct pc_err *err)
{
    json_t *root = json_loadb(text, len, JSON_DECODE_ANY, NULL);
    assert_non_null(root);
    enum pc_code rc = pc_http_url_list_read_json(list, root, err);
    json_decref(root);
    return rc;
}

static void json_lists_are_read(void **state)
{
    static const struct {
        const char *text;
        enum pc_code rc;
        const char *wanted;
    } cases[] = {
        {"{\"imageUrls\":[\"a\",7,\"b\"]}", PC_OK, "1:a//;2://;3:b//;"},
        {"{\"urls\":[\"a\"],\"batch\":\"x\"}", PC_OK, "1:a//;"},
        {"{\"urls\":[\"a\"],\"imageUrls\":[\"b\"]}", PC_E_BAD_JSON, ""},
        {"{\"imageUrls\":\"a\"}", PC_E_BAD_JSON, ""},
        {"{\"imageUrls\":[]}", PC_OK, ""},
        {"[\"a\"]", PC_E_BAD_JSON, ""},
        {"7", PC_E_BAD_JSON, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf out = PC_BUF_INIT;
        assert_int_equal(read_list(json_list, cases[i].text, 4, &out), cases[i].rc);
        assert_string_equal(pc_buf_text(&out), cases[i].wanted);
        pc_buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read),
        cmocka_unit_test(forms_are_bounded),
        cmocka_unit_test(boundaries_of_all_clients_are_read),
        cmocka_unit_test(file_names_of_all_clients_are_read),
        cmocka_unit_test(forms_with_an_image_are_read),
        cmocka_unit_test(a_field_that_holds_an_image_is_told),
        cmocka_unit_test(images_in_json_are_streamed),
        cmocka_unit_test(json_errors_say_what_is_wrong),
        cmocka_unit_test(an_image_in_the_wrong_member_is_told),
        cmocka_unit_test(json_beside_the_image_is_bounded),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(lists_are_read_as_on_the_page),
        cmocka_unit_test(lists_are_read_in_every_unicode),
        cmocka_unit_test(json_lists_are_read),
    };
    return cmocka_run_group_tests_name("http-bodies", tests, NULL, NULL);
}

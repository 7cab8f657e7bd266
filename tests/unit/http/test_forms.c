/* Readers of forms. They are fed the whole body, and pieces of it down to single bytes: the result must
 * not differ. */
#include "support.h"

#include "base/buf.h"
#include "form_text.h"
#include "http/body/disposition.h"
#include "http/body/form.h"
#include "http/body/multipart.h"

/* --- forms --- */

#define CD "Content-Disposition: form-data; name="

static const struct {
    const char *body, *wanted; /* NULL: malformed */
} forms[] = {
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
    {"--xx\n" CD "\"a\"\n\nbare\n--x\n\n--xx\n" CD "b\n\n\n--xx--\n", "[a|-|bare\n--x\n][b|-|]"},
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

static void forms_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            struct pc_buf out = PC_BUF_INIT;
            enum pc_code rc = form_text(forms[i].body, strlen(forms[i].body), step, &out);
            assert_int_equal(rc, forms[i].wanted ? PC_OK : PC_E_BAD_REQUEST);
            if (forms[i].wanted)
                assert_string_equal(pc_buf_text(&out), forms[i].wanted);
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
    if (rc) {
        pc_buf_finish(&out);
        return rc;
    }
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

static const struct {
    const char *header, *wanted; /* NULL: no file */
} dispositions[] = {
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
    {"form-data; filename=\"=?utf-8?X?a?= =? =?utf-8?B.jpg\"", "=?utf-8?X?a?= =? =?utf-8?B.jpg"},
};

static void file_names_of_all_clients_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dispositions / sizeof *dispositions; i++) {
        char *name = pc_disposition_file_name(dispositions[i].header);
        if (!dispositions[i].wanted)
            assert_null(name);
        else if (!name || strcmp(name, dispositions[i].wanted) != 0)
            fail_msg("%s: %s", dispositions[i].header, name ? name : "NULL");
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

static const struct {
    const char *body;
    enum pc_code rc;
    const char *wanted; /* the form, or a part of the error's message */
} image_forms[] = {
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
    {TYPE("meta", "application/json", "{\"sku\":\"S\",\"batch\":null,\"x\":1}") AN_IMAGE END, PC_OK,
     "JPEG|a.jpg|S|-|-"},
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

static void forms_with_an_image_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof image_forms / sizeof *image_forms; i++)
        for (size_t step = 1; step < 600; step = step * 2 + 1) {
            struct pc_buf out = PC_BUF_INIT;
            enum pc_code rc = read_image_form(image_forms[i].body, step, &out);
            bool right = rc ? strstr(pc_buf_text(&out), image_forms[i].wanted) != NULL
                            : strcmp(pc_buf_text(&out), image_forms[i].wanted) == 0;
            if (rc != image_forms[i].rc || !right)
                fail_msg("%s: %d, %s", image_forms[i].body, (int)rc, pc_buf_text(&out));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read),
        cmocka_unit_test(forms_are_bounded),
        cmocka_unit_test(boundaries_of_all_clients_are_read),
        cmocka_unit_test(file_names_of_all_clients_are_read),
        cmocka_unit_test(forms_with_an_image_are_read),
        cmocka_unit_test(a_field_that_holds_an_image_is_told),
    };
    return cmocka_run_group_tests_name("http-forms", tests, NULL, NULL);
}

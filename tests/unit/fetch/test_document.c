/* Documents that stand where an image should be. */
#include "fetch/document.h"

#include "support.h"

static void kinds_are_told_by_their_beginning(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum pc_fetch_document kind;
    } cases[] = {
        {"<!DOCTYPE html><p>x", PC_FETCH_WEB_PAGE},
        {"\xef\xbb\xbf \r\n<!doctype HTML>", PC_FETCH_WEB_PAGE},
        {"<html lang=en>", PC_FETCH_WEB_PAGE},
        {"<HEAD><TITLE>Log in", PC_FETCH_WEB_PAGE},
        {"<!-- saved --> <!-- twice -->\n<script>location='/'</script>", PC_FETCH_WEB_PAGE},
        {"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML'><html/>",
         PC_FETCH_WEB_PAGE},
        {"<?xml version='1.0'?><Error/>", PC_FETCH_XML},
        {"<Error><Code>X</Code></Error>", PC_FETCH_XML},
        {"<headline>x", PC_FETCH_XML},
        {"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", PC_FETCH_NO_DOCUMENT},
        {"<svg>", PC_FETCH_NO_DOCUMENT},
        {"{\"a\": 1}", PC_FETCH_JSON},
        {"  []", PC_FETCH_JSON},
        {"[{}]", PC_FETCH_JSON},
        {"{ bytes", PC_FETCH_NO_DOCUMENT},
        {"<!-- never closed", PC_FETCH_NO_DOCUMENT},
        {"\xff\xd8\xff\xe0 a JPEG", PC_FETCH_NO_DOCUMENT},
        {"", PC_FETCH_NO_DOCUMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pc_fetch_document_kind(cases[i].text, strlen(cases[i].text)) != cases[i].kind)
            fail_msg("%s", cases[i].text);
}

static void codes_are_one_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"<Error><Code>AccessDenied</Code>", "AccessDenied"},
        {"<error><code>AuthenticationFailed</code>", "AuthenticationFailed"},
        {"{\"error\":{\"code\":404,\"message\":\"x\"}}", "404"},
        {"{\"error\" : \"invalid_token\"}", "invalid_token"},
        {"{\"errorCode\": \"E-17.2\"}", "E-17.2"},
        {"{\"error\":\"not found\"}", ""},
        {"{\"error\":\"<script>\"}", ""},
        {"<Code>two words</Code>", ""},
        {"<Code>cut", ""},
        {"{\"code\":", ""},
        {"no document", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[64];
        bool found =
            pc_fetch_document_code(cases[i].text, strlen(cases[i].text), code, sizeof code);
        if (strcmp(code, cases[i].code) != 0 || found != (*code != 0))
            fail_msg("%s: %s", cases[i].text, code);
    }
    char tiny[4];
    assert_false(pc_fetch_document_code("<Code>Four</Code>", 17, tiny, sizeof tiny));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_their_beginning),
        cmocka_unit_test(codes_are_one_word),
    };
    return cmocka_run_group_tests_name("documents", tests, NULL, NULL);
}

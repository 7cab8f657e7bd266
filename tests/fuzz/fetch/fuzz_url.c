/* URLs of users and the allow list: for any bytes, what comes out keeps its promises. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetch/address.h"
#include "fetch/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "does not hold: %s\n", #what);                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void check_normalise(const char *text)
{
    char once[PC_FETCH_URL_MAX + 1], twice[PC_FETCH_URL_MAX + 1];
    struct pc_err err = PC_ERR_INIT;
    if (pc_fetch_normalise_url(text, once, sizeof once, &err)) {
        MUST(err.code == PC_E_BAD_URL || err.code == PC_E_URL_SCHEME);
        return;
    }
    MUST(pc_str_starts(once, "http://") || pc_str_starts(once, "https://"));
    size_t authority = strcspn(strstr(once, "://") + 3, "/?#");
    MUST(authority > 0 && !memchr(strstr(once, "://") + 3, '@', authority));
    for (const char *p = once; *p; p++)
        MUST(*p > ' ' && *p < 0x7f && *p != '#' && *p != '\\');
    MUST(pc_fetch_normalise_url(once, twice, sizeof twice, &err) == PC_OK &&
         strcmp(once, twice) == 0);
}

static void check_name(const char *text, size_t cap)
{
    char name[64];
    pc_fetch_url_file_name(text, name, cap);
    MUST(strlen(name) < cap && name[0] != '.' && !strpbrk(name, "/\\\n"));
    MUST(pc_str_is_utf8(name, strlen(name)));
}

static void check_allow(const char *text)
{
    struct pc_allow_list allow;
    struct pc_err err = PC_ERR_INIT;
    if (pc_allow_list_parse(text, &allow, &err) == PC_OK)
        for (size_t i = 0; i < allow.n; i++)
            MUST(allow.nets[i].prefix <= 128);
    (void)pc_address_host_allowed(text, &allow);
    pc_allow_list_finish(&allow);
}

/* An IPv4 address is treated alike in each of its wrappings. */
static void check_wrappings(const uint8_t v4[4])
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    static const uint8_t heads[][12] = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
                                        {0x00, 0x64, 0xff, 0x9b}};
    memcpy(&in.sin_addr, v4, 4);
    bool plain = pc_address_allowed((struct sockaddr *)&in, sizeof in, NULL);
    for (int i = 0; i < 2; i++) {
        memcpy(&in6.sin6_addr, heads[i], 12);
        memcpy((uint8_t *)&in6.sin6_addr + 12, v4, 4);
        MUST(pc_address_allowed((struct sockaddr *)&in6, sizeof in6, NULL) == plain);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = pc_xstrndup((const char *)data, size);
    check_normalise(text);
    check_name(text, size % 63 + 1);
    check_allow(text);
    if (size >= 4)
        check_wrappings(data);
    free(text);
    return 0;
}

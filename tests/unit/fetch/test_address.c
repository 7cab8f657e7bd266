#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "cases.h"
#include "fetch/address.h"

static bool is_allowed(const char *text, const struct pc_allow_list *allow)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return pc_address_allowed((struct sockaddr *)&v4, sizeof v4, allow);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return pc_address_allowed((struct sockaddr *)&v6, sizeof v6, allow);
}

static void one_address(const char *text, const char *wanted, void *ctx)
{
    (void)ctx;
    if (is_allowed(text, NULL) != (strcmp(wanted, "open") == 0))
        fail_msg("%s should be %s", text, wanted);
    if (pc_address_host_allowed(text, NULL) != is_allowed(text, NULL))
        fail_msg("%s is treated differently as a host", text);
}

static void edges_of_closed_networks(void **state)
{
    (void)state;
    assert_in_range(for_each_case("addresses.txt", ' ', one_address, NULL), 100, 1000);
}

static void only_whole_internet_addresses_pass(void **state)
{
    (void)state;
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/tmp/x"};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x08080808)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    assert_false(pc_address_allowed((struct sockaddr *)&un, sizeof un, NULL));
    assert_true(pc_address_allowed((struct sockaddr *)&v4, sizeof v4, NULL));
    assert_false(pc_address_allowed((struct sockaddr *)&v4, sizeof v4 - 1, NULL));
    assert_false(pc_address_allowed((struct sockaddr *)&v4, 0, NULL));
    assert_int_equal(inet_pton(AF_INET6, "2606:4700::1", &v6.sin6_addr), 1);
    assert_true(pc_address_allowed((struct sockaddr *)&v6, sizeof v6, NULL));
    assert_false(pc_address_allowed((struct sockaddr *)&v6, sizeof v6 - 1, NULL));
    v4.sin_family = AF_UNSPEC;
    assert_false(pc_address_allowed((struct sockaddr *)&v4, sizeof v4, NULL));
}

static void hosts_in_brackets_and_names(void **state)
{
    (void)state;
    assert_false(pc_address_host_allowed("[::1]", NULL));
    assert_true(pc_address_host_allowed("[2606:4700::1]", NULL));
    assert_false(pc_address_host_allowed("127.0.0.1.", NULL));
    assert_true(pc_address_host_allowed("8.8.8.8.", NULL));
    assert_true(pc_address_host_allowed("", NULL));
    assert_true(pc_address_host_allowed(".", NULL));
    assert_true(pc_address_host_allowed("localhost", NULL)); /* it is checked when it is resolved */
    assert_true(pc_address_host_allowed("a-name-much-longer-than-any-address-"
                                        "could-ever-be.with-labels.example.com",
                                        NULL));
}

static void allow_list_opens_what_it_names(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_allow_list allow;
    assert_ok(
        pc_allow_list_parse(" 10.1.0.0/16,192.168.7.7 ,, ::1,fd00::/8,127.0.0.0/31", &allow, &err),
        &err);
    assert_int_equal(allow.n, 5);
    static const char *const open[] = {"10.1.0.0",
                                       "10.1.255.255",
                                       "192.168.7.7",
                                       "::1",
                                       "fd12::1",
                                       "127.0.0.1",
                                       "8.8.8.8",
                                       "::ffff:10.1.2.3",
                                       "64:ff9b::10.1.2.3",
                                       "2002:a01::1",
                                       "::ffff:192.168.7.7",
                                       "2606:4700::1"};
    static const char *const closed[] = {"10.0.255.255", "10.2.0.0",  "192.168.7.8", "::2",
                                         "fc00::1",      "127.0.0.2", "fe80::1",     "::10.1.2.3"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (!is_allowed(open[i], &allow))
            fail_msg("%s should be open", open[i]);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (is_allowed(closed[i], &allow))
            fail_msg("%s should be closed", closed[i]);
    pc_allow_list_finish(&allow);
}

static void everything_can_be_opened(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_allow_list allow;
    assert_ok(pc_allow_list_parse("0.0.0.0/0", &allow, &err), &err);
    assert_true(is_allowed("127.0.0.1", &allow));
    assert_true(is_allowed("::ffff:127.0.0.1", &allow));
    assert_false(is_allowed("::1", &allow)); /* IPv4 only */
    pc_allow_list_finish(&allow);
    assert_ok(pc_allow_list_parse("::/0", &allow, &err), &err);
    assert_true(is_allowed("::1", &allow));
    assert_true(is_allowed("127.0.0.1", &allow)); /* as ::ffff:127.0.0.1 it lies inside */
    pc_allow_list_finish(&allow);
}

static void empty_lists(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_allow_list allow;
    static const char *const empty[] = {NULL, "", " ", ",", " , ,"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        assert_ok(pc_allow_list_parse(empty[i], &allow, &err), &err);
        assert_int_equal(allow.n, 0);
        pc_allow_list_finish(&allow);
    }
}

static void bad_lists_name_the_part(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_allow_list allow;
    static const char *const bad[] = {
        "localhost",   "10.0.0.0/33",  "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x",
        "10.1.2.3/8",  "::/129",       "fd00::1/8",   "1.2.3",     "/8",
        "10.0.0.0 /8", "10.0.0.0/8/8", "*",           "[::1]",     "::ffff:1.2.3.4/8"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char list[64];
        snprintf(list, sizeof list, "127.0.0.1,%s,::1", bad[i]);
        assert_code(pc_allow_list_parse(list, &allow, &err), PC_E_CONFIG);
        assert_non_null(strstr(err.message, bad[i]));
        assert_int_equal(allow.n, 0);
        assert_null(allow.nets);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_of_closed_networks),
        cmocka_unit_test(only_whole_internet_addresses_pass),
        cmocka_unit_test(hosts_in_brackets_and_names),
        cmocka_unit_test(allow_list_opens_what_it_names),
        cmocka_unit_test(everything_can_be_opened),
        cmocka_unit_test(empty_lists),
        cmocka_unit_test(bad_lists_name_the_part),
    };
    return cmocka_run_group_tests_name("fetch-address", tests, NULL, NULL);
}

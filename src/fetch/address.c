/* Every address is handled as 16 bytes, an IPv4 one in its mapped form, so that one comparison
 * serves both families and a mapped address cannot slip past an IPv4 rule. */
#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* IPv4 networks that are not public (RFC 6890, 5737, 6598, 2544, 1112, 5771), and one that is but
 * leads to the cloud host of the machine itself. */
static const struct {
    unsigned char net[4];
    unsigned prefix;
} closed_v4[] = {
    {{0, 0, 0, 0}, 8},        /* this network */
    {{10, 0, 0, 0}, 8},       /* private */
    {{100, 64, 0, 0}, 10},    /* carrier-grade NAT */
    {{127, 0, 0, 0}, 8},      /* loopback */
    {{168, 63, 129, 16}, 32}, /* Azure's host agent */
    {{169, 254, 0, 0}, 16},   /* link-local, cloud metadata */
    {{172, 16, 0, 0}, 12},    /* private */
    {{192, 0, 0, 0}, 24},     /* protocol assignments */
    {{192, 0, 2, 0}, 24},     /* documentation */
    {{192, 88, 99, 0}, 24},   /* 6to4 relays */
    {{192, 168, 0, 0}, 16},   /* private */
    {{198, 18, 0, 0}, 15},    /* benchmarks */
    {{198, 51, 100, 0}, 24},  /* documentation */
    {{203, 0, 113, 0}, 24},   /* documentation */
    {{224, 0, 0, 0}, 4},      /* multicast */
    {{240, 0, 0, 0}, 4},      /* reserved, broadcast */
};

/* Networks within 2000::/3 that are not public. */
static const struct {
    unsigned char net[4];
    unsigned prefix;
} closed_v6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocol assignments: Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* documentation */
};

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const unsigned char nat64_prefix[12] = {0x00, 0x64, 0xff, 0x9b};
static const unsigned char six_to_four_prefix[2] = {0x20, 0x02};

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    if (memcmp(a, b, bits / 8) != 0)
        return false;
    unsigned rest = bits % 8;
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static bool listed(const unsigned char addr[16], const struct pc_allow_list *allow)
{
    for (size_t i = 0; allow && i < allow->n; i++)
        if (same_bits(addr, allow->nets[i].addr, allow->nets[i].prefix))
            return true;
    return false;
}

static void map_v4(const unsigned char v4[4], unsigned char out[16])
{
    memcpy(out, mapped_prefix, 12);
    memcpy(out + 12, v4, 4);
}

static bool allowed_v4(const unsigned char v4[4], const struct pc_allow_list *allow)
{
    unsigned char addr[16];
    bool is_public = true;
    for (size_t i = 0; i < sizeof closed_v4 / sizeof *closed_v4; i++)
        is_public = is_public && !same_bits(v4, closed_v4[i].net, closed_v4[i].prefix);
    map_v4(v4, addr);
    return is_public || listed(addr, allow);
}

static bool allowed(const unsigned char addr[16], const struct pc_allow_list *allow)
{
    if (memcmp(addr, mapped_prefix, 12) == 0 || memcmp(addr, nat64_prefix, 12) == 0)
        return allowed_v4(addr + 12, allow);
    if (memcmp(addr, six_to_four_prefix, 2) == 0)
        return allowed_v4(addr + 2, allow);
    bool is_public = addr[0] >> 5 == 1; /* 2000::/3, the only global unicast space */
    for (size_t i = 0; i < sizeof closed_v6 / sizeof *closed_v6; i++)
        is_public = is_public && !same_bits(addr, closed_v6[i].net, closed_v6[i].prefix);
    return is_public || listed(addr, allow);
}

bool pc_address_allowed(const struct sockaddr *sa, size_t len, const struct pc_allow_list *allow)
{
    unsigned char addr[16];
    if (len >= sizeof(struct sockaddr_in) && sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        map_v4((const unsigned char *)&in.sin_addr, addr);
        return allowed(addr, allow);
    }
    if (len >= sizeof(struct sockaddr_in6) && sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof in6);
        memcpy(addr, &in6.sin6_addr, 16);
        return allowed(addr, allow);
    }
    return false;
}

/* Fills addr from "1.2.3.4" or "::1"; *bits becomes the length of that family's prefixes. */
static bool parse_address(const char *text, unsigned char addr[16], unsigned *bits)
{
    unsigned char v4[4];
    if (inet_pton(AF_INET, text, v4) == 1) {
        map_v4(v4, addr);
        *bits = 32;
        return true;
    }
    *bits = 128;
    return inet_pton(AF_INET6, text, addr) == 1;
}

bool pc_address_host_allowed(const char *host, const struct pc_allow_list *allow)
{
    char text[64];
    unsigned char addr[16];
    unsigned bits;
    if (host[0] == '[')
        host++;
    if (!pc_str_copy(text, sizeof text, host))
        return true; /* longer than any address: a name */
    text[strcspn(text, "]")] = 0;
    size_t len = strlen(text);
    if (len && text[len - 1] == '.') /* "127.0.0.1." is the same address to a resolver */
        text[len - 1] = 0;
    return !parse_address(text, addr, &bits) || allowed(addr, allow);
}

static bool parse_net(char *text, struct pc_address_network *net)
{
    unsigned bits;
    int64_t prefix;
    char *slash = strchr(text, '/');
    if (slash)
        *slash++ = 0;
    if (!parse_address(text, net->addr, &bits))
        return false;
    prefix = bits;
    if (slash && !pc_str_to_i64(slash, 0, bits, &prefix))
        return false;
    net->prefix = (unsigned)prefix + (128 - bits);
    /* 10.1.2.3/8 is more likely a slip than meant: the bits beyond the prefix must be zero. */
    for (unsigned bit = net->prefix; bit < 128; bit++)
        if (net->addr[bit / 8] & (0x80u >> (bit % 8)))
            return false;
    return true;
}

enum pc_code pc_allow_list_parse(const char *text, struct pc_allow_list *out, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    char *copy = pc_xstrdup(text ? text : "");
    char *rest = copy;
    *out = (struct pc_allow_list){NULL, 0};
    for (char *part; !rc && (part = strsep(&rest, ",")) != NULL;) {
        char given[64];
        part = pc_str_trim(part);
        if (!*part)
            continue;
        pc_str_copy(given, sizeof given, part); /* parsing cuts it to pieces */
        out->nets = pc_xrealloc(out->nets, (out->n + 1) * sizeof *out->nets);
        if (parse_net(part, &out->nets[out->n]))
            out->n++;
        else
            rc = pc_fail(err, PC_E_CONFIG,
                         "The allow list has \"%s\", which is not an address or network such as "
                         "10.0.0.0/8 or ::1.",
                         given);
    }
    free(copy);
    if (rc)
        pc_allow_list_finish(out);
    return rc;
}

void pc_allow_list_finish(struct pc_allow_list *allow)
{
    free(allow->nets);
    *allow = (struct pc_allow_list){NULL, 0};
}

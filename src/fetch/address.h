/* Which network addresses may be reached: the judge behind every socket that src/fetch makes.
 *
 * Public is what IANA's special-purpose registries (IPv4: RFC 6890 and updates, IPv6: RFC 8190)
 * call globally reachable, and no more: in IPv6 only 2000::/3 is looked at at all. An IPv4 address
 * inside IPv6 (mapped, NAT64 64:ff9b::/96, 6to4) is judged by what is inside; Teredo, v4-compatible
 * and local-use NAT64 addresses are refused. An allow list opens networks by exception.
 *
 * Ownership: parse fills a list that pc_allow_list_finish empties. Threads: a list is read-only after
 * parse; judging is pure.
 */
#ifndef PC_FETCH_ADDRESS_H
#define PC_FETCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

struct pc_address_network {
    unsigned char addr[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned prefix;        /* bits of the 128 that count */
};

struct pc_allow_list {
    struct pc_address_network *nets;
    size_t n;
};

/* "10.0.0.0/8, ::1,192.168.1.7": addresses and networks, commas between, spaces allowed; NULL and
 * "" give an empty list. PC_E_CONFIG names the part that does not parse; *out is empty then. */
PC_NODISCARD enum pc_code pc_allow_list_parse(const char *text, struct pc_allow_list *out,
                                              struct pc_err *err);
void pc_allow_list_finish(struct pc_allow_list *allow);

/* May a socket be connected to this address? False for anything but AF_INET and AF_INET6, and for
 * an address cut short. allow may be NULL. */
bool pc_address_allowed(const struct sockaddr *sa, size_t len, const struct pc_allow_list *allow);

/* The same for the host part of a normalised URL ("10.1.2.3", "[::1]"); true for a name, which only
 * its look-up can judge. */
bool pc_address_host_allowed(const char *host, const struct pc_allow_list *allow);

#endif

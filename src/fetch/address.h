/* Which IP addresses may be connected to.
 *
 * Public is what IANA's special-purpose registries call globally reachable (IPv4: RFC 6890 and
 * updates, IPv6: RFC 8190), and nothing else; of IPv6 that is within 2000::/3. An IPv4 address
 * inside an IPv6 one counts as itself when it is mapped, of NAT64 (64:ff9b::/96) or 6to4; Teredo,
 * v4-compatible and local-use NAT64 addresses are refused. The allow list opens other networks.
 *
 * Ownership: pc_allow_list_parse fills a list, pc_allow_list_finish empties it.
 * Threads: a list is read-only after parse; the checks are pure.
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

/* Parses addresses and networks with commas between them, such as "10.0.0.0/8, ::1,192.168.1.7".
 * NULL and "" give an empty list. PC_E_CONFIG names the part that is wrong; *out is empty then. */
PC_NODISCARD enum pc_code pc_allow_list_parse(const char *text, struct pc_allow_list *out,
                                              struct pc_err *err);
void pc_allow_list_finish(struct pc_allow_list *allow);

/* May a socket be connected to this address? False for any family but AF_INET and AF_INET6, and for
 * an address that is cut short. allow may be NULL. */
bool pc_address_allowed(const struct sockaddr *sa, size_t len, const struct pc_allow_list *allow);

/* The same for the host of a normalised URL ("10.1.2.3", "[::1]"). True for a name, which can be
 * checked only once it is resolved. */
bool pc_address_host_allowed(const char *host, const struct pc_allow_list *allow);

#endif

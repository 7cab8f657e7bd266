/* Who may call: the service listens on loopback without a login, so a web site that the user has
 * open must not be able to drive it.
 *
 * Two rules, both pure text:
 * - Origin: a request that changes something, or opens /live, and carries an Origin header must
 * carry our own: the Host of the same request, or that of POSECRAFT_PUBLIC_URL. Browsers send
 * Origin with every cross-site POST; curl sends none.
 * - Host, only when bound to loopback: "localhost", a name below it, an address literal, or the
 * host of POSECRAFT_PUBLIC_URL. A name of another site that was made to point at 127.0.0.1 (DNS
 *   rebinding) is refused, for reads too. No Host at all (HTTP/1.0) is taken: browsers send one.
 *
 * Threads: safe.
 */
#ifndef PC_HTTP_GUARD_H
#define PC_HTTP_GUARD_H

#include <stdbool.h>

/* NULL origin or host: the request has none. public_url: "" when not set. */
bool pc_guard_origin(const char *origin, const char *host, const char *public_url);
bool pc_guard_host(const char *host, const char *public_url);
/* Is this the text of a loopback address to bind to? */
bool pc_guard_is_loopback(const char *address);

#endif

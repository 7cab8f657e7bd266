/* Who may call. The service listens on loopback without a login, so a web site that the user has
 * open in a browser must not be able to drive it. Two rules, both pure text:
 *
 *   Origin  A request that changes something, or opens /live, and carries an Origin header must
 *           carry ours: the Host of the same request, or the host of POSECRAFT_PUBLIC_URL. Browsers
 *           send Origin with every cross-site POST; curl sends none.
 *   Host    Only when bound to loopback: "localhost", a name below it, an IP address, or the
 *           host of POSECRAFT_PUBLIC_URL. A name of another site that was made to point at
 *           127.0.0.1 (DNS rebinding) is rejected, for reads too. No Host at all (HTTP/1.0) is
 *           allowed, since browsers always send one.
 *
 * Threads: safe.
 */
#ifndef PC_HTTP_GUARD_H
#define PC_HTTP_GUARD_H

#include <stdbool.h>

/* Is the caller allowed? origin, host: NULL when the request has none. public_url: "" for
 * none. */
bool pc_guard_origin(const char *origin, const char *host, const char *public_url);
bool pc_guard_host(const char *host, const char *public_url);
/* Does the server bind to loopback with this address or name? */
bool pc_guard_is_loopback(const char *address);

#endif

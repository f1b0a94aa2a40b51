#ifndef ADMIN_LOCAL_SOCKET_H
#define ADMIN_LOCAL_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct local_socket;

/* The unix socket that the command line uses: whoever connects to it is administrator, and only
 * root and the broker's own user can. The file is 0600, in a directory that is 0700 and the
 * broker's, and the kernel says who is at the other end. */
struct local_socket_options {
    const char *where;             // "auto", or a path
    const char *runtime_directory; // the variable XDG_RUNTIME_DIR, or NULL
    const char *node;
    uint16_t port; // of AMQP; 0: none
};

/* Opens it, in the place of one that a broker left behind that is no more; sweeps others of that
 * kind from the same directory. NULL, with the reason, if there is no place for it. */
struct local_socket *local_socket_open(const struct local_socket_options *options,
                                       struct text *error);

int local_socket_fd(const struct local_socket *local); // listening, non-blocking; borrowed
const char *local_socket_path(const struct local_socket *local);

/* Removes the file. The descriptor is somebody else's to close (a listener has it). */
void local_socket_free(struct local_socket *local); // NULL is fine

/* Whether this connection comes from root or from our own user, through a unix socket. */
bool local_socket_trusts(int fd);

#endif

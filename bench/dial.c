#include "bench/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The connect itself blocks: load only ever starts on connections that are up. */
static int connect_one(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -1;
    }
    int on = 1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
        fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int dial(const struct uri *uri, struct problem *problem)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    int rc = getaddrinfo(uri->host, uri->port, &hints, &addresses);
    if (rc != 0) {
        problem_set(problem, "cannot resolve %s: %s", uri->host, gai_strerror(rc));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = addresses; at && fd == -1; at = at->ai_next) {
        fd = connect_one(at);
    }
    if (fd == -1) {
        problem_set(problem, "cannot connect to %s:%s: %s", uri->host, uri->port, strerror(errno));
    }
    freeaddrinfo(addresses);
    return fd;
}

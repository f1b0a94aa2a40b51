#include "server/acceptors.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/list.h"
#include "base/memory.h"
#include "conf/listener.h"
#include "conf/log.h"
#include "server/address.h"
#include "server/clock.h"
#include "server/machine.h"
#include "server/sockets.h"

enum {
    ACCEPTS_MAX = 64,     // of one listening socket in one tick
    ADDRESSES_MAX = 8,    // that a host name may stand for
    PAUSE_MS = 100,       // without accepting, when the system has no room
    QUIET_MS = 10 * 1000, // between two tales of the same trouble
    FILES_MAX = 16        // descriptors that the journal may need at any time
};

struct acceptor {
    struct list_node link;       // acceptors.all
    struct acceptors *acceptors; // borrowed: its owner
    struct tls *tls;             // borrowed
    struct event event;
    struct address address;          // where it really listens
    struct acceptor_options options; // it was opened with
    int fd;                          // -1 while suspended, but of a unix socket
};

struct acceptors {
    struct acceptors_options options;
    struct list all; // struct acceptor.link
    size_t count;
    struct event pause; // ends a time without accepting
    int reserve;        // a descriptor to give up for the one that is to be turned away; or -1
    bool suspended;
    bool full;            // the last client had to be turned away
    bool told;            // and the log said so
    uint64_t quiet_until; // milliseconds
};

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
    struct acceptors *acceptors = arg;
    (void)fd, (void)what;
    if (acceptors->suspended) {
        return;
    }
    list_each(it, &acceptors->all) {
        event_add(&container_of(it, struct acceptor, link)->event, NULL);
    }
}

static void pause_accepting(struct acceptors *acceptors)
{
    struct timeval in = {.tv_usec = PAUSE_MS * 1000};
    list_each(it, &acceptors->all) {
        event_del(&container_of(it, struct acceptor, link)->event);
    }
    event_add(&acceptors->pause, &in);
}

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void became_full(struct acceptors *acceptors)
{
    uint64_t now = clock_now(acceptors->options.clock);
    if (!acceptors->full && now >= acceptors->quiet_until) {
        acceptors->told = true;
        acceptors->quiet_until = now + QUIET_MS;
        log_warning(acceptors->options.log, LOG_DEFAULT, "file descriptor limit alarm set");
        log_warning(acceptors->options.log, LOG_DEFAULT,
                    "*** New connections will not be accepted until this alarm clears ***");
    }
    acceptors->full = true;
}

static void has_room(struct acceptors *acceptors)
{
    if (acceptors->told) {
        log_warning(acceptors->options.log, LOG_DEFAULT, "file descriptor limit alarm cleared");
    }
    acceptors->full = acceptors->told = false;
}

/* Accepts with the reserve's descriptor, only to close. True if accepting may go on. */
static bool turn_away(struct acceptor *acceptor)
{
    struct acceptors *acceptors = acceptor->acceptors;
    became_full(acceptors);
    if (acceptors->reserve >= 0) {
        close(acceptors->reserve);
        int fd = accept4(acceptor->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            close(fd);
        }
    }
    acceptors->reserve = open_reserve();
    if (acceptors->reserve < 0) {
        pause_accepting(acceptors);
    }
    return acceptors->reserve >= 0;
}

/* True if the next client may be tried. */
static bool accept_failed(struct acceptor *acceptor, int error)
{
    switch (error) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
        return turn_away(acceptor);
    case ENOBUFS:
    case ENOMEM:
        pause_accepting(acceptor->acceptors);
        return false;
    default: // what befell this client alone, such as ECONNABORTED
        return true;
    }
}

static void adopt(struct acceptor *acceptor, int fd, const struct address *peer)
{
    struct arrival arrival = {
        .fd = fd, .peer = *peer, .local = acceptor->address, .tls = acceptor->tls};
    if (!address_is_unix(&acceptor->address)) {
        arrival.local.len = ADDRESS_ROOM;
        getsockname(fd, &arrival.local.any, &arrival.local.len);
    }
    sockets_adopt(acceptor->acceptors->options.sockets, &arrival);
}

/* A client must not have what the journal needs: without it the broker would have to end. The
 * system hands out the lowest number that is free. */
static bool is_for_files(int fd)
{
    uint64_t limit = machine_descriptor_limit();
    return (uint64_t)fd + FILES_MAX >= limit;
}

static void on_acceptable(evutil_socket_t listening, short what, void *arg)
{
    struct acceptor *acceptor = arg;
    (void)what;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        struct address peer = {.len = ADDRESS_ROOM};
        int fd = accept4(listening, &peer.any, &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && is_for_files(fd)) {
            became_full(acceptor->acceptors);
            close(fd);
        } else if (fd >= 0) {
            has_room(acceptor->acceptors);
            adopt(acceptor, fd, &peer);
        } else if (!accept_failed(acceptor, errno)) {
            return;
        }
    }
}

struct acceptors *acceptors_new(const struct acceptors_options *options)
{
    struct acceptors *acceptors = memory_new(sizeof *acceptors);
    acceptors->options = *options;
    list_init(&acceptors->all);
    acceptors->reserve = open_reserve();
    event_assign(&acceptors->pause, options->base, -1, 0, on_pause_over, acceptors);
    return acceptors;
}

void acceptors_free(struct acceptors *acceptors)
{
    if (!acceptors) {
        return;
    }
    acceptors_close(acceptors);
    if (acceptors->reserve >= 0) {
        close(acceptors->reserve);
    }
    free(acceptors);
}

static void acceptor_free(struct acceptor *acceptor)
{
    list_unlink(&acceptor->link);
    acceptor->acceptors->count--;
    event_del(&acceptor->event);
    if (acceptor->fd >= 0) {
        close(acceptor->fd);
    }
    if (address_is_unix(&acceptor->address)) {
        unlink(acceptor->address.local.sun_path);
    }
    free(acceptor);
}

void acceptors_close(struct acceptors *acceptors)
{
    struct list_node *node;
    event_del(&acceptors->pause);
    while ((node = list_first(&acceptors->all))) {
        acceptor_free(container_of(node, struct acceptor, link));
    }
}

size_t acceptors_count(const struct acceptors *acceptors)
{
    return acceptors->count;
}

static void set_flag(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof value);
}

/* Accepted sockets inherit these, which saves a system call for each of them. */
static void set_options(int fd, int family, const struct acceptor_options *options)
{
    if (options->send_buffer > 0) {
        set_flag(fd, SOL_SOCKET, SO_SNDBUF, options->send_buffer);
    }
    if (options->receive_buffer > 0) {
        set_flag(fd, SOL_SOCKET, SO_RCVBUF, options->receive_buffer);
    }
    if (family == AF_UNIX) {
        return;
    }
    if (options->linger_s >= 0) {
        struct linger linger = {.l_onoff = 1, .l_linger = options->linger_s};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_flag(fd, SOL_SOCKET, SO_KEEPALIVE, options->keepalive);
    set_flag(fd, IPPROTO_TCP, TCP_NODELAY, options->nodelay);
    if (family == AF_INET6) {
        set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
}

/* A unix socket's file outlives a process that was killed. One that nobody answers at is removed,
 * for bind would fail. */
static void remove_stale_file(const struct address *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return;
    }
    if (connect(fd, &address->any, address->len) < 0 && errno == ECONNREFUSED) {
        unlink(address->local.sun_path);
    }
    close(fd);
}

/* Returns a listening descriptor and completes the address (port 0), or a negative errno. */
static int listen_at(struct address *address, const struct acceptor_options *options)
{
    int family = address->any.sa_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    set_options(fd, family, options);
    if (family == AF_UNIX) {
        remove_stale_file(address);
    }
    if (bind(fd, &address->any, address->len) < 0 || listen(fd, options->backlog) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    if (family != AF_UNIX) {
        address->len = ADDRESS_ROOM;
        getsockname(fd, &address->any, &address->len);
    }
    return fd;
}

static int open_one(struct acceptors *acceptors, struct address address,
                    const struct acceptor_options *options, struct text *error)
{
    const char *kind = options->tls ? "TLS (SSL)" : "TCP";
    struct text name = {.len = 0};
    int fd = listen_at(&address, options);
    address_format(&address, &name);
    if (fd < 0) {
        text_add_str(error, "Failed to start ");
        text_add_str(error, options->tls ? "TLS" : "TCP");
        text_add_str(error, " listener ");
        text_add(error, text_slice(&name));
        text_add_str(error, ", error: ");
        text_add_str(error, strerror(-fd));
        return fd;
    }
    struct acceptor *acceptor = memory_new(sizeof *acceptor);
    acceptor->acceptors = acceptors;
    acceptor->tls = options->tls;
    acceptor->address = address;
    acceptor->options = *options;
    acceptor->fd = fd;
    list_push(&acceptors->all, &acceptor->link);
    acceptors->count++;
    event_assign(&acceptor->event, acceptors->options.base, fd, EV_READ | EV_PERSIST, on_acceptable,
                 acceptor);
    event_add(&acceptor->event, NULL);
    log_info(acceptors->options.log, LOG_DEFAULT, "started %s listener on %s", kind, name.ptr);
    return 0;
}

static int open_host(struct acceptors *acceptors, const struct listener *where,
                     const struct acceptor_options *options, struct text *error)
{
    struct address found[ADDRESSES_MAX];
    int count = address_resolve(where->host, where->port, found, ADDRESSES_MAX);
    if (count == 0) {
        text_add_str(error, "Failed to start listener: there is no address of ");
        text_add_str(error, where->host);
        return -EADDRNOTAVAIL;
    }
    for (int i = 0; i < count; i++) {
        int rc = open_one(acceptors, found[i], options, error);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

int acceptors_open(struct acceptors *acceptors, const struct listener *where,
                   const struct acceptor_options *options, struct text *error)
{
    struct address address;
    if (where->path) {
        if (!address_of_path(where->path, &address)) {
            text_add_str(error, "the path of a unix socket is too long: ");
            text_add_str(error, where->path);
            return -ENAMETOOLONG;
        }
        return open_one(acceptors, address, options, error);
    }
    if (where->host) {
        return open_host(acceptors, where, options, error);
    }
    int rc = open_one(acceptors, address_any_ipv6(where->port), options, error);
    if (rc == -EAFNOSUPPORT || rc == -EADDRNOTAVAIL) {
        text_clear(error);
        rc = open_one(acceptors, address_any_ipv4(where->port), options, error);
    }
    return rc;
}

/* The name of a unix socket stays, so that nobody else takes it; who comes waits. */
void acceptors_suspend(struct acceptors *acceptors)
{
    if (acceptors->suspended) {
        return;
    }
    acceptors->suspended = true;
    list_each(it, &acceptors->all) {
        struct acceptor *acceptor = container_of(it, struct acceptor, link);
        event_del(&acceptor->event);
        if (!address_is_unix(&acceptor->address)) {
            close(acceptor->fd);
            acceptor->fd = -1;
        }
    }
}

/* Listens again where it did, also if the port was the system's choice. */
static int reopen(struct acceptor *acceptor)
{
    if (acceptor->fd < 0) {
        int fd = listen_at(&acceptor->address, &acceptor->options);
        if (fd < 0) {
            return fd;
        }
        acceptor->fd = fd;
        event_assign(&acceptor->event, acceptor->acceptors->options.base, fd, EV_READ | EV_PERSIST,
                     on_acceptable, acceptor);
    }
    event_add(&acceptor->event, NULL);
    return 0;
}

int acceptors_resume(struct acceptors *acceptors)
{
    if (!acceptors->suspended) {
        return 0;
    }
    list_each(it, &acceptors->all) {
        int rc = reopen(container_of(it, struct acceptor, link));
        if (rc < 0) {
            return rc;
        }
    }
    acceptors->suspended = false;
    return 0;
}

bool acceptors_suspended(const struct acceptors *acceptors)
{
    return acceptors->suspended;
}

const struct address *acceptors_address(const struct acceptors *acceptors, size_t index, bool *tls)
{
    list_each(it, &acceptors->all) {
        const struct acceptor *acceptor = container_of(it, struct acceptor, link);
        if (index-- == 0 && !acceptors->suspended) {
            *tls = acceptor->tls;
            return &acceptor->address;
        }
    }
    return NULL;
}

#include "server/sockets.h"

#include <stdlib.h>

#include "base/memory.h"
#include "server/conn.h"
#include "server/engine.h"
#include "server/socket_internal.h"
#include "server/tls.h"
#include "server/transport_plain.h"
#include "server/transport_tls.h"

struct sockets *sockets_new(const struct sockets_options *options)
{
    struct sockets *sockets = memory_new(sizeof *sockets);
    sockets->options = *options;
    list_init(&sockets->all);
    list_init(&sockets->again);
    list_init(&sockets->ready);
    list_init(&sockets->dead);
    sockets->input = memory_raw(INPUT_SIZE);
    return sockets;
}

static void free_dead(struct sockets *sockets)
{
    struct list_node *node;
    while ((node = list_first(&sockets->dead))) {
        socket_free(container_of(node, struct socket, dead_link));
    }
}

void sockets_free(struct sockets *sockets)
{
    if (sockets) {
        sockets_abort(sockets);
        free_dead(sockets);
        free(sockets->input);
        free(sockets);
    }
}

/* As RabbitMQ names connections: "127.0.0.1:41000 -> 127.0.0.1:5672". */
static void name_newcomer(struct sockets *sockets, const struct arrival *arrival, struct text *name)
{
    text_clear(name);
    if (address_is_unix(&arrival->local)) {
        text_add_str(name, "unix:");
        text_add_u64(name, ++sockets->unix_clients);
    } else {
        address_format(&arrival->peer, name);
    }
    text_add_str(name, " -> ");
    address_format(&arrival->local, name);
}

void sockets_adopt(struct sockets *sockets, const struct arrival *arrival)
{
    struct newcomer *newcomer = memory_new(sizeof *newcomer);
    struct stream stream = {.transport = &transport_plain, .fd = arrival->fd};
    newcomer->tls = arrival->tls;
    newcomer->loopback = address_is_loopback(&arrival->local);
    name_newcomer(sockets, arrival, &newcomer->name);
    if (arrival->tls) {
        stream.transport = &transport_tls;
        stream.tls = tls_accept(arrival->tls, arrival->fd);
    }
    socket_new(sockets, newcomer, stream);
}

void sockets_begin_tick(struct sockets *sockets)
{
    struct list_node *node;
    sockets->reads = 0;
    while ((node = list_first(&sockets->again))) {
        struct socket *socket = container_of(node, struct socket, again_link);
        list_unlink(node);
        if (socket->reading) {
            event_active(&socket->readable, EV_READ, 0);
        }
    }
}

size_t sockets_reads(const struct sockets *sockets)
{
    return sockets->reads;
}

bool sockets_end_tick(struct sockets *sockets)
{
    bool news = !list_empty(&sockets->dead);
    struct list_node *node;
    struct conn *conn;
    while ((conn = engine_next_changed(sockets->options.engine))) {
        news |= socket_flush(conn_owner(conn));
    }
    while ((node = list_first(&sockets->ready))) {
        list_unlink(node);
        news |= socket_flush(container_of(node, struct socket, ready_link));
    }
    free_dead(sockets);
    return news;
}

void sockets_shutdown(struct sockets *sockets)
{
    list_each(it, &sockets->all) {
        struct socket *socket = container_of(it, struct socket, link);
        if (socket->phase == SOCKET_SHAKING) {
            socket_kill(socket);
        }
    }
}

void sockets_abort(struct sockets *sockets)
{
    list_each(it, &sockets->all) {
        socket_kill(container_of(it, struct socket, link));
    }
}

size_t sockets_count(const struct sockets *sockets)
{
    return sockets->count;
}

#include "tests/dialogues/player/peer.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "amqp/frame.h"
#include "base/wire.h"
#include "tests/dialogues/player/trace.h"

enum { READ_SIZE = 65536, BODY_MAX = 64 << 20, SEND_TIMEOUT_MS = 30 * 1000 };

void peer_init(struct peer *peer, struct arena *arena, const char *name)
{
    *peer = (struct peer){.arena = arena, .name = name, .fd = -1};
    list_init(&peer->events);
    list_init(&peer->partial);
}

void peer_finish(struct peer *peer)
{
    peer_hang_up(peer);
    bytes_finish(&peer->in);
    bytes_finish(&peer->out);
}

bool peer_dial(struct peer *peer, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        return false;
    }
    for (struct addrinfo *at = found; at && peer->fd == -1; at = at->ai_next) {
        peer->fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (peer->fd != -1 && connect(peer->fd, at->ai_addr, at->ai_addrlen) == -1) {
            close(peer->fd);
            peer->fd = -1;
        }
    }
    freeaddrinfo(found);
    int on = 1;
    return peer->fd != -1 && setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
}

void peer_hang_up(struct peer *peer)
{
    if (peer->fd != -1) {
        close(peer->fd);
        peer->fd = -1;
    }
    peer->open = false;
}

void peer_read(struct peer *peer)
{
    while (peer->fd != -1 && !peer->ended) {
        uint8_t *room = bytes_reserve(&peer->in, READ_SIZE);
        ssize_t got = recv(peer->fd, room, READ_SIZE, MSG_DONTWAIT);
        if (got > 0) {
            peer->in.len += (size_t)got;
        } else if (got == -1 && (errno == EAGAIN || errno == EINTR)) {
            return;
        } else {
            peer->ended = true;
        }
    }
}

/* Sends some of the octets and returns how many. A peer that does not read because it wants to
 * be read from is read from. Zero: the connection is over. */
static size_t send_some(struct peer *peer, struct slice octets)
{
    for (;;) {
        ssize_t sent = send(peer->fd, octets.ptr, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            return (size_t)sent;
        }
        struct pollfd ready = {.fd = peer->fd, .events = POLLIN | POLLOUT};
        if (errno != EAGAIN || poll(&ready, 1, SEND_TIMEOUT_MS) != 1) {
            return 0;
        }
        peer_read(peer);
        if (peer->ended) {
            return 0;
        }
    }
}

static void send_all(struct peer *peer, struct slice octets)
{
    while (octets.len > 0 && peer->fd != -1) {
        struct slice part = octets;
        if (peer->pace > 0 && peer->pace < part.len) {
            part.len = peer->pace;
        }
        size_t sent = send_some(peer, part);
        if (sent == 0) {
            return; // what came before that is still to be read, and tells why
        }
        octets.ptr += sent;
        octets.len -= sent;
    }
}

void peer_send(struct peer *peer, struct slice octets)
{
    if (peer->holding) {
        bytes_add(&peer->out, octets);
    } else {
        send_all(peer, octets);
    }
}

void peer_flush(struct peer *peer)
{
    peer->holding = false;
    send_all(peer, bytes_slice(&peer->out));
    peer->out.len = 0;
}

void peer_send_frame(struct peer *peer, uint8_t type, uint16_t channel, struct slice payload)
{
    uint8_t head[FRAME_HEAD_SIZE];
    struct bytes frame = {0};
    frame_put_head(head, type, channel, (uint32_t)payload.len);
    bytes_add(&frame, (struct slice){head, sizeof head});
    bytes_add(&frame, payload);
    bytes_add_u8(&frame, FRAME_END);
    peer_send(peer, bytes_slice(&frame));
    bytes_finish(&frame);
}

static struct event *event_new(struct peer *peer, uint16_t channel)
{
    struct event *event = arena_new(peer->arena, sizeof *event);
    event->channel = channel;
    return event;
}

static void complete(struct peer *peer, struct event *event)
{
    list_push(&peer->events, &event->link);
    if (peer->traced) {
        trace_event(peer->name, event);
    }
}

static struct event *find(const struct list *events, uint16_t channel)
{
    list_each(node, events) {
        struct event *event = container_of(node, struct event, link);
        if (event->channel == channel) {
            return event;
        }
    }
    return NULL;
}

static const char *on_method(struct peer *peer, struct frame *frame)
{
    struct event *event = event_new(peer, frame->channel);
    struct slice payload = arena_copy(peer->arena, frame->payload);
    if (amqp_decode(payload, &event->args) != AMQP_OK) {
        return "a method that does not decode";
    }
    if (find(&peer->partial, frame->channel)) {
        return "a method in the middle of a content";
    }
    if (amqp_method_has_content(event->args.method)) {
        list_push(&peer->partial, &event->link);
    } else {
        complete(peer, event);
    }
    return NULL;
}

static void on_content(struct peer *peer, struct event *event)
{
    if (event->body && event->body_len == event->body_size) {
        list_unlink(&event->link);
        complete(peer, event);
    }
}

static const char *on_header(struct peer *peer, struct frame *frame)
{
    struct event *event = find(&peer->partial, frame->channel);
    if (!event || event->body) {
        return "a content header that belongs to no method";
    }
    struct slice payload = arena_copy(peer->arena, frame->payload);
    struct wire_reader r = wire_reader_of(payload);
    uint16_t class_id = wire_get_u16(&r);
    uint16_t weight = wire_get_u16(&r);
    event->body_size = wire_get_u64(&r);
    struct slice properties = wire_get_bytes(&r, wire_left(&r));
    if (r.bad || weight != 0 || class_id != amqp_class_id(event->args.method)) {
        return "a content header with a wrong class or weight";
    }
    if (!properties_decode(properties, &event->properties)) {
        return "properties that do not decode";
    }
    if (event->body_size > BODY_MAX) {
        return "a body that is too large for the player";
    }
    event->body = arena_new(peer->arena, event->body_size + 1);
    on_content(peer, event);
    return NULL;
}

static const char *on_body(struct peer *peer, struct frame *frame)
{
    struct event *event = find(&peer->partial, frame->channel);
    if (!event || !event->body) {
        return "a body frame that belongs to no header";
    }
    if (frame->payload.len > event->body_size - event->body_len || frame->payload.len == 0) {
        return "a body that is not as long as announced";
    }
    slice_copy(event->body + event->body_len, frame->payload);
    event->body_len += frame->payload.len;
    on_content(peer, event);
    return NULL;
}

static const char *on_frame(struct peer *peer, struct frame *frame)
{
    switch (frame->type) {
    case FRAME_METHOD:
        return on_method(peer, frame);
    case FRAME_HEADER:
        return on_header(peer, frame);
    case FRAME_BODY:
        return on_body(peer, frame);
    case FRAME_HEARTBEAT: {
        struct event *event = event_new(peer, frame->channel);
        event->heartbeat = true;
        complete(peer, event);
        return frame->payload.len == 0 ? NULL : "a heartbeat with a payload";
    }
    default:
        return "a frame of an unknown type";
    }
}

void peer_parse(struct peer *peer)
{
    uint32_t payload_max = peer->frame_max ? peer->frame_max - FRAME_OVERHEAD : UINT32_MAX;
    size_t used = 0;
    struct frame frame;
    while (!peer->broken) {
        struct slice rest = {peer->in.ptr + used, peer->in.len - used};
        enum frame_result result =
            rest.len ? frame_parse(rest, payload_max, &frame) : FRAME_PARTIAL;
        if (result == FRAME_PARTIAL) {
            break;
        }
        if (result != FRAME_OK) {
            peer->broken = result == FRAME_BAD_END ? "a frame with a wrong frame-end"
                                                   : "a frame larger than frame-max";
            break;
        }
        used += frame.payload.len + FRAME_OVERHEAD;
        peer->broken = on_frame(peer, &frame);
    }
    bytes_consume(&peer->in, used);
}

struct event *peer_first(const struct peer *peer, uint16_t channel)
{
    return find(&peer->events, channel);
}

void peer_take(struct peer *peer, struct event *event)
{
    (void)peer;
    list_unlink(&event->link);
}

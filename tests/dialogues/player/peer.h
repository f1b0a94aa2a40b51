#ifndef TESTS_DIALOGUES_PLAYER_PEER_H
#define TESTS_DIALOGUES_PLAYER_PEER_H

#include "amqp/method.h"
#include "amqp/properties.h"
#include "base/bytes.h"
#include "base/list.h"
#include "tests/dialogues/player/arena.h"

/* One connection of a dialogue, seen from the client's side: octets out, events in. What arrives
 * waits in `events` until a line of the script asks for it, channel by channel. */
struct peer {
    struct list_node link; // of the player's list
    const char *name;      // owned by the arena
    const char *connect;   // owned by the arena: the options of its `connect`; NULL if it dialled
    struct arena *arena;   // borrowed: holds the events
    int fd;                // -1 once hung up
    struct bytes in;       // octets that are not parsed yet
    struct bytes out;      // octets that are held back
    bool holding;          // sends wait in `out` for a flush
    size_t pace;           // octets a write; 0: all at once
    uint32_t frame_max;    // as agreed on; 0 before
    bool open;             // connection.open-ok came and no close since
    bool ended;            // the other side has closed the socket
    bool traced;           // tell stderr what comes and goes
    const char *broken;    // what is wrong with the octets that came; NULL: nothing
    struct list events;    // struct event.link, as they came
    struct list partial;   // struct event.link: content that is not complete yet
};

/* A method, with its content if it has one, or a heartbeat. */
struct event {
    struct list_node link; // peer.events or peer.partial
    uint16_t channel;
    bool heartbeat;
    struct amqp_args args;
    struct amqp_properties properties;
    uint64_t body_size; // as announced
    uint8_t *body;      // owned by the arena
    size_t body_len;    // of it, how much has come
};

void peer_init(struct peer *peer, struct arena *arena, const char *name);
void peer_finish(struct peer *peer);

bool peer_dial(struct peer *peer, const char *host, const char *port); // false: nobody answers
void peer_hang_up(struct peer *peer);
void peer_send(struct peer *peer, struct slice octets);
void peer_flush(struct peer *peer); // sends what is held back and ends the holding

/* Sends a frame around the payload. */
void peer_send_frame(struct peer *peer, uint8_t type, uint16_t channel, struct slice payload);

/* Reads what has come, without waiting. */
void peer_read(struct peer *peer);

/* Turns the octets that have come into events. */
void peer_parse(struct peer *peer);

/* The oldest event of this channel, which stays in the list; NULL if there is none. */
struct event *peer_first(const struct peer *peer, uint16_t channel);
void peer_take(struct peer *peer, struct event *event); // removes it; the arena keeps it

#endif

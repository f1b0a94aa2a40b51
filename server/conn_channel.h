#ifndef SERVER_CONN_CHANNEL_H
#define SERVER_CONN_CHANNEL_H

#include "amqp/method.h"
#include "base/list.h"

struct channel;
struct conn;
struct msg;

/* A channel as the protocol sees it: open or closing, and the content that it is in the middle of
 * receiving. */
enum content_state {
    CONTENT_NONE,   // a method is expected
    CONTENT_HEADER, // after basic.publish
    CONTENT_BODY,   // body frames until the announced size is reached
};

/* basic.publish between its method frame and its header frame. */
struct held_publish {
    uint8_t exchange_len;
    uint8_t routing_key_len;
    uint8_t octets[]; // exchange, routing key
};

struct conn_channel {
    struct channel *core;          // owned; NULL once the channel is closing
    struct conn *conn;             // borrowed
    struct list_node confirm_link; // engine.confirming, while confirm_count > 0
    uint64_t confirm_last;         // the publish confirmed last, or refused
    uint64_t confirms_until;       // engine.confirms.out is so far once no confirm of it is held
    uint64_t confirms_after;       // journal records that the last of them waits for, at most
    uint64_t frames_until;         // engine.frames.out is so far once no reply of it is held
    uint32_t confirm_count;        // publishes up to it that the client has not been told about
    uint16_t number;
    uint8_t content; // enum content_state
    bool mandatory;
    bool immediate;
    struct held_publish *publish; // owned; CONTENT_HEADER
    struct msg *msg;              // owned; CONTENT_BODY; its body grows as it is filled
    uint32_t body_len;            // announced by the header
    uint32_t body_filled;
};

/* The channels of a connection by number. Numbers may be sparse (the limit is on how many there
 * are), so the table has two levels. */
enum { CHANNEL_PAGE_BITS = 5, CHANNEL_PAGE_SIZE = 1 << CHANNEL_PAGE_BITS };

struct channel_page {
    struct conn_channel *at[CHANNEL_PAGE_SIZE]; // owned
};

struct channel_table {
    struct conn_channel *recent; // the one found last, or NULL
    struct channel_page **pages; // owned
    uint16_t page_count;
    uint16_t count; // channels
};

struct conn_channel *channel_table_find(const struct channel_table *table, uint16_t number);

static inline struct conn_channel *channel_table_get(struct channel_table *table, uint16_t number)
{
    if (table->recent && table->recent->number == number) {
        return table->recent;
    }
    struct conn_channel *found = channel_table_find(table, number);
    if (found) {
        table->recent = found;
    }
    return found;
}

/* channel.open. The number is free. */
void conn_channel_open(struct conn *conn, uint16_t number);

/* channel.close from the client, its channel.close-ok, and ours after a soft error. */
void conn_channel_close(struct conn_channel *channel);
void conn_channel_closed(struct conn_channel *channel);
void conn_channel_fail(struct conn_channel *channel, enum amqp_reply reply,
                       enum amqp_method method);

/* We close it, with a soft error that no method of the client has made. */
void conn_channel_shut(struct conn_channel *channel, enum amqp_reply reply, struct slice text);

/* Frees all of them, having told their confirms; their session is about to be closed. */
void channel_table_finish(struct channel_table *table);

#endif

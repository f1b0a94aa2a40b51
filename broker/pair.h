#ifndef BROKER_PAIR_H
#define BROKER_PAIR_H

#include "base/list.h"
#include "broker/counts.h"

struct broker;
struct broker_queue;
struct channel;
struct exchange;

/* What is counted apart for two that have to do with each other. A pair is made when they first
 * meet and goes with the first of them that goes. Each event of a channel is counted either in one
 * pair or, if there may be no more of them, in the channel itself: together they are what the
 * channel has counted (tally_channel).
 *
 *     PAIR_CHANNEL_EXCHANGE   what the channel has published there
 *     PAIR_CHANNEL_QUEUE      what it got from there
 *     PAIR_CHANNEL_ROUTE      how much of what it published to the exchange went to the queue
 *     PAIR_EXCHANGE_QUEUE     the same of all channels, also of those that are no more
 *
 * Who counts keeps the pointer to the counts, not the pair, and only for as long as channel, queue
 * and exchange are sure to be there: a consumer does, and what a channel remembers of routes. */
enum pair_kind {
    PAIR_CHANNEL_EXCHANGE,
    PAIR_CHANNEL_QUEUE,
    PAIR_CHANNEL_ROUTE,
    PAIR_EXCHANGE_QUEUE,
    PAIR_KINDS,
};

/* Some 150 octets each. Deletions, and looks at what one object has, are short by this. */
enum {
    PAIRS_OF_ONE_MAX = 10000, // in one set
    PAIRS_MAX = 500000,       // of all kinds in a broker
};

/* The pairs that an object has with others. */
struct pair_set {
    struct list list;      // in the order in which they were made
    struct pair **buckets; // owned: by what they are found; only where they are looked for
    uint32_t bucket_count; // 0 or a power of two
    uint32_t count;
};

/* What an exchange has to do with others; it lies with the exchange (exchange_pairs). */
struct exchange_pairs {
    struct exchange *exchange;    // borrowed: it is this one's
    struct publish_counts former; // of channels that are no more
    struct pair_set channels;     // struct pair.other_link
    struct pair_set queues;       // struct pair.own_link
};

struct pair {
    struct list_node all_link;   // broker.pairs
    struct list_node own_link;   // of the channel, or with PAIR_EXCHANGE_QUEUE of the exchange
    struct list_node other_link; // of the queue, of the exchange, or `whole->routes`
    struct pair *next;           // in its bucket
    struct channel *channel;     // those that it is about; others are NULL
    struct exchange_pairs *exchange;
    struct broker_queue *queue;
    uint64_t serial; // among all pairs that there ever were
    uint8_t kind;    // enum pair_kind
    union {
        struct publish_counts in;
        struct delivery_counts out;
        struct {
            uint64_t published;
            struct pair *whole; // of the exchange and the queue
        } route;
        struct {
            uint64_t published; // by channels that are no more
            struct pair_set routes;
        } whole;
    };
};

/* Where what happens is to be counted: valid as long as both are there, see above. A queue that is
 * deleted and waits for its last settles is no more. */
struct publish_counts *pair_publishes(struct channel *channel, struct exchange *exchange);
struct delivery_counts *pair_deliveries(struct channel *channel, struct broker_queue *queue);
uint64_t *pair_routed(struct channel *channel, struct exchange *exchange,
                      struct broker_queue *queue);

/* What was published to the exchange, and what became of it, as far as it is counted in pairs. */
struct publish_counts pairs_published(struct exchange *exchange);

/* How much went from the exchange to the queue. */
uint64_t pair_published(const struct pair *whole);

void pair_set_init(struct pair_set *set);

/* It ends, and its pairs with it. What channels have counted there stays with them. */
void pairs_end_channel(struct channel *channel);
void pairs_end_queue(struct broker_queue *queue);
void pairs_end_exchange(struct broker *broker, struct exchange *exchange);

#endif

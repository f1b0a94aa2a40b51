#ifndef BROKER_BROKER_INTERNAL_H
#define BROKER_BROKER_INTERNAL_H

#include "base/bytes.h"
#include "base/deadlines.h"
#include "base/list.h"
#include "base/map.h"
#include "broker/broker.h"
#include "broker/capacity.h"
#include "broker/channel.h"
#include "broker/count_limits.h"
#include "broker/counts.h"
#include "broker/mark.h"
#include "broker/pair.h"
#include "broker/permission.h"
#include "broker/policies.h"
#include "broker/queue_limits.h"
#include "broker/session.h"
#include "broker/sums.h"
#include "broker/unsettled.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "exchange/exchanges.h"
#include "queue/attempts.h"
#include "queue/ledger.h"
#include "queue/msg.h"
#include "queue/msg_pool.h"
#include "queue/queue.h"
#include "queue/residency.h"
#include "queue/rotation.h"

/* The state of the core, shared by the files of broker/ and by nobody else. Who owns whom:
 *
 *     broker -> vhosts -> exchanges, queues
 *            -> users -> permissions
 *            -> sessions -> channels -> consumers, unsettled messages, an open transaction
 *
 * A queue that is deleted while messages of it are unsettled stays, out of sight, until the last
 * of them is settled. */
struct broker {
    struct broker_options options;
    struct map vhosts_by_name;         // struct vhost.by_name
    struct list vhosts;                // struct vhost.link, in order of creation
    struct map queues_by_id;           // struct broker_queue.by_id: those that last
    struct map users_by_name;          // struct account.by_name
    struct list users;                 // struct account.link, in order of creation
    struct list parameters;            // struct kept_parameter.link: global ones
    struct list sessions;              // struct session.link, in order of opening
    struct list channels;              // struct channel.all_link, likewise
    struct list channel_cursors;       // struct cursor.link: of those who go through `channels`
    struct list consumers;             // struct consumer.all_link, in order of subscription
    struct list consumer_cursors;      // likewise
    struct list pairs;                 // struct pair.all_link, in the order in which they were made
    struct list pair_cursors;          // likewise
    struct list posts;                 // struct post.link, in the order of their reasons
    struct list unfetched;             // struct post.fetch_link, likewise
    struct deadlines head_deadlines;   // struct broker_queue.head_due
    bool ended;                        // nobody is given a message any more
    struct deadlines unused_deadlines; // struct broker_queue.unused_due
    struct deadlines delay_deadlines;  // struct broker_queue.head_due, of QUEUE_DELAYED
    struct list due_messages;          // struct due_message.link, in the order of due times
    struct deadlines retry_deadlines;  // struct retries.due
    struct deadlines ack_deadlines;    // struct ack_timer.due
    uint64_t now_ms;
    uint64_t wall_s;
    struct map reply_channels; // struct reply_consumer.by_name
    struct route_set routes;   // scratch of the publish under way
    struct msg_pool messages;  // that came and went
    struct broker_counters counters;
    struct churn_counts churn;
    struct sums former; // of virtual hosts that are no more

    struct vhost *event_vhost;       // borrowed: that has
    struct exchange *event_exchange; // borrowed: amq.rabbitmq.event; NULL: there is none
    struct bytes actor;              // whose doing events are; empty: the broker's

    uint64_t route_version;    // grows with every change that may make a remembered route wrong
    uint64_t rights_version;   // grows with every change of users and permissions
    uint64_t names_made;       // counter behind generated names
    uint64_t queues_made;      // ids of queues
    uint64_t pairs_made;       // serials of pairs
    uint64_t routed_uncounted; // messages to queues for which there is no pair
    uint32_t pair_count;       // of `pairs`
    uint32_t tracing_count;    // of virtual hosts that are traced
    uint32_t fetch_count;      // of posts whose content has been asked for and is not here
    uint64_t serials;          // of virtual hosts and channels: what tells them from former ones
    uint64_t record_last;      // number of the last journal record that somebody may wait for
    uint64_t lasting_last;     // of the last one about what clients declare, or a purge
    bool restoring;            // what is done comes from the journal, which is not told again
    bool policies_held;        // what is set or deleted holds when broker_renew_policies is called
    struct broker_queue *restored_last; // borrowed: whose messages were restored last; or NULL
    struct ledger ledger;               // of the journal
    struct residency residency; // contents of ready messages in memory, if there is a journal
};

struct vhost {
    struct map_node by_name; // broker.vhosts_by_name
    struct list_node link;   // broker.vhosts
    struct broker *broker;
    struct exchanges *exchanges; // owned
    uint64_t serial;
    uint64_t received; // octets, of all its connections
    uint64_t sent;
    struct sums sums;
    struct exchange *default_exchange; // borrowed: one of them
    struct map queues_by_name;         // struct broker_queue.by_name
    struct map duplicates;             // struct exchange_memory.by_exchange
    struct list queues;                // struct broker_queue.link, in order of declaration
    struct list queue_cursors;         // struct cursor.link: of those who go through `queues`
    struct list stores;                // likewise: those of exchanges, of QUEUE_DELAYED
    struct policies policies[2];       // by enum policy_kind
    bool policies_changed;             // while they are held
    int64_t limits[VHOST_LIMIT_COUNT]; // by enum vhost_limit; LIMIT_NONE
    struct list parameters;            // struct kept_parameter.link
    uint64_t queues_elsewhere;         // that count for the limit; of a rehearsal (rehearsal.h)
    struct bytes description;
    struct bytes tags;
    struct bytes queue_type; // as vhost_metadata has it
    bool tracing;            // what goes through it is told: tracing.h
    bool is_protected;       // from being deleted by operators
    struct slice name;       // owned: behind this struct
};

/* Some of a queue's messages. */
struct share {
    uint64_t messages;
    uint64_t bytes; // of their bodies
};

struct broker_queue {
    struct destination destination; // first: queue_of
    struct map_node by_name;        // vhost.queues_by_name; of QUEUE_DELAYED none
    struct map_node by_id;          // broker.queues_by_id, if durable
    struct list_node link;          // vhost.queues, or vhost.stores
    struct list_node owner_link;    // session.exclusive_queues
    struct list_node touched_link;  // struct touched.queues
    struct vhost *vhost;
    struct session *owner;      // of an exclusive queue; or NULL
    struct queue *messages;     // owned; the ready ones
    struct deduplication *seen; // owned; or NULL
    struct retries *retries;    // owned: what is held back; NULL: nothing ever was
    struct attempts attempts;   // how often its messages came back; see limits.counts_attempts
    struct queue_limits limits;
    const struct policy *policy;          // borrowed from the virtual host; or NULL
    const struct policy *operator_policy; // likewise
    struct bytes definition;              // of the two, merged; `limits` borrows from it
    struct deadline head_due;   // broker.head_deadlines: when to look for expired messages
    struct deadline unused_due; // broker.unused_deadlines: when it goes if nobody uses it
    struct mark mark;           // what the journal knows of deliveries
    struct rotation rotation;
    struct list consumers;               // struct consumer.queue_link, in order of subscription
    struct consumer *exclusive_consumer; // or NULL
    struct consumer *active_consumer;    // of limits.single_active; or NULL
    uint64_t id;
    uint64_t ready_bytes; // of the bodies of ready messages
    uint64_t unsettled_count;
    uint64_t unsettled_bytes;       // of their bodies
    struct share ready_lasting;     // of the ready ones, those that are persistent; of a quorum
                                    // queue, where all are, these two mean nothing
    struct share unsettled_lasting; // likewise
    struct share unsettled_paged;   // of them, those whose content is in the journal only
    uint64_t active_ms;             // when it was used last
    struct capacity capacity;
    struct queue_counts counts;
    struct pair_set pairs;    // struct pair.other_link: with channels and exchanges
    struct queue_counts *sum; // borrowed from the virtual host: of all queues of the kind
    uint64_t holds;           // transactions that will publish to it, and its dead letters
    uint32_t consumer_count;
    uint8_t kind; // enum queue_kind
    bool durable;
    bool auto_delete;
    bool exclusive;
    bool deleted;
    bool bounded;           // there is more to it than putting messages in: some limit is set
    struct slice name;      // owned: behind this struct
    struct slice arguments; // likewise
};

static inline struct broker_queue *queue_of(struct destination *destination)
{
    return container_of(destination, struct broker_queue, destination);
}

/* Why a consumer is out of its queue's rotation. */
enum consumer_wait {
    WAIT_PREFETCH = 1, // its own prefetch count is used up
    WAIT_CHANNEL = 2,  // the channel's is: on channel.waiting
    WAIT_WINDOW = 4,   // the connection's output is full: on session.waiting
    WAIT_TURN = 8,     // another is the queue's single active consumer
};

struct consumer {
    struct rotation_place place;   // queue->rotation
    struct list_node queue_link;   // broker_queue.consumers
    struct list_node channel_link; // channel.consumers
    struct list_node all_link;     // broker.consumers
    struct list_node waiting_link; // session.waiting if WAIT_WINDOW, else channel.waiting
    struct map_node by_tag;        // channel.consumers_by_tag
    struct broker_queue *queue;
    struct channel *channel;
    struct blob *tag;               // owns one reference
    struct blob *arguments;         // owns one reference; NULL: there are none
    struct delivery_counts *counts; // borrowed: pair_deliveries
    uint32_t unsettled_count;
    int64_t priority;
    uint64_t timeout_ms; // x-consumer-timeout; UINT64_MAX = as the queue has it
    uint16_t prefetch;   // 0 = no limit
    uint8_t waits;       // enum consumer_wait
    bool no_ack;
};

/* The channel's end of direct reply-to. */
struct reply_consumer {
    struct map_node by_name; // broker.reply_channels, by the whole amq.rabbitmq.reply-to.<token>
    struct channel *channel;
    struct blob *tag;  // owns one reference
    struct blob *name; // owns one reference
};

/* Where what is published is counted; borrowed from those whose counts they are. */
struct route_counts {
    struct exchange_counts *exchange; // the one where the route begins
    struct publish_counts *source;    // pair_publishes of it
    uint64_t **routed;                // owned array: pair_routed of each queue
};

/* What the last publish of a channel found out, for the next one to the same place; of that to
 * another place, where it is counted. */
struct route_memory {
    uint64_t version;   // broker.route_version when it was right; 0 = empty
    struct bytes place; // exchange and routing key as shortstrs; empty: it may not be used again
    struct destination **items; // owned array of borrowed queues
    struct route_counts counts;
    uint32_t count;
    uint32_t cap; // of both arrays
};

enum channel_mode { CHANNEL_PLAIN, CHANNEL_CONFIRM, CHANNEL_TX };

struct channel {
    struct list_node link;     // session.channels
    struct list_node all_link; // broker.channels
    struct session *session;
    struct list consumers;       // struct consumer.channel_link, in order of subscription
    struct list waiting;         // struct consumer.waiting_link: WAIT_CHANNEL
    struct broker_queue *served; // borrowed: the last that delivered here; or NULL
    struct map consumers_by_tag;
    struct unsettled unsettled;
    struct route_memory route;
    struct reply_consumer *reply_consumer; // owned; or NULL
    struct transaction *transaction;       // owned; in CHANNEL_TX only
    struct blob *last_queue;               // owned: name of the queue declared last; or NULL
    uint64_t serial;
    uint64_t delivery_tag_next;
    uint64_t publish_count;       // in CHANNEL_CONFIRM
    struct message_counts counts; // what is in no pair: see tally_channel
    struct pair_set pairs;        // struct pair.own_link: with exchanges and queues
    struct pair_set routes;       // likewise: PAIR_CHANNEL_ROUTE
    uint64_t active_ms;           // when something was asked of it last, or it delivered
    uint64_t ack_note_ms;         // when the next delivery is to be noted (ack_timeout_note)
    uint64_t ack_least_ms; // the shortest time that a delivery here may have; UINT64_MAX = any
    struct ack_timer *ack_timer; // owned; or NULL
    uint32_t consumer_count;
    uint32_t prefetch_used; // unsettled messages of consumers
    uint16_t number;
    uint16_t prefetch_limit; // of the whole channel; 0 = none
    uint16_t prefetch_next;  // of consumers to come
    uint8_t mode;            // enum channel_mode
    bool publishes;          // it has published
};

/* The last answers of a session's permission checks. */
enum { ACCESS_MEMORY = 4 };

struct access_memory {
    uint64_t version; // broker.rights_version when asked; 0 = empty
    uint8_t question; // kind of access and of resource
    bool allowed;
    struct bytes name;
};

struct session {
    struct list_node link; // broker.sessions
    struct broker *broker;
    struct vhost *vhost;
    struct list channels;         // struct channel.link
    struct list exclusive_queues; // struct broker_queue.owner_link
    struct list waiting;          // struct consumer.waiting_link: WAIT_WINDOW
    struct broker_queue *served;  // borrowed: the last that delivered here; or NULL
    struct slice user;            // owned: behind this struct
    struct slice name;            // likewise: of the connection
    int64_t window;               // octets of deliveries that the shell still takes
    uint32_t conn;
    bool cancel_notify;
    bool passing;        // nobody is connected: it is not counted among clients that come and go
    bool trusted;        // no permissions are asked for
    uint8_t access_next; // the row of `access` to be replaced next
    struct access_memory access[ACCESS_MEMORY];
};

static inline struct broker *broker_of(const struct channel *channel)
{
    return channel->session->broker;
}

static inline struct slice vhost_name_of(const struct channel *channel)
{
    return channel->session->vhost->name;
}

/* Any change of topology: remembered routes no longer hold. */
static inline void forget_routes(struct broker *broker)
{
    broker->route_version++;
}

/* Any change of users and permissions: nor do remembered rights. */
static inline void forget_rights(struct broker *broker)
{
    broker->rights_version++;
    forget_routes(broker);
}

#endif

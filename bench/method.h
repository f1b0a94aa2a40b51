#ifndef BENCH_METHOD_H
#define BENCH_METHOD_H

#include "bench/wire.h"

/* The methods that a load tool needs, and no more: what it sends is encoded here, what it receives
 * is recognised by its id. An id is class << 16 | method, as the first four octets of a method
 * frame read. Everything but connection methods goes to channel 1 unless a channel is named. */
#define METHOD_ID(class_id, method_id) ((uint32_t)(class_id) << 16 | (method_id))

enum method {
    CONNECTION_START = METHOD_ID(10, 10),
    CONNECTION_START_OK = METHOD_ID(10, 11),
    CONNECTION_TUNE = METHOD_ID(10, 30),
    CONNECTION_TUNE_OK = METHOD_ID(10, 31),
    CONNECTION_OPEN = METHOD_ID(10, 40),
    CONNECTION_OPEN_OK = METHOD_ID(10, 41),
    CONNECTION_CLOSE = METHOD_ID(10, 50),
    CONNECTION_CLOSE_OK = METHOD_ID(10, 51),
    CONNECTION_BLOCKED = METHOD_ID(10, 60),
    CONNECTION_UNBLOCKED = METHOD_ID(10, 61),
    CHANNEL_OPEN = METHOD_ID(20, 10),
    CHANNEL_OPEN_OK = METHOD_ID(20, 11),
    CHANNEL_FLOW = METHOD_ID(20, 20),
    CHANNEL_CLOSE = METHOD_ID(20, 40),
    CHANNEL_CLOSE_OK = METHOD_ID(20, 41),
    EXCHANGE_DECLARE = METHOD_ID(40, 10),
    EXCHANGE_DECLARE_OK = METHOD_ID(40, 11),
    EXCHANGE_DELETE = METHOD_ID(40, 20),
    EXCHANGE_DELETE_OK = METHOD_ID(40, 21),
    QUEUE_DECLARE = METHOD_ID(50, 10),
    QUEUE_DECLARE_OK = METHOD_ID(50, 11),
    QUEUE_BIND = METHOD_ID(50, 20),
    QUEUE_BIND_OK = METHOD_ID(50, 21),
    QUEUE_DELETE = METHOD_ID(50, 40),
    QUEUE_DELETE_OK = METHOD_ID(50, 41),
    BASIC_QOS = METHOD_ID(60, 10),
    BASIC_QOS_OK = METHOD_ID(60, 11),
    BASIC_CONSUME = METHOD_ID(60, 20),
    BASIC_CONSUME_OK = METHOD_ID(60, 21),
    BASIC_CANCEL = METHOD_ID(60, 30),
    BASIC_PUBLISH = METHOD_ID(60, 40),
    BASIC_DELIVER = METHOD_ID(60, 60),
    BASIC_ACK = METHOD_ID(60, 80),
    BASIC_NACK = METHOD_ID(60, 120),
    CONFIRM_SELECT = METHOD_ID(85, 10),
    CONFIRM_SELECT_OK = METHOD_ID(85, 11),
};

enum { CLASS_BASIC = 60, CHANNEL = 1 };

/* The properties of a message; one that is false, negative or empty is absent. */
struct properties {
    bool persistent;        // delivery_mode 2
    int priority;           // up to 255
    const char *expiration; // borrowed; ms, or NULL
    struct slice headers;   // borrowed; entries as put_entry_ makes them
};

struct publish {
    const char *exchange;    // borrowed
    const char *routing_key; // borrowed
    struct slice body;       // borrowed
    struct properties properties;
};

/* Append an entry to the contents of a field table. */
void put_entry_number(struct bytes *table, const char *name, int64_t value);
void put_entry_text(struct bytes *table, const char *name, const char *value);

void put_start_ok(struct bytes *out, const char *user, const char *password);
void put_tune_ok(struct bytes *out, uint16_t channel_max, uint32_t frame_max);
void put_connection_open(struct bytes *out, const char *vhost);
void put_connection_close(struct bytes *out);
void put_connection_close_ok(struct bytes *out);
void put_channel_open(struct bytes *out, uint16_t channel);
void put_channel_close(struct bytes *out, uint16_t channel);
void put_channel_close_ok(struct bytes *out, uint16_t channel);
void put_exchange_declare(struct bytes *out, const char *name, const char *type,
                          struct slice arguments);
void put_exchange_delete(struct bytes *out, const char *name);
void put_queue_declare(struct bytes *out, const char *name, bool durable, struct slice arguments);
void put_queue_declare_passive(struct bytes *out, const char *name);
void put_queue_bind(struct bytes *out, const char *queue, const char *exchange, const char *key);
void put_queue_delete(struct bytes *out, const char *name);
void put_qos(struct bytes *out, uint16_t prefetch_count);
void put_consume(struct bytes *out, const char *queue, bool no_ack);
void put_confirm_select(struct bytes *out);
void put_ack(struct bytes *out, uint64_t delivery_tag, bool multiple);

/* Appends method, header and body frames, none larger than frame_max. Returns where, from the
 * message's first byte, its body begins. */
size_t put_publish(struct bytes *out, const struct publish *publish, size_t frame_max);

#endif

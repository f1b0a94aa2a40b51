#include "tests/crash/topology.h"

#include <stddef.h>

#define BIT(queue) ((uint32_t)1 << (queue))

static const char *const names[QUEUE_COUNT] = {
    [QUEUE_PLAIN] = "plain",     [QUEUE_FAN_A] = "fan.a",   [QUEUE_FAN_B] = "fan.b",
    [QUEUE_FAN_C] = "fan.c",     [QUEUE_RANKED] = "ranked", [QUEUE_QUORUM] = "quorum",
    [QUEUE_REJECTS] = "rejects", [QUEUE_DEAD] = "dead",     [QUEUE_TOKENS] = "tokens",
    [QUEUE_LEFT] = "left",       [QUEUE_RIGHT] = "right",   [QUEUE_QUIET] = "quiet",
};

static const struct crash_route_row routes[ROUTE_COUNT] = {
    [ROUTE_PLAIN] = {"", "plain", BIT(QUEUE_PLAIN)},
    [ROUTE_FAN] = {"crash.fan", "", BIT(QUEUE_FAN_A) | BIT(QUEUE_FAN_B) | BIT(QUEUE_FAN_C)},
    [ROUTE_RANKED] = {"", "ranked", BIT(QUEUE_RANKED)},
    [ROUTE_QUORUM] = {"", "quorum", BIT(QUEUE_QUORUM)},
    [ROUTE_REJECTS] = {"", "rejects", BIT(QUEUE_REJECTS)},
    [ROUTE_TOKENS] = {"", "tokens", BIT(QUEUE_TOKENS)},
    [ROUTE_TREE] = {"crash.front", "leaf.green", BIT(QUEUE_PLAIN) | BIT(QUEUE_QUIET)},
    [ROUTE_QUIET] = {"", "quiet", BIT(QUEUE_QUIET)},
    [ROUTE_LEFT] = {"", "left", BIT(QUEUE_LEFT)},
    [ROUTE_RIGHT] = {"", "right", BIT(QUEUE_RIGHT)},
};

const char *crash_queue_name(enum crash_queue queue)
{
    return names[queue];
}

const struct crash_route_row *crash_route_row(enum crash_route route)
{
    return &routes[route];
}

bool crash_queue_keeps_all(enum crash_queue queue)
{
    return queue == QUEUE_QUORUM || queue == QUEUE_FAN_C;
}

static amqp_table_entry_t text_argument(const char *key, const char *value)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(value)},
    };
}

static bool declare_queue(amqp_connection_state_t client, enum crash_queue queue)
{
    amqp_table_entry_t entries[2];
    amqp_table_t arguments = {.num_entries = 0, .entries = entries};
    if (crash_queue_keeps_all(queue)) { // and does not drop what came back too often
        entries[arguments.num_entries++] = text_argument("x-queue-type", "quorum");
        entries[arguments.num_entries++] = (amqp_table_entry_t){
            .key = amqp_cstring_bytes("x-delivery-limit"),
            .value = {.kind = AMQP_FIELD_KIND_I64, .value.i64 = INT32_MAX},
        };
    } else if (queue == QUEUE_RANKED) {
        entries[arguments.num_entries++] = (amqp_table_entry_t){
            .key = amqp_cstring_bytes("x-max-priority"),
            .value = {.kind = AMQP_FIELD_KIND_I32, .value.i32 = LEVEL_MAX},
        };
    } else if (queue == QUEUE_REJECTS) {
        entries[arguments.num_entries++] = text_argument("x-dead-letter-exchange", "");
        entries[arguments.num_entries++] =
            text_argument("x-dead-letter-routing-key", names[QUEUE_DEAD]);
    }
    return amqp_queue_declare(client, 1, amqp_cstring_bytes(names[queue]), 0, 1, 0, 0, arguments);
}

static bool declare_exchange(amqp_connection_state_t client, const char *name, const char *type)
{
    return amqp_exchange_declare(client, 1, amqp_cstring_bytes(name), amqp_cstring_bytes(type), 0,
                                 1, 0, 0, amqp_empty_table);
}

static bool bind(amqp_connection_state_t client, enum crash_queue queue, const char *exchange,
                 const char *key)
{
    return amqp_queue_bind(client, 1, amqp_cstring_bytes(names[queue]),
                           amqp_cstring_bytes(exchange), amqp_cstring_bytes(key), amqp_empty_table);
}

bool crash_topology_declare(amqp_connection_state_t client)
{
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (!declare_queue(client, queue)) {
            return false;
        }
    }
    return declare_exchange(client, "crash.fan", "fanout") &&
           declare_exchange(client, "crash.front", "direct") &&
           declare_exchange(client, "crash.tree", "topic") &&
           amqp_exchange_bind(client, 1, amqp_cstring_bytes("crash.tree"),
                              amqp_cstring_bytes("crash.front"), amqp_cstring_bytes("leaf.green"),
                              amqp_empty_table) &&
           bind(client, QUEUE_FAN_A, "crash.fan", "") &&
           bind(client, QUEUE_FAN_B, "crash.fan", "") &&
           bind(client, QUEUE_FAN_C, "crash.fan", "") &&
           bind(client, QUEUE_PLAIN, "crash.tree", "leaf.*") &&
           bind(client, QUEUE_QUIET, "crash.tree", "#.green");
}

#include "server/server_properties.h"

#include "amqp/table.h"
#include "server/engine.h"

#define CAPABILITIES(C)                                                                            \
    C("publisher_confirms")                                                                        \
    C("exchange_exchange_bindings")                                                                \
    C("basic.nack")                                                                                \
    C("consumer_cancel_notify")                                                                    \
    C("connection.blocked")                                                                        \
    C("consumer_priorities")                                                                       \
    C("authentication_failure_close")                                                              \
    C("per_consumer_qos")                                                                          \
    C("direct_reply_to")

void server_properties_add(struct bytes *table, const struct engine_options *options)
{
    struct bytes capabilities = {0};
#define C(name) table_add_bool(&capabilities, SLICE(name), true);
    CAPABILITIES(C)
#undef C
    table_add_table(table, SLICE("capabilities"), bytes_slice(&capabilities));
    bytes_finish(&capabilities);

    table_add_string(table, SLICE("cluster_name"), options->cluster_name);
    table_add_string(table, SLICE("copyright"), SLICE("Copyright (c) the Leveret authors"));
    table_add_string(table, SLICE("information"),
                     SLICE("Leveret " LEVERET_VERSION ". Licensed under the Apache License 2.0."));
    table_add_string(table, SLICE("platform"), SLICE("C11"));
    table_add_string(table, SLICE("product"), options->product);
    if (options->storage.len > 0) {
        table_add_string(table, SLICE("storage"), options->storage);
    }
    table_add_string(table, SLICE("version"), options->product_version);
}

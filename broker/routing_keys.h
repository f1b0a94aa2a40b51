#ifndef BROKER_ROUTING_KEYS_H
#define BROKER_ROUTING_KEYS_H

#include "base/slice.h"

/* The keys by which one message is routed: its routing key and those in the headers CC and BCC
 * (RabbitMQ's "sender-selected distribution"). Slices are borrowed from the message. The struct
 * must not be copied once it is initialised. */
enum { ROUTING_KEYS_FEW = 8 };

struct routing_keys {
    struct slice *items; // `few`, or owned if there are more
    uint32_t count;
    uint32_t cap;
    struct slice few[ROUTING_KEYS_FEW];
};

void routing_keys_init(struct routing_keys *keys, struct slice routing_key);
void routing_keys_finish(struct routing_keys *keys);

/* Adds the strings in the array of this header, if there is one. Returns the type of a header that
 * is no array, 0 if all is well. Keys longer than any binding's are passed over. */
uint8_t routing_keys_add_header(struct routing_keys *keys, struct slice headers, struct slice name);

#endif

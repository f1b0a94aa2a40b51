#ifndef BROKER_VIEW_NUMBERS_H
#define BROKER_VIEW_NUMBERS_H

#include <stddef.h>

#include "broker/counts.h"
#include "exchange/exchange.h"

struct arena;
struct broker;

/* Numbers of all objects without their names, for somebody who takes them again and again. Serials
 * tell an object from others of its kind that had its name before. Those of queues and channels, of
 * which there may be very many, are met one by one (view_walk.h). */
struct queue_numbers {
    uint64_t id;
    uint64_t ready;
    uint64_t unsettled;
    uint64_t delayed;
    struct queue_counts counts;
};

struct exchange_numbers {
    uint64_t vhost_serial;
    uint64_t serial; // in its virtual host
    struct exchange_counts counts;
};

struct channel_numbers {
    uint64_t serial;
    struct message_counts counts;
};

#endif

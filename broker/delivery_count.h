#ifndef BROKER_DELIVERY_COUNT_H
#define BROKER_DELIVERY_COUNT_H

#include <stdint.h>

struct msg;

/* A copy of the message, no stub, with the header x-delivery-count: how many deliveries of it
 * failed before this one. The caller owns the reference. */
struct msg *delivery_count_add(const struct msg *msg, uint64_t failed);

#endif

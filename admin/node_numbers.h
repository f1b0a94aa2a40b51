#ifndef ADMIN_NODE_NUMBERS_H
#define ADMIN_NODE_NUMBERS_H

#include "admin/numbers.h"

struct api_options;

/* What the node uses, and what it has done to its disk since the start: nothing without one. What
 * only a node of RabbitMQ has (garbage, transactions of its database, an index of each queue) is
 * always 0. */
struct numbers numbers_of_node(const struct api_options *options);

#endif

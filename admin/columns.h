#ifndef ADMIN_COLUMNS_H
#define ADMIN_COLUMNS_H

#include "base/slice.h"

/* Which members of an object are wanted: RabbitMQ's "name,message_stats.publish_details.rate". */
enum { COLUMNS_MAX = 64, COLUMN_PARTS_MAX = 8 };

struct column {
    struct slice parts[COLUMN_PARTS_MAX]; // borrowed from the text
    uint8_t count;
};

struct columns {
    struct column items[COLUMNS_MAX];
    uint8_t count; // 0: all of them
};

/* Columns beyond the limits are left out. An empty text wants all. */
void columns_parse(struct slice text, struct columns *out);

/* A single column, for sorting. */
void columns_parse_one(struct slice text, struct columns *out);

/* Which columns, one a bit, still fit when `name` is entered at this level (0 is the outermost),
 * where those of `wanted` have fitted so far. *whole says that one of them ends here, so that all
 * below is wanted. */
uint64_t columns_enter(const struct columns *columns, uint64_t wanted, uint8_t level,
                       struct slice name, bool *whole);

#endif

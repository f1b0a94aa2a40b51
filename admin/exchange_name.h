#ifndef ADMIN_EXCHANGE_NAME_H
#define ADMIN_EXCHANGE_NAME_H

#include "base/slice.h"

/* The exchange that a path means: the default exchange, which has no name, goes by this one. */
static inline struct slice exchange_name_of(struct slice part)
{
    return slice_eq(part, SLICE("amq.default")) ? SLICE("") : part;
}

#endif

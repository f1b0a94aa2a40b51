#ifndef ADMIN_SCRAPE_H
#define ADMIN_SCRAPE_H

#include "admin/call.h"

/* One answer to Prometheus. What is measured is copied when it is asked for, and written (or, for
 * sums over all objects, added up) part by part, so that many queues hold up nobody. */
enum scrape_view {
    SCRAPE_AGGREGATED, // of queues, channels, connections and exchanges only sums
    SCRAPE_PER_OBJECT,
    SCRAPE_DETAILED, // chosen families (`family`), per object, of chosen virtual hosts (`vhost`);
                     // of queues those whose names match (`queue`)
    SCRAPE_MEMORY,   // what the memory is used for
};

/* Answers the call, and takes its arena. */
void scrape_reply(struct call *call, enum scrape_view view);

#endif

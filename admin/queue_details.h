#ifndef ADMIN_QUEUE_DETAILS_H
#define ADMIN_QUEUE_DETAILS_H

#include "admin/statistics.h"
#include "admin/writer.h"
#include "broker/view.h"

/* What a queue object tells besides what was declared and counted: where its messages are, how well
 * it is consumed, and what clients know from RabbitMQ's machine. Members are those that RabbitMQ
 * has for a queue of the kind, of 3.10 to 4.2 together. */
struct queue_moment {
    const char *node;                    // borrowed
    uint64_t now_ms;                     // in the core's time
    uint64_t wall_offset_ms;             // what that lacks to milliseconds since 1970
    const struct statistics *statistics; // borrowed
};

void write_queue_details(struct writer *w, const struct queue_view *view,
                         const struct queue_moment *moment);

/* The part of the time in which the queue could hand out its messages at once: 0 to 1; 0 of one
 * without consumers. */
double queue_capacity(const struct queue_view *view, uint64_t now_ms);

#endif

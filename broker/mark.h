#ifndef BROKER_MARK_H
#define BROKER_MARK_H

#include "broker/effect.h"

struct broker_queue;
struct delivery;

/* Messages that were handed out before a restart are redelivered after it. The journal cannot be
 * told of each delivery, and must know of it first; so it is told of a position up to which
 * messages may have been handed out, well ahead of a consumer that takes many, and not at all ahead
 * of one that takes one now and then. */
struct mark {
    uint64_t low;       // records up to number low_after cover positions up to here,
    uint64_t high;      // and those up to high_after up to here
    uint64_t low_after; // of queue `level`
    uint64_t high_after;
    uint64_t set_ms; // when the last one was made
    uint16_t ahead;  // how far that was ahead of the message that asked for it
    uint8_t level;
};

/* A message that lasts is about to be handed out. Returns the number of the record that this
 * depends on; 0 if on none. */
uint64_t mark_lasting(struct broker_queue *queue, const struct delivery *delivery,
                      struct effects *fx);

#endif

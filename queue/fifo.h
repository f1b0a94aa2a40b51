#ifndef QUEUE_FIFO_H
#define QUEUE_FIFO_H

#include "base/slice.h"

struct msg;
struct fifo_chunk;

/* The messages of a queue that were never taken, oldest first: a list of chunks of pointers, so
 * that neither growing nor shrinking copies and an empty queue holds one small chunk at most.
 * Zero-initialise it. */
struct fifo {
    struct fifo_chunk *head; // owned, and so is the chain behind it
    struct fifo_chunk *tail;
    uint64_t count;
};

void fifo_push(struct fifo *fifo, struct msg *msg); // takes the reference
struct msg *fifo_take(struct fifo *fifo);           // hands the reference over; NULL when empty
void fifo_clear(struct fifo *fifo);                 // drops all and frees the memory

#endif

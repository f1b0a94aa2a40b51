#ifndef PERSIST_BELL_H
#define PERSIST_BELL_H

#include <stdatomic.h>
#include <stdbool.h>

/* How a thread that writes calls the loop: a descriptor that is readable from a ring until the loop
 * has heard it. Rings in between cost nothing, and so does it to listen when nobody rang. What a
 * thread did before it rang is seen after bell_hear. */
struct bell {
    int fd; // an eventfd; -1: there is none, and ringing does nothing
    atomic_bool rung;
};

int bell_open(struct bell *bell); // 0 or a negative errno
void bell_close(struct bell *bell);

void bell_ring(struct bell *bell); // any thread; NULL: nobody is to hear it
void bell_hear(struct bell *bell); // the loop

#endif

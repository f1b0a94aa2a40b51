#ifndef EXCHANGE_LINEUP_H
#define EXCHANGE_LINEUP_H

#include "base/list.h"
#include "exchange/binding.h"

/* The bindings of one exchange in an array, for the types that pick one of them. Every change of
 * the bindings forgets it, and the next message makes it anew. Zero-initialise it. */
struct lineup {
    const struct binding **items; // owned array of borrowed bindings; NULL if forgotten
    uint32_t count;
};

void lineup_forget(struct lineup *lineup); // gives its memory back, too

/* Fills a forgotten lineup in order of binding; true if it did and there are any bindings. */
bool lineup_make(struct lineup *lineup, const struct exchange *exchange);

/* Sorts by compare (less than, equal to or greater than 0, as memcmp); equals keep their order. */
typedef int lineup_compare(const struct binding *a, const struct binding *b);
void lineup_sort(struct lineup *lineup, lineup_compare *compare);

/* By the destination: queues before exchanges, and then by name. 0 for the same destination. */
int lineup_by_destination(const struct binding *a, const struct binding *b);

/* By all that makes a binding different from the exchange's others: the order depends on the
 * bindings alone, not on when they were made. */
int lineup_by_identity(const struct binding *a, const struct binding *b);

#endif

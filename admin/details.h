#ifndef ADMIN_DETAILS_H
#define ADMIN_DETAILS_H

#include "admin/answer.h"
#include "admin/peers.h"
#include "admin/statistics.h"
#include "broker/view_pair.h"

/* What an object has to do with each channel, queue or exchange: the two lists at the end of a
 * channel, queue or exchange that is asked for by itself. What is pointed to is in the call's
 * arena. */
struct details {
    struct pair_query query; // whose they are; its kind is not heeded
    const struct statistics *statistics;
    const struct peers *peers;
    bool disabled; // the lists are empty, as they are unless the mode of rates is detailed
};

/* Writes them into the object that the answer is in, and ends it. If they are long, then in parts;
 * the call's arena goes with them. */
void answer_details(struct call *call, struct answer *answer, const struct details *details);

#endif

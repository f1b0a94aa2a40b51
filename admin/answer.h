#ifndef ADMIN_ANSWER_H
#define ADMIN_ANSWER_H

#include "admin/call.h"
#include "admin/listing.h"
#include "admin/writer.h"

/* An answer that is one JSON value, with the columns that were asked for:
 *
 *     struct answer answer;
 *     struct writer *w = answer_begin(&answer, call);
 *     write_object(w, NULL);
 *     ...
 *     write_end(w);
 */
struct answer {
    struct writer writer;
    struct columns columns;
};

struct writer *answer_begin(struct answer *answer, struct call *call);

/* A list of all items (listing_source, whose arena is the call's from now on). */
void answer_list(struct call *call, struct listing_source source);

#endif

#ifndef BROKER_REHEARSAL_H
#define BROKER_REHEARSAL_H

#include "base/slice.h"

struct broker;

/* A broker to try something out on: with the options of another one, without a journal, and with
 * copies of as much of that one as concerns the matter. What it refuses, the other one would. */
struct broker *rehearsal_new(const struct broker *broker);
void rehearsal_free(struct broker *rehearsal);

/* Each copies one thing, without what is in it, unless it is there already, or is not in `from`. An
 * exchange, a queue or a binding needs its virtual host. A virtual host has its limits, and counts
 * the queues that are not copied; an exclusive queue belongs to a session that does nothing. */
void rehearsal_add_vhost(struct broker *rehearsal, const struct broker *from, struct slice name);
void rehearsal_add_user(struct broker *rehearsal, const struct broker *from, struct slice name);
void rehearsal_add_exchange(struct broker *rehearsal, const struct broker *from, struct slice vhost,
                            struct slice name);
void rehearsal_add_queue(struct broker *rehearsal, const struct broker *from, struct slice vhost,
                         struct slice name);

#endif

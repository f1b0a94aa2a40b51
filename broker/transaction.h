#ifndef BROKER_TRANSACTION_H
#define BROKER_TRANSACTION_H

#include "broker/channel.h"
#include "broker/settle.h"
#include "broker/taken.h"

struct consumer;
struct route;
struct transaction;

/* The open transaction of a channel in tx mode: what was published and settled since the last
 * commit or rollback, in order. Nothing of it is seen by others until tx.commit. */
struct transaction *transaction_new(void);

/* Gives what was settled in it back to the channel's unsettled ones (where channel_close finds it)
 * and drops the rest. */
void transaction_rollback(struct channel *channel);
void transaction_free(struct transaction *transaction); // must be empty; NULL is fine

/* Remembers a settle; takes over the item. */
void transaction_add_settle(struct channel *channel, uint64_t tag,
                            const struct unsettled_item *item, enum settlement how);

/* Remembers a message and where it goes. If it is mandatory and nobody is left to take it at
 * commit, it is returned. Takes over the reference. */
void transaction_add_publish(struct channel *channel, struct msg *msg, const struct route *route,
                             bool mandatory);

/* Visits what was settled in the channel's transaction, if it has one. */
void transaction_each(struct channel *channel, taken_visitor visit, void *context);

/* What waits for tx.commit. */
struct transaction_size {
    uint64_t publishes;
    uint64_t settles;
};

struct transaction_size transaction_size(const struct channel *channel); // 0 without one

/* The consumer is about to be freed; settled items no longer name it. */
void transaction_forget_consumer(struct channel *channel, struct consumer *consumer);

#endif

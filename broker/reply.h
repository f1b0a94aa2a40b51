#ifndef BROKER_REPLY_H
#define BROKER_REPLY_H

#include "broker/effect.h"

struct channel;

/* Puts a REPLY with this method among the effects. If it tells of things that last (declared,
 * bound, deleted, purged) it depends on all journal records about such things so far; not only on
 * those of its own operation, since what a redeclare finds may not be on the disk yet. The method's
 * fields must be short: names, tags and numbers. */
void reply_send(struct channel *channel, const struct amqp_args *args, struct effects *fx);

/* The same for a method without fields. */
void reply_ok(struct channel *channel, enum amqp_method method, struct effects *fx);

/* tx.commit-ok, which depends on the records up to this number. */
void reply_commit_ok(struct channel *channel, uint64_t after, struct effects *fx);

#endif

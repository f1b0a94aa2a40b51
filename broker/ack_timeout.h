#ifndef BROKER_ACK_TIMEOUT_H
#define BROKER_ACK_TIMEOUT_H

#include "broker/effect.h"

struct ack_timer;
struct broker;
struct broker_queue;
struct channel;
struct consumer;

/* A delivery must be acknowledged in time, or its channel is closed (consumer_timeout and
 * x-consumer-timeout); of quorum queues, if the client understands that, its consumer is cancelled
 * instead, and whatever the consumer has goes back. A delivery pays a comparison for this: when it
 * was made is noted now and then, for all of a channel's deliveries from a tag on, so that it is
 * known to about a two thousandth of the shortest time that counts on the channel. Nobody is closed
 * too early. */

/* Deliveries on this channel may have this much time from now on, in milliseconds; UINT64_MAX =
 * any. To be told before they are made. */
void ack_timeout_lower(struct channel *channel, uint64_t timeout_ms);

/* The same for what the consumer will be given. */
void ack_timeout_begin(const struct consumer *consumer);

/* The time that the queue's own settings, or the broker's, give; UINT64_MAX = any. */
uint64_t ack_timeout_of(const struct broker_queue *queue);

/* The same for a consumer, which may have said it itself. */
uint64_t ack_timeout_of_consumer(const struct consumer *consumer);

/* A delivery with this tag was made, and channel->ack_note_ms has come. */
void ack_timeout_note(struct channel *channel, uint64_t tag);

/* Whether this tag, which is unknown, is of a delivery that went back because its time was over: it
 * may be settled once, to no effect. With `multiple` those below it are settled as well. */
bool ack_timeout_forgives(struct channel *channel, uint64_t tag, bool multiple);

/* Times of queues may have changed. */
void ack_timeouts_renew(struct broker *broker);

/* Looks at the channels for which the time has come. */
void ack_timeouts_tick(struct broker *broker, struct effects *fx);

void ack_timeout_finish(struct channel *channel); // the channel goes

#endif

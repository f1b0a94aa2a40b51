#ifndef TESTS_SIM_CLIENT_INTERNAL_H
#define TESTS_SIM_CLIENT_INTERNAL_H

#include "tests/sim/client.h"

/* What the files of the client share. */
void client_send(struct client *client, uint16_t channel, const struct amqp_args *args);
void client_open_channel(struct client *client, struct client_channel *channel);
void client_shut_channel(struct client_channel *channel);

/* "q1": one of `count` names that start with this; rarely one that nobody else uses. */
struct slice client_name(struct client *client, const char *prefix, uint32_t count);
bool client_errs(struct client *client); // carelessness strikes

static inline bool client_chance(struct client *client, uint32_t percent)
{
    return prng_chance(client->prng, percent);
}

/* A queue or an exchange to be used on the channel. Unless careless, the client declares it before
 * it uses it for the first time. */
struct slice client_queue(struct client *client, struct client_channel *channel);
struct slice client_exchange(struct client *client, struct client_channel *channel);
bool client_queue_is_single_active(const struct client *client, struct slice queue);
bool client_queue_is_quorum(const struct client *client, struct slice queue);

/* Things to do on a channel that is open, with names, flags and tags by chance. */
typedef void client_action(struct client *client, struct client_channel *channel);
client_action client_publish, client_declare_queue, client_delete_queue, client_purge_queue,
    client_declare_exchange, client_delete_exchange, client_bind_queue, client_unbind_queue,
    client_bind_exchange, client_unbind_exchange, client_consume, client_cancel, client_get,
    client_qos, client_ack, client_nack, client_reject, client_recover;

/* Two messages at the same time, on two channels. Among the hostile a channel may be closed without
 * the client knowing, and the broker's answer would then say too little about what it is to. */
void client_publish_two(struct client *client, struct client_channel *channel);

/* Properties and headers by chance (client_content.c). */
struct slice client_properties(struct client *client);
struct slice client_match(struct client *client); // arguments of a binding to a headers exchange
struct slice client_key(struct client *client);

void client_misbehave(struct client *client, struct client_channel *channel);

#endif

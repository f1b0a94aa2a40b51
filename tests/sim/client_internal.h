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

/* A queue or an exchange to be used on the channel. Unless careless, the client declares it before
 * it uses it for the first time. */
struct slice client_queue(struct client *client, struct client_channel *channel);
struct slice client_exchange(struct client *client, struct client_channel *channel);
void client_publish(struct client *client, struct client_channel *channel);

/* Two messages at the same time, on two channels. Among the hostile a channel may be closed without
 * the client knowing, and the broker's answer would then say too little about what it is to. */
void client_publish_two(struct client *client, struct client_channel *channel);

/* Properties and headers by chance (client_content.c). */
struct slice client_properties(struct client *client);
struct slice client_match(struct client *client); // arguments of a binding to a headers exchange
struct slice client_key(struct client *client);

void client_misbehave(struct client *client, struct client_channel *channel);

#endif

#ifndef TESTS_INTEGRATION_CLIENT_H
#define TESTS_INTEGRATION_CLIENT_H

#include <amqp.h>
#include <amqp_tcp_socket.h>

#include "tests/integration/broker_process.h"

/* rabbitmq-c with what tests need of it. */

/* A plain TCP connection to 127.0.0.1, not logged in; -1 if it is refused. */
int dial(int port);

/* The same to a unix socket. */
int dial_path(const char *path);

/* Whether this machine has IPv6, if only within itself. */
bool has_ipv6(void);

/* How many octets can be read until the peer closes; -1 if it does not within `ms`. */
int read_to_end(int fd, char *out, int room, int ms);

/* Logs in as guest through this socket, which is taken, and opens channel 1. */
amqp_connection_state_t client_of(int fd, int heartbeat_s);

/* The same on 127.0.0.1. */
amqp_connection_state_t client_open(const struct broker_process *broker);

/* One that wants to be told when it is blocked. */
amqp_connection_state_t client_open_told(const struct broker_process *broker);

bool client_text_is(amqp_bytes_t bytes, const char *text);

/* Closes it as one should. */
void client_close(amqp_connection_state_t client);

/* Throws it away without a word. */
void client_drop(amqp_connection_state_t client);

bool client_ok(amqp_connection_state_t client); // whether the last call was answered well
void client_declare(amqp_connection_state_t client, const char *queue);
void client_publish(amqp_connection_state_t client, const char *queue, amqp_bytes_t body);

/* Gets and removes one message; true if its body is this one. */
bool client_gets(amqp_connection_state_t client, const char *queue, amqp_bytes_t body);

/* Waits for a method of the broker on any channel: its id, or 0 after `ms`, or -1 if the connection
 * ends. */
int64_t client_wait(amqp_connection_state_t client, int ms, amqp_frame_t *frame);

#endif

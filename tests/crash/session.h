#ifndef TESTS_CRASH_SESSION_H
#define TESTS_CRASH_SESSION_H

#include <amqp.h>
#include <stdbool.h>

/* A client of a broker that may vanish at any moment. */

/* Logs in as guest at 127.0.0.1 and opens channel 1; NULL if there is no broker any more. */
amqp_connection_state_t session_open(int port);

/* The same for a client that wants to be told when publishers are held back. */
amqp_connection_state_t session_open_to_be_told(int port);

/* Closes it in order, so that the broker has let go of everything; false if it did not answer. */
bool session_close(amqp_connection_state_t client);

/* Throws it away. */
void session_drop(amqp_connection_state_t client);

/* Whether the last synchronous call was answered well. */
bool session_ok(amqp_connection_state_t client);

/* The next frame into *frame, waiting `ms` at most. 1: there is one, 0: there is none, -1: the
 * connection has ended. Frames are valid until the next amqp_maybe_release_buffers. */
int session_wait(amqp_connection_state_t client, int ms, amqp_frame_t *frame);

#endif

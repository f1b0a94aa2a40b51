#ifndef SERVER_CONN_CLOSE_H
#define SERVER_CONN_CLOSE_H

#include "amqp/frame.h"
#include "amqp/method.h"

struct conn;

/* Why a connection or a channel is closed by us. */
struct conn_error {
    enum amqp_reply reply;
    uint16_t channel;   // where it happened
    uint16_t class_id;  // of the method that failed; 0 if it was none
    uint16_t method_id; // likewise
    struct slice text;  // without the reply code's name
};

struct text;

/* "CODE_NAME - explanation", cut as RabbitMQ cuts it. */
void conn_error_text(const struct conn_error *error, struct text *out);

/* A hard error: the connection is closed, in the way that its phase asks for. */
void conn_fail(struct conn *conn, const struct conn_error *error);

/* The same for a frame that may not be here, or cannot be understood. `what` is put behind the
 * octets, as in "type 9, all octets = <<"abc">>: unknown_frame"; empty: 505, else 501. */
void conn_fail_frame(struct conn *conn, const struct frame *frame, struct slice what);

/* The same where what follows in the input has no meaning any more: the octet behind the payload is
 * not what it must be; the announced size is over the limit. */
void conn_fail_end(struct conn *conn, const struct frame *frame, uint8_t end);
void conn_fail_size(struct conn *conn, const struct frame *frame, uint32_t payload_max);

/* The client has sent connection.close. */
void conn_close_asked(struct conn *conn);

/* Sends connection.close with this error and waits for the answer. */
void conn_send_close(struct conn *conn, const struct conn_error *error);

/* The session ends, its channels with it. Any number of times. */
void conn_end_session(struct conn *conn);

/* Whatever else arrives is thrown away; it ends after a while. */
void conn_doom(struct conn *conn);
void conn_finish(struct conn *conn);

/* A frame that arrives after connection.close was sent or answered. */
void conn_closed_frame(struct conn *conn, const struct frame *frame);

#endif

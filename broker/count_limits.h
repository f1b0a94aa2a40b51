#ifndef BROKER_COUNT_LIMITS_H
#define BROKER_COUNT_LIMITS_H

#include "broker/effect.h"

struct broker;
struct session;
struct vhost;

/* How much of something there may be at a time, in a virtual host or by one user. What is there
 * already when a limit is set stays; there just will be no more. L(NAME, name). */
#define VHOST_LIMITS(L)                                                                            \
    L(CONNECTIONS, "max-connections")                                                              \
    L(QUEUES, "max-queues")
#define USER_LIMITS(L)                                                                             \
    L(CONNECTIONS, "max-connections")                                                              \
    L(CHANNELS, "max-channels")

enum vhost_limit {
#define L(name, text) VHOST_MAX_##name,
    VHOST_LIMITS(L)
#undef L
        VHOST_LIMIT_COUNT
};

enum user_limit {
#define L(name, text) USER_MAX_##name,
    USER_LIMITS(L)
#undef L
        USER_LIMIT_COUNT
};

/* No limit. */
#define LIMIT_NONE INT64_C(-1)

/* The name of a limit as RabbitMQ has it, and back: false if there is none of that name. */
struct slice vhost_limit_name(enum vhost_limit which);
struct slice user_limit_name(enum user_limit which);
bool vhost_limit_find(struct slice name, enum vhost_limit *out);
bool user_limit_find(struct slice name, enum user_limit *out);

/* Sets a limit; below 0: none any more. AMQP_NOT_FOUND if there is no such virtual host or user.
 * It lasts as long as that. */
enum amqp_reply broker_set_vhost_limit(struct broker *broker, struct slice vhost,
                                       enum vhost_limit which, int64_t value, struct effects *fx);
enum amqp_reply broker_set_user_limit(struct broker *broker, struct slice user,
                                      enum user_limit which, int64_t value, struct effects *fx);

/* What is set; LIMIT_NONE, also if there is no such virtual host or user. */
int64_t broker_vhost_limit(const struct broker *broker, struct slice vhost, enum vhost_limit which);
int64_t broker_user_limit(const struct broker *broker, struct slice user, enum user_limit which);

/* Whether a connection, which is not among broker.sessions yet, may be opened. AMQP_NOT_ALLOWED. */
enum amqp_reply limits_check_session(const struct session *session, struct effects *fx);

/* Whether there, and its user, may have one more channel. AMQP_NOT_ALLOWED. To be asked before
 * channel_open. */
enum amqp_reply limits_check_channel(const struct session *session, struct effects *fx);

/* Whether a queue of this name may be made. AMQP_PRECONDITION_FAILED. */
enum amqp_reply limits_check_queue(const struct vhost *vhost, struct slice name,
                                   struct effects *fx);

#endif

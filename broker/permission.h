#ifndef BROKER_PERMISSION_H
#define BROKER_PERMISSION_H

#include "amqp/method.h"
#include "broker/effect.h"

struct broker;

/* What a user may do in a virtual host: three regular expressions (PCRE2), matched anywhere in the
 * name as RabbitMQ does, with "" standing for "^$". A user without a row for a virtual host may
 * not enter it. */
struct permission {
    struct slice configure;
    struct slice write;
    struct slice read;
};

/* Sets, or replaces, the permissions of a user in a virtual host. Returns AMQP_NOT_FOUND if either
 * does not exist, AMQP_PRECONDITION_FAILED with fx->error if an expression is not valid. Copies.
 * Holds at once for open sessions: their cached answers are dropped. */
enum amqp_reply broker_set_permission(struct broker *broker, struct slice user, struct slice vhost,
                                      const struct permission *permission, struct effects *fx);

/* The same for topic permissions: expressions that the routing key must match when the user
 * publishes to (write) or binds from (read) this exchange. `{username}` and `{vhost}` in them are
 * replaced. */
struct topic_permission {
    struct slice exchange;
    struct slice write;
    struct slice read;
};

enum amqp_reply broker_set_topic_permission(struct broker *broker, struct slice user,
                                            struct slice vhost,
                                            const struct topic_permission *permission,
                                            struct effects *fx);

/* Nothing happens to what is not there. */
void broker_delete_permission(struct broker *broker, struct slice user, struct slice vhost,
                              struct effects *fx);
void broker_delete_topic_permission(struct broker *broker, struct slice user, struct slice vhost,
                                    struct slice exchange, struct effects *fx);

/* Whether the user may enter the virtual host. */
bool broker_has_permission(const struct broker *broker, struct slice user, struct slice vhost);

#endif

#ifndef BROKER_VHOST_H
#define BROKER_VHOST_H

#include "amqp/method.h"
#include "base/slice.h"

struct broker;
struct effects;
struct vhost;

/* A virtual host: its own exchanges, queues and bindings. A new one has the predeclared exchanges;
 * nothing happens if it exists already. */
void broker_add_vhost(struct broker *broker, struct slice name, struct effects *fx);
/* With all that is in it, and the permissions in it. AMQP_NOT_FOUND; AMQP_PRECONDITION_FAILED while
 * a session is in it: the shell ends those first. */
enum amqp_reply broker_delete_vhost(struct broker *broker, struct slice name, struct effects *fx);
/* What operators say of a virtual host. */
struct vhost_metadata {
    struct slice description;
    struct slice tags;       // comma-separated
    struct slice queue_type; // "classic", "quorum" or "stream": what a declare without x-queue-type
                             // makes here; empty: what it makes elsewhere
};

enum { VHOST_TEXT_MAX = 4096 }; // octets of a description, or of tags

/* In place of what was said before. AMQP_NOT_FOUND; AMQP_PRECONDITION_FAILED for a type of queue
 * that there is not, or texts that are too long. Copies. */
enum amqp_reply broker_set_vhost_metadata(struct broker *broker, struct slice name,
                                          const struct vhost_metadata *metadata,
                                          struct effects *fx);
struct vhost_metadata vhost_metadata_of(const struct vhost *vhost); // borrowed until then
bool vhost_metadata_given(const struct vhost_metadata *metadata);   // whether it says anything

/* The kind (enum queue_kind) that a word for a type of queue stands for. False for other words. */
bool vhost_queue_kind(struct slice word, uint8_t *kind);

/* Whether operators have said that it is not to be deleted; that lasts. broker_delete_vhost deletes
 * it nevertheless: who asks for that on behalf of a user looks at struct vhost_view first. */
void broker_protect_vhost(struct vhost *vhost, bool on, struct effects *fx);

/* Switches RabbitMQ's firehose on or off (broker/tracing.h); that lasts. */
void broker_set_tracing(struct vhost *vhost, bool on, struct effects *fx);
size_t broker_vhost_count(const struct broker *broker);
struct vhost *broker_find_vhost(const struct broker *broker, struct slice name); // or NULL

#endif

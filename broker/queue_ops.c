#include "broker/channel.h"
#include "broker/event.h"

#include "amqp/table.h"
#include "base/blob.h"
#include "broker/access.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/dead_letter.h"
#include "broker/equivalence.h"
#include "broker/expiry.h"
#include "broker/names.h"
#include "broker/outcome_internal.h"
#include "broker/post.h"
#include "broker/queue_arguments.h"
#include "broker/reply.h"
#include "broker/reply_to.h"

struct declare_ok {
    struct slice name;
    uint64_t messages;
    uint32_t consumers;
};

static void remember_last(struct channel *channel, struct slice name)
{
    if (!channel->last_queue || !slice_eq(blob_slice(channel->last_queue), name)) {
        blob_unref(channel->last_queue);
        channel->last_queue = blob_new(name);
    }
}

static void send_declare_ok(struct channel *channel, const struct amqp_queue_declare *args,
                            const struct declare_ok *ok, struct effects *fx)
{
    remember_last(channel, ok->name);
    if (!args->no_wait) {
        struct amqp_args reply = {.method = METHOD_queue_declare_ok,
                                  .queue_declare_ok = {.queue = ok->name,
                                                       .message_count = (uint32_t)ok->messages,
                                                       .consumer_count = ok->consumers}};
        reply_send(channel, &reply, fx);
    }
}

static void send_counts(struct channel *channel, const struct amqp_queue_declare *args,
                        struct broker_queue *queue, struct effects *fx)
{
    expiry_touch(queue);
    expiry_trim_all(queue, fx);
    posts_send(broker_of(channel), fx);
    struct declare_ok ok = {queue->name, queue_ready_count(queue->messages), queue->consumer_count};
    send_declare_ok(channel, args, &ok, fx);
}

/* Any one right is enough to see that a queue is there. */
static enum amqp_reply check_visible(struct channel *channel, enum resource resource,
                                     struct slice name, struct effects *fx)
{
    enum amqp_reply reply = access_check(channel, ACCESS_READ, resource, name, fx);
    if (reply) {
        reply = access_check(channel, ACCESS_WRITE, resource, name, fx);
    }
    if (reply) {
        reply = access_check(channel, ACCESS_CONFIGURE, resource, name, fx);
    }
    return reply;
}

static enum amqp_reply declare_passive(struct channel *channel,
                                       const struct amqp_queue_declare *args, struct effects *fx)
{
    struct text buffer;
    struct slice name = names_strip(args->queue, &buffer); // here the empty name is a name
    struct broker_queue *queue = NULL;
    enum amqp_reply reply = check_visible(channel, RESOURCE_QUEUE, name, fx);
    if (!reply) {
        reply = broker_queue_lookup(channel, name, &queue, fx);
    }
    if (!reply) {
        send_counts(channel, args, queue, fx);
    }
    return reply;
}

/* Names of direct reply-to can be "declared" to see whether somebody listens there. */
static enum amqp_reply declare_reply_to(struct channel *channel,
                                        const struct amqp_queue_declare *args, struct effects *fx)
{
    if (!reply_to_is_pseudo_queue(args->queue) && !reply_to_alive(channel, args->queue)) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no queue '%s' in vhost '%s'", args->queue,
                              vhost_name_of(channel));
    }
    send_declare_ok(channel, args, &(struct declare_ok){.name = args->queue, .consumers = 1}, fx);
    return AMQP_OK;
}

static enum amqp_reply redeclare(struct channel *channel, const struct amqp_queue_declare *args,
                                 struct broker_queue *queue, struct effects *fx)
{
    struct equivalence what = {"queue", queue->name, vhost_name_of(channel)};
    if (queue->exclusive != args->exclusive || (queue->owner && queue->owner != channel->session)) {
        return broker_queue_refuse_locked(channel, queue, fx);
    }
    bool durable = args->durable && !args->exclusive;
    enum amqp_reply reply = equivalence_bool(&what, "durable", durable, queue->durable, fx);
    if (!reply) {
        reply = equivalence_bool(&what, "auto_delete", args->auto_delete, queue->auto_delete, fx);
    }
    if (!reply) {
        reply = queue_arguments_equivalent(&what, args->arguments, queue->arguments, fx);
    }
    if (!reply) {
        broker_of(channel)->churn.queue_declared++;
        send_counts(channel, args, queue, fx);
    }
    return reply;
}

/* The name of an exchange in an argument: only its creator may tie a queue to one it cannot use. */
static enum amqp_reply check_dead_letter(struct channel *channel,
                                         const struct amqp_queue_declare *args, struct slice name,
                                         struct effects *fx)
{
    struct field_value value;
    if (!table_get(args->arguments, SLICE("x-dead-letter-exchange"), &value)) {
        return AMQP_OK;
    }
    if (value.type != 'S') {
        const char *type = field_type_name(value.type);
        return effects_refuse(
            fx, AMQP_PRECONDITION_FAILED,
            "invalid type '%s' for arg 'x-dead-letter-exchange' in queue '%s' in vhost '%s'",
            (struct slice){(const uint8_t *)type, strlen(type)}, name, vhost_name_of(channel));
    }
    enum amqp_reply reply = access_check(channel, ACCESS_READ, RESOURCE_QUEUE, name, fx);
    if (!reply) {
        reply = access_check(channel, ACCESS_WRITE, RESOURCE_EXCHANGE, value.bytes, fx);
    }
    return reply;
}

static enum amqp_reply refuse_property(struct channel *channel, const char *property,
                                       struct slice name, struct effects *fx)
{
    return effects_refuse(
        fx, AMQP_PRECONDITION_FAILED, "invalid property '%s' for queue '%s' in vhost '%s'",
        (struct slice){(const uint8_t *)property, strlen(property)}, name, vhost_name_of(channel));
}

/* What a type of queue, or this broker's settings, do not allow. */
static enum amqp_reply check_properties(struct channel *channel,
                                        const struct amqp_queue_declare *args, struct slice name,
                                        uint8_t kind, struct effects *fx)
{
    bool replicated = kind != QUEUE_CLASSIC;
    if (replicated && names_reserved(name)) { // none but the broker makes such names
        return effects_refuse(
            fx, AMQP_PRECONDITION_FAILED, "Cannot declare a server-named queue for type %s",
            kind == QUEUE_QUORUM ? SLICE("rabbit_quorum_queue") : SLICE("rabbit_stream_queue"));
    }
    if (replicated && args->auto_delete) {
        return refuse_property(channel, "auto-delete", name, fx);
    }
    if (replicated && args->exclusive) {
        return refuse_property(channel, "exclusive-owner", name, fx);
    }
    if (replicated && !args->durable) {
        return refuse_property(channel, "non-durable", name, fx);
    }
    if (!args->durable && !args->exclusive && broker_of(channel)->options.refuse_transient_queues) {
        return effects_refuse(fx, AMQP_INTERNAL_ERROR,
                              "Feature `transient_nonexcl_queues` is deprecated.\n"
                              "By default, this feature is not permitted anymore.\n"
                              "Use durable queues, or exclusive ones.");
    }
    return AMQP_OK;
}

static enum amqp_reply create(struct channel *channel, const struct amqp_queue_declare *args,
                              struct slice name, struct effects *fx)
{
    struct equivalence what = {"queue", name, vhost_name_of(channel)};
    uint8_t kind;
    enum amqp_reply reply = limits_check_queue(channel->session->vhost, name, fx);
    if (!reply) {
        reply = check_dead_letter(channel, args, name, fx);
    }
    if (!reply) {
        reply = queue_arguments_check(&what, args->arguments, QUEUE_CLASSIC, &kind, fx);
    }
    if (!reply) {
        reply = check_properties(channel, args, name, kind, fx);
    }
    if (reply) {
        return reply;
    }
    struct broker_queue_options options = {
        .name = name,
        .arguments = args->arguments,
        .owner = args->exclusive ? channel->session : NULL,
        .kind = kind,
        .durable = args->durable && !args->exclusive,
        .auto_delete = args->auto_delete,
    };
    struct broker_queue *queue = broker_queue_add(channel->session->vhost, &options);
    broker_of(channel)->churn.queue_declared++;
    broker_of(channel)->churn.queue_created++;
    event_queue(queue, true);
    if (queue->durable) {
        struct topology topology = {.kind = TOPOLOGY_queue_put,
                                    .queue_put = broker_queue_entry(queue)};
        outcome_topology(broker_of(channel), &topology, fx);
    }
    send_counts(channel, args, queue, fx);
    return AMQP_OK;
}

/* The type of queue that is meant without x-queue-type, here or in the whole broker, if such a
 * queue can be of that type: an argument as good as a given one, also to those who declare the
 * queue again. */
static void add_default_type(const struct channel *channel, struct amqp_queue_declare *args,
                             struct bytes *room)
{
    static const struct slice words[] = {
        [QUEUE_CLASSIC] = {(const uint8_t *)"classic", 7},
        [QUEUE_QUORUM] = {(const uint8_t *)"quorum", 6},
        [QUEUE_STREAM] = {(const uint8_t *)"stream", 6},
    };
    struct field_value value;
    uint8_t kind = broker_of(channel)->options.default_queue_kind;
    bool said = vhost_queue_kind(bytes_slice(&channel->session->vhost->queue_type), &kind);
    bool possible = args->durable && !args->exclusive && !args->auto_delete;
    if ((kind == QUEUE_CLASSIC && !said) || !possible ||
        table_get(args->arguments, SLICE("x-queue-type"), &value)) {
        return;
    }
    bytes_add(room, args->arguments);
    table_add_string(room, SLICE("x-queue-type"), words[kind]);
    args->arguments = bytes_slice(room);
}

/* A name that the broker makes may be declared by nobody else, unless `any_name`. */
static enum amqp_reply declare_named(struct channel *channel, const struct amqp_queue_declare *args,
                                     bool any_name, struct effects *fx)
{
    struct text buffer;
    if (reply_to_is_pseudo_queue(args->queue) || reply_to_is_address(args->queue)) {
        return declare_reply_to(channel, args, fx);
    }
    if (args->passive) {
        return declare_passive(channel, args, fx);
    }
    struct slice name = names_strip(args->queue, &buffer);
    bool given = name.len > 0;
    if (!given) {
        names_generate(broker_of(channel), "amq.gen-", &buffer);
        name = text_slice(&buffer);
    }
    struct broker_queue *queue = broker_queue_find(channel->session->vhost, name);
    if (given && !queue && !any_name && names_reserved(name)) {
        return effects_refuse(fx, AMQP_ACCESS_REFUSED,
                              "queue name '%s' contains reserved prefix 'amq.*'", name);
    }
    enum amqp_reply reply = access_check(channel, ACCESS_CONFIGURE, RESOURCE_QUEUE, name, fx);
    if (reply) {
        return reply;
    }
    return queue ? redeclare(channel, args, queue, fx) : create(channel, args, name, fx);
}

enum amqp_reply broker_queue_declare(struct channel *channel, const struct amqp_queue_declare *args,
                                     struct effects *fx)
{
    event_by(channel);
    struct amqp_queue_declare full = *args;
    struct bytes room = {0};
    add_default_type(channel, &full, &room);
    enum amqp_reply reply = declare_named(channel, &full, false, fx);
    bytes_finish(&room);
    return reply;
}

enum amqp_reply broker_queue_import(struct channel *channel, const struct amqp_queue_declare *args,
                                    struct effects *fx)
{
    return declare_named(channel, args, true, fx);
}

enum amqp_reply broker_queue_purge(struct channel *channel, const struct amqp_queue_purge *args,
                                   struct effects *fx)
{
    struct broker_queue *queue = NULL;
    enum amqp_reply reply = broker_queue_to_read(channel, args->queue, &queue, fx);
    if (!reply && queue->kind == QUEUE_STREAM) {
        reply =
            effects_refuse(fx, AMQP_NOT_IMPLEMENTED,
                           "queue.purge not supported by stream queues queue '%s' in vhost '%s'",
                           queue->name, vhost_name_of(channel));
    }
    if (reply) {
        return reply;
    }
    expiry_trim_all(queue, fx);
    uint64_t count = broker_queue_drop_all(queue, fx);
    posts_send(broker_of(channel), fx);
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_queue_purge_ok,
                               .queue_purge_ok = {.message_count = (uint32_t)count}};
        reply_send(channel, &ok, fx);
    }
    return AMQP_OK;
}

static void send_delete_ok(struct channel *channel, const struct amqp_queue_delete *args,
                           uint64_t count, struct effects *fx)
{
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_queue_delete_ok,
                               .queue_delete_ok = {.message_count = (uint32_t)count}};
        reply_send(channel, &ok, fx);
    }
}

static enum amqp_reply check_deletable(struct channel *channel,
                                       const struct amqp_queue_delete *args,
                                       const struct broker_queue *queue, struct effects *fx)
{
    struct slice vhost = vhost_name_of(channel);
    if (queue->kind != QUEUE_CLASSIC && (args->if_unused || args->if_empty)) {
        return effects_refuse(
            fx, AMQP_NOT_IMPLEMENTED,
            "cannot delete queue '%s' in vhost '%s'. queue.delete operations with %s flag set are "
            "not supported by %s queues",
            queue->name, vhost, args->if_unused ? SLICE("if-unused") : SLICE("if-empty"),
            queue->kind == QUEUE_QUORUM ? SLICE("quorum") : SLICE("stream"));
    }
    if (args->if_unused && queue->consumer_count > 0) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "queue '%s' in vhost '%s' in use",
                              queue->name, vhost);
    }
    if (args->if_empty && queue_ready_count(queue->messages) > 0) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "queue '%s' in vhost '%s' not empty",
                              queue->name, vhost);
    }
    return AMQP_OK;
}

enum amqp_reply broker_queue_delete(struct channel *channel, const struct amqp_queue_delete *args,
                                    struct effects *fx)
{
    event_by(channel);
    struct text buffer;
    struct slice name;
    enum amqp_reply reply = broker_queue_name(channel, args->queue, &buffer, &name, fx);
    if (!reply) {
        reply = access_check(channel, ACCESS_CONFIGURE, RESOURCE_QUEUE, name, fx);
    }
    if (reply) {
        return reply;
    }
    struct broker_queue *queue = broker_queue_find(channel->session->vhost, name);
    if (!queue) { // nothing to delete: that is what was wanted
        send_delete_ok(channel, args, 0, fx);
        return AMQP_OK;
    }
    reply = broker_queue_check_owner(channel, queue, fx);
    if (!reply) {
        reply = check_deletable(channel, args, queue, fx);
    }
    if (reply) {
        return reply;
    }
    uint64_t count = queue_ready_count(queue->messages);
    broker_queue_remove(queue, fx);
    send_delete_ok(channel, args, count, fx);
    return AMQP_OK;
}

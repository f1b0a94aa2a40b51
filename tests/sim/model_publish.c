#include "tests/sim/model_internal.h"

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "tests/sim/content.h"

uint64_t model_ttl_of(const struct amqp_properties *properties)
{
    uint64_t ttl = 0;
    if (!(properties->flags & PROPERTY_expiration)) {
        return TERMS_NONE;
    }
    for (size_t i = 0; i < properties->expiration.len; i++) {
        ttl = 10 * ttl + (uint64_t)(properties->expiration.ptr[i] - '0');
    }
    return ttl;
}

static struct model_message *message_of(struct model *model, const struct op *op,
                                        const struct amqp_properties *properties)
{
    struct model_message *message = arena_new(model->arena, sizeof *message);
    *message = (struct model_message){
        .exchange = op->args.basic_publish.exchange,
        .routing_key = op->args.basic_publish.routing_key,
        .properties = op->properties,
        .body = op->body,
        .ttl_ms = model_ttl_of(properties),
        .priority = properties->flags & PROPERTY_priority ? properties->priority : 0,
        .prioritised = properties->flags & PROPERTY_priority,
        .persistent = properties->delivery_mode == 2,
    };
    return message;
}

/* As it will be delivered: nobody is told who else got a blind copy. That is taken out when the
 * message goes anywhere else than to where it is held back. */
static void hide_copies(struct model *model, struct model_message *message,
                        const struct list *targets)
{
    struct amqp_properties properties;
    struct field_value bcc;
    bool held = !list_empty(targets);
    list_each(node, targets) {
        held = held && container_of(node, struct model_target, link)->queue->exchange;
    }
    CHECK(properties_decode(message->properties, &properties));
    if (!held && table_get(properties.headers, SLICE("BCC"), &bcc)) {
        message->properties = content_without(model->arena, message->properties, SLICE("BCC"));
    }
}

static bool expiration_is_number(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

static bool keys_are_array(struct slice headers, struct slice name)
{
    struct field_value value;
    return !table_get(headers, name, &value) || value.type == 'A';
}

static enum amqp_reply check(const struct model_channel *channel, const struct op *op,
                             const struct amqp_properties *properties,
                             struct model_exchange **exchange)
{
    struct slice user = channel->conn->limited ? SLICE("limited") : SLICE("guest");
    uint16_t flags = properties->flags;
    if (op->args.basic_publish.immediate) {
        return AMQP_NOT_IMPLEMENTED;
    }
    if (op->body.len > channel->conn->model->message_max) {
        return AMQP_PRECONDITION_FAILED;
    }
    *exchange = model_exchange_find(channel->conn->vhost, op->args.basic_publish.exchange);
    if (!*exchange) {
        return AMQP_NOT_FOUND;
    }
    if ((*exchange)->internal) {
        return AMQP_ACCESS_REFUSED;
    }
    if ((flags & PROPERTY_user_id && !slice_eq(properties->user_id, user)) ||
        (flags & PROPERTY_expiration && !expiration_is_number(properties->expiration)) ||
        !keys_are_array(properties->headers, SLICE("CC")) ||
        !keys_are_array(properties->headers, SLICE("BCC"))) {
        return AMQP_PRECONDITION_FAILED;
    }
    return AMQP_OK;
}

void model_take_over(struct list *from, struct list *to)
{
    struct list_node *node;
    while ((node = list_first(from))) {
        list_unlink(node);
        list_push(to, node);
    }
}

static void add_pending(struct model_channel *channel, struct model_message *message,
                        struct list *targets, bool mandatory)
{
    if (list_empty(targets) && !mandatory) {
        return;
    }
    struct model_pending *pending = arena_new(channel->conn->model->arena, sizeof *pending);
    pending->message = message;
    pending->mandatory = mandatory;
    list_init(&pending->targets);
    model_take_over(targets, &pending->targets);
    list_push(&channel->pending, &pending->link);
}

/* What is to be confirmed is added to the claims. False if a queue would not have it. */
static bool enqueue_all(struct model *model, struct list *targets, struct model_message *message,
                        struct list *claims)
{
    bool accepted = true;
    list_each(node, targets) {
        struct model_queue *queue = container_of(node, struct model_target, link)->queue;
        accepted &= model_enqueue(model, queue, message, claims);
    }
    return accepted;
}

static struct model_unconfirmed *add_unconfirmed(struct model_channel *channel)
{
    struct model_unconfirmed *unconfirmed =
        arena_new(channel->conn->model->arena, sizeof *unconfirmed);
    unconfirmed->number = channel->publish_last;
    list_init(&unconfirmed->claims);
    list_push(&channel->unconfirmed, &unconfirmed->link);
    return unconfirmed;
}

static void send(struct model_channel *channel, struct model_message *message, struct list *targets,
                 bool mandatory)
{
    struct model *model = channel->conn->model;
    bool confirm = channel->mode == MODE_CONFIRM;
    channel->publish_last += confirm;
    if (list_empty(targets) && mandatory) {
        model_return(channel, message, confirm ? channel->publish_last : 0);
    }
    struct list claims;
    list_init(&claims);
    bool accepted = enqueue_all(model, targets, message, &claims);
    model_send_letters(model);
    if (confirm) {
        struct model_unconfirmed *unconfirmed = add_unconfirmed(channel);
        unconfirmed->refused = !accepted;
        model_take_over(&claims, &unconfirmed->claims);
    }
}

enum amqp_reply model_publish(struct model_channel *channel, const struct op *op)
{
    struct model *model = channel->conn->model;
    struct amqp_properties properties;
    struct model_exchange *exchange;
    struct list targets;
    CHECK(properties_decode(op->properties, &properties));
    enum amqp_reply code = check(channel, op, &properties, &exchange);
    if (code) {
        return code;
    }
    bool mandatory = op->args.basic_publish.mandatory;
    struct model_message *message = message_of(model, op, &properties);
    model->published++;
    list_init(&targets);
    struct model_route route = {.vhost = channel->conn->vhost,
                                .exchange = exchange,
                                .routing_key = message->routing_key,
                                .headers = properties.headers,
                                .keys_from = properties.headers,
                                .blind = true};
    model_route(model, &route, &targets);
    hide_copies(model, message, &targets);
    if (channel->mode == MODE_TX) {
        add_pending(channel, message, &targets, mandatory);
    } else {
        send(channel, message, &targets, mandatory);
    }
    return AMQP_OK;
}

void model_return(struct model_channel *channel, struct model_message *message, uint64_t publish)
{
    struct amqp_args args = {.method = METHOD_basic_return};
    struct owed *owed = model_owe(channel->conn, channel->number, &args);
    owed->message = message;
    owed->publish = publish;
}

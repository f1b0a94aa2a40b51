#include "tests/sim/model_internal.h"

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"

/* As it will be delivered: nobody is told who else got a blind copy. */
static struct slice without_bcc(struct model *model, const struct amqp_properties *properties)
{
    struct bytes headers = {0};
    struct wire_reader r = wire_reader_of(properties->headers);
    struct slice name;
    struct field_value value;
    uint8_t room[2000];
    while (table_next(&r, &name, &value)) {
        if (!slice_eq(name, SLICE("BCC"))) {
            table_add_raw(&headers, name, value.raw);
        }
    }
    struct amqp_properties copy = *properties;
    copy.headers = bytes_slice(&headers);
    size_t len = properties_encode(&copy, room, sizeof room);
    CHECK(len > 0);
    bytes_finish(&headers);
    return arena_copy(model->arena, (struct slice){room, len});
}

static struct model_message *message_of(struct model *model, const struct op *op,
                                        const struct amqp_properties *properties)
{
    struct field_value bcc;
    struct model_message *message = arena_new(model->arena, sizeof *message);
    *message = (struct model_message){
        .exchange = op->args.basic_publish.exchange,
        .routing_key = op->args.basic_publish.routing_key,
        .properties = op->properties,
        .body = op->body,
        .priority = properties->flags & PROPERTY_priority ? properties->priority : 0,
        .persistent = properties->delivery_mode == 2,
    };
    if (table_get(properties->headers, SLICE("BCC"), &bcc)) {
        message->properties = without_bcc(model, properties);
    }
    return message;
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

/* What is to be confirmed is added to the claims. */
static void enqueue_all(struct model *model, struct list *targets, struct model_message *message,
                        struct list *claims)
{
    list_each(node, targets) {
        struct model_queue *queue = container_of(node, struct model_target, link)->queue;
        model_claim_entry(model, claims, model_enqueue(model, queue, message));
    }
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
    enqueue_all(model, targets, message, &claims);
    if (confirm) {
        model_take_over(&claims, &add_unconfirmed(channel)->claims);
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
    model_route(channel, exchange, op, &targets);
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

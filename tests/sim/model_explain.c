#include "tests/sim/model_internal.h"
#include "tests/sim/model_wait.h"

#include <stdio.h>

static bool same_args(const struct owed *owed, const struct amqp_args *heard)
{
    const struct amqp_args *due = &owed->args;
    switch (due->method) {
    case METHOD_queue_declare_ok:
        return slice_eq(due->queue_declare_ok.queue, heard->queue_declare_ok.queue) &&
               due->queue_declare_ok.message_count == heard->queue_declare_ok.message_count &&
               due->queue_declare_ok.consumer_count == heard->queue_declare_ok.consumer_count;
    case METHOD_queue_purge_ok:
        return due->queue_purge_ok.message_count == heard->queue_purge_ok.message_count;
    case METHOD_queue_delete_ok:
        return due->queue_delete_ok.message_count == heard->queue_delete_ok.message_count;
    case METHOD_basic_consume_ok:
        return slice_eq(due->basic_consume_ok.consumer_tag, heard->basic_consume_ok.consumer_tag);
    case METHOD_basic_cancel_ok:
        return slice_eq(due->basic_cancel_ok.consumer_tag, heard->basic_cancel_ok.consumer_tag);
    case METHOD_basic_cancel:
        return slice_eq(due->basic_cancel.consumer_tag, heard->basic_cancel.consumer_tag);
    case METHOD_basic_get_ok:
        return due->basic_get_ok.delivery_tag == heard->basic_get_ok.delivery_tag &&
               due->basic_get_ok.redelivered == heard->basic_get_ok.redelivered &&
               due->basic_get_ok.message_count == heard->basic_get_ok.message_count;
    case METHOD_channel_close:
        return due->channel_close.reply_code == heard->channel_close.reply_code &&
               due->channel_close.class_id == heard->channel_close.class_id &&
               due->channel_close.method_id == heard->channel_close.method_id;
    case METHOD_connection_close:
        return (owed->any_code ||
                due->connection_close.reply_code == heard->connection_close.reply_code) &&
               (owed->any_ids ||
                (due->connection_close.class_id == heard->connection_close.class_id &&
                 due->connection_close.method_id == heard->connection_close.method_id));
    default:
        return true; // nothing in it
    }
}

/* The text starts with the name of the code. */
static bool text_fits(const struct amqp_args *args)
{
    bool channel = args->method == METHOD_channel_close;
    uint16_t code = channel ? args->channel_close.reply_code : args->connection_close.reply_code;
    struct slice text =
        channel ? args->channel_close.reply_text : args->connection_close.reply_text;
    const char *name = amqp_reply_name((enum amqp_reply)code);
    return slice_starts(text, (struct slice){(const uint8_t *)name, strlen(name)});
}

/* What is heard of a message, given where it is said to come from. */
static struct model_shown shown_of(const struct heard *heard, struct slice exchange,
                                   struct slice routing_key, uint32_t failed)
{
    return (struct model_shown){.exchange = exchange,
                                .routing_key = routing_key,
                                .properties = heard->properties,
                                .body = heard->body,
                                .failed = failed};
}

static bool same_content(struct model *model, const struct owed *owed, const struct heard *heard)
{
    struct model_shown shown;
    const struct amqp_args *args = &heard->args;
    switch (args->method) {
    case METHOD_basic_get_ok:
        shown = shown_of(heard, args->basic_get_ok.exchange, args->basic_get_ok.routing_key,
                         owed->failed);
        return model_message_is(model, owed->message, &shown);
    case METHOD_basic_return:
        shown = shown_of(heard, args->basic_return.exchange, args->basic_return.routing_key, 0);
        return args->basic_return.reply_code == AMQP_NO_ROUTE &&
               model_message_is(model, owed->message, &shown);
    case METHOD_channel_close:
    case METHOD_connection_close:
        return text_fits(args);
    default:
        return true;
    }
}

/* What the broker chose the name of, it may choose once. */
static bool learn_names(struct model *model, struct owed *owed, const struct amqp_args *heard)
{
    if (heard->method == METHOD_queue_declare_ok && owed->queue->name.len == 0) {
        struct slice name = heard->queue_declare_ok.queue;
        for (int i = 0; i < MODEL_VHOSTS; i++) {
            if (model_queue_find(&model->vhosts[i], name)) {
                return false;
            }
        }
        owed->queue->name = owed->args.queue_declare_ok.queue = name;
        return slice_starts(name, SLICE("amq.gen-"));
    }
    if (heard->method == METHOD_queue_declare_ok) {
        owed->args.queue_declare_ok.queue = owed->queue->name;
    } else if (heard->method == METHOD_basic_consume_ok && owed->consumer->tag.len == 0) {
        owed->consumer->tag = owed->args.basic_consume_ok.consumer_tag =
            heard->basic_consume_ok.consumer_tag;
        return slice_starts(owed->consumer->tag, SLICE("amq.ctag-"));
    } else if (heard->method == METHOD_basic_cancel) {
        owed->args.basic_cancel.consumer_tag = owed->consumer->tag;
    }
    return true;
}

/* The next reply that is due on the line. */
static bool explain_reply(struct model_conn *conn, struct model_line *line,
                          const struct heard *heard)
{
    struct model *model = conn->model;
    struct list_node *node = list_first(&line->owed);
    struct owed *owed = node ? container_of(node, struct owed, link) : NULL;
    if (!owed || owed->args.method != heard->args.method) {
        return false;
    }
    if (!learn_names(model, owed, &heard->args) || !same_args(owed, &heard->args) ||
        !same_content(model, owed, heard)) {
        char text[300];
        tape_describe(heard, text, sizeof text);
        verdict_fail(model->verdict, "connection %u channel %u: %s does not say what is due",
                     conn->id, heard->channel, text);
    }
    model_claims_heard(conn, &owed->claims, heard);
    if (owed->consumer) {
        owed->consumer->announced = true;
    }
    if (owed->entry) { // basic.get
        owed->entry->shown |= !heard->said.unheard;
        owed->entry->settled_at = heard->said.instant;
    }
    list_unlink(node);
    return true;
}

static bool return_is_due(const struct model_line *line, uint64_t publish)
{
    list_each(node, &line->owed) {
        const struct owed *owed = container_of(node, struct owed, link);
        if (owed->publish > 0 && owed->publish <= publish) {
            return true;
        }
    }
    return false;
}

static uint64_t tag_of(const struct heard *heard)
{
    return heard->args.method == METHOD_basic_nack ? heard->args.basic_nack.delivery_tag
                                                   : heard->args.basic_ack.delivery_tag;
}

/* Whether that is the answer to a publish: one that was taken is never refused, nor the other way
 * round. */
static bool is_confirmed(const struct model_unconfirmed *unconfirmed, const struct heard *heard)
{
    bool refused = heard->args.method == METHOD_basic_nack;
    bool multiple = refused ? heard->args.basic_nack.multiple : heard->args.basic_ack.multiple;
    uint64_t tag = tag_of(heard);
    return unconfirmed->refused == refused &&
           (unconfirmed->number == tag || (multiple && unconfirmed->number < tag));
}

/* Confirms of publishes that wait for one: all up to the number, or this one. */
static bool explain_confirm(struct model_conn *conn, struct model_line *line,
                            const struct heard *heard)
{
    uint64_t number = tag_of(heard);
    bool found = false;
    if (!line->channel) {
        return false;
    }
    list_each(node, &line->channel->unconfirmed) {
        const struct model_unconfirmed *one = container_of(node, struct model_unconfirmed, link);
        found |= one->number == number && is_confirmed(one, heard);
    }
    if (!found) {
        return false;
    }
    list_each(it, &line->channel->unconfirmed) {
        struct model_unconfirmed *unconfirmed = container_of(it, struct model_unconfirmed, link);
        if (is_confirmed(unconfirmed, heard)) {
            model_claims_heard(conn, &unconfirmed->claims, heard);
            list_unlink(it);
        }
    }
    if (return_is_due(line, number)) {
        verdict_fail(conn->model->verdict, "connection %u channel %u: confirm before return",
                     conn->id, heard->channel);
    }
    return true;
}

static struct model_consumer *find_consumer(const struct model_channel *channel, struct slice tag)
{
    list_each(node, &channel->consumers) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, channel_link);
        if (consumer->announced && slice_eq(consumer->tag, tag)) {
            return consumer;
        }
    }
    return NULL;
}

/* Whether `other` was surely able to take a message all the time since `since`. A limit that
 * consumers share is used up in an order that only the broker knows. */
static bool was_able(const struct model_consumer *other, uint64_t since)
{
    const struct model_channel *channel = other->channel;
    return channel->conn->phase == PHASE_OPEN && channel->conn->taken < MODEL_SURE_WINDOW &&
           channel->prefetch_limit == 0 && other->announced && other->eligible_since <= since &&
           model_consumer_may(other);
}

static void note_doubt(const struct model_consumer *other, const char *why)
{
    struct model *model = other->channel->conn->model;
    snprintf(model->doubt, sizeof model->doubt, " (connection %u channel %u %.30s)",
             other->channel->conn->id, other->channel->number, why);
}

/* Strict round robin: nobody has two turns while an equal has none; and priority before that. */
static bool is_its_turn(const struct model_consumer *consumer)
{
    list_each(node, &consumer->queue->consumers) {
        const struct model_consumer *other = container_of(node, struct model_consumer, queue_link);
        if (other == consumer) {
            continue;
        }
        if (other->priority > consumer->priority && was_able(other, other->eligible_since)) {
            note_doubt(other, "has a higher priority");
            return false;
        }
        if (other->priority == consumer->priority && other->served_at < consumer->served_at &&
            was_able(other, consumer->served_at)) {
            note_doubt(other, "comes first");
            return false;
        }
    }
    return true;
}

static void deliver(struct model_consumer *consumer, const struct heard *heard)
{
    struct model_channel *channel = consumer->channel;
    struct model *model = channel->conn->model;
    model_wait(consumer->queue, consumer);
    struct model_entry *entry = model_take(consumer->queue);
    consumer->served_at = ++model->step;
    model_turn(consumer);
    channel->served = consumer->queue;
    channel->conn->taken += heard->body.len + heard->properties.len + 300;
    model_hand_over(channel, entry, consumer->no_ack, heard->said.instant);
    if (consumer->no_ack && entry->came_at == model->happened) {
        model->unsure++; // it may have passed by the queue
    }
    entry->shown |= !heard->said.unheard;
    entry->consumer = consumer->no_ack ? NULL : consumer;
    entry->counted = !consumer->no_ack;
    if (heard->args.basic_deliver.delivery_tag != entry->tag) {
        verdict_fail(model->verdict, "connection %u channel %u: delivery tag %llu in place of %llu",
                     channel->conn->id, channel->number,
                     (unsigned long long)heard->args.basic_deliver.delivery_tag,
                     (unsigned long long)entry->tag);
    }
}

/* The first message of the consumer's queue, if the consumer may have it now. */
static bool explain_delivery(struct model_line *line, const struct heard *heard)
{
    const struct amqp_basic_deliver *args = &heard->args.basic_deliver;
    struct model_consumer *consumer =
        line->channel ? find_consumer(line->channel, args->consumer_tag) : NULL;
    struct list_node *first = consumer ? list_first(&consumer->queue->ready) : NULL;
    struct model *model = line->channel ? line->channel->conn->model : NULL;
    bool served = consumer && (!model->serving || model->serving == consumer->queue);
    if (!first || !served || !model_consumer_may(consumer)) {
        return false;
    }
    const struct model_entry *entry = container_of(first, struct model_entry, link);
    struct model_shown shown = shown_of(heard, args->exchange, args->routing_key, entry->failed);
    if (!model_message_is(model, entry->message, &shown) ||
        entry->redelivered != args->redelivered || !is_its_turn(consumer)) {
        return false;
    }
    deliver(consumer, heard);
    model_trim(model, consumer->queue);
    if (!model->serving) { // others may have had to wait for this
        model_touch(model, consumer->queue);
    }
    return true;
}

static bool explain_blocked(struct model_conn *conn, const struct heard *heard)
{
    bool blocked = heard->args.method == METHOD_connection_blocked;
    if (!conn->blocked_notify || blocked == conn->told_blocked ||
        (blocked && !conn->model->alarm)) {
        return false;
    }
    conn->told_blocked = blocked;
    return true;
}

static bool explain_one(struct model_conn *conn, struct model_line *line, const struct heard *heard)
{
    switch (heard->args.method) {
    case METHOD_basic_deliver:
        return explain_delivery(line, heard);
    case METHOD_basic_ack:
    case METHOD_basic_nack:
        return explain_confirm(conn, line, heard);
    case METHOD_connection_blocked:
    case METHOD_connection_unblocked:
        return explain_blocked(conn, heard);
    case METHOD_connection_close:
        model_conn_tell_refusal(conn);
        return explain_reply(conn, line, heard);
    default:
        return explain_reply(conn, line, heard);
    }
}

/* Deliveries behind it may have to be thought of before it: they wait longer for the disk than
 * confirms do. */
static bool is_passed_over(const struct model *model, const struct heard *heard)
{
    bool confirms =
        heard->args.method == METHOD_basic_ack || heard->args.method == METHOD_basic_nack;
    return confirms && model->durable;
}

/* What comes first on each line, as often as there is something that can be accounted for. */
static bool explain_conn(struct model_conn *conn)
{
    bool progress = false;
    bool stuck[MODEL_LINES] = {false};
    list_each(node, &conn->tape->unexplained) {
        const struct heard *heard = container_of(node, struct heard, link);
        int line = model_line_of(heard->channel);
        if (line < 0 || stuck[line]) {
            continue;
        }
        if (explain_one(conn, &conn->lines[line], heard)) {
            list_unlink(node);
            progress = true;
        } else if (!is_passed_over(conn->model, heard)) {
            stuck[line] = true;
        }
    }
    return progress;
}

void model_explain(struct model *model)
{
    bool progress = true;
    while (progress && !model->verdict->failed) {
        progress = false;
        list_each(node, &model->conns) {
            progress |= explain_conn(container_of(node, struct model_conn, link));
        }
    }
}

#include "broker/channel.h"
#include "broker/event.h"

#include "amqp/table.h"
#include "broker/access.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/delay.h"
#include "broker/duplicates.h"
#include "broker/equivalence.h"
#include "broker/names.h"
#include "broker/outcome_internal.h"
#include "broker/policy_internal.h"
#include "broker/queue_arguments.h"
#include "broker/reply.h"

static enum amqp_reply refuse_default(struct slice name, struct effects *fx)
{
    return name.len > 0 ? AMQP_OK
                        : effects_refuse(fx, AMQP_ACCESS_REFUSED,
                                         "operation not permitted on the default exchange");
}

static enum amqp_reply refuse_missing(struct channel *channel, struct slice name,
                                      struct effects *fx)
{
    return effects_refuse(fx, AMQP_NOT_FOUND, "no exchange '%s' in vhost '%s'", name,
                          vhost_name_of(channel));
}

static enum amqp_reply declare_passive(struct channel *channel, struct slice name,
                                       struct effects *fx)
{
    enum amqp_reply reply = access_check(channel, ACCESS_READ, RESOURCE_EXCHANGE, name, fx);
    if (reply) {
        reply = access_check(channel, ACCESS_WRITE, RESOURCE_EXCHANGE, name, fx);
    }
    if (reply) {
        reply = access_check(channel, ACCESS_CONFIGURE, RESOURCE_EXCHANGE, name, fx);
    }
    if (!reply && !exchanges_find(channel->session->vhost->exchanges, name)) {
        reply = refuse_missing(channel, name, fx);
    }
    return reply;
}

static enum amqp_reply redeclare(struct channel *channel, const struct exchange *exchange,
                                 const struct amqp_exchange_declare *args, struct effects *fx)
{
    struct equivalence what = {"exchange", exchange_name(exchange), vhost_name_of(channel)};
    enum amqp_reply reply =
        equivalence_text(&what, "type", args->type, exchange_type_name(exchange), fx);
    if (!reply) {
        reply = equivalence_bool(&what, "durable", args->durable, exchange_durable(exchange), fx);
    }
    if (!reply) {
        reply = equivalence_bool(&what, "auto_delete", args->auto_delete,
                                 exchange_auto_delete(exchange), fx);
    }
    if (!reply) {
        reply =
            equivalence_bool(&what, "internal", args->internal, exchange_internal(exchange), fx);
    }
    if (!reply) {
        reply = equivalence_argument(&what, SLICE("alternate-exchange"), args->arguments,
                                     exchange_arguments(exchange), fx);
    }
    return reply ? reply
                 : exchange_arguments_equivalent(&what, args->arguments,
                                                 exchange_arguments(exchange), fx);
}

static enum amqp_reply check_alternate(struct channel *channel, struct slice name,
                                       struct slice arguments, struct effects *fx)
{
    struct field_value value;
    if (!table_get(arguments, SLICE("alternate-exchange"), &value)) {
        return AMQP_OK;
    }
    if (value.type != 'S') {
        const char *type = field_type_name(value.type);
        return effects_refuse(
            fx, AMQP_PRECONDITION_FAILED,
            "invalid type '%s' for arg 'alternate-exchange' in exchange '%s' in vhost '%s'",
            (struct slice){(const uint8_t *)type, strlen(type)}, name, vhost_name_of(channel));
    }
    enum amqp_reply reply = access_check(channel, ACCESS_READ, RESOURCE_EXCHANGE, name, fx);
    if (!reply) {
        reply = access_check(channel, ACCESS_WRITE, RESOURCE_EXCHANGE, value.bytes, fx);
    }
    return reply;
}

static enum amqp_reply check_type_arguments(const struct exchange_type *type,
                                            struct slice arguments, struct effects *fx)
{
    struct text why;
    text_clear(&why);
    enum amqp_reply reply = exchange_type_check(type, arguments, &why);
    return reply ? effects_refuse(fx, reply, "%s", text_slice(&why)) : AMQP_OK;
}

static enum amqp_reply check_arguments(struct channel *channel, struct slice name,
                                       const struct exchange_type *type, struct slice arguments,
                                       struct effects *fx)
{
    struct equivalence what = {"exchange", name, vhost_name_of(channel)};
    enum amqp_reply reply = check_alternate(channel, name, arguments, fx);
    if (!reply) {
        reply = exchange_arguments_check(&what, arguments, fx);
    }
    return reply ? reply : check_type_arguments(type, arguments, fx);
}

static enum amqp_reply create(struct channel *channel, struct slice name,
                              const struct exchange_type *type,
                              const struct amqp_exchange_declare *args, struct effects *fx)
{
    if (names_reserved(name)) {
        return effects_refuse(fx, AMQP_ACCESS_REFUSED,
                              "exchange name '%s' contains reserved prefix 'amq.*'", name);
    }
    enum amqp_reply reply = check_arguments(channel, name, type, args->arguments, fx);
    if (reply) {
        return reply;
    }
    struct broker *broker = broker_of(channel);
    struct exchange_options options = {
        .name = name,
        .arguments = args->arguments,
        .user = channel->session->user,
        .durable = args->durable,
        .auto_delete = args->auto_delete,
        .internal = args->internal,
    };
    struct vhost *vhost = channel->session->vhost;
    struct exchange *exchange = exchange_new(&options, type, broker->options.secret);
    exchanges_add(vhost->exchanges, exchange);
    duplicates_add_exchange(vhost, exchange);
    policy_renew_exchange(vhost, exchange);
    event_exchange(vhost, exchange, true);
    broker->counters.exchanges++;
    forget_routes(broker);
    if (args->durable) {
        struct topology topology = {.kind = TOPOLOGY_exchange_declared,
                                    .exchange_declared = exchange_entry(vhost, exchange)};
        outcome_topology(broker, &topology, fx);
    }
    if (exchange_delays(exchange)) {
        delay_add_store(vhost, exchange, 0, fx);
    }
    return AMQP_OK;
}

static enum amqp_reply declare(struct channel *channel, struct slice name,
                               const struct amqp_exchange_declare *args, struct effects *fx)
{
    enum amqp_reply reply = access_check(channel, ACCESS_CONFIGURE, RESOURCE_EXCHANGE, name, fx);
    if (reply) {
        return reply;
    }
    const struct exchange_type *type = exchange_type_find(args->type);
    if (!type) {
        const char *text =
            args->type.len > 0 ? "unknown exchange type '%s'" : "invalid exchange type '%s'";
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, text, args->type); // as RabbitMQ 4
    }
    struct exchange *exchange = exchanges_find(channel->session->vhost->exchanges, name);
    return exchange ? redeclare(channel, exchange, args, fx)
                    : create(channel, name, type, args, fx);
}

enum amqp_reply broker_exchange_declare(struct channel *channel,
                                        const struct amqp_exchange_declare *args,
                                        struct effects *fx)
{
    event_by(channel);
    struct text buffer;
    struct slice name = names_strip(args->exchange, &buffer);
    enum amqp_reply reply = refuse_default(name, fx);
    if (!reply) {
        reply =
            args->passive ? declare_passive(channel, name, fx) : declare(channel, name, args, fx);
    }
    if (!reply && !args->no_wait) {
        reply_ok(channel, METHOD_exchange_declare_ok, fx);
    }
    return reply;
}

enum amqp_reply broker_exchange_delete(struct channel *channel,
                                       const struct amqp_exchange_delete *args, struct effects *fx)
{
    event_by(channel);
    struct text buffer;
    struct slice name = names_strip(args->exchange, &buffer);
    struct vhost *vhost = channel->session->vhost;
    enum amqp_reply reply = refuse_default(name, fx);
    if (!reply && names_reserved(name)) {
        reply = effects_refuse(fx, AMQP_ACCESS_REFUSED,
                               "deletion of system exchange '%s' in vhost '%s' not allowed", name,
                               vhost->name);
    }
    if (!reply) {
        reply = access_check(channel, ACCESS_CONFIGURE, RESOURCE_EXCHANGE, name, fx);
    }
    struct exchange *exchange = reply ? NULL : exchanges_find(vhost->exchanges, name);
    if (exchange && args->if_unused && exchange_binding_count(exchange) > 0) {
        reply = effects_refuse(fx, AMQP_PRECONDITION_FAILED, "exchange '%s' in vhost '%s' in use",
                               name, vhost->name);
    }
    if (reply) {
        return reply;
    }
    if (exchange) { // if it is not there, that is what was wanted
        exchange_drop(vhost, exchange, fx);
    }
    if (!args->no_wait) {
        reply_ok(channel, METHOD_exchange_delete_ok, fx);
    }
    return AMQP_OK;
}

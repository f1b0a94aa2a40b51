#include "broker/parameter.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/parameter_internal.h"

/* Where such a parameter is kept; NULL if there is no such virtual host. */
static struct list *list_of(const struct broker *broker, const struct parameter *parameter)
{
    if (parameter->component.len == 0) {
        return (struct list *)&broker->parameters;
    }
    struct vhost *vhost = broker_find_vhost(broker, parameter->vhost);
    return vhost ? &vhost->parameters : NULL;
}

static int compare(const struct kept_parameter *kept, const struct parameter *wanted)
{
    int order = slice_compare(kept->component, wanted->component);
    return order ? order : slice_compare(kept->name, wanted->name);
}

/* The one that has these names, or NULL. *next is the first behind it, or behind where it would be;
 * the end of the list if there is none. */
static struct kept_parameter *find(struct list *list, const struct parameter *wanted,
                                   struct list_node **next)
{
    *next = &list->head;
    list_each(node, list) {
        struct kept_parameter *kept = container_of(node, struct kept_parameter, link);
        int order = compare(kept, wanted);
        if (order >= 0) {
            *next = order == 0 ? node->next : node;
            return order == 0 ? kept : NULL;
        }
    }
    return NULL;
}

static struct slice keep(uint8_t **at, struct slice from)
{
    struct slice copy = {*at, from.len};
    slice_copy(*at, from);
    *at += from.len;
    return copy;
}

static struct kept_parameter *kept_new(const struct parameter *from)
{
    struct kept_parameter *kept =
        memory_new(sizeof *kept + from->component.len + from->name.len + from->value.len);
    uint8_t *at = (uint8_t *)(kept + 1);
    kept->component = keep(&at, from->component);
    kept->name = keep(&at, from->name);
    kept->value = keep(&at, from->value);
    return kept;
}

static void kept_free(struct kept_parameter *kept)
{
    list_unlink(&kept->link);
    free(kept);
}

void parameters_finish(struct list *parameters)
{
    while (!list_empty(parameters)) {
        kept_free(container_of(list_first(parameters), struct kept_parameter, link));
    }
}

struct topology_parameter_put parameter_entry(struct slice vhost,
                                              const struct kept_parameter *parameter)
{
    return (struct topology_parameter_put){
        .vhost = vhost,
        .component = parameter->component,
        .name = parameter->name,
        .value = parameter->value,
    };
}

static enum amqp_reply check(const struct parameter *parameter, struct effects *fx)
{
    if (parameter->component.len > UINT8_MAX || parameter->name.len == 0 ||
        parameter->name.len > UINT8_MAX) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "the name of a parameter has 1 to 255 octets");
    }
    if (parameter->value.len > PARAMETER_VALUE_MAX) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "the value of parameter '%s' has more than %u octets",
                              parameter->name, (uint64_t)PARAMETER_VALUE_MAX);
    }
    return AMQP_OK;
}

enum amqp_reply broker_put_parameter(struct broker *broker, const struct parameter *parameter,
                                     struct effects *fx)
{
    struct list *list = list_of(broker, parameter);
    struct list_node *next;
    if (!list) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no vhost '%s'", parameter->vhost);
    }
    enum amqp_reply reply = check(parameter, fx);
    if (reply) {
        return reply;
    }
    struct kept_parameter *kept = kept_new(parameter);
    struct kept_parameter *old = find(list, parameter, &next);
    list_insert_before(next, &kept->link);
    if (old) {
        kept_free(old);
    }
    struct slice vhost = parameter->component.len > 0 ? parameter->vhost : SLICE("");
    struct topology topology = {.kind = TOPOLOGY_parameter_put,
                                .parameter_put = parameter_entry(vhost, kept)};
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

enum amqp_reply broker_delete_parameter(struct broker *broker, const struct parameter *parameter,
                                        struct effects *fx)
{
    struct list *list = list_of(broker, parameter);
    struct list_node *next;
    struct kept_parameter *kept = list ? find(list, parameter, &next) : NULL;
    if (!kept) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no parameter '%s'", parameter->name);
    }
    struct topology topology = {
        .kind = TOPOLOGY_parameter_delete,
        .parameter_delete = {.vhost = parameter->component.len > 0 ? parameter->vhost : SLICE(""),
                             .component = parameter->component,
                             .name = parameter->name},
    };
    outcome_topology(broker, &topology, fx);
    kept_free(kept);
    return AMQP_OK;
}

bool broker_find_parameter(const struct broker *broker, struct parameter *parameter)
{
    struct list *list = list_of(broker, parameter);
    struct list_node *next;
    const struct kept_parameter *kept = list ? find(list, parameter, &next) : NULL;
    if (kept) {
        parameter->value = kept->value;
    }
    return kept;
}

#include "broker/topology_internal.h"

#include "broker/broker_internal.h"
#include "broker/parameter.h"

/* What an entry is about may be gone: then a later one removed it, and had been applied before. */

/* The value of a limit, or none; false if it is no limit's. */
static bool read_limit(bool given, uint64_t value, int64_t *out)
{
    *out = given ? (int64_t)value : LIMIT_NONE;
    return given ? value <= INT64_MAX : value == 0;
}

bool apply_vhost_limit_put(struct broker *broker, const struct topology_vhost_limit_put *entry,
                           struct effects *fx)
{
    int64_t value;
    enum vhost_limit which;
    if (!read_limit(entry->given, entry->value, &value) ||
        !vhost_limit_find(entry->limit, &which)) {
        return false;
    }
    broker_set_vhost_limit(broker, entry->vhost, which, value, fx);
    return true;
}

bool apply_user_limit_put(struct broker *broker, const struct topology_user_limit_put *entry,
                          struct effects *fx)
{
    int64_t value;
    enum user_limit which;
    if (!read_limit(entry->given, entry->value, &value) || !user_limit_find(entry->limit, &which)) {
        return false;
    }
    broker_set_user_limit(broker, entry->user, which, value, fx);
    return true;
}

bool apply_vhost_metadata_put(struct broker *broker,
                              const struct topology_vhost_metadata_put *entry, struct effects *fx)
{
    struct vhost_metadata metadata = {entry->description, entry->tags, entry->queue_type};
    return broker_set_vhost_metadata(broker, entry->vhost, &metadata, fx) !=
           AMQP_PRECONDITION_FAILED;
}

bool apply_vhost_protection_put(struct broker *broker,
                                const struct topology_vhost_protection_put *entry,
                                struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (vhost) {
        broker_protect_vhost(vhost, entry->on, fx);
    }
    return true;
}

bool apply_parameter_put(struct broker *broker, const struct topology_parameter_put *entry,
                         struct effects *fx)
{
    struct parameter parameter = {entry->vhost, entry->component, entry->name, entry->value};
    return broker_put_parameter(broker, &parameter, fx) != AMQP_PRECONDITION_FAILED;
}

bool apply_parameter_delete(struct broker *broker, const struct topology_parameter_delete *entry,
                            struct effects *fx)
{
    struct parameter parameter = {
        .vhost = entry->vhost, .component = entry->component, .name = entry->name};
    broker_delete_parameter(broker, &parameter, fx);
    return true;
}

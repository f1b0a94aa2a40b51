#include "broker/vhost.h"

#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/topology.h"
#include "broker/vhost_internal.h"

bool vhost_queue_kind(struct slice word, uint8_t *kind)
{
    static const struct slice words[] = {
        [QUEUE_CLASSIC] = {(const uint8_t *)"classic", 7},
        [QUEUE_QUORUM] = {(const uint8_t *)"quorum", 6},
        [QUEUE_STREAM] = {(const uint8_t *)"stream", 6},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_eq(word, words[i])) {
            *kind = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static void set(struct bytes *bytes, struct slice value)
{
    bytes->len = 0;
    bytes_add(bytes, value);
}

enum amqp_reply broker_set_vhost_metadata(struct broker *broker, struct slice name,
                                          const struct vhost_metadata *metadata, struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, name);
    uint8_t kind;
    if (!vhost) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no vhost '%s'", name);
    }
    if (metadata->queue_type.len > 0 && !vhost_queue_kind(metadata->queue_type, &kind)) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "unknown queue type '%s'",
                              metadata->queue_type);
    }
    if (metadata->description.len > VHOST_TEXT_MAX || metadata->tags.len > VHOST_TEXT_MAX) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "description or tags of vhost '%s' are too long", name);
    }
    set(&vhost->description, metadata->description);
    set(&vhost->tags, metadata->tags);
    set(&vhost->queue_type, metadata->queue_type);
    struct topology topology = {.kind = TOPOLOGY_vhost_metadata_put,
                                .vhost_metadata_put = vhost_metadata_entry(vhost)};
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

void broker_protect_vhost(struct vhost *vhost, bool on, struct effects *fx)
{
    if (vhost->is_protected != on) {
        vhost->is_protected = on;
        struct topology topology = {.kind = TOPOLOGY_vhost_protection_put,
                                    .vhost_protection_put = {.vhost = vhost->name, .on = on}};
        outcome_topology(vhost->broker, &topology, fx);
    }
}

struct vhost_metadata vhost_metadata_of(const struct vhost *vhost)
{
    return (struct vhost_metadata){.description = bytes_slice(&vhost->description),
                                   .tags = bytes_slice(&vhost->tags),
                                   .queue_type = bytes_slice(&vhost->queue_type)};
}

bool vhost_metadata_given(const struct vhost_metadata *metadata)
{
    return metadata->description.len + metadata->tags.len + metadata->queue_type.len > 0;
}

struct topology_vhost_metadata_put vhost_metadata_entry(const struct vhost *vhost)
{
    return (struct topology_vhost_metadata_put){.vhost = vhost->name,
                                                .description = bytes_slice(&vhost->description),
                                                .tags = bytes_slice(&vhost->tags),
                                                .queue_type = bytes_slice(&vhost->queue_type)};
}

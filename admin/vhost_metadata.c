#include "admin/vhost_metadata.h"

#include "admin/api_internal.h"
#include "admin/operation.h"
#include "admin/tags.h"

#define UNDEFINED SLICE("undefined") // RabbitMQ's word for no type

#define PROTECTED "protected_from_deletion"

static void write_members(struct writer *w, const struct vhost_metadata *metadata)
{
    write_text(w, "description", metadata->description);
    tags_write(w, "tags", metadata->tags);
    if (metadata->queue_type.len > 0) {
        write_text(w, "default_queue_type", metadata->queue_type);
    }
}

void write_vhost_metadata(struct writer *w, const struct vhost_view *vhost)
{
    write_members(w, &vhost->metadata);
    write_object(w, "metadata");
    write_members(w, &vhost->metadata);
    if (vhost->is_protected) {
        write_truth(w, PROTECTED, true);
    }
    write_end(w);
}

/* The member of the object, or of its metadata; NULL if it is in neither, or null. */
static const json_t *member_of(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);
    value = value ? value : json_object_get(json_object_get(body, "metadata"), name);
    return json_is_null(value) ? NULL : value;
}

static bool read_text(struct call *call, const json_t *value, struct slice *out)
{
    *out = (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
    if (json_is_string(value)) {
        return true;
    }
    reply_bad_request(call->reply, SLICE("description and default_queue_type are texts"));
    return false;
}

/* *on stays if nothing is said of it. */
static bool read_protection(struct call *call, const json_t *body, bool *on)
{
    const json_t *value = member_of(body, PROTECTED);
    if (value && !json_is_boolean(value)) {
        reply_bad_term(call->reply, "not_boolean", SLICE(PROTECTED));
        return false;
    }
    *on = value ? json_is_true(value) : *on;
    return true;
}

/* *out has what holds for what is not named; tags may be in *room. */
static bool read(struct call *call, const json_t *body, struct vhost_metadata *out,
                 struct bytes *room)
{
    const json_t *description = member_of(body, "description");
    const json_t *tags = member_of(body, "tags");
    const json_t *type = member_of(body, "default_queue_type");
    if ((description && !read_text(call, description, &out->description)) ||
        (type && !read_text(call, type, &out->queue_type))) {
        return false;
    }
    uint8_t kind;
    if (slice_eq(out->queue_type, UNDEFINED)) {
        out->queue_type = SLICE("");
    }
    if (out->queue_type.len > 0 && !vhost_queue_kind(out->queue_type, &kind)) {
        reply_bad_term(call->reply, "invalid_queue_type", out->queue_type);
        return false;
    }
    if (tags && !tags_read(tags, room)) {
        reply_bad_request(call->reply, SLICE("tags_not_valid"));
        return false;
    }
    out->tags = tags ? bytes_slice(room) : out->tags;
    bool fits = out->description.len <= VHOST_TEXT_MAX && out->tags.len <= VHOST_TEXT_MAX;
    if (!fits) {
        reply_bad_request(call->reply, SLICE("description or tags are too long"));
    }
    return fits;
}

bool vhost_metadata_check(struct call *call, const json_t *body)
{
    struct bytes tags = {0};
    struct vhost_metadata wanted = {.queue_type = SLICE("")};
    bool on = false;
    bool fits = read(call, body, &wanted, &tags) && read_protection(call, body, &on);
    bytes_finish(&tags);
    return fits;
}

static bool same(const struct vhost_metadata *a, const struct vhost_metadata *b)
{
    return slice_eq(a->description, b->description) && slice_eq(a->tags, b->tags) &&
           slice_eq(a->queue_type, b->queue_type);
}

static void protect(struct call *call, struct slice name, bool on)
{
    struct deputy op;
    uint16_t status = call->reply->status;
    operation_begin(call, &op);
    broker_protect_vhost(broker_find_vhost(op.broker, name), on, op.fx);
    operation_end(call, &op, AMQP_OK, (enum http_status)status);
}

bool vhost_metadata_put(struct call *call, struct slice name, const json_t *body, bool merge)
{
    struct deputy op;
    struct bytes tags = {0};
    struct vhost_view view = {.is_protected = false};
    uint16_t status = call->reply->status;
    bool done = view_vhost(call_broker(call), name, &call->arena, &view);
    struct vhost_metadata wanted = {.queue_type = SLICE("")};
    if (done && merge) {
        wanted = view.metadata;
    }
    bool on = view.is_protected;
    done = done && read(call, body, &wanted, &tags) && read_protection(call, body, &on);
    if (done && on != view.is_protected) {
        protect(call, name, on);
    }
    if (done && !same(&wanted, &view.metadata)) {
        operation_begin(call, &op);
        enum amqp_reply reply = broker_set_vhost_metadata(op.broker, name, &wanted, op.fx);
        operation_end(call, &op, reply, (enum http_status)status);
        done = !reply;
    }
    bytes_finish(&tags);
    return done;
}

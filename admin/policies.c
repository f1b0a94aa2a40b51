#include "admin/policies.h"

#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/operation.h"
#include "admin/rows.h"

void write_policy_value(struct writer *w, const struct policy_view *view)
{
    write_object(w, NULL);
    write_text(w, "pattern", view->pattern);
    write_table(w, "definition", view->definition);
    write_i64(w, "priority", view->priority);
    write_str(w, "apply-to", policy_target_word(view->apply));
    write_end(w);
}

void write_policy(struct writer *w, const void *item, const void *context)
{
    const struct policy_view *view = item;
    write_object(w, NULL);
    if (!context) {
        write_text(w, "vhost", view->vhost);
    }
    write_text(w, "name", view->name);
    write_text(w, "pattern", view->pattern);
    write_str(w, "apply-to", policy_target_word(view->apply));
    write_table(w, "definition", view->definition);
    write_i64(w, "priority", view->priority);
    write_end(w);
}

static void answer_policies(struct call *call, enum policy_kind kind)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    struct policy_view *views = view_policies(call_broker(call), &scope, kind, &count);
    call_keep_visible(call, views, &count, sizeof *views);
    answer_list(call, (struct listing_source){.items = views,
                                              .count = count,
                                              .size = sizeof *views,
                                              .keys = 2,
                                              .write = write_policy});
}

void on_policies(struct call *call)
{
    answer_policies(call, POLICY_OF_USERS);
}

void on_operator_policies(struct call *call)
{
    answer_policies(call, POLICY_OF_OPERATORS);
}

/* The policy of that name in the arena, or NULL. */
static const struct policy_view *find(struct call *call, const struct policy_place *place)
{
    size_t count;
    struct view_scope scope = {.vhost = place->vhost, .arena = &call->arena};
    const struct policy_view *views = view_policies(call_broker(call), &scope, place->kind, &count);
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(views[i].name, place->name)) {
            return &views[i];
        }
    }
    return NULL;
}

static struct policy_place place_of(const struct call *call, enum policy_kind kind)
{
    return (struct policy_place){.vhost = call->vhost, .name = call->arguments[0], .kind = kind};
}

static void answer_policy(struct call *call, enum policy_kind kind)
{
    struct answer answer;
    struct policy_place place = place_of(call, kind);
    const struct policy_view *view = find(call, &place);
    if (view) {
        write_policy(answer_begin(&answer, call), view, NULL);
    } else {
        reply_not_found(call->reply);
    }
}

void on_policy(struct call *call)
{
    answer_policy(call, POLICY_OF_USERS);
}

void on_operator_policy(struct call *call)
{
    answer_policy(call, POLICY_OF_OPERATORS);
}

/* Refuses as RabbitMQ does what its parameters do not allow. */
static void refuse(struct call *call, const char *format, struct slice value)
{
    struct text why = {.len = 0};
    text_add_str(&why, "Validation failed\n\n");
    text_format(&why, format, value);
    text_add_str(&why, "\n");
    reply_bad_request(call->reply, text_slice(&why));
}

static bool refuse_value(struct call *call, const char *format, const json_t *value)
{
    struct bytes term = {0};
    operation_add_term(value, &term);
    refuse(call, format, bytes_slice(&term));
    bytes_finish(&term);
    return false;
}

/* What the object says, but for the definition. False, and answered, if that cannot be. */
static bool read_options(struct call *call, const json_t *body, struct policy_options *out)
{
    const json_t *priority = json_object_get(body, "priority");
    struct slice apply = operation_text(body, "apply-to");
    out->pattern = operation_text(body, "pattern");
    out->priority = json_integer_value(priority);
    const json_t *pattern = json_object_get(body, "pattern");
    if (priority && !json_is_integer(priority)) {
        return refuse_value(call, "priority should be a number, actually was %s", priority);
    }
    if (pattern && !json_is_string(pattern)) {
        return refuse_value(call, "pattern should be a binary but was %s", pattern);
    }
    if (apply.len > 0 && !policy_target_of(apply, &out->apply)) {
        refuse(call, "apply-to '%s' unrecognised; should be 'queues', 'exchanges' or 'all'", apply);
        return false;
    }
    return true;
}

static bool put(struct call *call, const struct policy_place *place,
                const struct policy_options *options)
{
    struct deputy op;
    struct vhost *vhost = broker_find_vhost(call_broker(call), place->vhost);
    if (!vhost) {
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", SLICE("vhost_not_found"));
        return false;
    }
    bool exists = find(call, place);
    operation_begin(call, &op);
    enum amqp_reply reply = broker_put_policy(vhost, place->kind, options, op.fx);
    struct text why = op.fx->error;
    operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
    if (reply) {
        refuse(call, "%s", text_slice(&why));
    }
    return !reply;
}

/* All that the object says; the definition is in *table, which the caller gives back in any case.
 * False, and answered, if that cannot be read. */
static bool read(struct call *call, const json_t *body, struct policy_options *out,
                 struct bytes *table)
{
    static const char *const needed[] = {"pattern", "definition", NULL};
    const json_t *definition = json_object_get(body, "definition");
    if (!operation_needs(call, body, needed) || !read_options(call, body, out)) {
        return false;
    }
    if (!json_is_object(definition) || !json_to_table(definition, table)) {
        reply_bad_request(call->reply, SLICE("definition: not a table"));
        return false;
    }
    out->definition = bytes_slice(table);
    return true;
}

bool policy_check(struct call *call, const struct policy_place *place, const json_t *body)
{
    struct policies scratch;
    struct policy_options options = {.name = place->name};
    struct bytes table = {0};
    struct text why = {.len = 0};
    policies_init(&scratch, place->kind == POLICY_OF_OPERATORS);
    bool fits = read(call, body, &options, &table);
    if (fits && !policies_put(&scratch, &options, &why)) {
        refuse(call, "%s", text_slice(&why));
        fits = false;
    }
    policies_finish(&scratch);
    bytes_finish(&table);
    return fits;
}

bool policy_put(struct call *call, const struct policy_place *place, const json_t *body)
{
    struct policy_options options = {.name = place->name};
    struct bytes table = {0};
    bool done = read(call, body, &options, &table) && put(call, place, &options);
    bytes_finish(&table);
    return done;
}

static void put_body(struct call *call, enum policy_kind kind)
{
    struct policy_place place = place_of(call, kind);
    json_t *body = operation_body(call);
    if (body) {
        policy_put(call, &place, body);
    }
    json_decref(body);
}

void on_policy_put(struct call *call)
{
    put_body(call, POLICY_OF_USERS);
}

void on_operator_policy_put(struct call *call)
{
    put_body(call, POLICY_OF_OPERATORS);
}

void policy_remove(struct call *call, const struct policy_place *place)
{
    struct deputy op;
    if (!find(call, place)) {
        reply_not_found(call->reply);
        return;
    }
    operation_begin(call, &op);
    enum amqp_reply reply = broker_delete_policy(broker_find_vhost(op.broker, place->vhost),
                                                 place->kind, place->name, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
}

void on_policy_delete(struct call *call)
{
    struct policy_place place = place_of(call, POLICY_OF_USERS);
    policy_remove(call, &place);
}

void on_operator_policy_delete(struct call *call)
{
    struct policy_place place = place_of(call, POLICY_OF_OPERATORS);
    policy_remove(call, &place);
}

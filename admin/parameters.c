#include "admin/parameters.h"

#include <stdlib.h>

#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/limits.h"
#include "admin/operation.h"
#include "admin/policies.h"
#include "admin/rows.h"
#include "conf/format.h"
#include "conf/log.h"

#define VHOST_LIMITS_COMPONENT SLICE("vhost-limits")
#define VHOST_LIMITS_NAME SLICE("limits")
#define OPERATOR_POLICY SLICE("operator_policy")

/* The components of RabbitMQ's plugins, whose parameters are kept and exported. */
static bool is_kept(struct slice component)
{
    static const char *const names[] = {"shovel", "federation-upstream", "federation-upstream-set"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (slice_eq(component, format_slice(names[i]))) {
            return true;
        }
    }
    return false;
}

/* --- Showing them. --- */

void write_parameter(struct writer *w, const void *item, const void *context)
{
    const struct parameter *parameter = item;
    (void)context;
    write_object(w, NULL);
    write_named_raw(w, SLICE("value"), parameter->value);
    write_text(w, "vhost", parameter->vhost);
    write_text(w, "component", parameter->component);
    write_text(w, "name", parameter->name);
    write_end(w);
}

/* What one of the functions below writes, in the arena. */
static struct slice keep_json(struct call *call, struct bytes *json)
{
    struct slice copy = arena_copy(&call->arena, bytes_slice(json));
    json->len = 0;
    return copy;
}

static size_t add_limits(struct call *call, const struct vhost_view *vhosts, size_t count,
                         struct parameter *out)
{
    size_t added = 0;
    struct bytes json = {0};
    for (size_t i = 0; i < count; i++) {
        bool wanted = !call->vhost.ptr || slice_eq(call->vhost, vhosts[i].name);
        if (wanted && limits_of_vhost(&vhosts[i])) {
            struct writer w;
            writer_init(&w, &json, NULL);
            write_vhost_limits(&w, NULL, &vhosts[i]);
            out[added++] = (struct parameter){vhosts[i].name, VHOST_LIMITS_COMPONENT,
                                              VHOST_LIMITS_NAME, keep_json(call, &json)};
        }
    }
    bytes_finish(&json);
    return added;
}

static void add_policies(struct call *call, const struct policy_view *policies, size_t count,
                         struct parameter *out)
{
    struct bytes json = {0};
    for (size_t i = 0; i < count; i++) {
        struct writer w;
        writer_init(&w, &json, NULL);
        write_policy_value(&w, &policies[i]);
        out[i] = (struct parameter){policies[i].vhost, OPERATOR_POLICY, policies[i].name,
                                    keep_json(call, &json)};
    }
    bytes_finish(&json);
}

struct parameter *parameters_all(struct call *call, size_t *count)
{
    size_t vhosts, policies, kept;
    struct view_scope scope = call_scope(call);
    const struct broker *broker = call_broker(call);
    const struct vhost_view *limited = view_vhosts(broker, &call->arena, &vhosts);
    const struct policy_view *operators =
        view_policies(broker, &scope, POLICY_OF_OPERATORS, &policies);
    const struct parameter *views = view_parameters(broker, &scope, &kept);
    struct parameter *all = arena_array(&call->arena, vhosts + policies + kept, sizeof *all);
    *count = add_limits(call, limited, vhosts, all);
    add_policies(call, operators, policies, all + *count);
    *count += policies;
    for (size_t i = 0; i < kept; i++) {
        all[(*count)++] = views[i];
    }
    return all;
}

static int compare(const void *a, const void *b)
{
    const struct parameter *left = a, *right = b;
    int order = slice_compare(left->vhost, right->vhost);
    order = order ? order : slice_compare(left->component, right->component);
    return order ? order : slice_compare(left->name, right->name);
}

/* Of one component if the path names it. */
void on_parameters(struct call *call)
{
    size_t count, kept = 0;
    struct parameter *all = parameters_all(call, &count);
    for (size_t i = 0; i < count; i++) {
        if (call->argument_count == 0 || slice_eq(all[i].component, call->arguments[0])) {
            all[kept++] = all[i];
        }
    }
    qsort(all, kept, sizeof *all, compare); // those of a virtual host stand together
    call_keep_visible(call, all, &kept, sizeof *all);
    answer_list(call, (struct listing_source){.items = all,
                                              .count = kept,
                                              .size = sizeof *all,
                                              .keys = 3,
                                              .name_key = 2,
                                              .write = write_parameter});
}

static struct parameter names_of(const struct call *call)
{
    return (struct parameter){
        .vhost = call->vhost, .component = call->arguments[0], .name = call->arguments[1]};
}

/* The one that has these names, in the arena; NULL if there is none. */
static const struct parameter *find(struct call *call, const struct parameter *names)
{
    size_t count;
    const struct parameter *all = parameters_all(call, &count);
    for (size_t i = 0; i < count; i++) {
        if (compare(&all[i], names) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

void on_parameter(struct call *call)
{
    struct answer answer;
    struct parameter names = names_of(call);
    const struct parameter *parameter = find(call, &names);
    if (parameter) {
        write_parameter(answer_begin(&answer, call), parameter, NULL);
    } else {
        reply_not_found(call->reply);
    }
}

/* --- Setting them. --- */

/* The limits in a value; NULL if that says that there are none. */
static const json_t *limits_in(const json_t *value)
{
    return json_is_object(value) ? value : NULL;
}

static bool check_limits(struct call *call, const struct parameter *names, const json_t *value)
{
    bool none = json_is_array(value) && json_array_size(value) == 0;
    bool named = slice_eq(names->name, VHOST_LIMITS_NAME);
    if (!named || (!none && !json_is_object(value))) {
        reply_bad_request(call->reply, named ? SLICE("Validation failed\n\nlimits not a list\n")
                                             : SLICE("Validation failed\n\nvhost-limits are named "
                                                     "limits\n"));
        return false;
    }
    return limits_check_vhost(call, limits_in(value));
}

/* Digits of a number as a person writes it: 0.1 is not 0.10000000000000001. */
enum { REAL_DIGITS = 15 };

char *parameter_json(struct call *call, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS |
                                       JSON_REAL_PRECISION(REAL_DIGITS));
    if (!text) {
        reply_bad_request(call->reply, SLICE("value: missing, or nested too deep"));
    }
    return text;
}

static bool put_kept(struct call *call, const struct parameter *names, const json_t *value)
{
    struct deputy op;
    struct parameter parameter = *names, current = *names;
    char *text = parameter_json(call, value);
    if (!text) {
        return false;
    }
    parameter.value = format_slice(text);
    bool exists = broker_find_parameter(call_broker(call), &current);
    operation_begin(call, &op);
    enum amqp_reply reply = broker_put_parameter(op.broker, &parameter, op.fx);
    operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
    free(text);
    if (!reply) {
        log_warning(call->api->options.log, LOG_DEFAULT,
                    "parameter '%.*s' of %.*s is kept, but nothing here acts on it",
                    (int)names->name.len, (const char *)names->name.ptr, (int)names->component.len,
                    (const char *)names->component.ptr);
    }
    return !reply;
}

static struct policy_place policy_of(const struct parameter *names)
{
    return (struct policy_place){names->vhost, names->name, POLICY_OF_OPERATORS};
}

bool parameter_check(struct call *call, const struct parameter *names, const json_t *value)
{
    if (slice_eq(names->component, VHOST_LIMITS_COMPONENT)) {
        return check_limits(call, names, value);
    }
    if (slice_eq(names->component, OPERATOR_POLICY)) {
        struct policy_place place = policy_of(names);
        return policy_check(call, &place, value);
    }
    if (slice_eq(names->component, SLICE("policy"))) {
        reply_bad_request(call->reply, SLICE("policies may not be set using this method"));
        return false;
    }
    if (is_kept(names->component)) {
        char *text = parameter_json(call, value);
        free(text);
        return text;
    }
    struct text why = {.len = 0};
    text_format(&why, "Validation failed\n\ncomponent %s not found\n", names->component);
    reply_bad_request(call->reply, text_slice(&why));
    return false;
}

bool parameter_put(struct call *call, const struct parameter *names, const json_t *value)
{
    if (!broker_find_vhost(call_broker(call), names->vhost)) {
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", SLICE("vhost_not_found"));
        return false;
    }
    if (!parameter_check(call, names, value)) {
        return false;
    }
    if (slice_eq(names->component, VHOST_LIMITS_COMPONENT)) {
        call->reply->status = HTTP_NO_CONTENT;
        return limits_put_vhost(call, names->vhost, limits_in(value));
    }
    if (slice_eq(names->component, OPERATOR_POLICY)) {
        struct policy_place place = policy_of(names);
        return policy_put(call, &place, value);
    }
    return put_kept(call, names, value);
}

void on_parameter_put(struct call *call)
{
    static const char *const needed[] = {"value", NULL};
    struct parameter names = names_of(call);
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed)) {
        parameter_put(call, &names, json_object_get(body, "value"));
    }
    json_decref(body);
}

void on_parameter_delete(struct call *call)
{
    struct deputy op;
    struct parameter names = names_of(call);
    if (!find(call, &names)) {
        reply_not_found(call->reply);
    } else if (slice_eq(names.component, VHOST_LIMITS_COMPONENT)) {
        call->reply->status = HTTP_NO_CONTENT;
        limits_put_vhost(call, names.vhost, NULL);
    } else if (slice_eq(names.component, OPERATOR_POLICY)) {
        policy_remove(call, &(struct policy_place){names.vhost, names.name, POLICY_OF_OPERATORS});
    } else {
        operation_begin(call, &op);
        enum amqp_reply reply = broker_delete_parameter(op.broker, &names, op.fx);
        operation_end(call, &op, reply, HTTP_NO_CONTENT);
    }
}

#include "tests/dialogues/player/call.h"

static void scan_fail(struct scanner *scan, const char *why)
{
    scan->error = scan->error ? scan->error : why;
}

static const struct field *find_field(const struct call *call, struct slice name, bool *property)
{
    const struct field *field = field_named(fields_of(call->method), name);
    *property = false;
    if (!field && amqp_method_has_content(call->method)) {
        field = field_named(fields_of_properties(), name);
        *property = field != NULL;
    }
    return field;
}

static void add(struct call *call, struct arena *arena, struct argument argument)
{
    struct argument *copy = arena_new(arena, sizeof *copy);
    *copy = argument;
    copy->next = call->arguments;
    call->arguments = copy;
}

/* One name=value. */
static void scan_argument(struct scanner *scan, struct call *call)
{
    struct slice name = scan_word(scan);
    if (!scan_char(scan, '=')) {
        scan_fail(scan, "name=value is wanted here");
        return;
    }
    struct argument argument = {.value = scan_value(scan)};
    if (slice_eq(name, SLICE("properties"))) {
        call->exact_properties = slice_eq(argument.value.text, SLICE("exact"));
        if (!call->exact_properties) {
            scan_fail(scan, "properties=exact is all there is to say about properties");
        }
        return;
    }
    argument.field = find_field(call, name, &argument.property);
    if (!argument.field && !slice_eq(name, SLICE("body"))) {
        scan_fail(scan, "the method has no such field");
        return;
    }
    add(call, scan->arena, argument);
}

struct call scan_call(struct scanner *scan)
{
    struct call call = {0};
    scan_space(scan);
    struct slice name = scan_word(scan);
    if (slice_eq(name, SLICE("heartbeat"))) {
        call.heartbeat = true;
    } else if (!method_named(name, &call.method)) {
        scan_fail(scan, "no method has this name");
    }
    while (!scan->error && !scan_at_end(scan)) {
        scan_argument(scan, &call);
    }
    return call;
}

void call_add(struct call *call, struct arena *arena, const char *field, struct value value)
{
    struct slice name = {(const uint8_t *)field, strlen(field)};
    struct argument argument = {.value = value};
    argument.field = find_field(call, name, &argument.property);
    add(call, arena, argument);
}

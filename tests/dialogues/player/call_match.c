#include "tests/dialogues/player/call.h"

#include <inttypes.h>

#include "tests/dialogues/player/match.h"

enum { SPEC_NAME_MAX = 64 };

/* Tells which argument is not as it should be. */
static bool differs(const struct argument *argument, FILE *why)
{
    char name[SPEC_NAME_MAX] = "body";
    if (argument->field) {
        field_spec_name(argument->field->name, name, sizeof name);
    }
    if (why) {
        fprintf(why, "%s is not as expected", name);
    }
    return false;
}

static const void *base_of(const struct argument *argument, struct event *event)
{
    return argument->property ? (const void *)&event->properties : fields_base(&event->args);
}

static bool matches_argument(const struct argument *at, struct event *event)
{
    if (!at->field) {
        return match_octets(&at->value, (struct slice){event->body, event->body_len});
    }
    if (at->property && !(event->properties.flags & at->field->flag)) {
        return at->value.kind == VALUE_ABSENT;
    }
    const void *base = base_of(at, event);
    return field_is_number(at->field) ? match_number(&at->value, field_number(at->field, base))
                                      : match_octets(&at->value, field_octets(at->field, base));
}

static bool has_exact_properties(const struct call *call, const struct event *event)
{
    uint16_t flags = 0;
    for (const struct argument *at = call->arguments; at; at = at->next) {
        if (at->property && at->value.kind != VALUE_ABSENT) {
            flags |= at->field->flag;
        }
    }
    return flags == event->properties.flags;
}

bool call_matches(const struct call *call, const struct event *event, FILE *why)
{
    if (call->heartbeat || event->heartbeat || call->method != event->args.method) {
        if (call->heartbeat != event->heartbeat || !call->heartbeat) {
            if (why) {
                fputs("it is another method", why);
            }
            return false;
        }
        return true;
    }
    struct event copy = *event;
    for (const struct argument *at = call->arguments; at; at = at->next) {
        if (!matches_argument(at, &copy)) {
            return differs(at, why);
        }
    }
    if (call->exact_properties && !has_exact_properties(call, event)) {
        if (why) {
            fputs("it has other properties than these", why);
        }
        return false;
    }
    return true;
}

void call_capture(const struct call *call, const struct event *event, struct vars *vars)
{
    struct event copy = *event;
    for (const struct argument *at = call->arguments; at; at = at->next) {
        char number[24];
        struct slice text = {event->body, event->body_len};
        if (at->value.kind != VALUE_CAPTURE) {
            continue;
        }
        if (at->field && field_is_number(at->field)) {
            int len = snprintf(number, sizeof number, "%" PRIu64,
                               field_number(at->field, base_of(at, &copy)));
            text = (struct slice){(const uint8_t *)number, (size_t)len};
        } else if (at->field) {
            text = field_octets(at->field, base_of(at, &copy));
        }
        vars_set(vars, at->value.text, text);
    }
}

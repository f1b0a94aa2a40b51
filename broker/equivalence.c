#include "broker/equivalence.h"

#include "amqp/table.h"

static struct slice str(const char *s)
{
    return (struct slice){(const uint8_t *)s, strlen(s)};
}

enum amqp_reply equivalence_text(const struct equivalence *what, const char *arg,
                                 struct slice received, struct slice current, struct effects *fx)
{
    if (slice_eq(received, current)) {
        return AMQP_OK;
    }
    return effects_refuse(
        fx, AMQP_PRECONDITION_FAILED,
        "inequivalent arg '%s' for %s '%s' in vhost '%s': received '%s' but current is '%s'",
        str(arg), str(what->resource), what->name, what->vhost, received, current);
}

enum amqp_reply equivalence_bool(const struct equivalence *what, const char *arg, bool received,
                                 bool current, struct effects *fx)
{
    return equivalence_text(what, arg, received ? SLICE("true") : SLICE("false"),
                            current ? SLICE("true") : SLICE("false"), fx);
}

static void add_value(struct text *text, const struct field_value *value, bool typed)
{
    if (!value) {
        text_add_str(text, "none");
        return;
    }
    text_add_str(text, typed ? "the value '" : "'");
    if (value->type == 'S' || value->type == 'x') {
        text_add(text, value->bytes);
    } else if (value->type == 't') {
        text_add_str(text, value->integer ? "true" : "false");
    } else {
        text_add_i64(text, value->integer);
    }
    if (typed) {
        text_add_str(text, "' of type '");
        text_add_str(text, field_type_name(value->type));
    }
    text_add_str(text, "'");
}

static bool same(const struct field_value *a, const struct field_value *b)
{
    if (field_is_integer(a) && field_is_integer(b)) {
        return a->integer == b->integer;
    }
    return slice_eq(a->raw, b->raw);
}

enum amqp_reply equivalence_argument(const struct equivalence *what, struct slice key,
                                     struct slice received, struct slice current,
                                     struct effects *fx)
{
    struct field_value asked, there;
    bool is_asked = table_get(received, key, &asked);
    bool is_there = table_get(current, key, &there);
    if (is_asked == is_there && (!is_asked || same(&asked, &there))) {
        return AMQP_OK;
    }
    text_clear(&fx->error);
    text_format(&fx->error, "inequivalent arg '%s' for %s '%s' in vhost '%s': received ", key,
                str(what->resource), what->name, what->vhost);
    bool typed = is_asked != is_there; // RabbitMQ tells the type only beside a "none"
    add_value(&fx->error, is_asked ? &asked : NULL, typed);
    text_add_str(&fx->error, " but current is ");
    add_value(&fx->error, is_there ? &there : NULL, typed);
    return AMQP_PRECONDITION_FAILED;
}

#include "amqp/method.h"

#include "amqp/table.h"
#include "base/check.h"
#include "base/wire.h"

/* A table is checked as it is decoded, so that nobody behind this file meets a malformed one. */
static inline struct slice get_checked_table(struct wire_reader *r)
{
    struct slice table = wire_get_table(r);
    if (!r->bad && !table_valid(table)) {
        r->bad = true;
    }
    return table;
}

#define wire_get_table get_checked_table
#define F(type, name) out->name = wire_get_##type(r);
#define M(class_id, method_id, name, fields, content)                                              \
    static inline void decode_##name(struct wire_reader *r, struct amqp_##name *out)               \
    {                                                                                              \
        (void)r, (void)out;                                                                        \
        fields(F)                                                                                  \
    }
AMQP_METHODS(M)
#undef M
#undef F
#undef wire_get_table

#define F(type, name) wire_put_##type(w, in->name);
#define M(class_id, method_id, name, fields, content)                                              \
    static inline void encode_##name(struct wire_writer *w, const struct amqp_##name *in)          \
    {                                                                                              \
        (void)w, (void)in;                                                                         \
        fields(F)                                                                                  \
    }
AMQP_METHODS(M)
#undef M
#undef F

enum amqp_reply amqp_decode(struct slice payload, struct amqp_args *out)
{
    struct wire_reader r = wire_reader_of(payload);
    uint32_t id = wire_get_u32(&r);

    switch (id) {
#define M(class_id, method_id, name, fields, content)                                              \
    case (uint32_t)class_id << 16 | method_id:                                                     \
        out->method = METHOD_##name;                                                               \
        decode_##name(&r, &out->name);                                                             \
        break;
        AMQP_METHODS(M)
#undef M
    default:
        return r.bad ? AMQP_SYNTAX_ERROR : AMQP_COMMAND_INVALID;
    }
    return r.bad || wire_left(&r) > 0 ? AMQP_SYNTAX_ERROR : AMQP_OK;
}

size_t amqp_encode(const struct amqp_args *args, uint8_t *dst, size_t cap)
{
    struct wire_writer w = {.pos = dst, .end = dst + cap};

    switch (args->method) {
#define M(class_id, method_id, name, fields, content)                                              \
    case METHOD_##name:                                                                            \
        wire_put_u16(&w, class_id);                                                                \
        wire_put_u16(&w, method_id);                                                               \
        encode_##name(&w, &args->name);                                                            \
        break;
        AMQP_METHODS(M)
#undef M
    }
    return w.bad ? 0 : (size_t)(w.pos - dst);
}

struct row {
    const char *name;
    uint16_t class_id;
    uint16_t method_id;
    bool content;
};

static const struct row *row_of(enum amqp_method method)
{
    static const struct row rows[] = {
#define M(class_id, method_id, name, fields, content)                                              \
    [METHOD_##name] = {#name, class_id, method_id, content},
        AMQP_METHODS(M)
#undef M
    };
    CHECK((unsigned)method < METHOD_COUNT);
    return &rows[method];
}

const char *amqp_method_name(enum amqp_method method)
{
    return row_of(method)->name;
}

uint16_t amqp_class_id(enum amqp_method method)
{
    return row_of(method)->class_id;
}

uint16_t amqp_method_id(enum amqp_method method)
{
    return row_of(method)->method_id;
}

bool amqp_method_has_content(enum amqp_method method)
{
    return row_of(method)->content;
}

const char *amqp_reply_name(enum amqp_reply reply)
{
    switch (reply) {
#define R(code, name, severity)                                                                    \
    case AMQP_##name:                                                                              \
        return #name;
        AMQP_REPLIES(R)
#undef R
    case AMQP_OK:
        break;
    }
    return "OK";
}

bool amqp_reply_is_hard(enum amqp_reply reply)
{
    enum { soft = 0, hard = 1 };
    switch (reply) {
#define R(code, name, severity)                                                                    \
    case AMQP_##name:                                                                              \
        return severity;
        AMQP_REPLIES(R)
#undef R
    case AMQP_OK:
        break;
    }
    return false;
}

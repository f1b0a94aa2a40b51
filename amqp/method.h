#ifndef AMQP_METHOD_H
#define AMQP_METHOD_H

#include "amqp/spec.h"
#include "base/slice.h"

/* What every operation that a peer asked for returns. AMQP_OK is 0, so `if (err)` reads well;
 * any other value is the reply code to send back. */
enum amqp_reply {
    AMQP_OK = 0,
#define R(code, name, severity) AMQP_##name = code,
    AMQP_REPLIES(R)
#undef R
};

enum amqp_method {
#define M(class_id, method_id, name, fields, content) METHOD_##name,
    AMQP_METHODS(M)
#undef M
};

#define M(class_id, method_id, name, fields, content) +1
enum { METHOD_COUNT = 0 AMQP_METHODS(M) };
#undef M

typedef uint8_t amqp_u8;
typedef uint16_t amqp_u16;
typedef uint32_t amqp_u32;
typedef uint64_t amqp_u64;
typedef bool amqp_bit;
typedef struct slice amqp_shortstr;
typedef struct slice amqp_longstr;
typedef struct slice amqp_table; // the entries, without the leading length

/* One struct a method, amqp_basic_publish and so on. A method without fields has one that is never
 * read, since ISO C has no empty structs. */
#define F(type, name) amqp_##type name;
#define M(class_id, method_id, name, fields, content)                                              \
    struct amqp_##name {                                                                           \
        uint8_t none;                                                                              \
        fields(F)                                                                                  \
    };
AMQP_METHODS(M)
#undef M
#undef F

/* A decoded method. Slices borrow from the payload it was decoded from. */
struct amqp_args {
    enum amqp_method method;
    union {
#define M(class_id, method_id, name, fields, content) struct amqp_##name name;
        AMQP_METHODS(M)
#undef M
    };
};

/* Decodes a method frame's payload. Returns AMQP_SYNTAX_ERROR if it is truncated, has octets left
 * over or holds a field table that is not well-formed, and AMQP_COMMAND_INVALID if no such method
 * exists. */
enum amqp_reply amqp_decode(struct slice payload, struct amqp_args *out);

/* Encodes into dst and returns the number of octets written, or 0 if they do not fit. */
size_t amqp_encode(const struct amqp_args *args, uint8_t *dst, size_t cap);

const char *amqp_method_name(enum amqp_method method); // "basic_publish"
uint16_t amqp_class_id(enum amqp_method method);
uint16_t amqp_method_id(enum amqp_method method);
bool amqp_method_has_content(enum amqp_method method);

/* "NOT_FOUND" and so on: what RabbitMQ puts in front of a reply-text. */
const char *amqp_reply_name(enum amqp_reply reply);
bool amqp_reply_is_hard(enum amqp_reply reply);

#endif

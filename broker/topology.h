#ifndef BROKER_TOPOLOGY_H
#define BROKER_TOPOLOGY_H

#include "base/bytes.h"
#include "base/wire.h"
#include "broker/effect.h"

struct broker;

/* What lasts besides messages, and how the journal tells of it (OUTCOME_TOPOLOGY). An entry is an
 * octet with its kind's code and then its fields: `text` is a varint length and so many
 * octets, `table` the same with a field table in it, `number` a varint, `flag` an octet, 0 or 1.
 *
 * An entry says what is there from now on, or is no longer: a thing that is put again is replaced
 * if it can change, and nothing happens to what is not there. Removing an exchange or queue removes
 * its bindings; removing a virtual host or a user, all that is in it or belongs to it.
 *
 * Codes and fields are a file format: rows may be added, never changed. T(code, name, fields). */
#define TOPOLOGY_VHOST_PUT(F) F(text, name)
#define TOPOLOGY_USER_PUT(F)                                                                       \
    F(text, name)                                                                                  \
    F(text, password_hash)                                                                         \
    F(number, hashing)                                                                             \
    F(text, tags)
#define TOPOLOGY_PERMISSION_PUT(F)                                                                 \
    F(text, user)                                                                                  \
    F(text, vhost)                                                                                 \
    F(text, configure)                                                                             \
    F(text, write)                                                                                 \
    F(text, read)
#define TOPOLOGY_TOPIC_PERMISSION_PUT(F)                                                           \
    F(text, user)                                                                                  \
    F(text, vhost)                                                                                 \
    F(text, exchange)                                                                              \
    F(text, write)                                                                                 \
    F(text, read)
#define TOPOLOGY_EXCHANGE_PUT(F)                                                                   \
    F(text, vhost)                                                                                 \
    F(text, name)                                                                                  \
    F(text, type)                                                                                  \
    F(flag, auto_delete)                                                                           \
    F(flag, internal)                                                                              \
    F(table, arguments)
#define TOPOLOGY_EXCHANGE_DECLARED(F)                                                              \
    TOPOLOGY_EXCHANGE_PUT(F)                                                                       \
    F(text, user) /* who declared it */
#define TOPOLOGY_EXCHANGE_DELETE(F)                                                                \
    F(text, vhost)                                                                                 \
    F(text, name)
#define TOPOLOGY_QUEUE_PUT(F)                                                                      \
    F(number, id)                                                                                  \
    F(text, vhost)                                                                                 \
    F(text, name)                                                                                  \
    F(number, kind)                                                                                \
    F(flag, auto_delete)                                                                           \
    F(table, arguments)
#define TOPOLOGY_QUEUE_DELETE(F) F(number, id)
#define TOPOLOGY_BINDING(F)                                                                        \
    F(text, vhost)                                                                                 \
    F(text, source)                                                                                \
    F(number, queue) /* id of the destination; 0: it is `exchange` */                              \
    F(text, exchange)                                                                              \
    F(text, key)                                                                                   \
    F(table, arguments)
#define TOPOLOGY_POLICY_PUT(F)                                                                     \
    F(text, vhost)                                                                                 \
    F(flag, by_operator)                                                                           \
    F(text, name)                                                                                  \
    F(text, pattern)                                                                               \
    F(number, apply)                                                                               \
    F(number, priority) /* as outcome_zigzag writes it */                                          \
    F(table, definition)
#define TOPOLOGY_POLICY_DELETE(F)                                                                  \
    F(text, vhost)                                                                                 \
    F(flag, by_operator)                                                                           \
    F(text, name)
#define TOPOLOGY_VHOST_DELETE(F) F(text, name)
#define TOPOLOGY_USER_DELETE(F) F(text, name)
#define TOPOLOGY_PERMISSION_DELETE(F)                                                              \
    F(text, user)                                                                                  \
    F(text, vhost)
#define TOPOLOGY_TOPIC_PERMISSION_DELETE(F)                                                        \
    F(text, user)                                                                                  \
    F(text, vhost)                                                                                 \
    F(text, exchange)

#define TOPOLOGY_VHOST_LIMIT_PUT(F)                                                                \
    F(text, vhost)                                                                                 \
    F(text, limit)                                                                                 \
    F(flag, given)                                                                                 \
    F(number, value)
#define TOPOLOGY_USER_LIMIT_PUT(F)                                                                 \
    F(text, user)                                                                                  \
    F(text, limit)                                                                                 \
    F(flag, given)                                                                                 \
    F(number, value)

#define TOPOLOGY_VHOST_METADATA_PUT(F)                                                             \
    F(text, vhost)                                                                                 \
    F(text, description)                                                                           \
    F(text, tags)                                                                                  \
    F(text, queue_type)
#define TOPOLOGY_PARAMETER_PUT(F)                                                                  \
    F(text, vhost) /* of a global one empty, as is */                                              \
    F(text, component)                                                                             \
    F(text, name)                                                                                  \
    F(text, value)
#define TOPOLOGY_PARAMETER_DELETE(F)                                                               \
    F(text, vhost)                                                                                 \
    F(text, component)                                                                             \
    F(text, name)
#define TOPOLOGY_VHOST_TRACING_PUT(F)                                                              \
    F(text, vhost)                                                                                 \
    F(flag, on)

#define TOPOLOGY_VHOST_PROTECTION_PUT(F)                                                           \
    F(text, vhost)                                                                                 \
    F(flag, on)

#define TOPOLOGY_KINDS(T)                                                                          \
    T(1, vhost_put, TOPOLOGY_VHOST_PUT)                                                            \
    T(2, user_put, TOPOLOGY_USER_PUT)                                                              \
    T(3, permission_put, TOPOLOGY_PERMISSION_PUT)                                                  \
    T(4, topic_permission_put, TOPOLOGY_TOPIC_PERMISSION_PUT)                                      \
    T(5, exchange_put, TOPOLOGY_EXCHANGE_PUT)                                                      \
    T(6, exchange_delete, TOPOLOGY_EXCHANGE_DELETE)                                                \
    T(7, queue_put, TOPOLOGY_QUEUE_PUT)                                                            \
    T(8, queue_delete, TOPOLOGY_QUEUE_DELETE)                                                      \
    T(9, binding_put, TOPOLOGY_BINDING)                                                            \
    T(10, binding_delete, TOPOLOGY_BINDING)                                                        \
    T(11, policy_put, TOPOLOGY_POLICY_PUT)                                                         \
    T(12, policy_delete, TOPOLOGY_POLICY_DELETE)                                                   \
    T(13, vhost_delete, TOPOLOGY_VHOST_DELETE)                                                     \
    T(14, user_delete, TOPOLOGY_USER_DELETE)                                                       \
    T(15, permission_delete, TOPOLOGY_PERMISSION_DELETE)                                           \
    T(16, topic_permission_delete, TOPOLOGY_TOPIC_PERMISSION_DELETE)                               \
    T(17, vhost_limit_put, TOPOLOGY_VHOST_LIMIT_PUT)                                               \
    T(18, user_limit_put, TOPOLOGY_USER_LIMIT_PUT)                                                 \
    T(19, vhost_metadata_put, TOPOLOGY_VHOST_METADATA_PUT)                                         \
    T(20, parameter_put, TOPOLOGY_PARAMETER_PUT)                                                   \
    T(21, parameter_delete, TOPOLOGY_PARAMETER_DELETE)                                             \
    T(22, vhost_tracing_put, TOPOLOGY_VHOST_TRACING_PUT)                                           \
    T(23, exchange_declared, TOPOLOGY_EXCHANGE_DECLARED) /* in place of exchange_put */            \
    T(24, vhost_protection_put, TOPOLOGY_VHOST_PROTECTION_PUT)

typedef struct slice topology_text;
typedef struct slice topology_table;
typedef uint64_t topology_number;
typedef bool topology_flag;

enum topology_kind {
#define T(code, name, fields) TOPOLOGY_##name = code,
    TOPOLOGY_KINDS(T)
#undef T
};

#define F(type, name) topology_##type name;
#define T(code, kind_name, fields)                                                                 \
    struct topology_##kind_name {                                                                  \
        fields(F)                                                                                  \
    };
TOPOLOGY_KINDS(T)
#undef T
#undef F

struct topology {
    uint8_t kind; // enum topology_kind
    union {
#define T(code, name, fields) struct topology_##name name;
        TOPOLOGY_KINDS(T)
#undef T
    };
};

const char *topology_name(uint8_t kind); // NULL of a kind that there is not

void topology_encode(const struct topology *topology, struct bytes *out); // adds one entry

/* Takes the next entry; slices are borrowed from what is read. False, and r->bad, if it is not
 * sound. What decodes encodes to the same octets. */
bool topology_decode(struct wire_reader *r, struct topology *out);

/* Does what the entry says. False if that cannot be: a name, a type or arguments that no broker of
 * ours can have written. */
bool topology_apply(struct broker *broker, const struct topology *topology);

#endif

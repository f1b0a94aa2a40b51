#ifndef BROKER_EFFECT_H
#define BROKER_EFFECT_H

#include "amqp/method.h"
#include "base/text.h"

struct blob;
struct msg;

/* What the broker wants done in the outside world. The core never calls up: it appends effects
 * here, and the shell (server, simulator, fuzzer, or a follower that throws them away) carries
 * them out in order. E(NAME, name). */
#define EFFECTS(E)                                                                                 \
    E(STORE, store)     /* journal record `after`: msg is at position `number` of `queue` */       \
    E(SETTLE, settle)   /* journal record `after`: position `number` of `queue` is done with */    \
    E(DELIVER, deliver) /* send basic.deliver and content: delivery tag `number`, tag `blob` */    \
    E(GET, get)         /* send basic.get-ok and content: delivery tag `number`, `count` left */   \
    E(RETURN, return )  /* send basic.return (312, NO_ROUTE) and content */                        \
    E(CONFIRM, confirm) /* send basic.ack for publish `number`; or nack if EFFECT_NEGATIVE */      \
    E(REPLY, reply)     /* send the method whose encoded payload is `blob` */                      \
    E(CANCEL, cancel)   /* send basic.cancel (no-wait) for the consumer tag `blob` */

enum effect_kind {
#define E(name, lower) EFFECT_##name,
    EFFECTS(E)
#undef E
};

enum effect_flag {
    EFFECT_REDELIVERED = 1, // DELIVER, GET
    EFFECT_NEGATIVE = 2,    // CONFIRM: the publish was refused
};

struct effect {
    uint8_t kind;  // enum effect_kind
    uint8_t flags; // enum effect_flag
    uint16_t channel;
    uint32_t conn;
    uint64_t number;
    uint64_t after;  // depends on journal records up to this one; what must wait is shell policy
    struct msg *msg; // owns one reference, given up by effects_clear
    union {
        struct blob *blob; // DELIVER, REPLY, CANCEL: owns one reference, likewise
        uint64_t queue;    // STORE, SETTLE
        uint64_t count;    // GET: messages left in the queue
    };
};

_Static_assert(sizeof(struct effect) == 40, "effects are copied by value on the hot path");

struct effects {
    struct effect *items; // owned
    uint32_t count;
    uint32_t cap;
    struct text error; // why the last operation was refused, without the reply code's name
};

void effects_grow(struct effects *fx);

/* Returns the next effect's place, for the caller to fill in whole. */
static inline struct effect *effects_next(struct effects *fx)
{
    if (fx->count == fx->cap) {
        effects_grow(fx);
    }
    return &fx->items[fx->count++];
}

/* Releases what one effect holds. */
void effect_release(struct effect *effect);

void effects_clear(struct effects *fx); // releases all; keeps the memory for the next step
void effects_free(struct effects *fx);
const char *effect_name(enum effect_kind kind);

/* Writes the reason of a refusal (as text_format does) and returns `reply`. */
#define effects_refuse(fx, reply, ...)                                                             \
    (text_clear(&(fx)->error), text_format(&(fx)->error, __VA_ARGS__), (reply))

#endif

#ifndef BROKER_EFFECT_H
#define BROKER_EFFECT_H

#include "amqp/method.h"
#include "base/bytes.h"
#include "base/text.h"

struct blob;
struct msg;

/* What the broker wants done in the outside world. The core never calls up: it appends effects
 * here, and the shell (server, simulator, fuzzer, or a follower that throws them away) carries
 * them out in order. E(NAME, name). */
#define EFFECTS(E)                                                                                 \
    E(STORE, store)     /* journal: msg is at position `number` of `queue` (see below) */          \
    E(SETTLE, settle)   /* journal: position `number` of `queue`, which held msg, is done with */  \
    E(RECORD, record)   /* journal: an outcome of type `channel` (see below) */                    \
    E(FETCH, fetch)     /* load the content of the stub msg and give it to broker_fetched */       \
    E(FAILED, failed)   /* the DELIVER or GET behind this one: handed out `number` times before */ \
    E(DELIVER, deliver) /* send basic.deliver and content: delivery tag `number`, tag `blob` */    \
    E(GET, get)         /* send basic.get-ok and content: delivery tag `number`, `count` left */   \
    E(RETURN, return )  /* send basic.return (312, NO_ROUTE) and content */                        \
    E(CONFIRM, confirm) /* send basic.ack for publish `number`; or nack if EFFECT_NEGATIVE */      \
    E(REPLY, reply)     /* send the method whose encoded payload is `blob` */                      \
    E(CANCEL, cancel)   /* send basic.cancel (no-wait) for the consumer tag `blob` */              \
    E(CLOSE, close)     /* close the channel with the reply code `number` and the text `blob` */

enum effect_kind {
#define E(name, lower) EFFECT_##name,
    EFFECTS(E)
#undef E
};

enum effect_flag {
    EFFECT_REDELIVERED = 1, // DELIVER, GET
    EFFECT_NEGATIVE = 2,    // CONFIRM: the publish was refused
    EFFECT_MORE = 4,        // STORE, SETTLE, RECORD: all or nothing, together with the next of them
    EFFECT_LEVELS = 8,      // SETTLE: positions that follow each other in this queue are 256 apart
    EFFECT_COUNTED = 16,    // DELIVER, GET: with x-delivery-count; a FAILED is right before it
};

/* STORE, SETTLE and RECORD are what the journal is to know (broker/outcome.h), in this order. With
 * a journal or without one, they are for whoever keeps it, and the rest of the shell passes them
 * by.
 *
 *     STORE   its place, encoded, is records[conn .. conn + channel). STOREs of the same msg with
 *             no other of the three kinds in between become one record, whose places are
 *             then one run of octets there.
 *     RECORD  the encoded outcome is records[conn .. conn + number).
 *
 * What somebody waits for is numbered: `after` of a STORE, or of a RECORD that wants a sync, is its
 * number, which grows; `after` of what goes to clients is the number that it depends on, or 0.
 * SETTLEs have none and force no sync. Effects with EFFECT_MORE and the first one without it that
 * follows, always a GROUP_END, are a group: a start from the journal takes all of them or none. */

struct effect {
    uint8_t kind;  // enum effect_kind
    uint8_t flags; // enum effect_flag
    uint16_t channel;
    uint32_t conn;
    uint64_t number;
    uint64_t after;  // see above; what must wait for what is shell policy
    struct msg *msg; // owns one reference, given up by effects_clear
    union {
        struct blob *blob; // DELIVER, REPLY, CANCEL, CLOSE: owns one reference, likewise
        uint64_t queue;    // STORE, SETTLE: its id
        uint64_t count;    // GET: messages left in the queue
    };
};

_Static_assert(sizeof(struct effect) == 40, "effects are copied by value on the hot path");

struct effects {
    struct effect *items; // owned
    uint32_t count;
    uint32_t cap;
    struct bytes records; // octets of the outcomes among the effects; cleared with them
    struct text error;    // why the last operation was refused, without the reply code's name
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

/* All effects have been released one by one: empties it, keeping the memory. */
static inline void effects_reset(struct effects *fx)
{
    fx->count = 0;
    fx->records.len = 0;
}

void effects_clear(struct effects *fx); // releases all; keeps the memory for the next step
void effects_free(struct effects *fx);
const char *effect_name(enum effect_kind kind);

/* Writes the reason of a refusal (as text_format does) and returns `reply`. */
#define effects_refuse(fx, reply, ...)                                                             \
    (text_clear(&(fx)->error), text_format(&(fx)->error, __VA_ARGS__), (reply))

#endif

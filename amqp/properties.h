#ifndef AMQP_PROPERTIES_H
#define AMQP_PROPERTIES_H

#include "amqp/method.h"
#include "base/bytes.h"

/* The fourteen properties of class basic (section 1.8.3.1). A message carries them as the octets
 * that its publisher sent (the flags and the list behind them); this struct is a look into those
 * octets, for the few that the broker itself acts upon. */
struct amqp_properties {
    uint16_t flags; // PROPERTY_... of those that are present
#define P(type, name) amqp_##type name;
    AMQP_BASIC_PROPERTIES(P)
#undef P
};

enum property_index {
#define P(type, name) PROPERTY_INDEX_##name,
    AMQP_BASIC_PROPERTIES(P)
#undef P
};

enum property_flag {
#define P(type, name) PROPERTY_##name = 0x8000 >> PROPERTY_INDEX_##name,
    AMQP_BASIC_PROPERTIES(P)
#undef P
};

/* Decodes property flags and list. The slices borrow from `encoded`. False if it is truncated, has
 * octets left over, or its header table is malformed. */
bool properties_decode(struct slice encoded, struct amqp_properties *out);

/* What is needed of most messages. */
struct properties_gist {
    uint16_t flags;        // PROPERTY_... of all that are present
    uint8_t delivery_mode; // 0: absent
    uint8_t priority;      // 0: absent
    struct slice expiration;
};

/* Reads these and passes by the others, which is several times quicker than to decode them. False
 * if properties_decode would say so, but for what is in the header table. */
bool properties_skim(struct slice encoded, struct properties_gist *out);

/* Encodes into dst and returns the number of octets written, or 0 if they do not fit. */
size_t properties_encode(const struct amqp_properties *in, uint8_t *dst, size_t cap);

/* Encodes behind what is in `out`. Short strings must have at most 255 octets. */
void properties_add(struct bytes *out, const struct amqp_properties *in);

#endif

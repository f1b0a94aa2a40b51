#ifndef EXCHANGE_DELAY_HEADER_H
#define EXCHANGE_DELAY_HEADER_H

#include "amqp/properties.h"
#include "base/bytes.h"

/* What exchanges of the type x-delayed-message go by: the header x-delay. */

/* For how many milliseconds the message asks to be held back: the header x-delay, a number or a
 * string of digits, from 1 to 2^32 - 1. 0: not at all. */
uint32_t delay_asked(const struct amqp_properties *properties);

/* Writes a header table anew for a message that was held back: x-delay negative, so that no other
 * exchange holds it back again and whoever gets it can tell; without BCC. */
void delay_rewrite(struct slice headers, struct bytes *out);

#endif

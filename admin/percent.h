#ifndef ADMIN_PERCENT_H
#define ADMIN_PERCENT_H

#include "base/bytes.h"

/* Percent-encoding, as it is in paths and queries (RFC 3986). */

/* Appends the octets that `text` stands for. False, having appended some of them, if an escape is
 * not one. With `plus`, as in queries and forms, a plus sign is a blank. */
bool percent_decode(struct slice text, bool plus, struct bytes *out);

/* Appends `text` with everything escaped but letters, digits and `-_.~`; a blank becomes a plus
 * sign, as in RabbitMQ. */
void percent_encode_plus(struct slice text, struct bytes *out);

#endif

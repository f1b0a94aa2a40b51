#ifndef ADMIN_BASE64_H
#define ADMIN_BASE64_H

#include "base/bytes.h"

/* Standard base64 with padding (RFC 4648). */

/* Appends the octets that the text stands for. False, having appended some, if it is none. */
bool base64_decode(struct slice text, struct bytes *out);
void base64_encode(struct slice octets, struct bytes *out);

#endif

#ifndef CTL_BASE64_H
#define CTL_BASE64_H

#include "base/bytes.h"

void base64_add(struct bytes *out, struct slice octets); // appends the text

/* Appends the octets. False if the text is not in base64. */
bool base64_add_decoded(struct bytes *out, struct slice text);

#endif

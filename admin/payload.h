#ifndef ADMIN_PAYLOAD_H
#define ADMIN_PAYLOAD_H

#include "admin/writer.h"

/* How the body of a message is shown. */
struct payload_form {
    uint64_t truncate; // octets of it at most
    bool base64;       // whatever is in it; otherwise only what is no UTF-8
};

/* Writes the members payload and payload_encoding. */
void write_payload(struct writer *w, struct slice body, const struct payload_form *form);

#endif

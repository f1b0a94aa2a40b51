#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include "base/slice.h"

/* A small shared run of octets that never changes: a consumer tag that is named by every delivery,
 * an encoded method on its way to a client. Owned by reference count. */
struct blob {
    uint32_t refs;
    uint32_t len;
    uint8_t ptr[];
};

struct blob *blob_new(struct slice content); // copies; returns the first reference
struct blob *blob_ref(struct blob *blob);
void blob_unref(struct blob *blob); // NULL is fine

static inline struct slice blob_slice(const struct blob *blob)
{
    return (struct slice){blob->ptr, blob->len};
}

#endif

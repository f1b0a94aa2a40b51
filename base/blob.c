#include "base/blob.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

struct blob *blob_new(struct slice content)
{
    struct blob *blob = memory_raw(sizeof *blob + content.len);
    blob->refs = 1;
    blob->len = (uint32_t)content.len;
    slice_copy(blob->ptr, content);
    return blob;
}

struct blob *blob_ref(struct blob *blob)
{
    ASSERT(blob->refs > 0);
    blob->refs++;
    return blob;
}

void blob_unref(struct blob *blob)
{
    if (!blob) {
        return;
    }
    ASSERT(blob->refs > 0);
    if (--blob->refs == 0) {
        free(blob);
    }
}

#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "base/check.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amqp_properties properties;
    if (!properties_decode((struct slice){data, size}, &properties)) {
        return 0;
    }
    uint8_t *copy = memory_raw(size);
    CHECK(properties_encode(&properties, copy, size) == size);
    CHECK(memcmp(copy, data, size) == 0);
    CHECK(properties_encode(&properties, copy, size - 1) == 0);
    free(copy);
    return 0;
}

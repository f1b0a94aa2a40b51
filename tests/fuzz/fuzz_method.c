#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "amqp/method.h"
#include "base/check.h"
#include "base/memory.h"

/* Octets that hold bits may come with unused bits set, and those are not kept: what was decoded is
 * encoded to the same length, and from then on to the same octets. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amqp_args args, again;
    if (amqp_decode((struct slice){data, size}, &args) != AMQP_OK) {
        return 0;
    }
    uint8_t *first = memory_raw(size);
    uint8_t *second = memory_raw(size);
    CHECK(amqp_encode(&args, first, size) == size);
    CHECK(amqp_encode(&args, second, size - 1) == 0);
    CHECK(amqp_decode((struct slice){first, size}, &again) == AMQP_OK);
    CHECK(again.method == args.method);
    CHECK(amqp_encode(&again, second, size) == size);
    CHECK(memcmp(first, second, size) == 0);
    free(first);
    free(second);
    return 0;
}

#include "server/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/check.h"

void random_fill(void *out, size_t len)
{
    unsigned char *at = out;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        CHECK(got > 0 || errno == EINTR);
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
}

struct hash_key random_hash_key(void)
{
    struct hash_key key;
    random_fill(&key, sizeof key);
    return key;
}

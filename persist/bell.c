#include "persist/bell.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

int bell_open(struct bell *bell)
{
    atomic_init(&bell->rung, false);
    bell->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return bell->fd < 0 ? -errno : 0;
}

void bell_close(struct bell *bell)
{
    if (bell->fd >= 0) {
        close(bell->fd);
        bell->fd = -1;
    }
}

void bell_ring(struct bell *bell)
{
    if (bell && bell->fd >= 0 && !atomic_exchange(&bell->rung, true)) {
        uint64_t one = 1;
        CHECK(write(bell->fd, &one, sizeof one) == sizeof one);
    }
}

/* The descriptor before the flag: a ring in between finds the flag up and writes nothing, but what
 * it tells of is looked at after this. */
void bell_hear(struct bell *bell)
{
    uint64_t rings;
    if (bell->fd >= 0 && atomic_load(&bell->rung)) {
        // The flag goes up before the descriptor becomes readable.
        if (read(bell->fd, &rings, sizeof rings) == sizeof rings) {
            atomic_exchange(&bell->rung, false);
        } else {
            CHECK(errno == EAGAIN);
        }
    }
}

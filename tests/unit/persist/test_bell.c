#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>

#include "persist/bell.h"

static bool readable(const struct bell *bell)
{
    struct pollfd poll_for = {.fd = bell->fd, .events = POLLIN};
    return poll(&poll_for, 1, 0) == 1;
}

Test(bell, is_readable_from_a_ring_until_it_is_heard)
{
    struct bell bell;
    cr_assert_eq(bell_open(&bell), 0);
    cr_expect_not(readable(&bell));
    bell_hear(&bell);
    bell_ring(&bell);
    bell_ring(&bell);
    cr_expect(readable(&bell));
    bell_hear(&bell);
    cr_expect_not(readable(&bell));
    bell_ring(&bell);
    cr_expect(readable(&bell));
    bell_close(&bell);
    bell_ring(&bell);
    bell_hear(&bell);
    bell_ring(NULL);
}

struct work {
    struct bell bell;
    _Atomic unsigned done;
};

enum { ROUNDS = 20000 };

static void *work(void *arg)
{
    struct work *work = arg;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        work->done = i;
        bell_ring(&work->bell);
    }
    return NULL;
}

Test(bell, no_news_is_missed)
{
    struct work shared = {.done = 0};
    pthread_t thread;
    cr_assert_eq(bell_open(&shared.bell), 0);
    cr_assert_eq(pthread_create(&thread, NULL, work, &shared), 0);
    for (unsigned seen = 0; seen < ROUNDS; seen = shared.done) {
        struct pollfd poll_for = {.fd = shared.bell.fd, .events = POLLIN};
        cr_assert_eq(poll(&poll_for, 1, 60000), 1, "nobody rang after %u", seen);
        bell_hear(&shared.bell);
    }
    pthread_join(thread, NULL);
    bell_close(&shared.bell);
}

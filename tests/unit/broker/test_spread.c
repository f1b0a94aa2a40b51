#include <stdio.h>

#include "tests/unit/broker/story.h"

/* Exchanges that choose among their bindings, as channels see them. */

enum { KEYS = 40 };

/* An exchange x of this type, and durable queues a and b bound by these keys. */
static struct story *begin(const char *type, const char *key_a, const char *key_b)
{
    struct story *story = story_new();
    story_exchange(story, "x", type);
    story_queue(story, "a");
    story_queue(story, "b");
    story_bind(story, "x", "a", key_a);
    story_bind(story, "x", "b", key_b);
    TOLD(story, "");
    return story;
}

static void publish(struct story *story, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        PUBLISH(story, 1, 1, .exchange = SLICE("x"), .routing_key = str(key), .body = str(key),
                .mandatory = true);
    }
}

/* How many messages are ready in a queue. */
static unsigned ready(struct story *story, const char *queue)
{
    unsigned count = 0;
    TOLD(story, "");
    DO(story, 1, 2, queue_purge, .queue = str(queue));
    int read = sscanf(story_text(story), "queue_purge_ok 1/2 message_count=%u", &count);
    cr_assert_eq(read, 1, "%s", story_text(story));
    story->text.len = 0;
    return count;
}

static void delete_queue(struct story *story, const char *queue)
{
    DO(story, 1, 1, queue_delete, .queue = str(queue), .no_wait = true);
}

static void check_same_key_same_queue(const char *type, const char *key)
{
    struct story *story = begin(type, key, key);
    publish(story, 0, KEYS);
    unsigned a = ready(story, "a"), b = ready(story, "b");
    cr_expect(a > 0 && b > 0 && a + b == KEYS, "%s: %u and %u", type, a, b);
    publish(story, 0, KEYS);
    publish(story, 0, KEYS);
    cr_expect_eq(ready(story, "a"), 2 * a);
    cr_expect_eq(ready(story, "b"), 2 * b);
    delete_queue(story, "b");
    publish(story, 0, KEYS);
    cr_expect_eq(ready(story, "a"), KEYS);
    delete_queue(story, "a");
    publish(story, 0, 1);
    TOLD(story, "return 1/1 k0 via x/k0\n");
    story_free(story);
}

Test(spread, by_consistent_hash_leads_each_key_to_one_queue)
{
    check_same_key_same_queue("x-consistent-hash", "1");
}

Test(spread, by_modulus_hash_leads_each_key_to_one_queue)
{
    check_same_key_same_queue("x-modulus-hash", "");
}

Test(spread, by_consistent_hash_follows_the_weights)
{
    struct story *story = begin("x-consistent-hash", "1", "9");
    publish(story, 0, 10 * KEYS);
    unsigned a = ready(story, "a"), b = ready(story, "b");
    cr_expect(a > 0 && a + b == 10 * KEYS && b > 4 * a, "%u and %u", a, b);
    story_free(story);
}

Test(spread, by_consistent_hash_refuses_a_weight_that_is_none)
{
    struct story *story = begin("x-consistent-hash", "1", "1");
    DO(story, 1, 1, queue_bind, .queue = SLICE("a"), .exchange = SLICE("x"),
       .routing_key = SLICE("heavy"));
    cr_expect(strncmp(story_text(story), "refuse 406 ", 11) == 0, "%s", story_text(story));
    story->text.len = 0;
    publish(story, 0, KEYS);
    cr_expect_eq(ready(story, "a") + ready(story, "b"), KEYS);
    story_free(story);
}

static void check_random(const char *type)
{
    struct story *story = begin(type, "", "");
    for (int i = 0; i < KEYS; i++) {
        publish(story, 0, 1);
    }
    unsigned a = ready(story, "a"), b = ready(story, "b");
    cr_expect(a > KEYS / 5 && b > KEYS / 5 && a + b == KEYS, "%s: %u and %u", type, a, b);
    delete_queue(story, "a");
    publish(story, 0, KEYS);
    cr_expect_eq(ready(story, "b"), KEYS);
    story_free(story);
}

Test(spread, at_random_gives_each_message_to_one_queue)
{
    check_random("x-random");
    check_random("x-local-random");
}

Test(spread, at_random_is_one_choice_for_each_exchange_on_the_way)
{
    struct story *story = begin("x-random", "", "");
    story_exchange(story, "f", "fanout");
    DO(story, 1, 1, exchange_bind, .source = SLICE("f"), .destination = SLICE("x"),
       .no_wait = true);
    story_queue(story, "c");
    story_bind(story, "f", "c", "");
    for (int i = 0; i < KEYS; i++) {
        PUBLISH(story, 1, 1, .exchange = SLICE("f"), .body = SLICE("m"));
    }
    cr_expect_eq(ready(story, "a") + ready(story, "b"), KEYS);
    cr_expect_eq(ready(story, "c"), KEYS);
    story_free(story);
}

Test(spread, of_a_local_random_exchange_leads_to_classic_queues)
{
    struct story *story = begin("x-local-random", "", "");
    QUEUE(story, "quorum", "x-queue-type", "S:quorum");
    DO(story, 1, 1, queue_bind, .queue = SLICE("quorum"), .exchange = SLICE("x"));
    TOLD(story, "refuse 406 Queue type rabbit_quorum_queue not valid for this exchange type\n");
    story_free(story);
}

Test(spread, of_a_local_random_exchange_leads_to_queues_without_a_key)
{
    struct story *story = begin("x-local-random", "", "");
    story_exchange(story, "f", "fanout");
    DO(story, 1, 1, queue_bind, .queue = SLICE("a"), .exchange = SLICE("x"),
       .routing_key = SLICE("k"));
    cr_expect(strncmp(story_text(story), "refuse 406 ", 11) == 0, "%s", story_text(story));
    story->text.len = 0;
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("f"));
    cr_expect(strncmp(story_text(story), "refuse 406 ", 11) == 0, "%s", story_text(story));
    story->text.len = 0;
    story_free(story);
}

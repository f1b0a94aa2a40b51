#include "broker/view_walk.h"

#include "tests/unit/broker/story.h"

/* The numbers of the channels that the walk still meets, as a text. */
static const char *rest(struct view_walk *walk)
{
    static char text[32];
    struct channel_view view;
    size_t len = 0;
    while (view_walk_channel(walk, &view)) {
        text[len++] = (char)('0' + view.number);
    }
    text[len] = 0;
    return text;
}

static struct view_walk *walk_of(struct story *story, struct slice vhost)
{
    struct view_scope scope = {.vhost = vhost};
    return view_walk_new(story->broker, &scope);
}

Test(view_walk, meets_each_channel_that_stays_once)
{
    struct story *story = story_new();
    struct channel_view view;
    story_channel(story, 1, 1);
    story_channel(story, 2, 2);
    story_channel(story, 1, 3);
    story_channel(story, 2, 4);
    struct view_walk *walk = walk_of(story, (struct slice){NULL, 0});
    cr_assert(view_walk_channel(walk, &view));
    cr_expect_eq(view.number, 1);
    story_close_channel(story, 1, 1); // it has been met
    story_close(story, 2);            // with what would come next, and what comes later
    story_channel(story, 1, 5);
    cr_expect_str_eq(rest(walk), "35");
    cr_expect(!view_walk_channel(walk, &view));
    view_walk_free(walk);
    story_free(story);
}

Test(view_walk, ends_when_all_channels_are_gone)
{
    struct story *story = story_new();
    story_channel(story, 1, 1);
    struct view_walk *walk = walk_of(story, (struct slice){NULL, 0});
    struct channel_numbers numbers;
    cr_assert(view_walk_channel_numbers(walk, &numbers));
    story_close(story, 1);
    cr_expect(!view_walk_channel_numbers(walk, &numbers));
    view_walk_free(walk);
    story_free(story);
}

Test(view_walk, of_one_virtual_host_passes_by_the_channels_and_consumers_of_others)
{
    struct story *story = story_new();
    struct consumer_view consumer;
    story_queue(story, "q");
    story_consume(story, 1, 2, "q", "t");
    struct view_walk *walk = walk_of(story, SLICE("elsewhere"));
    cr_expect_str_eq(rest(walk), "");
    view_walk_free(walk);
    walk = walk_of(story, SLICE("elsewhere"));
    cr_expect(!view_walk_consumer(walk, &consumer));
    view_walk_free(walk);
    walk = walk_of(story, SLICE("/"));
    cr_assert(view_walk_consumer(walk, &consumer));
    cr_expect(slice_eq(consumer.tag, SLICE("t")) && slice_eq(consumer.queue, SLICE("q")));
    cr_expect(!view_walk_consumer(walk, &consumer));
    view_walk_free(walk);
    story_free(story);
}

Test(view_walk, meets_each_consumer_that_stays_once)
{
    struct story *story = story_new();
    struct consumer_view consumer;
    story_queue(story, "q");
    story_consume(story, 1, 2, "q", "a");
    story_consume(story, 2, 2, "q", "b");
    story_consume(story, 1, 2, "q", "c");
    struct view_walk *walk = walk_of(story, (struct slice){NULL, 0});
    cr_assert(view_walk_consumer(walk, &consumer));
    cr_expect(slice_eq(consumer.tag, SLICE("a")));
    story_close(story, 2);
    cr_assert(view_walk_consumer(walk, &consumer));
    cr_expect(slice_eq(consumer.tag, SLICE("c")));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    cr_expect(!view_walk_consumer(walk, &consumer));
    view_walk_free(walk);
    story_free(story);
}

Test(view_walk, meets_each_exchange_that_stays_once_and_none_that_is_new)
{
    struct story *story = story_new();
    struct arena arena = {0};
    struct exchange_view view;
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("first"), .type = SLICE("topic"));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("gone"), .type = SLICE("topic"));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("last"), .type = SLICE("topic"));
    struct view_walk *walk = walk_of(story, SLICE("/"));
    do {
        cr_assert(view_walk_exchange(walk, &arena, &view));
    } while (!slice_eq(view.name, SLICE("first"))); // behind those that are there by themselves
    cr_expect(slice_eq(view.vhost, SLICE("/")));
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("gone"));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("new"), .type = SLICE("topic"));
    cr_assert(view_walk_exchange(walk, &arena, &view));
    cr_expect(slice_eq(view.name, SLICE("last")));
    cr_expect_not(view_walk_exchange(walk, &arena, &view));
    cr_expect_not(view_walk_exchange(walk, &arena, &view));
    view_walk_free(walk);
    arena_finish(&arena);
    story_free(story);
}

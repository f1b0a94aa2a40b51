#include "broker/deduplication.h"

#include "tests/unit/broker/story.h"

#define TABLE(story, ...) story_table(story, __VA_ARGS__, NULL)

/* Size 2, remembered for 100 ms, by the header "id". */
static struct deduplication *small(struct story *story)
{
    return deduplication_of(TABLE(story, "x-message-deduplication", "t:true", "x-cache-size", "I:2",
                                  "x-cache-ttl", "I:100", "x-deduplication-header", "S:id"),
                            (struct hash_key){1, 2});
}

static bool seen(struct story *story, struct deduplication *deduplication, const char *id,
                 uint64_t now_ms)
{
    return deduplication_seen(deduplication, TABLE(story, "other", "I:1", "id", id), now_ms);
}

Test(deduplication, tells_what_was_seen)
{
    struct story *story = story_new();
    struct deduplication *deduplication = small(story);
    cr_expect_not(seen(story, deduplication, "S:a", 0));
    cr_expect(seen(story, deduplication, "S:a", 1));
    cr_expect_not(seen(story, deduplication, "S:b", 1));
    cr_expect(seen(story, deduplication, "S:a", 2));
    deduplication_free(deduplication);
    story_free(story);
}

Test(deduplication, forgets_the_oldest_beyond_its_size)
{
    struct story *story = story_new();
    struct deduplication *deduplication = small(story);
    seen(story, deduplication, "S:a", 0);
    seen(story, deduplication, "S:b", 0);
    seen(story, deduplication, "S:c", 0);
    cr_expect(seen(story, deduplication, "S:b", 0));
    cr_expect(seen(story, deduplication, "S:c", 0));
    cr_expect_not(seen(story, deduplication, "S:a", 0));
    deduplication_free(deduplication);
    story_free(story);
}

Test(deduplication, forgets_in_time_counted_from_the_first)
{
    struct story *story = story_new();
    struct deduplication *deduplication = small(story);
    seen(story, deduplication, "S:a", 0);
    cr_expect(seen(story, deduplication, "S:a", 99));
    cr_expect_not(seen(story, deduplication, "S:a", 100));
    deduplication_free(deduplication);
    story_free(story);
}

Test(deduplication, of_messages_without_the_header_there_is_none)
{
    struct story *story = story_new();
    struct deduplication *deduplication = small(story);
    cr_expect_not(deduplication_seen(deduplication, SLICE(""), 0));
    cr_expect_not(deduplication_seen(deduplication, SLICE(""), 0));
    deduplication_free(deduplication);
    story_free(story);
}

Test(deduplication, tells_types_apart)
{
    struct story *story = story_new();
    struct deduplication *deduplication = small(story);
    cr_expect_not(seen(story, deduplication, "S:1", 0));
    cr_expect_not(seen(story, deduplication, "I:1", 0));
    deduplication_free(deduplication);
    story_free(story);
}

Test(deduplication, is_only_where_it_is_asked_for)
{
    struct story *story = story_new();
    struct hash_key key = {1, 2};
    cr_expect_null(deduplication_of(SLICE(""), key));
    cr_expect_null(deduplication_of(TABLE(story, "x-message-deduplication", "t:false"), key));
    story_free(story);
}

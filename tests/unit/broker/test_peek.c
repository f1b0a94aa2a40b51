#include "broker/peek.h"

#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static struct peeked peek_at(struct story *story, uint64_t position)
{
    struct peek peek = {.queue = str("q"), .position = position};
    struct peeked peeked;
    uint32_t effects = story->fx.count;
    cr_assert(!broker_peek(story_channel(story, 1, 3), &peek, &peeked, &story->fx));
    cr_assert_eq(story->fx.count, effects, "a look has no effects");
    return peeked;
}

static void expect(struct story *story, uint64_t position, const char *body)
{
    struct peeked peeked = peek_at(story, position);
    cr_assert(peeked.msg);
    cr_assert(slice_eq(msg_body(peeked.msg), str(body)));
    msg_unref(peeked.msg);
}

static void expect_nothing(struct story *story, uint64_t position)
{
    cr_assert_null(peek_at(story, position).msg);
}

Test(peek, sees_what_is_ready_by_its_place_and_leaves_it)
{
    struct story *story = story_new();
    story_queue(story, "q");
    expect_nothing(story, 1);
    story_send(story, "q", "a b c");
    expect(story, 1, "a");
    expect(story, 2, "b");
    expect(story, 3, "c");
    expect_nothing(story, 4);
    expect_nothing(story, 0);
    expect_nothing(story, UINT64_MAX);
    struct peeked peeked = peek_at(story, 1);
    cr_assert(peeked.behind == 2 && peeked.failed == 0 && !peeked.redelivered);
    msg_unref(peeked.msg);
    COUNTED(story, delivered, 0);
    COUNTED(story, messages_ready, 3);
    DO(story, 1, 2, basic_get, .queue = str("q"));
    TOLD(story, "get 1/2 #1 a, 2 left\n");
    expect(story, 1, "b");
    story_free(story);
}

Test(peek, tells_how_often_a_message_was_delivered_in_vain_and_does_not_count)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_get, .queue = str("q"));
    DO(story, 1, 2, basic_nack, .delivery_tag = 1, .requeue = true);
    for (int i = 0; i < 3; i++) {
        struct peeked peeked = peek_at(story, 1);
        cr_assert(peeked.failed == 1 && peeked.redelivered);
        msg_unref(peeked.msg);
    }
    DO(story, 1, 2, basic_get, .queue = str("q"));
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "get 1/2 #2 redelivered failed 1 a, 0 left\n");
    story_free(story);
}

Test(peek, of_what_the_journal_has_is_a_stub_that_can_be_loaded)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    story_queue(story, "q");
    for (int i = 0; i < 3; i++) {
        PUBLISH(story, 1, 1, .routing_key = str("q"), .body = str(i == 1 ? "second" : "other"),
                .properties = PROPERTIES(story, .delivery_mode = 2));
    }
    story_free(story);
    story = story_new_with(&story_durable);
    shelf_open(&shelf, story->broker, shelf.count);
    shelf_play(&shelf, story->broker, 0, shelf.count);
    broker_restored(story->broker, &story->fx);
    struct peeked peeked = peek_at(story, 2);
    cr_assert(peeked.msg && peeked.msg->stub && peeked.behind == 1);
    struct msg *loaded = shelf_load(&shelf, peeked.msg->stored_at);
    cr_assert(slice_eq(msg_body(loaded), str("second")));
    msg_unref(loaded);
    msg_unref(peeked.msg);
    expect_nothing(story, 4);
    story_free(story);
    shelf_finish(&shelf);
}

Test(peek, needs_the_right_to_read_and_a_queue)
{
    struct story *story = story_new();
    struct peek peek = {.queue = str("none"), .position = 1};
    struct peeked peeked;
    cr_assert_eq(broker_peek(story_channel(story, 1, 1), &peek, &peeked, &story->fx),
                 AMQP_NOT_FOUND);
    cr_assert_null(peeked.msg);
    story_queue(story, "q");
    peek.queue = str("q");
    story_permit(story, "guest", ".*", ".*", "");
    cr_assert_eq(broker_peek(story_channel(story, 1, 1), &peek, &peeked, &story->fx),
                 AMQP_ACCESS_REFUSED);
    cr_assert_null(peeked.msg);
    story_free(story);
}

#include <stdlib.h>

#include "broker/vhost.h"
#include "broker/view.h"
#include "tests/unit/broker/describe.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static enum amqp_reply set(struct story *story, struct vhost_metadata metadata)
{
    return broker_set_vhost_metadata(story->broker, SLICE("/"), &metadata, &story->fx);
}

/* "classic" or "quorum", and whether the queue has it as an argument. */
static void check_type(struct story *story, const char *name, uint8_t kind, bool told)
{
    struct arena arena = {0};
    struct queue_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_queue(story->broker, &scope, str(name), &view));
    cr_assert_eq(view.kind, kind, "%s", name);
    cr_assert_eq(view.arguments.len > 0, told, "%s", name);
    arena_finish(&arena);
}

Test(vhost_metadata, says_of_which_type_queues_are_that_do_not_say_it)
{
    struct story *story = story_new();
    cr_assert_eq(set(story, (struct vhost_metadata){.queue_type = SLICE("quorum")}), AMQP_OK);
    story_queue(story, "durable");
    check_type(story, "durable", 1, true);
    DO(story, 1, 1, queue_declare, .queue = SLICE("transient"), .no_wait = true);
    check_type(story, "transient", 0, false);
    QUEUE(story, "said", "x-queue-type", "S:classic");
    check_type(story, "said", 0, true);
    cr_assert_eq(set(story, (struct vhost_metadata){.queue_type = SLICE("classic")}), AMQP_OK);
    story_queue(story, "later");
    check_type(story, "later", 0, true);
    cr_assert_eq(set(story, (struct vhost_metadata){.description = SLICE("d")}), AMQP_OK);
    story_queue(story, "again");
    check_type(story, "again", 0, false);
    story_free(story);
}

Test(vhost_metadata, the_type_of_the_virtual_host_goes_before_that_of_the_broker)
{
    struct broker_options options = story_options;
    options.default_queue_kind = 1;
    struct story *story = story_new_with(&options);
    story_queue(story, "a");
    check_type(story, "a", 1, true);
    cr_assert_eq(set(story, (struct vhost_metadata){.queue_type = SLICE("classic")}), AMQP_OK);
    story_queue(story, "b");
    check_type(story, "b", 0, true);
    story_free(story);
}

Test(vhost_metadata, a_queue_of_another_type_is_not_equivalent)
{
    struct story *story = story_new();
    story_queue(story, "q");
    cr_assert_eq(set(story, (struct vhost_metadata){.queue_type = SLICE("quorum")}), AMQP_OK);
    cr_assert_eq(DO(story, 1, 2, queue_declare, .queue = SLICE("q"), .durable = true),
                 AMQP_PRECONDITION_FAILED);
    TOLD(story, "refuse 406 inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received "
                "the value 'quorum' of type 'longstr' but current is none\n");
    story_free(story);
}

Test(vhost_metadata, that_cannot_be_is_refused)
{
    struct story *story = story_new();
    uint8_t *large = calloc(1, VHOST_TEXT_MAX + 1);
    struct vhost_metadata metadata = {.description = {large, VHOST_TEXT_MAX + 1}};
    cr_assert_eq(set(story, metadata), AMQP_PRECONDITION_FAILED);
    metadata = (struct vhost_metadata){.queue_type = SLICE("fast")};
    cr_assert_eq(set(story, metadata), AMQP_PRECONDITION_FAILED);
    cr_assert_str_eq(story->fx.error.ptr, "unknown queue type 'fast'");
    metadata = (struct vhost_metadata){.tags = SLICE("a")};
    cr_assert_eq(broker_set_vhost_metadata(story->broker, SLICE("v"), &metadata, &story->fx),
                 AMQP_NOT_FOUND);
    free(large);
    story_free(story);
}

Test(vhost_metadata, outlives_the_broker)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    struct vhost_metadata metadata = {SLICE("what for"), SLICE("a,b"), SLICE("stream")};
    cr_assert_eq(set(story, metadata), AMQP_OK);
    broker_protect_vhost(broker_find_vhost(story->broker, SLICE("/")), true, &story->fx);
    story_queue(story, "q"); // and the journal is told of what was before
    shelf_take(&shelf, story->broker, &story->fx);
    char *before = describe(story->broker); // by way of a snapshot
    story_free(story);
    struct broker *other = broker_new(&story_durable);
    shelf_open(&shelf, other, shelf.count);
    shelf_play(&shelf, other, 0, shelf.count);
    char *after = describe(other);
    metadata = vhost_metadata_of(broker_find_vhost(other, SLICE("/")));
    cr_assert_str_eq(after, before);
    cr_assert(slice_eq(metadata.description, SLICE("what for")));
    cr_assert(slice_eq(metadata.tags, SLICE("a,b")));
    cr_assert(slice_eq(metadata.queue_type, SLICE("stream")));
    struct arena arena = {0};
    struct vhost_view view;
    cr_assert(view_vhost(other, SLICE("/"), &arena, &view));
    cr_assert(view.is_protected);
    arena_finish(&arena);
    free(before);
    free(after);
    broker_free(other);
    shelf_finish(&shelf);
}

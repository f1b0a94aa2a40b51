#include "broker/count_limits.h"

#include <stdlib.h>

#include "tests/unit/broker/describe.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static void limit_vhost(struct story *story, enum vhost_limit which, int64_t value)
{
    struct effects fx = {0};
    cr_assert_eq(broker_set_vhost_limit(story->broker, SLICE("/"), which, value, &fx), AMQP_OK);
    effects_free(&fx);
}

static void limit_user(struct story *story, enum user_limit which, int64_t value)
{
    struct effects fx = {0};
    cr_assert_eq(broker_set_user_limit(story->broker, SLICE("guest"), which, value, &fx), AMQP_OK);
    effects_free(&fx);
}

static enum amqp_reply open(struct story *story, uint32_t conn, bool trusted)
{
    struct session_options options = {
        .conn = conn, .user = SLICE("guest"), .vhost = SLICE("/"), .trusted = trusted};
    return story_open(story, &options);
}

Test(count_limits, a_virtual_host_takes_so_many_connections)
{
    struct story *story = story_new();
    limit_vhost(story, VHOST_MAX_CONNECTIONS, 1);
    cr_assert_eq(open(story, 1, false), AMQP_OK);
    TOLD(story, "");
    cr_assert_eq(open(story, 2, false), AMQP_NOT_ALLOWED);
    TOLD(story, "refuse 530 access to vhost '/' refused for user 'guest': connection limit (1) is "
                "reached\n");
    cr_assert_eq(open(story, 3, true), AMQP_OK); // the broker's own do not count
    story_close(story, 1);
    cr_assert_eq(open(story, 2, false), AMQP_OK);
    limit_vhost(story, VHOST_MAX_CONNECTIONS, -5);
    cr_assert_eq(broker_vhost_limit(story->broker, SLICE("/"), VHOST_MAX_CONNECTIONS), LIMIT_NONE);
    cr_assert_eq(open(story, 4, false), AMQP_OK);
    story_free(story);
}

Test(count_limits, a_user_has_so_many_connections)
{
    struct story *story = story_new();
    limit_user(story, USER_MAX_CONNECTIONS, 0);
    cr_assert_eq(open(story, 1, false), AMQP_NOT_ALLOWED);
    TOLD(story, "refuse 530 connection refused for user 'guest': user connection limit (0) is "
                "reached\n");
    limit_user(story, USER_MAX_CONNECTIONS, 1);
    cr_assert_eq(open(story, 1, false), AMQP_OK);
    cr_assert_eq(open(story, 2, false), AMQP_NOT_ALLOWED);
    story->text.len = 0;
    story_free(story);
}

Test(count_limits, a_user_has_so_many_channels_in_all_connections)
{
    struct story *story = story_new();
    struct effects fx = {0};
    limit_user(story, USER_MAX_CHANNELS, 2);
    story_channel(story, 1, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 2), &fx), AMQP_OK);
    story_channel(story, 2, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 1), &fx), AMQP_NOT_ALLOWED);
    cr_assert_str_eq(fx.error.ptr, "number of channels opened for user 'guest' has reached the "
                                   "maximum allowed user limit of (2)");
    story_close_channel(story, 2, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 1), &fx), AMQP_OK);
    effects_free(&fx);
    story_free(story);
}

Test(count_limits, a_node_has_so_many_channels)
{
    struct broker_options options = story_options;
    struct effects fx = {0};
    options.channels_max = 2;
    options.node = SLICE("rabbit@here");
    struct story *story = story_new_with(&options);
    story_channel(story, 1, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 1), &fx), AMQP_OK);
    story_channel(story, 2, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 2), &fx), AMQP_NOT_ALLOWED);
    cr_assert_str_eq(fx.error.ptr, "number of channels opened on node 'rabbit@here' has reached "
                                   "the maximum allowed limit of (2)");
    story_close_channel(story, 2, 1);
    cr_assert_eq(limits_check_channel(story_session(story, 2), &fx), AMQP_OK);
    effects_free(&fx);
    story_free(story);
}

Test(count_limits, a_virtual_host_has_so_many_queues)
{
    struct story *story = story_new();
    story_queue(story, "a");
    limit_vhost(story, VHOST_MAX_QUEUES, 1);
    DO(story, 1, 2, queue_declare, .queue = SLICE("b"));
    TOLD(story, "refuse 406 cannot declare queue 'b': queue limit in vhost '/' (1) is reached\n");
    story_queue(story, "a"); // it is there
    DO(story, 1, 1, queue_delete, .queue = SLICE("a"), .no_wait = true);
    story_queue(story, "b");
    TOLD(story, "");
    story_free(story);
}

Test(count_limits, of_what_is_not_there_are_refused)
{
    struct story *story = story_new();
    struct effects fx = {0};
    cr_assert_eq(broker_set_vhost_limit(story->broker, SLICE("v"), VHOST_MAX_QUEUES, 1, &fx),
                 AMQP_NOT_FOUND);
    cr_assert_eq(broker_set_user_limit(story->broker, SLICE("u"), USER_MAX_CHANNELS, 1, &fx),
                 AMQP_NOT_FOUND);
    cr_assert_eq(broker_user_limit(story->broker, SLICE("u"), USER_MAX_CHANNELS), LIMIT_NONE);
    effects_free(&fx);
    story_free(story);
}

Test(count_limits, outlive_the_broker)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    struct effects fx = {0};
    broker_set_vhost_limit(story->broker, SLICE("/"), VHOST_MAX_QUEUES, 7, &fx);
    broker_set_vhost_limit(story->broker, SLICE("/"), VHOST_MAX_CONNECTIONS, 8, &fx);
    broker_set_vhost_limit(story->broker, SLICE("/"), VHOST_MAX_CONNECTIONS, -1, &fx);
    broker_set_user_limit(story->broker, SLICE("guest"), USER_MAX_CHANNELS, 9, &fx);
    story_queue(story, "q"); // and the journal is told of what was before
    shelf_take(&shelf, story->broker, &fx);
    effects_free(&fx);
    story_free(story);
    struct broker *other = broker_new(&story_durable);
    shelf_open(&shelf, other, shelf.count);
    shelf_play(&shelf, other, 0, shelf.count);
    cr_assert_eq(broker_vhost_limit(other, SLICE("/"), VHOST_MAX_QUEUES), 7);
    cr_assert_eq(broker_vhost_limit(other, SLICE("/"), VHOST_MAX_CONNECTIONS), LIMIT_NONE);
    cr_assert_eq(broker_user_limit(other, SLICE("guest"), USER_MAX_CHANNELS), 9);
    char *snapshot = describe(other); // which tells of them, too, and of nothing else
    cr_assert(strstr(snapshot, "vhost_limit_put"));
    cr_assert(strstr(snapshot, "max-queues"));
    cr_assert(strstr(snapshot, "user_limit_put"));
    cr_assert(strstr(snapshot, "max-channels"));
    cr_assert_not(strstr(snapshot, "max-connections"));
    free(snapshot);
    broker_free(other);
    shelf_finish(&shelf);
}

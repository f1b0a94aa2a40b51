#include "tests/unit/broker/story.h"

Test(user, is_found_as_it_was_put_and_changes_when_put_again)
{
    struct story *story = story_new();
    struct user user;
    cr_assert_not(broker_find_user(story->broker, SLICE("u"), &user));
    char hash[] = "salt and digest";
    broker_put_user(story->broker,
                    &(struct user){.name = SLICE("u"),
                                   .password_hash = str(hash),
                                   .hashing = HASHING_SHA512,
                                   .tags = SLICE("administrator")},
                    &story->fx);
    hash[0] = '!';
    cr_assert(broker_find_user(story->broker, SLICE("u"), &user));
    cr_assert(slice_eq(user.name, SLICE("u")));
    cr_assert(slice_eq(user.password_hash, SLICE("salt and digest")));
    cr_assert(slice_eq(user.tags, SLICE("administrator")));
    cr_assert_eq(user.hashing, HASHING_SHA512);
    broker_put_user(story->broker, &(struct user){.name = SLICE("u")}, &story->fx);
    cr_assert(broker_find_user(story->broker, SLICE("u"), &user));
    cr_assert_eq(user.password_hash.len + user.tags.len, 0);
    story_free(story);
}

Test(user, keeps_permissions_when_put_again)
{
    struct story *story = story_new();
    broker_put_user(story->broker, &(struct user){.name = SLICE("guest"), .tags = SLICE("x")},
                    &story->fx);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .no_wait = true);
    TOLD(story, "");
    story_free(story);
}

Test(user, has_the_tags_between_the_commas)
{
    struct user user = {.tags = SLICE("administrator,,monitoring,x")};
    cr_assert(user_has_tag(&user, SLICE("administrator")));
    cr_assert(user_has_tag(&user, SLICE("monitoring")));
    cr_assert(user_has_tag(&user, SLICE("x")));
    cr_assert_not(user_has_tag(&user, SLICE("admin")));
    cr_assert_not(user_has_tag(&user, SLICE("xy")));
    user.tags = SLICE("");
    cr_assert_not(user_has_tag(&user, SLICE("x")));
}

Test(vhost, is_there_once_with_its_exchanges)
{
    struct story *story = story_new();
    cr_assert_null(broker_find_vhost(story->broker, SLICE("other")));
    broker_add_vhost(story->broker, SLICE("other"), &story->fx);
    struct vhost *other = broker_find_vhost(story->broker, SLICE("other"));
    cr_assert(other);
    COUNTED(story, exchanges, 14);
    broker_add_vhost(story->broker, SLICE("other"), &story->fx);
    cr_assert_eq(broker_find_vhost(story->broker, SLICE("other")), other);
    COUNTED(story, exchanges, 14);
    static const char *const names[][2] = {{"amq.direct", "direct"},
                                           {"amq.fanout", "fanout"},
                                           {"amq.topic", "topic"},
                                           {"amq.headers", "headers"},
                                           {"amq.match", "headers"}};
    for (int i = 0; i < 5; i++) {
        DO(story, 1, 1, exchange_declare, .exchange = str(names[i][0]), .type = str(names[i][1]),
           .durable = true, .no_wait = true);
    }
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("amq.rabbitmq.trace"),
       .type = SLICE("topic"), .durable = true, .internal = true, .no_wait = true);
    TOLD(story, "");
    COUNTED(story, exchanges, 14);
    story_free(story);
}

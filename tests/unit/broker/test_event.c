#include "broker/count_limits.h"
#include "broker/event.h"
#include "broker/parameter.h"
#include "broker/policy.h"
#include "tests/unit/broker/story.h"

/* Who is told is connection 7. Of all things it first hears of itself. */
static struct story *told_story(void)
{
    struct broker_options options = story_options;
    options.event_vhost = SLICE("/");
    options.node = SLICE("n");
    struct story *story = story_new_with(&options);
    DO(story, 7, 1, queue_declare, .queue = SLICE("seen"), .no_wait = true);
    return story;
}

static void watch(struct story *story, const char *key)
{
    DO(story, 7, 1, queue_bind, .queue = SLICE("seen"), .exchange = SLICE("amq.rabbitmq.event"),
       .routing_key = str(key), .no_wait = true);
    DO(story, 7, 1, basic_consume, .queue = SLICE("seen"), .consumer_tag = SLICE("w"),
       .no_ack = true, .no_wait = true);
    story_wait(story, 0);
    story->text.len = 0;
    broker_set_actor(story->broker, SLICE(""));
}

/* What was heard, each by its key and headers. */
static void heard(struct story *story, const char *expected)
{
    story_wait(story, 0);
    TOLD(story, expected);
}

#define EVENT(tag, key, headers)                                                                   \
    "deliver 7/1 #" tag " w  via amq.rabbitmq.event/" key                                          \
    " {headers=(user_who_performed_action:" headers " timestamp_in_ms) delivery_mode=2 "           \
    "timestamp=0}\n"

Test(event, tells_of_queues)
{
    struct story *story = told_story();
    watch(story, "queue.*");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .exclusive = true, .no_wait = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    heard(story, EVENT("1", "queue.created",
                       "guest exclusive owner_pid:<n.1.0> arguments auto_delete durable name:q "
                       "vhost:/") EVENT("2", "queue.deleted", "guest name:q vhost:/"));
    story_free(story);
}

Test(event, tells_of_exchanges_and_bindings)
{
    struct story *story = told_story();
    story_queue(story, "q");
    watch(story, "#");
    story_exchange(story, "x", "topic");
    story_bind(story, "x", "q", "k");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    heard(story, EVENT("3", "exchange.created",
                       "guest arguments internal auto_delete durable type:topic name:x vhost:/")
                     EVENT("4", "binding.created",
                           "guest vhost:/ arguments routing_key:k destination_kind:queue "
                           "destination_name:q source_kind:exchange source_name:x")
                         EVENT("5", "binding.deleted",
                               "guest vhost:/ arguments routing_key:k destination_kind:queue "
                               "destination_name:q source_kind:exchange source_name:x")
                             EVENT("6", "exchange.deleted", "guest name:x vhost:/"));
    story_free(story);
}

Test(event, tells_of_channels_and_consumers)
{
    struct story *story = told_story();
    story_queue(story, "q");
    watch(story, "#");
    story_channel(story, 1, 2);
    story_consume(story, 1, 2, "q", "c");
    story_close_channel(story, 1, 2);
    heard(story, EVENT("3", "channel.created",
                       "guest vhost:/ user:guest number connection:<n.1.0> name: (2) pid:<n.1.2>")
                     EVENT("4", "consumer.created",
                           "guest arguments prefetch_count queue:q vhost:/ channel:<n.1.2> "
                           "ack_required exclusive consumer_tag:c")
                         EVENT("5", "consumer.deleted",
                               "guest queue:q vhost:/ channel:<n.1.2> consumer_tag:c")
                             EVENT("6", "channel.closed", "guest pid:<n.1.2>"));
    story_free(story);
}

Test(event, tells_of_users_and_permissions)
{
    struct story *story = told_story();
    struct broker *broker = story->broker;
    struct user user = {.name = SLICE("u"), .password_hash = SLICE("h"), .tags = SLICE("a,b")};
    struct permission some = {SLICE("c"), SLICE("w"), SLICE("r")};
    watch(story, "#");
    broker_set_actor(broker, SLICE("boss"));
    broker_put_user(broker, &user, &story->fx);
    user.password_hash = SLICE("i");
    broker_put_user(broker, &user, &story->fx);
    broker_set_permission(broker, user.name, SLICE("/"), &some, &story->fx);
    broker_delete_permission(broker, user.name, SLICE("/"), &story->fx);
    broker_delete_user(broker, user.name, &story->fx);
    heard(story,
          EVENT("3", "user.created", "boss name:u") EVENT("4", "user.tags.set", "boss tags name:u")
              EVENT("5", "user.password.changed", "boss name:u") EVENT("6", "user.tags.set",
                                                                       "boss tags name:u")
                  EVENT("7", "permission.created", "boss read:r write:w configure:c vhost:/ user:u")
                      EVENT("8", "permission.deleted", "boss vhost:/ user:u")
                          EVENT("9", "user.deleted", "boss name:u"));
    story_free(story);
}

Test(event, tells_of_policies_limits_and_parameters)
{
    struct story *story = told_story();
    struct broker *broker = story->broker;
    struct vhost *vhost = broker_find_vhost(broker, SLICE("/"));
    struct policy_options policy = {.name = SLICE("p"),
                                    .pattern = SLICE("^z"),
                                    .definition = story_table(story, "max-length", "I:5", NULL)};
    struct parameter parameter = {.name = SLICE("n"), .value = SLICE("5")};
    watch(story, "#");
    broker_put_policy(vhost, POLICY_OF_USERS, &policy, &story->fx);
    broker_delete_policy(vhost, POLICY_OF_USERS, SLICE("p"), &story->fx);
    broker_set_vhost_limit(broker, SLICE("/"), VHOST_MAX_QUEUES, 5, &story->fx);
    broker_put_parameter(broker, &parameter, &story->fx);
    heard(story,
          EVENT("3", "policy.set",
                "rmq-internal apply-to:all priority definition pattern:^z vhost:/ name:p")
              EVENT("4", "policy.cleared", "rmq-internal vhost:/ name:p")
                  EVENT("5", "vhost.limits.set", "rmq-internal vhost:/ max-queues name:limits")
                      EVENT("6", "parameter.set", "rmq-internal value:5 name:n component:global"));
    story_free(story);
}

Test(event, tells_of_a_virtual_host_and_what_is_in_it)
{
    struct story *story = told_story();
    struct broker *broker = story->broker;
    watch(story, "vhost.*");
    broker_add_vhost(broker, SLICE("v"), &story->fx);
    broker_add_vhost(broker, SLICE("v"), &story->fx);
    cr_assert_eq(broker_delete_vhost(broker, SLICE("v"), &story->fx), AMQP_OK);
    heard(story, EVENT("1", "vhost.created", "rmq-internal tracing name:v")
                     EVENT("2", "vhost.deleted", "rmq-internal name:v"));
    story_free(story);
}

Test(event, is_not_made_while_nothing_is_bound)
{
    struct story *story = told_story();
    cr_assert(!broker_wants_events(story->broker));
    story_queue(story, "q");
    cr_assert_eq(broker_deadline(story->broker), UINT64_MAX);
    watch(story, "nothing");
    cr_assert(broker_wants_events(story->broker));
    story_free(story);
}

/* With messages on their way, and with a queue in it that hears of its own end. */
Test(event, ends_with_its_virtual_host)
{
    struct story *story = told_story();
    watch(story, "#");
    story_close(story, 7);
    story_queue(story, "q");
    story_close(story, 1);
    cr_assert_eq(broker_delete_vhost(story->broker, SLICE("/"), &story->fx), AMQP_OK);
    cr_assert(!broker_wants_events(story->broker));
    story_wait(story, 0);
    story_free(story);
}

Test(event, tells_of_alarms_which_are_nobodys_doing)
{
    struct story *story = told_story();
    watch(story, "alarm.#");
    broker_set_actor(story->broker, SLICE("guest"));
    broker_tell_alarm(story->broker, SLICE("memory"), true);
    broker_tell_alarm(story->broker, SLICE("disk"), false);
    heard(story, EVENT("1", "alarm.set", "rmq-internal node:n source:memory")
                     EVENT("2", "alarm.cleared", "rmq-internal node:n source:disk"));
    story_free(story);
}

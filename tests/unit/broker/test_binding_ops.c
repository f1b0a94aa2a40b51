#include "tests/unit/broker/story.h"

/* What the queues hold, taken out: "q: a b". */
static void empty(struct story *story, const char *queue)
{
    DO(story, 1, 1, basic_get, .queue = str(queue), .no_ack = true);
}

Test(queue_bind, routes_from_then_on_until_unbound)
{
    struct story *story = story_new();
    story_queue(story, "q");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
            .body = SLICE("early"));
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
            .body = SLICE("bound"));
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
            .body = SLICE("late"));
    empty(story, "q");
    TOLD(story, "queue_bind_ok 1/1\n"
                "queue_unbind_ok 1/1\n"
                "get 1/1 #1 bound via amq.direct/k, 0 left\n");
    story_free(story);
}

Test(queue_bind, the_empty_name_is_the_queue_declared_last_on_the_channel)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"));
    TOLD(story, "refuse 404 no previously declared queue\n");
    story_queue(story, "first");
    story_queue(story, "q");
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"), .no_wait = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("q"),
            .body = SLICE("by name"));
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
       .no_wait = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
            .body = SLICE("by key"));
    empty(story, "q");
    empty(story, "");
    TOLD(story, "get 1/1 #1 by name via amq.direct/q, 1 left\n"
                "get 1/1 #2 by key via amq.direct/k, 0 left\n");
    DO(story, 1, 2, queue_bind, .exchange = SLICE("amq.direct"));
    TOLD(story, "refuse 404 no previously declared queue\n");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"));
    TOLD(story, "refuse 404 no queue 'q' in vhost '/'\n");
    story_free(story);
}

Test(queue_bind, a_queue_that_is_named_with_an_empty_key_is_bound_by_the_empty_key)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_bind(story, "amq.direct", "q", "");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("q"),
            .body = SLICE("a"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .body = SLICE("b"));
    empty(story, "q");
    TOLD(story, "get 1/1 #1 b via amq.direct/, 0 left\n");
    story_free(story);
}

Test(queue_bind, refuses_what_is_missing_and_the_exchange_first)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_bind, .queue = SLICE("nq"), .exchange = SLICE("nx"));
    DO(story, 1, 1, queue_bind, .queue = SLICE("nq"), .exchange = SLICE("amq.direct"));
    DO(story, 1, 1, queue_bind, .queue = SLICE("nq"), .exchange = SLICE(""));
    DO(story, 1, 1, queue_bind, .queue = SLICE("amq.rabbitmq.reply-to"),
       .exchange = SLICE("amq.direct"));
    TOLD(story, "refuse 404 no exchange 'nx' in vhost '/'\n"
                "refuse 404 no queue 'nq' in vhost '/'\n"
                "refuse 403 operation not permitted on the default exchange\n"
                "refuse 404 no queue 'amq.rabbitmq.reply-to' in vhost '/'\n");
    story_free(story);
}

Test(queue_bind, refuses_bad_matches_of_headers)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.headers"),
       .arguments = story_table(story, "x-match", "S:some", NULL));
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.headers"),
       .arguments = story_table(story, "x-match", "I:1", NULL));
    TOLD(story, "refuse 406 Invalid x-match field value <<\"some\">>; expected all, any, "
                "all-with-x, or any-with-x\n"
                "refuse 406 Invalid x-match field type signedint (value 1); expected longstr\n");
    story_free(story);
}

Test(queue_bind, twice_is_once)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_bind(story, "amq.fanout", "q", "k");
    story_bind(story, "amq.fanout", "q", "k");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 1);
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("amq.fanout"),
       .routing_key = SLICE("k"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(queue_unbind, of_what_is_not_there_is_fine)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, queue_unbind, .queue = SLICE("nope"), .exchange = SLICE("amq.direct"));
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("nope"));
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"));
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE(""));
    TOLD(story, "queue_unbind_ok 1/1\n"
                "queue_unbind_ok 1/1\n"
                "queue_unbind_ok 1/1\n"
                "refuse 403 operation not permitted on the default exchange\n");
    story_free(story);
}

Test(queue_unbind, needs_key_and_arguments_to_be_those_of_the_binding)
{
    struct story *story = story_new();
    struct slice one = story_table(story, "a", "I:1", NULL);
    story_queue(story, "q");
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"), .no_wait = true, .arguments = one);
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"));
    COUNTED(story, messages_ready, 1);
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"), .arguments = one);
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"));
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(exchange_bind, passes_messages_on_until_unbound)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, exchange_bind, .source = SLICE("amq.topic"), .destination = SLICE("x"),
       .routing_key = SLICE("a.*"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.topic"), .routing_key = SLICE("a.b"),
            .body = SLICE("m"));
    DO(story, 1, 1, exchange_unbind, .source = SLICE("amq.topic"), .destination = SLICE("x"),
       .routing_key = SLICE("a.*"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.topic"), .routing_key = SLICE("a.b"),
            .body = SLICE("n"));
    empty(story, "q");
    TOLD(story, "exchange_bind_ok 1/1\n"
                "exchange_unbind_ok 1/1\n"
                "get 1/1 #1 m via amq.topic/a.b, 0 left\n");
    story_free(story);
}

Test(exchange_bind, refuses_what_is_missing_and_the_default_exchange_at_either_end)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_bind, .source = SLICE("nx"), .destination = SLICE("amq.direct"));
    DO(story, 1, 1, exchange_bind, .source = SLICE("amq.direct"), .destination = SLICE("nx"));
    DO(story, 1, 1, exchange_bind, .source = SLICE(""), .destination = SLICE("amq.direct"));
    DO(story, 1, 1, exchange_bind, .source = SLICE("amq.direct"), .destination = SLICE(""));
    DO(story, 1, 1, exchange_unbind, .source = SLICE("amq.direct"), .destination = SLICE(""));
    DO(story, 1, 1, exchange_unbind, .source = SLICE("nx"), .destination = SLICE("ny"),
       .no_wait = true);
    TOLD(story, "refuse 404 no exchange 'nx' in vhost '/'\n"
                "refuse 404 no exchange 'nx' in vhost '/'\n"
                "refuse 403 operation not permitted on the default exchange\n"
                "refuse 403 operation not permitted on the default exchange\n"
                "refuse 403 operation not permitted on the default exchange\n");
    story_free(story);
}

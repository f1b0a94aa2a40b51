#include <stdio.h>

#include "tests/unit/broker/story.h"

Test(exchange_declare, is_answered_unless_told_not_to)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"));
    TOLD(story, "exchange_declare_ok 1/1\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("y"), .type = SLICE("topic"),
       .no_wait = true);
    TOLD(story, "");
    COUNTED(story, exchanges, 9);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("y"), .passive = true);
    TOLD(story, "exchange_declare_ok 1/1\n");
    story_free(story);
}

Test(exchange_declare, again_with_the_same_properties_is_fine)
{
    struct story *story = story_new();
    for (int i = 0; i < 2; i++) {
        DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
           .durable = true, .auto_delete = true, .internal = true,
           .arguments = story_table(story, "alternate-exchange", "S:a", "other", "I:5", NULL));
    }
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .durable = true, .auto_delete = true, .internal = true,
       .arguments = story_table(story, "alternate-exchange", "S:a", NULL));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("amq.topic"), .type = SLICE("topic"),
       .durable = true);
    TOLD(story, "exchange_declare_ok 1/1\n"
                "exchange_declare_ok 1/1\n"
                "exchange_declare_ok 1/1\n"
                "exchange_declare_ok 1/1\n");
    COUNTED(story, exchanges, 8);
    story_free(story);
}

Test(exchange_declare, again_with_other_properties_is_refused_naming_the_first_difference)
{
    struct story *story = story_new();
    story_exchange(story, "x", "direct");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"));
    TOLD(story, "refuse 406 inequivalent arg 'type' for exchange 'x' in vhost '/': "
                "received 'fanout' but current is 'direct'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .auto_delete = true);
    TOLD(story, "refuse 406 inequivalent arg 'durable' for exchange 'x' in vhost '/': "
                "received 'false' but current is 'true'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .durable = true, .auto_delete = true, .internal = true);
    TOLD(story, "refuse 406 inequivalent arg 'auto_delete' for exchange 'x' in vhost '/': "
                "received 'true' but current is 'false'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .durable = true, .internal = true);
    TOLD(story, "refuse 406 inequivalent arg 'internal' for exchange 'x' in vhost '/': "
                "received 'true' but current is 'false'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .durable = true, .arguments = story_table(story, "alternate-exchange", "S:a", NULL));
    TOLD(story, "refuse 406 inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': "
                "received the value 'a' of type 'longstr' but current is none\n");
    story_free(story);
}

Test(exchange_declare, compares_an_alternate_exchange_with_another)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .no_wait = true, .arguments = story_table(story, "alternate-exchange", "S:a", NULL));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .arguments = story_table(story, "alternate-exchange", "S:b", NULL));
    TOLD(story, "refuse 406 inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': "
                "received 'b' but current is 'a'\n");
    story_free(story);
}

Test(exchange_declare, refuses_names_and_types_that_cannot_be)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE(""), .type = SLICE("direct"));
    TOLD(story, "refuse 403 operation not permitted on the default exchange\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE(""), .passive = true);
    TOLD(story, "refuse 403 operation not permitted on the default exchange\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("amq.mine"), .type = SLICE("direct"));
    TOLD(story, "refuse 403 exchange name 'amq.mine' contains reserved prefix 'amq.*'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("zork"));
    TOLD(story, "refuse 406 unknown exchange type 'zork'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE(""));
    TOLD(story, "refuse 406 invalid exchange type ''\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .passive = true);
    TOLD(story, "refuse 404 no exchange 'x' in vhost '/'\n");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .arguments = story_table(story, "alternate-exchange", "I:5", NULL));
    TOLD(story, "refuse 406 invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' "
                "in vhost '/'\n");
    COUNTED(story, exchanges, 7);
    story_free(story);
}

Test(exchange_declare, drops_line_ends_from_the_name)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("a\r\nb"), .type = SLICE("direct"));
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("ab"), .passive = true);
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("a\nb"));
    TOLD(story, "exchange_declare_ok 1/1\nexchange_declare_ok 1/1\nexchange_delete_ok 1/1\n");
    COUNTED(story, exchanges, 7);
    story_free(story);
}

Test(exchange_delete, of_something_that_is_not_there_is_fine)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("nope"));
    TOLD(story, "exchange_delete_ok 1/1\n");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("nope"), .no_wait = true);
    TOLD(story, "");
    story_free(story);
}

Test(exchange_delete, takes_the_bindings_along)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .if_unused = true);
    TOLD(story, "refuse 406 exchange 'x' in vhost '/' in use\n");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .body = SLICE("a"));
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"));
    TOLD(story, "exchange_delete_ok 1/1\n");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .body = SLICE("b"));
    TOLD(story, "refuse 404 no exchange 'x' in vhost '/'\n");
    story_exchange(story, "x", "fanout");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .body = SLICE("c"));
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(exchange_delete, if_unused_looks_at_bindings_from_it_only)
{
    struct story *story = story_new();
    story_exchange(story, "x", "fanout");
    story_exchange(story, "y", "fanout");
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("y"),
       .no_wait = true);
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .if_unused = true);
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("y"), .if_unused = true);
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .if_unused = true);
    TOLD(story, "refuse 406 exchange 'x' in vhost '/' in use\n"
                "exchange_delete_ok 1/1\n"
                "exchange_delete_ok 1/1\n");
    story_free(story);
}

Test(exchange_delete, is_refused_for_those_that_were_there_from_the_start)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_delete, .exchange = SLICE(""));
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("amq.direct"));
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("amq.nope"));
    TOLD(story, "refuse 403 operation not permitted on the default exchange\n"
                "refuse 403 deletion of system exchange 'amq.direct' in vhost '/' not allowed\n"
                "refuse 403 deletion of system exchange 'amq.nope' in vhost '/' not allowed\n");
    COUNTED(story, exchanges, 7);
    story_free(story);
}

static void auto_delete(struct story *story, const char *name)
{
    DO(story, 1, 1, exchange_declare, .exchange = str(name), .type = SLICE("fanout"),
       .auto_delete = true, .no_wait = true);
}

static void link(struct story *story, const char *source, const char *destination)
{
    DO(story, 1, 1, exchange_bind, .source = str(source), .destination = str(destination),
       .no_wait = true);
}

Test(auto_delete_exchange, goes_with_its_last_binding_and_not_before_a_first)
{
    struct story *story = story_new();
    auto_delete(story, "x");
    story_queue(story, "q");
    COUNTED(story, exchanges, 8);
    story_bind(story, "x", "q", "a");
    story_bind(story, "x", "q", "b");
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("x"),
       .routing_key = SLICE("a"));
    COUNTED(story, exchanges, 8);
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("x"),
       .routing_key = SLICE("b"));
    COUNTED(story, exchanges, 7);
    TOLD(story, "queue_unbind_ok 1/1\nqueue_unbind_ok 1/1\n");
    story_free(story);
}

Test(auto_delete_exchange, goes_when_its_last_queue_is_deleted)
{
    struct story *story = story_new();
    auto_delete(story, "x");
    story_queue(story, "q");
    story_bind(story, "x", "q", "a");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    COUNTED(story, exchanges, 7);
    story_free(story);
}

Test(auto_delete_exchange, a_chain_of_them_goes_all_at_once)
{
    struct story *story = story_new();
    auto_delete(story, "x");
    auto_delete(story, "y");
    auto_delete(story, "z");
    story_queue(story, "q");
    link(story, "x", "y");
    link(story, "y", "z");
    link(story, "x", "z");
    story_bind(story, "z", "q", "");
    COUNTED(story, exchanges, 10);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    COUNTED(story, exchanges, 7);
    story_free(story);
}

Test(auto_delete_exchange, a_cycle_of_them_goes_too)
{
    struct story *story = story_new();
    auto_delete(story, "x");
    auto_delete(story, "y");
    link(story, "x", "y");
    link(story, "y", "x");
    link(story, "x", "x");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    COUNTED(story, exchanges, 7);
    story_free(story);
}

/* A client may build a chain of any length, so taking it down must not need a stack as deep. */
Test(auto_delete_exchange, a_very_long_chain_goes_without_a_deep_stack)
{
    enum { LINKS = 150000 };
    struct story *story = story_new();
    char name[16], next[16];
    for (int i = LINKS; i >= 0; i--) {
        snprintf(name, sizeof name, "x%d", i);
        auto_delete(story, name);
        if (i < LINKS) {
            snprintf(next, sizeof next, "x%d", i + 1);
            link(story, name, next);
        }
    }
    story_queue(story, "q");
    snprintf(next, sizeof next, "x%d", LINKS);
    story_bind(story, next, "q", "");
    COUNTED(story, exchanges, 7 + LINKS + 1);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    COUNTED(story, exchanges, 7);
    story_free(story);
}

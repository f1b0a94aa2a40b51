#include "tests/unit/broker/story.h"

Test(queue_declare, tells_name_and_counts)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"));
    TOLD(story, "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n");
    story_send(story, "q", "a b");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"));
    TOLD(story, "queue_declare_ok 1/1 queue=q message_count=2 consumer_count=0\n");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_consume(story, 2, 1, "q", "c");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true);
    TOLD(story, "get 1/1 #1 a, 1 left\n"
                "deliver 2/1 #1 c b\n"
                "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=1\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("p"), .no_wait = true);
    TOLD(story, "");
    COUNTED(story, queues, 2);
    story_free(story);
}

Test(queue_declare, makes_up_a_new_name_each_time_that_it_is_given_none)
{
    struct story *story = story_new();
    struct bytes first = {0};
    DO(story, 1, 1, queue_declare, .exclusive = true);
    TOLD(story, "queue_declare_ok 1/1 queue=amq.gen-* message_count=0 consumer_count=0\n");
    bytes_add(&first, bytes_slice(&story->generated));
    DO(story, 1, 1, queue_declare, .queue = SLICE("\r\n"), .exclusive = true);
    TOLD(story, "queue_declare_ok 1/1 queue=amq.gen-* message_count=0 consumer_count=0\n");
    cr_assert_not(slice_eq(bytes_slice(&first), bytes_slice(&story->generated)));
    COUNTED(story, queues, 2);
    DO(story, 1, 1, queue_declare, .queue = bytes_slice(&first), .passive = true);
    TOLD(story, "queue_declare_ok 1/1 queue=amq.gen-* message_count=0 consumer_count=0\n");
    bytes_finish(&first);
    story_free(story);
}

Test(queue_declare, drops_line_ends_from_the_name)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("a\r\nb"));
    DO(story, 1, 1, queue_purge, .queue = SLICE("\nab"));
    TOLD(story, "queue_declare_ok 1/1 queue=ab message_count=0 consumer_count=0\n"
                "queue_purge_ok 1/1 message_count=0\n");
    story_free(story);
}

Test(queue_declare, refuses_reserved_names)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("amq.mine"));
    TOLD(story, "refuse 403 queue name 'amq.mine' contains reserved prefix 'amq.*'\n");
    COUNTED(story, queues, 0);
    story_free(story);
}

Test(queue_declare, passive_finds_or_refuses_and_never_makes_one)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true);
    TOLD(story, "refuse 404 no queue 'q' in vhost '/'\n");
    story_queue(story, "q");
    DO(story, 1, 1, queue_declare, .queue = SLICE(""), .passive = true);
    TOLD(story, "refuse 404 no queue '' in vhost '/'\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true, .exclusive = true,
       .auto_delete = true);
    TOLD(story, "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n");
    story_free(story);
}

Test(queue_declare, again_with_other_properties_is_refused)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .auto_delete = true);
    TOLD(story, "refuse 406 inequivalent arg 'durable' for queue 'q' in vhost '/': "
                "received 'false' but current is 'true'\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .auto_delete = true);
    TOLD(story, "refuse 406 inequivalent arg 'auto_delete' for queue 'q' in vhost '/': "
                "received 'true' but current is 'false'\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .exclusive = true);
    TOLD(story, "refuse 405 cannot obtain exclusive access to locked queue 'q' in vhost '/'. It "
                "could be originally declared on another connection or the exclusive property "
                "value does not match that of the original declaration.\n");
    story_free(story);
}

static void redeclare(struct story *story, struct slice before, struct slice now)
{
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .no_wait = true, .arguments = before);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .arguments = now);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
}

#define T(...) story_table(story, __VA_ARGS__, NULL)
#define NONE ((struct slice){0})
#define SAME "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n"
#define DIFFERENT(arg, received, current)                                                          \
    "refuse 406 inequivalent arg '" arg "' for queue 'q' in vhost '/': received " received         \
    " but current is " current "\n"

Test(queue_declare, compares_the_arguments_that_it_knows)
{
    struct story *story = story_new();
    redeclare(story, T("x-max-length", "I:5"), T("x-max-length", "I:6"));
    TOLD(story, DIFFERENT("x-max-length", "'6'", "'5'"));
    redeclare(story, NONE, T("x-message-ttl", "I:10"));
    TOLD(story, DIFFERENT("x-message-ttl", "the value '10' of type 'signedint'", "none"));
    redeclare(story, T("x-overflow", "S:drop-head"), NONE);
    TOLD(story, DIFFERENT("x-overflow", "none", "the value 'drop-head' of type 'longstr'"));
    redeclare(story, T("x-single-active-consumer", "t:true"),
              T("x-single-active-consumer", "t:false"));
    TOLD(story, DIFFERENT("x-single-active-consumer", "'false'", "'true'"));
    redeclare(story, T("x-max-length", "I:1", "x-expires", "I:1"),
              T("x-max-length", "I:2", "x-expires", "I:2"));
    TOLD(story, DIFFERENT("x-expires", "'2'", "'1'"));
    redeclare(story, T("x-queue-version", "I:2"), NONE);
    TOLD(story, DIFFERENT("x-queue-version", "none", "the value '2' of type 'signedint'"));
    story_free(story);
}

Test(queue_declare, takes_equal_numbers_of_any_width_and_unknown_arguments_for_the_same)
{
    struct story *story = story_new();
    redeclare(story, T("x-max-length", "I:5"), T("x-max-length", "l:5"));
    TOLD(story, SAME);
    redeclare(story, T("mine", "I:5"), T("mine", "I:6", "yours", "V:"));
    TOLD(story, SAME);
    redeclare(story, T("x-queue-type", "S:classic"), NONE);
    TOLD(story, SAME);
    redeclare(story, NONE, T("x-queue-type", "S:classic"));
    TOLD(story, SAME);
    redeclare(story, NONE, T("x-queue-type", "S:quorum"));
    TOLD(story, DIFFERENT("x-queue-type", "the value 'quorum' of type 'longstr'", "none"));
    story_free(story);
}

Test(queue_declare, what_is_refused_does_not_exist)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .arguments = T("x-expires", "I:0"));
    TOLD(story, "refuse 406 invalid arg 'x-expires' for queue 'q' in vhost '/': {value_zero,0}\n");
    COUNTED(story, queues, 0);
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"));
    TOLD(story, "refuse 404 no previously declared queue\n");
    story_free(story);
}

Test(queue_declare, a_dead_letter_exchange_is_named_by_a_string)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"),
       .arguments = T("x-dead-letter-exchange", "I:5"));
    TOLD(story, "refuse 406 invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' "
                "in vhost '/'\n");
    story_free(story);
}

Test(queue_declare, quorum_and_stream_queues_are_made_with_their_restrictions)
{
    struct story *story = story_new();
    struct slice quorum = T("x-queue-type", "S:quorum");
    struct slice stream = T("x-queue-type", "S:stream");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .arguments = quorum);
    TOLD(story, "refuse 406 invalid property 'non-durable' for queue 'q' in vhost '/'\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .exclusive = true,
       .arguments = quorum);
    TOLD(story, "refuse 406 invalid property 'exclusive-owner' for queue 'q' in vhost '/'\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .auto_delete = true, .exclusive = true,
       .arguments = stream);
    TOLD(story, "refuse 406 invalid property 'auto-delete' for queue 'q' in vhost '/'\n");
    DO(story, 1, 1, queue_declare, .durable = true, .arguments = stream);
    TOLD(story, "refuse 406 Cannot declare a server-named queue for type rabbit_stream_queue\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .arguments = quorum);
    DO(story, 1, 1, queue_declare, .queue = SLICE("s"), .durable = true, .arguments = stream);
    TOLD(story, "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n"
                "queue_declare_ok 1/1 queue=s message_count=0 consumer_count=0\n");
    story_send(story, "q", "a");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/1 #1 a, 0 left\n");
    story_free(story);
}

Test(queue_declare, the_type_of_those_without_one_is_a_setting)
{
    struct broker_options options = story_options;
    options.default_queue_kind = 1;
    struct story *story = story_new_with(&options);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .no_wait = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_empty = true);
    TOLD(story, "refuse 540 cannot delete queue 'q' in vhost '/'. queue.delete operations with "
                "if-empty flag set are not supported by quorum queues\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true);
    TOLD(story, SAME);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true,
       .arguments = T("x-queue-type", "S:quorum"));
    TOLD(story, SAME);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true,
       .arguments = T("x-queue-type", "S:classic"));
    TOLD(story, "refuse 406 inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received "
                "'classic' but current is 'quorum'\n");
    story_free(story);
}

Test(queue_declare, queues_that_cannot_be_of_the_default_type_are_classic)
{
    struct broker_options options = story_options;
    options.default_queue_kind = 1;
    struct story *story = story_new_with(&options);
    DO(story, 1, 1, queue_declare, .queue = SLICE("t"), .no_wait = true);
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true);
    DO(story, 1, 1, queue_declare, .queue = SLICE("a"), .durable = true, .auto_delete = true,
       .no_wait = true);
    COUNTED(story, queues, 3);
    TOLD(story, "");
    story_free(story);
}

Test(queue_declare, transient_queues_of_no_connection_can_be_refused)
{
    struct broker_options options = story_options;
    options.refuse_transient_queues = true;
    struct story *story = story_new_with(&options);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"));
    TOLD(story, "refuse 541 Feature `transient_nonexcl_queues` is deprecated.\n"
                "By default, this feature is not permitted anymore.\n"
                "Use durable queues, or exclusive ones.\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true);
    DO(story, 1, 1, queue_declare, .queue = SLICE("d"), .durable = true, .no_wait = true);
    COUNTED(story, queues, 2);
    story_free(story);
}

#define LOCKED                                                                                     \
    "refuse 405 cannot obtain exclusive access to locked queue 'e' in vhost '/'. It could be "     \
    "originally declared on another connection or the exclusive property value does not match "    \
    "that of the original declaration.\n"

Test(exclusive_queue, is_for_its_connection_alone)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .durable = true);
    DO(story, 1, 2, queue_declare, .queue = SLICE("e"), .exclusive = true);
    TOLD(story, "queue_declare_ok 1/1 queue=e message_count=0 consumer_count=0\n"
                "queue_declare_ok 1/2 queue=e message_count=0 consumer_count=0\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"));
    TOLD(story, LOCKED);
    DO(story, 2, 1, queue_declare, .queue = SLICE("e"), .exclusive = true);
    TOLD(story, LOCKED);
    DO(story, 2, 1, queue_declare, .queue = SLICE("e"), .passive = true);
    TOLD(story, LOCKED);
    DO(story, 2, 1, queue_bind, .queue = SLICE("e"), .exchange = SLICE("amq.direct"));
    TOLD(story, LOCKED);
    DO(story, 2, 1, queue_purge, .queue = SLICE("e"));
    TOLD(story, LOCKED);
    DO(story, 2, 1, queue_delete, .queue = SLICE("e"));
    TOLD(story, LOCKED);
    DO(story, 2, 1, basic_get, .queue = SLICE("e"));
    TOLD(story, LOCKED);
    DO(story, 2, 1, basic_consume, .queue = SLICE("e"));
    TOLD(story, LOCKED);
    PUBLISH(story, 2, 1, .routing_key = SLICE("e"), .body = SLICE("a"));
    DO(story, 1, 1, basic_get, .queue = SLICE("e"), .no_ack = true);
    TOLD(story, "get 1/1 #1 a, 0 left\n");
    story_free(story);
}

Test(exclusive_queue, of_another_lets_go_of_a_binding_that_never_was)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true);
    story_bind(story, "amq.direct", "e", "k");
    DO(story, 2, 1, queue_unbind, .queue = SLICE("e"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("other"));
    TOLD(story, "queue_unbind_ok 2/1\n");
    DO(story, 2, 1, queue_unbind, .queue = SLICE("e"), .exchange = SLICE("amq.direct"),
       .routing_key = SLICE("k"));
    TOLD(story, LOCKED);
    story_free(story);
}

Test(exclusive_queue, goes_with_its_connection_and_not_with_its_channel)
{
    struct story *story = story_new();
    DO(story, 2, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true);
    story_close_channel(story, 2, 1);
    COUNTED(story, queues, 1);
    PUBLISH(story, 1, 1, .routing_key = SLICE("e"), .body = SLICE("a"));
    COUNTED(story, messages_ready, 1);
    story_close(story, 2);
    COUNTED(story, queues, 0);
    COUNTED(story, messages_ready, 0);
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .no_wait = true);
    TOLD(story, "");
    story_free(story);
}

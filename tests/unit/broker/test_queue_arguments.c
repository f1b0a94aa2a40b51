#include "tests/unit/broker/story.h"

/* Declares a queue of this type with one argument; classic if type is NULL. */
static void declare(struct story *story, const char *type, const char *key, const char *value)
{
    struct slice arguments = type ? story_table(story, "x-queue-type", type, key, value, NULL)
                                  : story_table(story, key, value, NULL);
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .arguments = arguments);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
}

#define FINE "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n"

static void is_fine(const char *type, const char *key, const char *value)
{
    struct story *story = story_new();
    declare(story, type, key, value);
    cr_assert(story_was(story, FINE), "%s = %s: %s", key, value, story_text(story));
    story_free(story);
}

static void is_invalid(const char *type, const char *key, const char *value, const char *why)
{
    struct story *story = story_new();
    struct bytes expected = {0};
    bytes_add(&expected, SLICE("refuse 406 invalid arg '"));
    bytes_add(&expected, str(key));
    bytes_add(&expected, SLICE("' for queue 'q' in vhost '/'"));
    bytes_add(&expected, str(why));
    bytes_add(&expected, (struct slice){(const uint8_t *)"\n", 2});
    declare(story, type, key, value);
    cr_assert(story_was(story, (const char *)expected.ptr), "expected %sbut it went %s",
              (const char *)expected.ptr, story_text(story));
    COUNTED(story, queues, 0);
    bytes_finish(&expected);
    story_free(story);
}

Test(queue_arguments, times_are_whole_numbers_up_to_ten_years)
{
    is_fine(NULL, "x-message-ttl", "I:0");
    is_fine(NULL, "x-message-ttl", "l:315360000000");
    is_fine(NULL, "x-expires", "I:1");
    is_invalid(NULL, "x-message-ttl", "I:-1", ": {value_negative,-1}");
    is_invalid(NULL, "x-message-ttl", "l:315360000001", ": {value_too_large,315360000001}");
    is_invalid(NULL, "x-message-ttl", "S:10", ": \"expected integer, got longstr\"");
    is_invalid(NULL, "x-expires", "I:0", ": {value_zero,0}");
    is_invalid(NULL, "x-expires", "I:-5", ": {value_negative,-5}");
    is_invalid(NULL, "x-expires", "t:true", ": \"expected integer, got bool\"");
}

Test(queue_arguments, lengths_are_whole_numbers)
{
    is_fine(NULL, "x-max-length", "I:0");
    is_fine(NULL, "x-max-length", "l:1099511627776");
    is_fine("S:stream", "x-max-length-bytes", "I:5");
    is_invalid(NULL, "x-max-length", "I:-1", ": {value_negative,-1}");
    is_invalid(NULL, "x-max-length-bytes", "V:", ": \"expected integer, got void\"");
    is_invalid("S:stream", "x-max-length", "I:5", " of queue type rabbit_stream_queue");
    is_invalid(NULL, "x-max-in-memory-length", "I:5", " of queue type rabbit_classic_queue");
    is_fine("S:quorum", "x-max-in-memory-length", "I:5");
}

Test(queue_arguments, priorities_go_up_to_255)
{
    is_fine(NULL, "x-max-priority", "I:255");
    is_fine(NULL, "x-max-priority", "I:0");
    is_invalid(NULL, "x-max-priority", "I:256", ": {max_value_exceeded,256}");
    is_invalid(NULL, "x-max-priority", "I:-1", ": {value_negative,-1}");
    is_invalid("S:quorum", "x-max-priority", "I:5", " of queue type rabbit_quorum_queue");
}

Test(queue_arguments, words_are_those_that_are_known)
{
    is_fine(NULL, "x-overflow", "S:reject-publish");
    is_invalid(NULL, "x-overflow", "S:zork", ": invalid_overflow");
    is_invalid(NULL, "x-overflow", "I:5", ": {unacceptable_type,signedint}");
    is_fine(NULL, "x-queue-mode", "S:lazy");
    is_invalid(NULL, "x-queue-mode", "S:hungry", ": \"unsupported queue mode 'hungry'\"");
    is_invalid("S:quorum", "x-queue-mode", "S:lazy", " of queue type rabbit_quorum_queue");
    is_invalid(NULL, "x-queue-type", "S:zork", ": \"unsupported queue type 'zork'\"");
    is_invalid(NULL, "x-queue-type", "I:5", ": {unacceptable_type,signedint}");
    is_fine(NULL, "x-queue-version", "I:1");
    is_invalid(NULL, "x-queue-version", "I:-1", ": {value_negative,-1}");
    is_invalid(NULL, "x-queue-version", "I:3", ": \"unsupported queue version '3'\"");
    is_invalid(NULL, "x-queue-version", "S:a", ": \"expected integer, got longstr\"");
    is_fine("S:quorum", "x-dead-letter-strategy", "S:at-most-once");
    is_invalid("S:quorum", "x-dead-letter-strategy", "S:zork", ": invalid_dlx_strategy");
    is_invalid(NULL, "x-dead-letter-strategy", "S:at-most-once",
               " of queue type rabbit_classic_queue");
    is_fine("S:stream", "x-queue-leader-locator", "S:client-local");
    is_invalid("S:quorum", "x-queue-leader-locator", "S:zork", ": invalid_queue_locator_arg");
}

Test(queue_arguments, belong_to_their_type_whatever_their_value)
{
    is_invalid(NULL, "x-dead-letter-strategy", "S:zork", " of queue type rabbit_classic_queue");
    is_invalid(NULL, "x-max-in-memory-length", "I:-1", " of queue type rabbit_classic_queue");
    is_invalid("S:quorum", "x-max-priority", "I:-1", " of queue type rabbit_quorum_queue");
    is_invalid("S:stream", "x-message-ttl", "S:10", " of queue type rabbit_stream_queue");
    is_fine(NULL, "x-queue-master-locator", "S:min-masters");
    is_invalid("S:quorum", "x-queue-master-locator", "S:min-masters",
               " of queue type rabbit_quorum_queue");
}

Test(queue_arguments, of_its_type_are_looked_at_before_those_of_others)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"),
       .arguments = story_table(story, "x-max-age", "I:5", "x-message-ttl", "I:-1", NULL));
    TOLD(story, "refuse 406 invalid arg 'x-message-ttl' for queue 'q' in vhost '/': "
                "{value_negative,-1}\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"),
       .arguments = story_table(story, "x-max-age", "I:5", "x-initial-cluster-size", "I:0", NULL));
    TOLD(story, "refuse 406 invalid arg 'x-max-age' for queue 'q' in vhost '/' of queue type "
                "rabbit_classic_queue\n");
    story_free(story);
}

Test(queue_arguments, flags_are_bools)
{
    is_fine("S:quorum", "x-single-active-consumer", "t:true");
    is_invalid(NULL, "x-single-active-consumer", "S:true", ": {unacceptable_type,longstr}");
}

Test(queue_arguments, a_dead_letter_key_needs_a_dead_letter_exchange)
{
    struct story *story = story_new();
    is_invalid(NULL, "x-dead-letter-routing-key", "S:k", ": routing_key_but_no_dlx_defined");
    is_invalid(NULL, "x-dead-letter-routing-key", "I:5", ": {unacceptable_type,signedint}");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"),
       .arguments = story_table(story, "x-dead-letter-routing-key", "S:k", "x-dead-letter-exchange",
                                "S:", NULL));
    TOLD(story, FINE);
    story_free(story);
}

Test(queue_arguments, of_replicated_queues)
{
    is_fine("S:quorum", "x-delivery-limit", "I:5");
    is_fine(NULL, "x-delivery-limit", "I:5");
    is_invalid(NULL, "x-max-in-memory-length", "I:5", " of queue type rabbit_classic_queue");
    is_fine("S:quorum", "x-quorum-initial-group-size", "I:3");
    is_invalid("S:quorum", "x-quorum-initial-group-size", "I:0", ": {value_zero,0}");
    is_fine("S:stream", "x-max-age", "S:12h");
    is_invalid("S:stream", "x-max-age", "S:h", ": invalid_max_age");
    is_invalid("S:stream", "x-max-age", "S:1x", ": invalid_max_age");
    is_invalid("S:stream", "x-max-age", "I:5", ": {unacceptable_type,signedint}");
    is_invalid(NULL, "x-max-age", "S:12h", " of queue type rabbit_classic_queue");
    is_invalid("S:stream", "x-expires", "I:5", " of queue type rabbit_stream_queue");
    is_fine("S:stream", "x-stream-max-segment-size-bytes", "I:5");
    is_invalid("S:stream", "x-stream-max-segment-size-bytes", "I:-5", ": {value_negative,-5}");
    is_fine("S:stream", "x-initial-cluster-size", "I:1");
    is_invalid("S:stream", "x-initial-cluster-size", "I:0", ": {value_zero,0}");
}

Test(queue_arguments, that_nobody_knows_are_kept_quietly)
{
    is_fine(NULL, "x-unheard-of", "S:later");
    is_fine("S:stream", "mine", "V:");
}

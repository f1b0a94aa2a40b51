#include "tests/unit/broker/story.h"

static void with(struct story *story, struct slice properties)
{
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"), .properties = properties);
}

#define WITH(story, ...) with(story, PROPERTIES(story, __VA_ARGS__))

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 1, basic_get, .queue = str(queue), .no_ack = true);
}

Test(content, is_carried_octet_by_octet)
{
    struct story *story = story_new();
    story_queue(story, "q");
    WITH(story, .content_type = SLICE("text/plain"), .content_encoding = SLICE("gzip"),
         .headers = story_table(story, "odd", "V:", "n", "I:-1", NULL), .delivery_mode = 1,
         .priority = 9, .correlation_id = SLICE("c"), .reply_to = SLICE("r"),
         .expiration = SLICE("60000"), .message_id = SLICE("m"), .timestamp = 1700000000,
         .type = SLICE("t"), .user_id = SLICE("guest"), .app_id = SLICE("a"),
         .cluster_id = SLICE("k"));
    get(story, "q");
    TOLD(story, "get 1/1 #1 m {content_type=text/plain content_encoding=gzip headers=(odd n) "
                "delivery_mode=1 priority=9 correlation_id=c reply_to=r expiration=60000 "
                "message_id=m timestamp=1700000000 type=t user_id=guest app_id=a cluster_id=k}, "
                "0 left\n");
    story_free(story);
}

Test(content, that_is_malformed_is_refused)
{
    struct story *story = story_new();
    story_queue(story, "q");
    with(story, SLICE(""));
    with(story, SLICE("\x80"));
    with(story, SLICE("\x80\x00\x05"
                      "abc"));
    with(story, SLICE("\x00\x00\x00"));
    TOLD(story, "refuse 502 malformed properties\n"
                "refuse 502 malformed properties\n"
                "refuse 502 malformed properties\n"
                "refuse 502 malformed properties\n");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    with(story, SLICE("\x00\x00\x00"));
    TOLD(story, "refuse 502 malformed properties\n");
    COUNTED(story, published, 1);
    story_free(story);
}

Test(user_id, must_be_the_users_own)
{
    struct story *story = story_new();
    story_queue(story, "q");
    WITH(story, .user_id = SLICE("guest"));
    WITH(story, .user_id = SLICE("other"));
    TOLD(story, "refuse 406 user_id property set to 'other' but authenticated user was 'guest'\n");
    broker_put_user(
        story->broker,
        &(struct user){.name = SLICE("guest"), .tags = SLICE("monitoring,impersonator")},
        &story->fx);
    WITH(story, .user_id = SLICE("other"));
    TOLD(story, "");
    broker_put_user(story->broker,
                    &(struct user){.name = SLICE("guest"), .tags = SLICE("impersonators")},
                    &story->fx);
    WITH(story, .user_id = SLICE("other"));
    TOLD(story, "refuse 406 user_id property set to 'other' but authenticated user was 'guest'\n");
    story_free(story);
}

Test(expiration, is_a_number_of_milliseconds_up_to_ten_years)
{
    struct story *story = story_new();
    story_queue(story, "q");
    static const char *const good[] = {"0", "+5", "60000", "315360000000", "-0"};
    for (int i = 0; i < 5; i++) {
        WITH(story, .expiration = str(good[i]));
        TOLD(story, "");
    }
    WITH(story, .expiration = SLICE("soon"));
    WITH(story, .expiration = SLICE(""));
    WITH(story, .expiration = SLICE("+"));
    WITH(story, .expiration = SLICE("1.5"));
    WITH(story, .expiration = SLICE("-1"));
    WITH(story, .expiration = SLICE("315360000001"));
    WITH(story, .expiration = SLICE("99999999999999999999999999999999999999999999999"));
    TOLD(story, "refuse 406 invalid expiration 'soon': no_integer\n"
                "refuse 406 invalid expiration '': no_integer\n"
                "refuse 406 invalid expiration '+': no_integer\n"
                "refuse 406 invalid expiration '1.5': {leftover_string,\".5\"}\n"
                "refuse 406 invalid expiration '-1': {value_negative,-1}\n"
                "refuse 406 invalid expiration '315360000001': {value_too_large,315360000001}\n"
                "refuse 406 invalid expiration '99999999999999999999999999999999999999999999999': "
                "{value_too_large,99999999999999999999999999999999999999999999999}\n");
    COUNTED(story, messages_ready, 4); // "0" has expired; so has "-0", behind the others
    story_free(story);
}

Test(delivery_mode, is_one_or_two_if_it_is_there)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    for (int i = 0; i < 2; i++) { // with the route remembered, too
        WITH(story, .delivery_mode = 1);
        WITH(story, .delivery_mode = 2);
        WITH(story, .delivery_mode = 7);
        with(story, SLICE("\x10\x00\x00"));
        TOLD(story, "refuse 406 invalid message: {delivery_mode_unknown,7}\n"
                    "refuse 406 invalid message: {delivery_mode_unknown,0}\n");
    }
    story_free(story);
}

Test(copies, go_to_every_key_in_cc_and_bcc_and_bcc_is_taken_out)
{
    struct story *story = story_new();
    for (char name[] = "q"; name[0] <= 'v'; name[0]++) {
        story_queue(story, name);
    }
    WITH(story,
         .headers = story_table(story, "CC", "A:r,q,r", "BCC", "A:s,nope", "z", "I:1", NULL));
    get(story, "q");
    get(story, "q");
    get(story, "r");
    get(story, "s");
    COUNTED(story, messages_ready, 0);
    TOLD(story, "get 1/1 #1 m {headers=(CC z)}, 0 left\n"
                "basic_get_empty 1/1 cluster_id=\n"
                "get 1/1 #2 m {headers=(CC z)}, 0 left\n"
                "get 1/1 #3 m {headers=(CC z)}, 0 left\n");
    story_free(story);
}

Test(copies, work_with_any_exchange_and_with_many_keys)
{
    struct story *story = story_new();
    story_queue(story, "p");
    story_bind(story, "amq.direct", "p", "key20");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("nowhere"),
            .body = SLICE("m"),
            .properties = PROPERTIES(
                story, .headers = story_table(
                           story, "CC", "A:a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,key20,u", NULL)));
    get(story, "p");
    TOLD(story, "get 1/1 #1 m via amq.direct/nowhere {headers=(CC)}, 0 left\n");
    story_free(story);
}

Test(copies, count_for_mandatory_and_a_returned_message_has_no_bcc)
{
    struct story *story = story_new();
    story_queue(story, "q");
    PUBLISH(story, 1, 1, .routing_key = SLICE("nope"), .body = SLICE("m"), .mandatory = true,
            .properties = PROPERTIES(story, .headers = story_table(story, "BCC", "A:q", NULL)));
    TOLD(story, "");
    COUNTED(story, messages_ready, 1);
    PUBLISH(story, 1, 1, .routing_key = SLICE("nope"), .body = SLICE("m"), .mandatory = true,
            .properties = PROPERTIES(
                story, .headers = story_table(story, "BCC", "A:nor", "CC", "A:this", NULL)));
    TOLD(story, "return 1/1 m {headers=(CC)}\n");
    story_free(story);
}

Test(copies, are_refused_if_they_are_no_array)
{
    struct story *story = story_new();
    story_queue(story, "q");
    WITH(story, .headers = story_table(story, "CC", "S:a", NULL));
    WITH(story, .headers = story_table(story, "BCC", "I:5", NULL));
    TOLD(story, "refuse 406 invalid message: {unacceptable_type_in_header,\"CC\",longstr}\n"
                "refuse 406 invalid message: {unacceptable_type_in_header,\"BCC\",signedint}\n");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

/* RabbitMQ's order: where it goes, whether there is a reply consumer, whose it is, how long it
 * lasts, how it is kept, who gets copies. */
Test(content, is_looked_at_after_the_place_and_in_a_fixed_order)
{
    struct story *story = story_new();
    struct amqp_properties bad = {.reply_to = SLICE("amq.rabbitmq.reply-to"),
                                  .user_id = SLICE("other"),
                                  .expiration = SLICE("soon"),
                                  .delivery_mode = 3,
                                  .headers = story_table(story, "CC", "S:a", NULL)};
    PUBLISH(story, 1, 1, .exchange = SLICE("nope"), .properties = story_properties(story, bad));
    with(story, story_properties(story, bad));
    bad.reply_to = SLICE("me");
    with(story, story_properties(story, bad));
    bad.user_id = SLICE("guest");
    with(story, story_properties(story, bad));
    bad.expiration = SLICE("1");
    with(story, story_properties(story, bad));
    bad.delivery_mode = 2;
    with(story, story_properties(story, bad));
    TOLD(story, "refuse 404 no exchange 'nope' in vhost '/'\n"
                "refuse 406 fast reply consumer does not exist\n"
                "refuse 406 user_id property set to 'other' but authenticated user was 'guest'\n"
                "refuse 406 invalid expiration 'soon': no_integer\n"
                "refuse 406 invalid message: {delivery_mode_unknown,3}\n"
                "refuse 406 invalid message: {unacceptable_type_in_header,\"CC\",longstr}\n");
    story_free(story);
}

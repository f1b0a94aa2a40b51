#include "tests/unit/server/engine_kit.h"

#include "conf/format.h"
#include "conf/settings.h"
#include "tests/unit/admin/api_kit.h"

/* What an object has to do with each other one, in the mode of rates `detailed`. The client is the
 * connection "a -> b" with its channel 1, which consumes from the queue q and publishes. */

static struct api_kit kit;
static struct kit core;
static struct client client;

static void publish(const char *exchange, const char *key)
{
    send_publish(&client, 1, format_slice(exchange), format_slice(key), SLICE("x"));
}

static void start(void)
{
    api_kit_start(&kit);
    kit.settings->management_rates_mode = RATES_DETAILED;
    api_kit_reopen(&kit);
    core = (struct kit){.broker = kit.broker, .engine = kit.engine, .stored = UINT64_MAX};
    client = client_ready(&core);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q"), .durable = true));
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("idle"), .durable = true));
    send_method(&client, 1,
                METHOD(queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.fanout")));
    send_method(&client, 1, METHOD(basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("t")));
    send_method(&client, 1, METHOD(basic_consume, .queue = SLICE("idle")));
    publish("amq.fanout", "");
    publish("amq.fanout", "");
    publish("amq.topic", "nobody");
    publish("", "q");
    send_method(&client, 1, METHOD(basic_ack, .delivery_tag = 1));
}

static void stop(void)
{
    client_free(&client);
    api_kit_stop(&kit);
}

TestSuite(details, .init = start, .fini = stop);

#define ASKED(path, expected)                                                                      \
    do {                                                                                           \
        cr_expect_eq(api_ask(&kit, "guest", "GET /api/" path, NULL), 200, "%s: %s", path,          \
                     kit.text);                                                                    \
        cr_expect_str_eq(kit.text, expected);                                                      \
    } while (0)
#define CHANNEL "channels/a%20-%3E%20b%20%281%29"

Test(details, of_a_channel_are_what_it_publishes_and_gets)
{
    ASKED(CHANNEL
          "?columns=publishes.exchange,publishes.stats.publish,publishes.stats.drop_unroutable",
          "{\"publishes\":["
          "{\"stats\":{\"publish\":2,\"drop_unroutable\":0},"
          "\"exchange\":{\"name\":\"amq.fanout\",\"vhost\":\"/\"}},"
          "{\"stats\":{\"publish\":1,\"drop_unroutable\":1},"
          "\"exchange\":{\"name\":\"amq.topic\",\"vhost\":\"/\"}},"
          "{\"stats\":{\"publish\":1,\"drop_unroutable\":0},"
          "\"exchange\":{\"name\":\"\",\"vhost\":\"/\"}}]}");
    ASKED(CHANNEL "?columns=deliveries.queue,deliveries.stats.deliver,deliveries.stats.ack",
          "{\"deliveries\":[{\"stats\":{\"deliver\":3,\"ack\":1},"
          "\"queue\":{\"name\":\"q\",\"vhost\":\"/\"}}]}");
}

Test(details, of_a_queue_are_where_its_messages_come_from_and_go_to)
{
    ASKED("queues/%2F/q?columns=incoming.exchange.name,incoming.stats.publish",
          "{\"incoming\":[{\"stats\":{\"publish\":2},\"exchange\":{\"name\":\"amq.fanout\"}},"
          "{\"stats\":{\"publish\":1},\"exchange\":{\"name\":\"\"}}]}");
    ASKED("queues/%2F/q?columns=deliveries.channel_details.name,deliveries.stats.deliver_get",
          "{\"deliveries\":[{\"stats\":{\"deliver_get\":3},"
          "\"channel_details\":{\"name\":\"a -> b (1)\"}}]}");
    ASKED("queues/%2F/idle?columns=incoming,deliveries", "{\"incoming\":[],\"deliveries\":[]}");
}

Test(details, of_an_exchange_are_who_publishes_and_where_that_goes)
{
    ASKED("exchanges/%2F/amq.fanout?columns=incoming.channel_details.number,incoming.stats.publish",
          "{\"incoming\":[{\"stats\":{\"publish\":2},\"channel_details\":{\"number\":1}}]}");
    ASKED("exchanges/%2F/amq.fanout?columns=outgoing.queue,outgoing.stats.publish",
          "{\"outgoing\":[{\"stats\":{\"publish\":2},"
          "\"queue\":{\"name\":\"q\",\"vhost\":\"/\"}}]}");
}

Test(details, have_all_numbers_with_rates_and_samples)
{
    api_sample(kit.api, kit.now_ms = api_sample_due(kit.api, kit.now_ms));
    for (int i = 0; i < 5; i++) {
        publish("amq.fanout", "");
    }
    api_sample(kit.api, kit.now_ms = api_sample_due(kit.api, kit.now_ms));
    kit.now_ms++;
    ASKED("queues/%2F/q?columns=incoming.stats",
          "{\"incoming\":["
          "{\"stats\":{\"publish\":7,\"publish_details\":{\"rate\":1.0}}},"
          "{\"stats\":{\"publish\":1,\"publish_details\":{\"rate\":0.0}}}]}");
    cr_expect_eq(api_ask(&kit, "guest",
                         "GET /api/queues/%2F/q?columns=incoming&msg_rates_age=5&msg_rates_incr=5",
                         NULL),
                 200);
    cr_expect(strstr(kit.text, "\"samples\":[{\"sample\":7,"), "%s", kit.text);
}

Test(details, end_with_the_channel_but_for_what_was_routed)
{
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    ASKED("queues/%2F/q?columns=deliveries,incoming.stats.publish",
          "{\"incoming\":[{\"stats\":{\"publish\":2}},{\"stats\":{\"publish\":1}}],"
          "\"deliveries\":[]}");
    ASKED("exchanges/%2F/amq.fanout?columns=incoming", "{\"incoming\":[]}");
}

Test(details, are_not_told_in_the_mode_basic)
{
    kit.settings->management_rates_mode = RATES_BASIC;
    api_kit_reopen(&kit);
    ASKED("queues/%2F/q?columns=incoming,deliveries", "{\"incoming\":[],\"deliveries\":[]}");
    ASKED("exchanges/%2F/amq.fanout?columns=incoming,outgoing",
          "{\"incoming\":[],\"outgoing\":[]}");
    ASKED(CHANNEL "?columns=publishes,deliveries", "{\"publishes\":[],\"deliveries\":[]}");
    ASKED("overview?columns=rates_mode", "{\"rates_mode\":\"basic\"}");
}

Test(details, are_a_mode_that_is_told)
{
    ASKED("overview?columns=rates_mode", "{\"rates_mode\":\"detailed\"}");
}

Test(details, that_are_very_many_come_in_parts)
{
    char name[16];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "q%d", i);
        send_method(&client, 1, METHOD(queue_declare, .queue = format_slice(name)));
        publish("", name);
    }
    cr_assert_eq(api_ask(&kit, "guest",
                         "GET /api/exchanges/%2F/amq.default?columns=name,outgoing.queue.name,"
                         "outgoing.stats.publish",
                         NULL),
                 200);
    cr_expect_not_null(kit.reply.parts.next);
    json_t *exchange = api_json(&kit);
    const json_t *outgoing = json_object_get(exchange, "outgoing");
    cr_assert_eq(json_array_size(outgoing), 201); // with q
    cr_expect_str_eq(json_string_value(json_object_get(exchange, "name")), "");
    const json_t *last = json_array_get(outgoing, 200);
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(last, "queue"), "name")),
                     "q199");
    json_decref(exchange);
}

Test(details, that_are_very_many_are_followed_by_the_others)
{
    char name[16];
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "x%d", i);
        send_method(
            &client, 1,
            METHOD(exchange_declare, .exchange = format_slice(name), .type = SLICE("fanout")));
        publish(name, "");
    }
    cr_assert_eq(api_ask(&kit, "guest",
                         "GET /api/" CHANNEL "?columns=number,publishes.stats.publish,"
                         "deliveries.stats.deliver",
                         NULL),
                 200);
    cr_expect_not_null(kit.reply.parts.next);
    json_t *channel = api_json(&kit);
    cr_expect_eq(json_integer_value(json_object_get(channel, "number")), 1);
    cr_expect_eq(json_array_size(json_object_get(channel, "publishes")), 63);
    cr_expect_eq(json_array_size(json_object_get(channel, "deliveries")), 1);
    json_decref(channel);
}

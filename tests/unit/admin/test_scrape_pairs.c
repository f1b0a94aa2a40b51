#include "tests/unit/server/engine_kit.h"

#include "conf/format.h"
#include "tests/unit/admin/api_kit.h"

/* Metrics of a channel with each exchange and queue. The client is the connection "a -> b" with its
 * channel 1. */

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
    core = (struct kit){.broker = kit.broker, .engine = kit.engine, .stored = UINT64_MAX};
    client = client_ready(&core);
    send_method(&client, 1, METHOD(queue_declare, .queue = SLICE("q"), .durable = true));
    send_method(&client, 1,
                METHOD(queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.fanout")));
    send_method(&client, 1, METHOD(basic_consume, .queue = SLICE("q"), .no_ack = true));
    send_method(&client, 1, METHOD(confirm_select));
    publish("amq.fanout", "");
    publish("amq.fanout", "");
    publish("amq.topic", "nobody");
    publish("", "q");
}

static void stop(void)
{
    client_free(&client);
    api_kit_stop(&kit);
}

TestSuite(scrape_pairs, .init = start, .fini = stop);

/* All but what is said of the metrics, and who says it. */
static void drop_comments(char *text)
{
    char *to = text;
    for (char *line = text, *end; *line; line = end) {
        end = strchr(line, '\n') + 1;
        if (*line != '#' && strncmp(line, "rabbitmq_", 9) == 0 &&
            strncmp(line, "rabbitmq_build_info", 19) != 0 &&
            strncmp(line, "rabbitmq_identity_info", 22) != 0) {
            memmove(to, line, (size_t)(end - line));
            to += end - line;
        }
    }
    *to = '\0';
}

#define SCRAPED(query, expected)                                                                   \
    do {                                                                                           \
        cr_assert_eq(api_ask(&kit, "guest", "GET /metrics" query, NULL), 200);                     \
        drop_comments(kit.text);                                                                   \
        cr_expect_str_eq(kit.text, expected);                                                      \
    } while (0)

#define CHANNEL "channel=\"a -> b (1)\",vhost=\"/\""
#define ROUTE "queue_vhost=\"/\",queue=\"q\",exchange_vhost=\"/\",exchange="
#define D "rabbitmq_detailed_"

Test(scrape_pairs, tell_of_a_channel_with_each_exchange)
{
    SCRAPED("/detailed?family=channel_exchange_metrics", D
            "channel_messages_published_total{" CHANNEL ",exchange=\"amq.fanout\"} 2\n" D
            "channel_messages_published_total{" CHANNEL ",exchange=\"amq.topic\"} 1\n" D
            "channel_messages_published_total{" CHANNEL ",exchange=\"\"} 1\n" D
            "channel_messages_confirmed_total{" CHANNEL ",exchange=\"amq.fanout\"} 2\n" D
            "channel_messages_confirmed_total{" CHANNEL ",exchange=\"amq.topic\"} 1\n" D
            "channel_messages_confirmed_total{" CHANNEL ",exchange=\"\"} 1\n" D
            "channel_messages_unroutable_returned_total{" CHANNEL ",exchange=\"amq.fanout\"} 0\n" D
            "channel_messages_unroutable_returned_total{" CHANNEL ",exchange=\"amq.topic\"} 0\n" D
            "channel_messages_unroutable_returned_total{" CHANNEL ",exchange=\"\"} 0\n" D
            "channel_messages_unroutable_dropped_total{" CHANNEL ",exchange=\"amq.fanout\"} 0\n" D
            "channel_messages_unroutable_dropped_total{" CHANNEL ",exchange=\"amq.topic\"} 1\n" D
            "channel_messages_unroutable_dropped_total{" CHANNEL ",exchange=\"\"} 0\n");
}

Test(scrape_pairs, tell_of_a_channel_with_each_queue)
{
    SCRAPED("/detailed?family=channel_queue_metrics",
            D "channel_get_ack_total{" CHANNEL ",queue=\"q\"} 0\n" D "channel_get_total{" CHANNEL
              ",queue=\"q\"} 0\n" D "channel_messages_delivered_ack_total{" CHANNEL
              ",queue=\"q\"} 0\n" D "channel_messages_delivered_total{" CHANNEL
              ",queue=\"q\"} 3\n" D "channel_messages_redelivered_total{" CHANNEL
              ",queue=\"q\"} 0\n" D "channel_messages_acked_total{" CHANNEL ",queue=\"q\"} 0\n" D
              "channel_get_empty_total{" CHANNEL ",queue=\"q\"} 0\n");
}

Test(scrape_pairs, tell_of_messages_from_an_exchange_to_a_queue)
{
    SCRAPED("/detailed?family=channel_queue_exchange_metrics",
            D "queue_messages_published_total{channel=\"a -> b (1)\"," ROUTE "\"amq.fanout\"} 2\n" D
              "queue_messages_published_total{channel=\"a -> b (1)\"," ROUTE "\"\"} 1\n");
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    SCRAPED("/detailed?family=channel_queue_exchange_metrics", "");
    SCRAPED("/detailed?family=queue_exchange_metrics",
            D "queue_exchange_messages_published_total{" ROUTE "\"amq.fanout\"} 2\n" D
              "queue_exchange_messages_published_total{" ROUTE "\"\"} 1\n");
}

Test(scrape_pairs, are_those_of_virtual_hosts_and_queues_that_were_chosen)
{
    SCRAPED("/detailed?family=queue_exchange_metrics&vhost=other", "");
    SCRAPED("/detailed?family=queue_exchange_metrics&queue=nope", "");
    SCRAPED("/detailed?family=queue_exchange_metrics&queue=q&vhost=%2F",
            D "queue_exchange_messages_published_total{" ROUTE "\"amq.fanout\"} 2\n" D
              "queue_exchange_messages_published_total{" ROUTE "\"\"} 1\n");
}

Test(scrape_pairs, are_added_up)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /metrics", NULL), 200);
    static const char *const lines[] = {"channel_messages_published_total 4",
                                        "channel_messages_confirmed_total 4",
                                        "channel_messages_unroutable_dropped_total 1",
                                        "channel_messages_delivered_total 3",
                                        "queue_messages_published_total 3",
                                        "queue_exchange_messages_published_total 3",
                                        "exchange_messages_confirmed_total 4",
                                        "exchange_messages_unroutable_dropped_total 1"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[128];
        snprintf(line, sizeof line, "\nrabbitmq_%s\n", lines[i]);
        cr_expect(strstr(kit.text, line), "%s", line);
    }
}

Test(scrape_pairs, of_an_exchange_stay_when_channels_go)
{
    send_method(&client, 1, METHOD(channel_close, .reply_code = 200));
    cr_assert_eq(api_ask(&kit, "guest", "GET /metrics/detailed?family=exchange_metrics", NULL),
                 200);
    cr_expect(strstr(kit.text, D "exchange_messages_confirmed_total{vhost=\"/\","
                                 "exchange=\"amq.fanout\"} 2\n"));
    cr_expect(strstr(kit.text, D "exchange_messages_unroutable_dropped_total{vhost=\"/\","
                                 "exchange=\"amq.topic\"} 1\n"));
}

#include <stdio.h>

#include "admin/metric.h"
#include "admin/metrics.h"
#include "broker/channel.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/address.h"
#include "server/deputy.h"
#include "server/login_attempts.h"
#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(scrape, .init = start, .fini = stop);

/* As Prometheus asks, at its own listener. */
static unsigned scrape(const char *target)
{
    struct request request = {
        .method = HTTP_GET, .target = {(const uint8_t *)target, strlen(target)}, .now_ms = 12570};
    reply_finish(&kit.reply);
    kit.reply = (struct reply){.status = 0};
    metrics_answer(kit.api, &request, &kit.reply);
    while (reply_next(&kit.reply, &kit.reply.body)) {
    }
    bytes_add_u8(&kit.reply.body, '\0');
    return kit.reply.status;
}

static bool has_line(const char *line)
{
    const char *at = (const char *)kit.reply.body.ptr;
    size_t len = strlen(line);
    for (; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
        if (strncmp(at, line, len) == 0 && at[len] == '\n') {
            return true;
        }
    }
    return false;
}

static bool has(const char *text)
{
    return strstr((const char *)kit.reply.body.ptr, text);
}

#define EXPECT_LINE(line) cr_expect(has_line(line), "%s is not in:\n%s", line, kit.reply.body.ptr)

/* Publishes as a client would; a deputy has a channel for as long as it lasts. */
static void publish_with(const char *key, struct slice properties, const char *body)
{
    struct deputy op;
    deputy_begin(&op, kit.engine, 1000);
    cr_assert(!deputy_open(&op, SLICE("guest"), SLICE("/")));
    struct publish message = {.routing_key = {(const uint8_t *)key, strlen(key)},
                              .properties = properties,
                              .body = {(const uint8_t *)body, strlen(body)}};
    cr_assert(!broker_publish(op.channel, &message, op.fx));
    deputy_end(&op);
}

static void publish(const char *key, const char *body)
{
    publish_with(key, SLICE("\0\0"), body);
}

Test(scrape, needs_no_login_at_its_own_listener)
{
    cr_expect_eq(scrape("/metrics"), 200);
    cr_expect_str_eq(kit.reply.content_type, "text/plain; version=0.0.4");
    EXPECT_LINE("rabbitmq_queues 0");
    EXPECT_LINE("# TYPE rabbitmq_queues gauge");
    EXPECT_LINE("rabbitmq_erlang_uptime_seconds 12.57");
}

Test(scrape, is_for_those_who_monitor_at_the_listener_of_the_api)
{
    api_kit_add_user(&kit, "watcher", "monitoring");
    api_kit_add_user(&kit, "manager", "management");
    cr_expect_eq(api_ask(&kit, NULL, "GET /metrics", NULL), 401);
    cr_expect_eq(api_ask(&kit, "manager", "GET /metrics", NULL), 401);
    cr_expect_eq(api_ask(&kit, "watcher", "GET /metrics", NULL), 200);
    cr_expect_eq(api_ask(&kit, "watcher", "GET /metrics/per-object", NULL), 200);
    cr_expect_eq(api_ask(&kit, "watcher", "GET /metrics/detailed", NULL), 200);
}

Test(scrape, says_who_it_is_so_that_dashboards_can_join)
{
    scrape("/metrics");
    cr_expect(has("rabbitmq_identity_info{rabbitmq_node=\"rabbit@here\",rabbitmq_cluster="));
    cr_expect(has("rabbitmq_endpoint=\"aggregated\"} 1\n"));
    scrape("/metrics/per-object");
    cr_expect(has("rabbitmq_endpoint=\"per-object\"} 1\n"));
    scrape("/metrics/detailed");
    cr_expect(has("rabbitmq_endpoint=\"detailed\"} 1\n"));
}

Test(scrape, adds_queues_up_or_tells_of_each)
{
    api_kit_add_queue(&kit, "a");
    api_kit_add_queue(&kit, "b \"\\");
    publish("a", "hello");
    publish("b \"\\", "x");
    publish("b \"\\", "y");
    scrape("/metrics");
    EXPECT_LINE("rabbitmq_queue_messages_ready 3");
    EXPECT_LINE("rabbitmq_queue_messages_ready_bytes 7");
    cr_expect(!has("rabbitmq_queue_info"));
    scrape("/metrics/per-object");
    EXPECT_LINE("rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"a\"} 1");
    EXPECT_LINE("rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"b \\\"\\\\\"} 2");
    EXPECT_LINE("rabbitmq_queue_info{vhost=\"/\",queue=\"a\",queue_type=\"rabbit_classic_queue\","
                "membership=\"leader\"} 1");
}

Test(scrape, tells_of_each_object_if_the_settings_say_so)
{
    api_kit_add_queue(&kit, "a");
    kit.settings->prometheus_per_object = true;
    scrape("/metrics");
    EXPECT_LINE("rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"a\"} 0");
    cr_expect(has("rabbitmq_endpoint=\"per-object\""));
}

Test(scrape, tells_in_detail_only_what_was_chosen)
{
    api_kit_add_queue(&kit, "a");
    scrape("/metrics/detailed?family=queue_coarse_metrics&family=nope");
    EXPECT_LINE("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"a\"} 0");
    cr_expect(!has("rabbitmq_detailed_queue_consumers"));
    cr_expect(!has("rabbitmq_queues"));
    cr_expect(!has("rabbitmq_global"));
    scrape("/metrics/detailed?family=queue_consumer_count");
    EXPECT_LINE("rabbitmq_detailed_queue_consumers{vhost=\"/\",queue=\"a\"} 0");
    cr_expect(!has("rabbitmq_detailed_queue_messages"));
    scrape("/metrics/detailed?family=vhost_status&family=exchange_names");
    EXPECT_LINE("rabbitmq_cluster_vhost_status{vhost=\"/\"} 1");
    EXPECT_LINE(
        "rabbitmq_cluster_exchange_name{vhost=\"/\",exchange=\"amq.topic\",type=\"topic\"} 1");
    cr_expect(!has("exchange=\"\""));
}

Test(scrape, leaves_out_virtual_hosts_that_were_not_chosen)
{
    api_kit_add_queue(&kit, "a");
    scrape("/metrics/detailed?family=queue_coarse_metrics&vhost=other");
    cr_expect(!has("queue=\"a\""));
    scrape("/metrics/detailed?family=queue_coarse_metrics&vhost=other&vhost=%2F");
    cr_expect(has("queue=\"a\""));
}

Test(scrape, sorts_messages_by_their_size)
{
    char large[1001];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    publish("nowhere", large);
    large[100] = '\0';
    publish("nowhere", large);
    publish("nowhere", "");
    scrape("/metrics");
    EXPECT_LINE("# TYPE rabbitmq_message_size_bytes histogram");
    EXPECT_LINE("rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"100.0\"} 2");
    EXPECT_LINE("rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"1000.0\"} 3");
    EXPECT_LINE("rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"+Inf\"} 3");
    EXPECT_LINE("rabbitmq_message_size_bytes_count{protocol=\"amqp091\"} 3");
    EXPECT_LINE("rabbitmq_message_size_bytes_sum{protocol=\"amqp091\"} 1100");
}

Test(scrape, counts_what_is_published_and_where_it_goes)
{
    api_kit_add_queue(&kit, "a");
    publish("a", "x");
    publish("nowhere", "x");
    scrape("/metrics");
    EXPECT_LINE("rabbitmq_global_messages_received_total{protocol=\"amqp091\"} 2");
    EXPECT_LINE("rabbitmq_global_messages_routed_total{protocol=\"amqp091\"} 1");
    EXPECT_LINE("rabbitmq_global_messages_unroutable_dropped_total{protocol=\"amqp091\"} 1");
    EXPECT_LINE("rabbitmq_queue_messages_published_total 0"); // of channels that there are
    EXPECT_LINE("rabbitmq_queue_exchange_messages_published_total 1");
    EXPECT_LINE("rabbitmq_exchange_messages_unroutable_dropped_total 1");
    EXPECT_LINE("rabbitmq_exchange_messages_published_total 2");
    EXPECT_LINE("rabbitmq_queues_created_total 1");
}

Test(scrape, is_where_the_settings_say)
{
    cr_expect_eq(scrape("/metrics/"), 200);
    cr_expect_eq(scrape("/metrics?x=y"), 200);
    cr_expect_eq(scrape("/metricsx"), 404);
    cr_expect_eq(scrape("/metrics/nope"), 404);
    cr_expect_eq(scrape("/"), 404);
    cr_expect_eq(scrape("/api/whoami"), 404);
    free(kit.settings->prometheus_path);
    kit.settings->prometheus_path = format_copy(SLICE("/a/b/"));
    cr_expect_eq(scrape("/a/b"), 200);
    cr_expect_eq(scrape("/a/b/detailed?family=x"), 200);
    cr_expect_eq(scrape("/metrics"), 404);
}

Test(scrape, is_only_read)
{
    struct request request = {.method = HTTP_POST, .target = SLICE("/metrics")};
    metrics_answer(kit.api, &request, &kit.reply);
    cr_expect_eq(kit.reply.status, 405);
    cr_expect(slice_eq(bytes_slice(&kit.reply.allow), SLICE("HEAD, GET, OPTIONS")));
}

Test(scrape, comes_in_parts_of_a_bounded_size)
{
    char name[32];
    size_t longest = 0, parts = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "queue-%d", i);
        api_kit_add_queue(&kit, name);
    }
    struct request request = {.method = HTTP_GET, .target = SLICE("/metrics/per-object")};
    struct bytes part = {0};
    metrics_answer(kit.api, &request, &kit.reply);
    for (bool more = true; more; parts++) {
        part.len = 0;
        more = reply_next(&kit.reply, &part);
        longest = part.len > longest ? part.len : longest;
    }
    bytes_finish(&part);
    cr_expect_leq(longest, 50 * 1024);
    cr_expect_gt(parts, 10);
}

Test(scrape, looks_for_samples_in_parts_also_where_there_are_none)
{
    char name[32];
    size_t parts = 0;
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "queue-%d", i);
        api_kit_add_queue(&kit, name);
    }
    struct request request = {.method = HTTP_GET,
                              .target = SLICE("/metrics/detailed?family=ra_metrics")};
    metrics_answer(kit.api, &request, &kit.reply);
    while (reply_next(&kit.reply, &kit.reply.body)) {
        parts++;
    }
    cr_expect_geq(parts, 6 * 5000 / 2000); // of six metrics, 2,000 queues at a time
    cr_expect_lt(kit.reply.body.len, 4096);
}

static void delete_queue(const char *name)
{
    struct deputy op;
    deputy_begin(&op, kit.engine, 1000);
    cr_assert(!deputy_open(&op, SLICE("guest"), SLICE("/")));
    struct amqp_queue_delete args = {.queue = {(const uint8_t *)name, strlen(name)}};
    cr_assert(!broker_queue_delete(op.channel, &args, op.fx));
    deputy_end(&op);
}

Test(scrape, goes_on_when_queues_go)
{
    char name[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "queue-%d", i);
        api_kit_add_queue(&kit, name);
    }
    struct request request = {.method = HTTP_GET,
                              .target = SLICE("/metrics/detailed?family=queue_consumer_count")};
    metrics_answer(kit.api, &request, &kit.reply);
    cr_assert(reply_next(&kit.reply, &kit.reply.body));
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "queue-%d", i);
        delete_queue(name);
    }
    while (reply_next(&kit.reply, &kit.reply.body)) {
    }
    bytes_add_u8(&kit.reply.body, '\0');
    cr_expect(has("queue=\"queue-2000\""));
    cr_expect(has("queue=\"queue-2999\""));
    cr_expect(!has("queue=\"queue-1999\""));
}

Test(scrape, has_a_name_only_once)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        cr_expect_not_null(metrics[i].name);
        for (size_t j = 0; j < i; j++) {
            cr_expect_str_neq(metrics[i].name, metrics[j].name);
        }
    }
}

Test(scrape, has_its_listener_among_the_others)
{
    struct address address = address_any_ipv4(15692);
    api_add_listener(kit.api, "http/prometheus", &address);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/overview", NULL), 200);
    cr_expect(strstr(kit.text, "\"protocol\":\"http/prometheus\""));
    cr_expect(strstr(kit.text, "\"description\":\"RabbitMQ Prometheus\""));
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/health/checks/port-listener/15692", NULL), 200);
}

Test(scrape, leaves_out_queues_whose_names_do_not_match)
{
    api_kit_add_queue(&kit, "a.1");
    api_kit_add_queue(&kit, "b.1");
    scrape("/metrics/detailed?family=queue_coarse_metrics&queue=%5Ea%5C.");
    EXPECT_LINE("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"a.1\"} 0");
    cr_expect(!has("queue=\"b.1\""));
    cr_expect_eq(scrape("/metrics/detailed?family=queue_coarse_metrics&queue=("), 400);
}

Test(scrape, tells_in_detail_who_has_tried_to_log_in)
{
    struct login_attempt attempt = {
        .address = SLICE("10.0.0.7"), .user = SLICE("joe"), .protocol = LOGIN_AMQP};
    login_attempts_add(engine_logins(kit.engine), &attempt);
    attempt.succeeded = true;
    login_attempts_add(engine_logins(kit.engine), &attempt);
    attempt.address = SLICE("");
    attempt.protocol = LOGIN_HTTP;
    login_attempts_add(engine_logins(kit.engine), &attempt);
    scrape("/metrics/detailed?family=auth_attempt_detailed_metrics");
#define JOE "{remote_address=\"10.0.0.7\",username=\"joe\",protocol=\"amqp091\"}"
    EXPECT_LINE("rabbitmq_detailed_auth_attempts_detailed_total" JOE " 2");
    EXPECT_LINE("rabbitmq_detailed_auth_attempts_detailed_failed_total" JOE " 1");
    EXPECT_LINE("rabbitmq_detailed_auth_attempts_detailed_succeeded_total" JOE " 1");
    EXPECT_LINE("rabbitmq_detailed_auth_attempts_detailed_total{username=\"joe\","
                "protocol=\"http\"} 1");
    scrape("/metrics");
    cr_expect(!has("auth_attempts_detailed"));
    kit.settings->track_auth_attempt_source = false;
    scrape("/metrics/per-object");
    cr_expect(has("rabbitmq_auth_attempts_detailed_total"));
    cr_expect(!has("username=\"joe\""));
}

Test(scrape, breaks_the_memory_down)
{
    scrape("/metrics/memory-breakdown");
    cr_expect(has("\nrabbitmq_memory_binary_heap_bytes "));
    cr_expect(has("\nrabbitmq_memory_other_system_bytes "));
    cr_expect(has("rabbitmq_endpoint=\"memory-breakdown\"} 1\n"));
    cr_expect(!has("rabbitmq_queues"));
    cr_expect_eq(api_ask(&kit, "guest", "GET /metrics/memory-breakdown", NULL), 200);
    scrape("/metrics/per-object");
    cr_expect(!has("rabbitmq_memory_"));
}

Test(scrape, has_figures_of_replicas_for_quorum_queues_only)
{
    api_kit_add_queue(&kit, "a");
    cr_expect_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}"),
                 201);
    scrape("/metrics");
    EXPECT_LINE("rabbitmq_raft_term_total 0");
    EXPECT_LINE("# TYPE rabbitmq_raft_term_total counter");
    scrape("/metrics/detailed?family=ra_metrics");
    EXPECT_LINE("rabbitmq_detailed_raft_log_commit_index{vhost=\"/\",queue=\"q\"} 0");
    cr_expect(!has("queue=\"a\""));
}

Test(scrape, tells_where_the_messages_of_a_queue_are)
{
    api_kit_add_queue(&kit, "q");
    publish("q", "hello");
    cr_assert_eq(scrape("/metrics/detailed?family=queue_metrics"), 200);
#define OF_Q(name, value)                                                                          \
    EXPECT_LINE("rabbitmq_detailed_queue_" name "{vhost=\"/\",queue=\"q\"} " value)
    OF_Q("messages_ram", "1");
    OF_Q("messages_ready_ram", "1");
    OF_Q("messages_unacked_ram", "0");
    OF_Q("messages_ram_bytes", "5");
    OF_Q("messages_persistent", "0");
    OF_Q("messages_persistent_bytes", "0");
    OF_Q("messages_paged_out", "0");
    OF_Q("messages_paged_out_bytes", "0");
    OF_Q("disk_reads_total", "0");
    OF_Q("disk_writes_total", "0");
    OF_Q("consumer_capacity", "0");
    OF_Q("consumer_utilisation", "0");
#undef OF_Q
    EXPECT_LINE("# TYPE rabbitmq_detailed_queue_disk_writes_total counter");
    EXPECT_LINE("# TYPE rabbitmq_detailed_queue_process_memory_bytes gauge");
    cr_expect(has("rabbitmq_detailed_queue_process_memory_bytes{vhost=\"/\",queue=\"q\"} "));
    cr_expect(!has("queue_head_message_timestamp{"), "it has none");
}

Test(scrape, does_not_add_up_timestamps)
{
    api_kit_add_queue(&kit, "q");
    publish_with("q", SLICE("\0\x40\0\0\0\0\x65\x53\xf1\0"), "hello");
    cr_assert_eq(scrape("/metrics/per-object"), 200);
    EXPECT_LINE("rabbitmq_queue_head_message_timestamp{vhost=\"/\",queue=\"q\"} 1700000000");
    cr_assert_eq(scrape("/metrics"), 200);
    EXPECT_LINE("# TYPE rabbitmq_queue_head_message_timestamp gauge");
    cr_expect(!has("\nrabbitmq_queue_head_message_timestamp"));
}

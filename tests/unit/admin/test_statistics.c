#include "admin/statistics.h"

#include <stdio.h>

#include "conf/settings.h"
#include "tests/unit/admin/api_kit.h"

enum { STEP = 5000 };

static json_t *ask(struct api_kit *kit, const char *path)
{
    char line[256];
    snprintf(line, sizeof line, "GET %s", path);
    cr_assert_eq(api_ask(kit, "guest", line, NULL), 200, "%s: %s", path, kit->text);
    return api_json(kit);
}

static void publish(struct api_kit *kit, const char *key, unsigned times)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"properties\":{},\"routing_key\":\"%s\",\"payload\":\"x\","
             "\"payload_encoding\":\"string\"}",
             key);
    for (unsigned i = 0; i < times; i++) {
        cr_assert_eq(api_ask(kit, "guest", "POST /api/exchanges/%2F/amq.default/publish", body),
                     200);
    }
}

/* The number at a path such as "message_stats.publish"; -1: there is none. */
static double number(const json_t *value, const char *path)
{
    char part[64];
    size_t used;
    while (value && *path) {
        used = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)used, path);
        value = json_object_get(value, part);
        path += used + (path[used] == '.');
    }
    return value ? json_number_value(value) : -1;
}

/* The numbers are looked at when they are due, which is at once after this. */
static void go_to_next_sample(struct api_kit *kit)
{
    uint64_t due = api_sample_due(kit->api, kit->now_ms);
    cr_assert_neq(due, UINT64_MAX);
    kit->now_ms = due;
    api_sample(kit->api, due);
}

Test(message_stats, tell_what_has_happened_in_a_queue)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    api_kit_add_queue(&kit, "idle");
    publish(&kit, "q", 3);
    api_ask(&kit, "guest", "POST /api/queues/%2F/q/get",
            "{\"count\":1,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}");
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish"), 3);
    cr_expect_eq(number(queue, "message_stats.get"), 1);
    cr_expect_eq(number(queue, "message_stats.deliver_get"), 1);
    cr_expect_eq(number(queue, "message_stats.deliver"), 0);
    cr_expect_eq(number(queue, "message_stats.ack"), 0);
    cr_expect_eq(number(queue, "message_stats.confirm"), -1, "a queue confirms nothing");
    cr_expect_eq(number(queue, "messages_ready"), 3);
    json_decref(queue);
    json_t *idle = ask(&kit, "/api/queues/%2F/idle");
    cr_expect_null(json_object_get(idle, "message_stats"));
    cr_expect_eq(number(idle, "messages_details.rate"), 0);
    json_decref(idle);
    api_kit_stop(&kit);
}

Test(message_stats, of_what_only_came_in_tell_nothing_of_going_out)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 2);
    publish(&kit, "nobody", 1);
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish"), 2);
    cr_expect_eq(number(queue, "message_stats.deliver_get"), -1);
    json_decref(queue);
    json_t *exchange = ask(&kit, "/api/exchanges/%2F/amq.default");
    cr_expect_eq(number(exchange, "message_stats.publish_in"), 3);
    cr_expect_eq(number(exchange, "message_stats.publish_out"), 2);
    json_decref(exchange);
    json_t *vhost = ask(&kit, "/api/vhosts/%2F");
    cr_expect_eq(number(vhost, "message_stats.publish"), 3);
    cr_expect_eq(number(vhost, "message_stats.return_unroutable"), 1);
    json_decref(vhost);
    api_kit_stop(&kit);
}

Test(overview, has_empty_objects_where_nothing_has_happened)
{
    struct api_kit kit;
    api_kit_start(&kit);
    json_t *overview = ask(&kit, "/api/overview");
    cr_expect_eq(json_object_size(json_object_get(overview, "message_stats")), 0);
    cr_expect_eq(json_object_size(json_object_get(overview, "churn_rates")), 0);
    cr_expect_str_eq(json_string_value(json_object_get(overview, "rates_mode")), "basic");
    json_decref(overview);
    api_kit_add_queue(&kit, "q");
    overview = ask(&kit, "/api/overview");
    cr_expect_eq(number(overview, "churn_rates.queue_created"), 1);
    cr_expect_eq(number(overview, "churn_rates.connection_created"), 0);
    cr_expect_eq(number(overview, "message_stats.disk_reads"), 0);
    cr_expect_eq(number(overview, "message_stats.disk_writes"), 0);
    json_decref(overview);
    json_t *node = ask(&kit, "/api/nodes/rabbit@here");
    cr_expect_eq(number(node, "queue_created"), 1);
    cr_expect_eq(number(node, "queue_created_details.rate"), 0);
    json_decref(node);
    api_kit_stop(&kit);
}

Test(overview, of_who_does_not_monitor_sums_up_what_he_sees)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_vhost(&kit, "v");
    api_kit_add_user(&kit, "m", "management");
    api_kit_permit(&kit, "m", "v");
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 1);
    cr_assert_eq(api_ask(&kit, "m", "GET /api/overview", NULL), 200);
    json_t *overview = api_json(&kit);
    cr_expect_eq(number(overview, "message_stats.publish"), -1);
    cr_expect_eq(number(overview, "queue_totals.messages"), 0);
    json_decref(overview);
    api_kit_stop(&kit);
}

Test(rates, are_those_of_the_last_interval)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    go_to_next_sample(&kit);
    publish(&kit, "q", 10);
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 0, "it is not over yet");
    json_decref(queue);
    go_to_next_sample(&kit);
    queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 2);
    cr_expect_eq(number(queue, "messages_details.rate"), 2);
    json_decref(queue);
    json_t *list = ask(&kit, "/api/queues?sort=message_stats.publish_details.rate");
    cr_expect_eq(number(json_array_get(list, 0), "message_stats.publish_details.rate"), 2);
    json_decref(list);
    json_t *overview = ask(&kit, "/api/overview");
    cr_expect_eq(number(overview, "message_stats.publish_details.rate"), 2);
    json_decref(overview);
    kit.now_ms += STEP;
    queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 0);
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(rates, are_there_for_who_asks_before_the_timer)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 5);
    kit.now_ms = api_sample_due(kit.api, kit.now_ms); // nobody calls api_sample
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 1);
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(rates, do_not_begin_with_what_was_there_before)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 5);
    api_kit_reopen(&kit);
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "messages"), 5);
    cr_expect_eq(number(queue, "messages_details.rate"), 0);
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(samples, are_not_taken_while_nothing_changes)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_reopen(&kit);
    cr_expect_eq(api_sample_due(kit.api, kit.now_ms), UINT64_MAX);
    json_decref(ask(&kit, "/api/overview"));
    cr_expect_eq(api_sample_due(kit.api, kit.now_ms), UINT64_MAX);
    api_kit_add_queue(&kit, "q");
    uint64_t due = api_sample_due(kit.api, kit.now_ms);
    cr_expect_gt(due, kit.now_ms);
    cr_expect_leq(due, kit.now_ms + STEP);
    api_sample(kit.api, due);
    cr_expect_eq(api_sample_due(kit.api, due), UINT64_MAX);
    api_kit_stop(&kit);
}

/* Publishes one message in the first interval, two in the second, and so on. */
static void publish_more_and_more(struct api_kit *kit, unsigned intervals)
{
    for (unsigned i = 1; i <= intervals; i++) {
        publish(kit, "q", i);
        go_to_next_sample(kit);
    }
}

Test(samples, come_newest_first_with_their_mean)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    go_to_next_sample(&kit);
    static const char path[] = "/api/queues/%2F/q?msg_rates_age=15&msg_rates_incr=5";
    json_decref(ask(&kit, path)); // from now on the past is kept
    publish_more_and_more(&kit, 4);
    json_t *queue = ask(&kit, path);
    static const char details[] = "message_stats.publish_details";
    json_t *publishes = json_object_get(json_object_get(queue, "message_stats"), "publish_details");
    const json_t *samples = json_object_get(publishes, "samples");
    cr_assert_eq(json_array_size(samples), 4, "%s", details);
    static const unsigned counts[] = {10, 6, 3, 1};
    uint64_t newest = API_KIT_WALL_S * UINT64_C(1000) + kit.now_ms;
    for (size_t i = 0; i < 4; i++) {
        const json_t *sample = json_array_get(samples, i);
        cr_expect_eq(number(sample, "sample"), counts[i]);
        cr_expect_eq(number(sample, "timestamp"), (double)(newest - i * STEP));
    }
    cr_expect_eq(number(publishes, "avg"), 5);
    cr_expect_float_eq(number(publishes, "avg_rate"), 9 / 15.0, 1e-9);
    cr_expect_float_eq(number(publishes, "rate"), 4 / 5.0, 1e-9);
    cr_expect_null(json_object_get(json_object_get(queue, "messages_details"), "samples"));
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(samples, of_all_are_kept_unasked)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish_more_and_more(&kit, 3);
    json_t *overview = ask(&kit, "/api/overview?lengths_age=15&lengths_incr=5");
    const json_t *samples = json_object_get(
        json_object_get(json_object_get(overview, "queue_totals"), "messages_details"), "samples");
    static const unsigned counts[] = {6, 3, 1, 0};
    cr_assert_eq(json_array_size(samples), 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(number(json_array_get(samples, i), "sample"), counts[i]);
    }
    json_decref(overview);
    api_kit_stop(&kit);
}

Test(samples, are_refused_where_they_would_be_too_many)
{
    struct api_kit kit;
    api_kit_start(&kit);
    static const char *const lines[] = {"GET /api/overview",    "GET /api/queues",
                                        "GET /api/exchanges",   "GET /api/vhosts",
                                        "GET /api/connections", "GET /api/channels"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[128];
        snprintf(line, sizeof line, "%s?lengths_age=501&lengths_incr=1", lines[i]);
        cr_expect_eq(api_ask(&kit, "guest", line, NULL), 400, "%s", line);
        cr_expect_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"Invalid range "
                                   "parameters: age 501, incr 1\"}");
    }
    api_kit_stop(&kit);
}

Test(statistics, without_rates_are_numbers_only)
{
    struct api_kit kit;
    api_kit_start(&kit);
    kit.settings->management_rates_mode = RATES_NONE;
    api_kit_reopen(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 1);
    json_t *queue = ask(&kit, "/api/queues/%2F/q?msg_rates_age=15&msg_rates_incr=5");
    cr_expect_eq(number(queue, "message_stats.publish"), 1);
    cr_expect_null(json_object_get(json_object_get(queue, "message_stats"), "publish_details"));
    cr_expect_null(json_object_get(queue, "messages_details"));
    json_decref(queue);
    json_t *overview = ask(&kit, "/api/overview");
    cr_expect_str_eq(json_string_value(json_object_get(overview, "rates_mode")), "none");
    json_decref(overview);
    cr_expect_eq(api_sample_due(kit.api, kit.now_ms), UINT64_MAX);
    api_kit_stop(&kit);
}

static void expect_disabled(struct api_kit *kit, const char *query)
{
    char path[128];
    snprintf(path, sizeof path, "/api/queues/%%2F/q%s", query);
    json_t *queue = ask(kit, path);
    cr_expect_str_eq(json_string_value(json_object_get(queue, "name")), "q");
    cr_expect_null(json_object_get(queue, "message_stats"));
    cr_expect_null(json_object_get(queue, "messages"));
    cr_expect_null(json_object_get(queue, "consumers"));
    json_decref(queue);
    snprintf(path, sizeof path, "/api/overview%s", query);
    json_t *overview = ask(kit, path);
    cr_expect(json_is_true(json_object_get(overview, "disable_stats")));
    cr_expect_null(json_object_get(overview, "message_stats"));
    cr_expect_null(json_object_get(overview, "queue_totals"));
    json_decref(overview);
}

Test(statistics, are_left_out_on_demand)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 2);
    expect_disabled(&kit, "?disable_stats=true");
    json_t *list = ask(&kit, "/api/queues?disable_stats=true&enable_queue_totals=true");
    cr_expect_eq(number(json_array_get(list, 0), "messages"), 2);
    cr_expect_eq(number(json_array_get(list, 0), "messages_ready"), 2);
    json_decref(list);
    kit.settings->management_disable_stats = true;
    api_kit_reopen(&kit);
    expect_disabled(&kit, "");
    api_kit_stop(&kit);
}

Test(rates, of_a_queue_are_not_those_of_a_former_one_of_its_name)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 50);
    go_to_next_sample(&kit);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/queues/%2F/q", NULL), 204);
    api_kit_add_queue(&kit, "q");
    publish(&kit, "q", 5);
    go_to_next_sample(&kit);
    json_t *queue = ask(&kit, "/api/queues/%2F/q");
    cr_expect_eq(number(queue, "message_stats.publish"), 5);
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 1);
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(samples, of_too_many_objects_are_given_up_for_those_asked_for_last)
{
    enum { QUEUES = 140 }; // some more than there are histories for
    struct api_kit kit;
    char text[128];
    api_kit_start(&kit);
    for (int i = 0; i < QUEUES; i++) {
        snprintf(text, sizeof text, "q%d", i);
        api_kit_add_queue(&kit, text);
        publish(&kit, text, 1);
        snprintf(text, sizeof text, "/api/queues/%%2F/q%d?msg_rates_age=20&msg_rates_incr=5", i);
        json_decref(ask(&kit, text));
    }
    go_to_next_sample(&kit);
    for (int i = 0; i < 3; i++) {
        publish(&kit, "q0", 1);
        publish(&kit, "q139", 1);
        go_to_next_sample(&kit);
    }
    json_t *last = ask(&kit, text);
    json_t *samples = json_object_get(
        json_object_get(json_object_get(last, "message_stats"), "publish_details"), "samples");
    for (unsigned i = 0; i < 5; i++) {
        cr_expect_eq(number(json_array_get(samples, i), "sample"), 4 - i);
    }
    json_decref(last);
    json_t *first = ask(&kit, "/api/queues/%2F/q0?msg_rates_age=20&msg_rates_incr=5");
    samples = json_object_get(
        json_object_get(json_object_get(first, "message_stats"), "publish_details"), "samples");
    cr_expect_eq(number(json_array_get(samples, 0), "sample"), 4);
    cr_expect_eq(number(json_array_get(samples, 4), "sample"), 3, "two changes are known");
    json_decref(first);
    api_kit_stop(&kit);
}

/* A sample of very many objects is taken some at a time, and nothing is told of it until then. */
Test(rates, of_very_many_queues_are_known_after_a_while)
{
    enum { QUEUES = 2500 };
    struct api_kit kit;
    char name[32];
    api_kit_start(&kit);
    for (int i = 0; i < QUEUES; i++) {
        snprintf(name, sizeof name, "q%d", i);
        api_kit_add_queue(&kit, name);
    }
    publish(&kit, "q0", 5);
    publish(&kit, "q2499", 5);
    go_to_next_sample(&kit);
    cr_expect_eq(api_sample_due(kit.api, kit.now_ms), kit.now_ms, "there is more to do at once");
    json_t *queue = ask(&kit, "/api/queues/%2F/q2499"); // goes on with it
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 0);
    json_decref(queue);
    api_sample(kit.api, kit.now_ms);
    api_sample(kit.api, kit.now_ms);
    cr_expect_eq(api_sample_due(kit.api, kit.now_ms), UINT64_MAX);
    for (int i = 0; i < QUEUES; i += QUEUES - 1) {
        snprintf(name, sizeof name, "/api/queues/%%2F/q%d", i);
        queue = ask(&kit, name);
        cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 1);
        json_decref(queue);
    }
    api_kit_stop(&kit);
}

Test(rates, stay_while_the_next_sample_is_being_taken)
{
    enum { QUEUES = 2500 };
    struct api_kit kit;
    char name[32];
    api_kit_start(&kit);
    for (int i = 0; i < QUEUES; i++) {
        snprintf(name, sizeof name, "q%d", i);
        api_kit_add_queue(&kit, name);
    }
    publish(&kit, "q2499", 5);
    go_to_next_sample(&kit);
    while (api_sample_due(kit.api, kit.now_ms) == kit.now_ms) {
        api_sample(kit.api, kit.now_ms);
    }
    publish(&kit, "q0", 1);
    go_to_next_sample(&kit); // comes as far as the first thousand
    json_t *queue = ask(&kit, "/api/queues/%2F/q2499");
    cr_expect_eq(number(queue, "message_stats.publish_details.rate"), 1);
    json_decref(queue);
    api_kit_stop(&kit);
}

Test(node, tells_how_long_its_disk_takes_at_any_time)
{
    struct api_kit kit;
    api_kit_start(&kit);
    atomic_store(&kit.disk.syncs.count, 4);
    atomic_store(&kit.disk.syncs.ns, 10 * 1000 * 1000);
    go_to_next_sample(&kit);
    kit.now_ms += STEP;
    atomic_store(&kit.disk.syncs.count, 5);
    atomic_store(&kit.disk.syncs.ns, 20 * 1000 * 1000);
    json_t *node = ask(&kit, "/api/nodes/rabbit@here?node_stats_age=10&node_stats_incr=5");
    cr_expect_eq(number(node, "io_sync_avg_time"), 4);
    const json_t *samples =
        json_object_get(json_object_get(node, "io_sync_avg_time_details"), "samples");
    cr_expect_eq(number(json_array_get(samples, json_array_size(samples) - 1), "sample"), 0);
    cr_expect_eq(number(json_array_get(samples, 0), "sample"), 2.5);
    json_decref(node);
    api_kit_stop(&kit);
}

Test(node, has_rates_and_samples_of_what_it_uses)
{
    struct api_kit kit;
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    go_to_next_sample(&kit);
    json_t *nodes = ask(&kit, "/api/nodes?node_stats_age=60&node_stats_incr=5");
    const json_t *node = json_array_get(nodes, 0);
    cr_expect_gt(number(node, "mem_used"), 0);
    cr_expect_gt(number(node, "context_switches"), 0);
    cr_expect_eq(number(node, "io_sync_count"), 0, "nothing is kept on a disk here");
    cr_expect_eq(number(node, "io_sync_avg_time"), 0);
    cr_expect_eq(number(node, "gc_num_details.rate"), 0);
    const json_t *used = json_object_get(node, "mem_used_details");
    const json_t *samples = json_object_get(used, "samples");
    cr_assert_eq(json_array_size(samples), 13);
    cr_expect_gt(number(json_array_get(samples, 0), "sample"), 0);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)node, key, value)
    { // RabbitMQ's web pages draw all that has details
        if (strstr(key, "_details")) {
            cr_expect_eq(json_array_size(json_object_get(value, "samples")), 13, "%s", key);
            cr_expect_geq(number(value, "avg"), 0, "%s", key);
        }
    }
    json_decref(nodes);
    nodes = ask(&kit, "/api/nodes");
    cr_expect_null(
        json_object_get(json_object_get(json_array_get(nodes, 0), "mem_used_details"), "samples"));
    json_decref(nodes);
    api_kit_stop(&kit);
}

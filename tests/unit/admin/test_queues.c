#include "broker/channel.h"
#include "server/deputy.h"
#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void setup(void)
{
    api_kit_start(&kit);
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(queues, .init = setup, .fini = teardown);

Test(queues, a_quorum_queue_has_a_leader_who_is_all_of_its_members)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}"),
                 201);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%2F/q", NULL), 200);
    json_t *queue = api_json(&kit);
    json_t *node = json_object_get(queue, "node");
    cr_assert(json_equal(json_object_get(queue, "leader"), node));
    cr_assert_eq(json_array_size(json_object_get(queue, "members")), 1);
    cr_assert(json_equal(json_array_get(json_object_get(queue, "members"), 0), node));
    cr_assert(json_equal(json_object_get(queue, "online"), json_object_get(queue, "members")));
    json_decref(queue);
}

Test(queues, a_classic_queue_has_no_replicas)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%2F/q", NULL), 200);
    json_t *queue = api_json(&kit);
    cr_assert(!json_object_get(queue, "leader") && !json_object_get(queue, "members"));
    json_decref(queue);
}

/* As a client does, at this time. */
static void publish(uint64_t now_ms, struct slice properties, struct slice body)
{
    struct deputy op;
    deputy_begin(&op, kit.engine, now_ms);
    cr_assert(!deputy_open(&op, SLICE("guest"), SLICE("/")));
    struct publish message = {.routing_key = SLICE("q"), .properties = properties, .body = body};
    cr_assert(!broker_publish(op.channel, &message, op.fx));
    deputy_end(&op);
}

static json_t *ask_for(const char *line)
{
    cr_assert_eq(api_ask(&kit, "guest", line, NULL), 200);
    return api_json(&kit);
}

static void expect_members(const json_t *object, const char *const *names)
{
    for (; *names; names++) {
        cr_expect(json_object_get(object, *names), "%s is not there", *names);
    }
}

static json_int_t number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    cr_assert(json_is_integer(value), "%s is no number", name);
    return json_integer_value(value);
}

static const char *const of_every_kind[] = {"memory",
                                            "messages_ram",
                                            "messages_persistent",
                                            "message_bytes_ram",
                                            "message_bytes_persistent",
                                            "garbage_collection",
                                            "reductions",
                                            "reductions_details",
                                            "consumers",
                                            "exclusive_consumer_tag",
                                            "effective_policy_definition",
                                            NULL};

Test(queues, a_classic_queue_has_all_members_of_one_that_is_idle)
{
    static const char *const names[] = {"backing_queue_status",
                                        "consumer_capacity",
                                        "consumer_utilisation",
                                        "head_message_timestamp",
                                        "message_bytes_paged_out",
                                        "messages_paged_out",
                                        "messages_ready_ram",
                                        "messages_unacknowledged_ram",
                                        "recoverable_slaves",
                                        "storage_version",
                                        "idle_since",
                                        "single_active_consumer_tag",
                                        NULL};
    api_kit_add_queue(&kit, "q");
    kit.now_ms = 100000;
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    expect_members(queue, of_every_kind);
    expect_members(queue, names);
    json_decref(queue);
}

Test(queues, a_quorum_queue_has_the_members_of_its_kind)
{
    static const char *const names[] = {"consumer_capacity",
                                        "consumer_utilisation",
                                        "messages_dlx",
                                        "message_bytes_dlx",
                                        "open_files",
                                        "delivery_limit",
                                        "messages_ready_high",
                                        "messages_ready_normal",
                                        "messages_ready_returned",
                                        "single_active_consumer_ctag",
                                        NULL};
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\","
                         "\"x-delivery-limit\":7}}"),
                 201);
    publish(0, SLICE("\x10\0\1"), SLICE("hello"));     // delivery mode 1
    publish(0, SLICE("\x08\0\5"), SLICE("important")); // priority 5
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    expect_members(queue, of_every_kind);
    expect_members(queue, names);
    cr_expect_eq(number(queue, "messages_persistent"), 2);
    cr_expect_eq(number(queue, "message_bytes_persistent"), 14);
    cr_expect_eq(number(queue, "messages_ready_high"), 1);
    cr_expect_eq(number(queue, "messages_ready_normal"), 1);
    cr_expect_eq(number(queue, "delivery_limit"), 7);
    cr_expect_eq(json_object_size(json_object_get(queue, "open_files")), 1);
    cr_expect(!json_object_get(queue, "idle_since"));
    cr_expect(!json_object_get(queue, "backing_queue_status"));
    json_decref(queue);
}

Test(queues, a_stream_has_readers_and_no_capacity)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"stream\"}}"),
                 201);
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    expect_members(queue, of_every_kind);
    cr_expect_eq(json_object_size(json_object_get(queue, "readers")), 1);
    cr_expect(!json_object_get(queue, "consumer_capacity"));
    json_decref(queue);
}

Test(queues, messages_tell_where_they_are_and_whether_they_are_persistent)
{
    api_kit_add_queue(&kit, "q");
    publish(0, SLICE("\x10\0\2"), SLICE("hello"));
    publish(0, SLICE("\0\0"), SLICE("hi"));
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    cr_expect_eq(number(queue, "messages_ram"), 2);
    cr_expect_eq(number(queue, "messages_ready_ram"), 2);
    cr_expect_eq(number(queue, "messages_unacknowledged_ram"), 0);
    cr_expect_eq(number(queue, "message_bytes_ram"), 7);
    cr_expect_eq(number(queue, "messages_persistent"), 1);
    cr_expect_eq(number(queue, "message_bytes_persistent"), 5);
    cr_expect_eq(number(queue, "messages_paged_out"), 0);
    cr_expect_gt(number(queue, "memory"), 500);
    json_t *status = json_object_get(queue, "backing_queue_status");
    cr_expect_eq(number(status, "len"), 2);
    cr_expect_eq(number(status, "q4"), 2);
    cr_expect_eq(number(status, "next_seq_id"), 2);
    cr_expect_eq(number(status, "version"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(status, "mode")), "default");
    cr_expect_eq(json_array_size(json_object_get(status, "delta")), 5);
    json_decref(queue);
}

Test(queues, a_queue_is_idle_from_when_it_was_used_last)
{
    api_kit_add_queue(&kit, "q");
    publish(61234, SLICE("\0\0"), SLICE("hello"));
    kit.now_ms = 61234 + 999;
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    cr_expect(!json_object_get(queue, "idle_since"), "it may not be idle yet");
    json_decref(queue);
    kit.now_ms++;
    queue = ask_for("GET /api/queues/%2F/q");
    const char *since = json_string_value(json_object_get(queue, "idle_since"));
    cr_expect_str_eq(since, "2023-11-14T22:14:21.234+00:00");
    json_decref(queue);
}

Test(queues, the_timestamp_of_the_first_message_is_the_queues)
{
    api_kit_add_queue(&kit, "q");
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    cr_expect(json_is_null(json_object_get(queue, "head_message_timestamp")));
    json_decref(queue);
    publish(0, SLICE("\0\x40\0\0\0\0\x65\x53\xf1\0"), SLICE("hello"));
    queue = ask_for("GET /api/queues/%2F/q");
    cr_expect_eq(number(queue, "head_message_timestamp"), 0x6553f100);
    json_decref(queue);
}

Test(queues, a_queue_with_priorities_tells_their_lengths)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-max-priority\":2,"
                         "\"x-queue-mode\":\"lazy\",\"x-queue-version\":2}}"),
                 201);
    publish(0, SLICE("\x08\0\2"), SLICE("hello"));
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    json_t *status = json_object_get(queue, "backing_queue_status");
    json_t *lengths = json_object_get(status, "priority_lengths");
    cr_expect_eq(json_object_size(lengths), 3);
    cr_expect_eq(number(lengths, "0"), 0);
    cr_expect_eq(number(lengths, "2"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(status, "mode")), "lazy");
    cr_expect_eq(number(queue, "storage_version"), 2);
    json_decref(queue);
}

Test(queues, a_queue_without_consumers_has_no_capacity)
{
    api_kit_add_queue(&kit, "q");
    json_t *queue = ask_for("GET /api/queues/%2F/q");
    cr_expect_eq(json_number_value(json_object_get(queue, "consumer_capacity")), 0);
    cr_expect_eq(json_number_value(json_object_get(queue, "consumer_utilisation")), 0);
    json_decref(queue);
}

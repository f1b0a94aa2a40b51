#include "tests/unit/server/engine_kit.h"

#include <arpa/inet.h>

#include "conf/settings.h"
#include "server/address.h"
#include "tests/unit/admin/api_kit.h"

/* What objects say of themselves: the members that RabbitMQ's have. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(objects, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)

Test(objects, exchanges_name_who_declared_them)
{
    api_kit_add_user(&kit, "ann", "administrator");
    api_kit_permit(&kit, "ann", "/");
    cr_expect_eq(api_ask(&kit, "ann", "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}"), 201);
    ASKED(204, "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=user_who_performed_action", NULL);
    TEXT("{\"user_who_performed_action\":\"ann\"}");
    ASKED(200, "GET /api/exchanges/%2F/amq.topic?columns=user_who_performed_action", NULL);
    TEXT("{\"user_who_performed_action\":\"rmq-internal\"}");
}

Test(objects, exchanges_name_their_policy)
{
    ASKED(201, "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=policy", NULL);
    TEXT("{}");
    ASKED(201, "PUT /api/policies/%2F/p",
          "{\"pattern\":\"^x\",\"definition\":{\"alternate-exchange\":\"amq.fanout\"}}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=policy", NULL);
    TEXT("{\"policy\":\"p\"}");
}

/* Whether the object has a member of this type. */
static void expect_member(const json_t *object, const char *name, json_type type)
{
    const json_t *member = json_object_get(object, name);
    cr_expect(member && json_typeof(member) == type, "%s: %d", name,
              member ? (int)json_typeof(member) : -1);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}

Test(objects, the_node_says_where_its_files_are)
{
    settings_note_file(kit.settings, "/nowhere/leveret.conf");
    ASKED(200, "GET /api/nodes/rabbit@here", NULL);
    json_t *node = api_json(&kit);
    cr_expect_str_eq(text_of(node, "db_dir"), ""); // nothing is kept
    const json_t *files = json_object_get(node, "config_files");
    cr_assert_eq(json_array_size(files), 1);
    cr_expect_str_eq(json_string_value(json_array_get(files, 0)), "/nowhere/leveret.conf");
    files = json_object_get(node, "log_files");
    cr_assert_eq(json_array_size(files), 1);
    cr_expect_str_eq(json_string_value(json_array_get(files, 0)), "<stderr>");
    json_decref(node);
}

Test(objects, the_node_says_what_it_is_made_of)
{
    ASKED(200, "GET /api/nodes/rabbit@here", NULL);
    json_t *node = api_json(&kit);
    const json_t *applications = json_object_get(node, "applications");
    cr_expect_gt(json_array_size(applications), 2);
    cr_expect_eq(json_array_size(json_object_get(node, "enabled_plugins")),
                 json_array_size(applications) - 2);
    const json_t *rabbit = json_array_get(applications, 1);
    cr_expect_str_eq(text_of(rabbit, "name"), "rabbit");
    cr_expect_str_eq(text_of(rabbit, "version"), kit.settings->product_version);
    cr_expect(!json_object_get(node, "binary"));
    json_decref(node);
    ASKED(200, "GET /api/nodes/rabbit@here?binary=true", NULL);
    node = api_json(&kit);
    expect_member(json_object_get(node, "binary"), "queue_procs", JSON_INTEGER);
    json_decref(node);
}

static void add_listener(const char *protocol, uint16_t port)
{
    struct address address = {.len = sizeof address.ipv4,
                              .ipv4 = {.sin_family = AF_INET,
                                       .sin_port = htons(port),
                                       .sin_addr = {htonl(INADDR_LOOPBACK)}}};
    api_add_listener(kit.api, protocol, &address);
}

Test(objects, listeners_and_contexts_have_the_options_of_their_sockets)
{
    add_listener("http", 15672);
    add_listener("https/prometheus", 15691);
    ASKED(200, "GET /api/overview?columns=contexts,listeners", NULL);
    TEXT("{\"listeners\":[{\"node\":\"rabbit@here\",\"protocol\":\"http\",\"ip_address\":"
         "\"127.0.0.1\",\"port\":15672,\"socket_opts\":{\"cowboy_opts\":{\"sendfile\":false},"
         "\"ip\":\"127.0.0.1\",\"port\":15672}},"
         "{\"node\":\"rabbit@here\",\"protocol\":\"https/prometheus\",\"ip_address\":"
         "\"127.0.0.1\",\"port\":15691,\"socket_opts\":{\"cowboy_opts\":{\"sendfile\":false},"
         "\"ip\":\"127.0.0.1\",\"port\":15691,\"protocol\":\"https/prometheus\",\"ssl\":true}}],"
         "\"contexts\":[{\"ssl_opts\":[],\"node\":\"rabbit@here\",\"description\":"
         "\"RabbitMQ Management\",\"path\":\"/\",\"cowboy_opts\":\"[{sendfile,false}]\","
         "\"ip\":\"127.0.0.1\",\"port\":\"15672\"},"
         "{\"ssl_opts\":[],\"node\":\"rabbit@here\",\"description\":\"RabbitMQ Prometheus\","
         "\"path\":\"/\",\"cowboy_opts\":\"[{sendfile,false}]\",\"ip\":\"127.0.0.1\","
         "\"port\":\"15691\",\"protocol\":\"'https/prometheus'\",\"ssl\":\"true\"}]}");
}

Test(objects, connections_and_channels_have_the_members_of_processes)
{
    struct kit engine = {.broker = kit.broker, .engine = kit.engine, .stored = UINT64_MAX};
    struct client client = client_ready(&engine);
    ASKED(200, "GET /api/connections?data_rates_age=60&data_rates_incr=5", NULL);
    json_t *list = api_json(&kit);
    const json_t *conn = json_array_get(list, 0);
    expect_member(conn, "garbage_collection", JSON_OBJECT);
    expect_member(conn, "reductions", JSON_INTEGER);
    const json_t *details = json_object_get(conn, "reductions_details");
    cr_expect_eq(json_array_size(json_object_get(details, "samples")), 13);
    cr_expect_gt(json_integer_value(json_object_get(conn, "recv_cnt")), 1);
    cr_expect_gt(json_integer_value(json_object_get(conn, "send_cnt")), 1);
    cr_expect_str_eq(text_of(conn, "ssl_cipher"), "");
    cr_expect_str_eq(text_of(conn, "peer_cert_subject"), "");
    json_decref(list);
    ASKED(200, "GET /api/channels", NULL);
    list = api_json(&kit);
    conn = json_array_get(list, 0);
    expect_member(conn, "garbage_collection", JSON_OBJECT);
    expect_member(conn, "pending_raft_commands", JSON_INTEGER);
    expect_member(conn, "cached_segments", JSON_INTEGER);
    json_decref(list);
    client_free(&client);
}

Test(objects, channels_tell_since_when_they_are_idle)
{
    struct kit engine = {.broker = kit.broker, .engine = kit.engine, .stored = UINT64_MAX};
    engine.now_ms = 1000;
    struct client client = client_ready(&engine);
    kit.now_ms = 1999;
    ASKED(200, "GET /api/channels?columns=idle_since", NULL);
    TEXT("[{}]");
    engine.now_ms = 2050;
    send_method(&client, 1, METHOD(basic_qos, .prefetch_count = 1));
    kit.now_ms = 3050;
    ASKED(200, "GET /api/channels?columns=idle_since", NULL);
    TEXT("[{\"idle_since\":\"2023-11-14T22:13:22.050+00:00\"}]");
    client_free(&client);
}

Test(objects, consumers_tell_whether_it_is_their_turn)
{
    struct kit engine = {.broker = kit.broker, .engine = kit.engine, .stored = UINT64_MAX};
    struct client client = client_ready(&engine);
    ASKED(201, "PUT /api/queues/%2F/one", "{\"arguments\":{\"x-single-active-consumer\":true}}");
    ASKED(201, "PUT /api/queues/%2F/all", "{}");
    send_method(&client, 1,
                METHOD(basic_consume, .queue = SLICE("one"), .consumer_tag = SLICE("a")));
    send_method(&client, 1,
                METHOD(basic_consume, .queue = SLICE("one"), .consumer_tag = SLICE("b")));
    send_method(&client, 1,
                METHOD(basic_consume, .queue = SLICE("all"), .consumer_tag = SLICE("c")));
    ASKED(200, "GET /api/consumers?columns=active,activity_status&sort=consumer_tag", NULL);
    TEXT("[{\"active\":true,\"activity_status\":\"single_active\"},"
         "{\"active\":false,\"activity_status\":\"waiting\"},"
         "{\"active\":true,\"activity_status\":\"up\"}]");
    client_free(&client);
}

Test(objects, feature_flags_name_the_plugin_that_provides_them)
{
    ASKED(200, "GET /api/feature-flags?columns=name,provided_by", NULL);
    cr_expect(strstr(kit.text, "{\"name\":\"user_limits\",\"provided_by\":\"rabbit\"}"));
    cr_expect(strstr(kit.text, "{\"name\":\"empty_basic_get_metric\",\"provided_by\":"
                               "\"rabbitmq_management_agent\"}"));
}

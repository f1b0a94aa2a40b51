#include "tests/unit/admin/api_kit.h"

#include <stdio.h>
#include <string.h>

#include "conf/format.h"

/* Definitions are exported in parts, and the broker changes meanwhile: they never refer to what
 * they do not have, and can be imported elsewhere. */

enum { QUEUES = 3000 };

static struct api_kit kit;
static struct reply export;
static struct bytes body; // of the export

#define ASKED(status, line, what)                                                                  \
    cr_assert_eq(api_ask(&kit, "guest", line, what), status, "%s: %s", line, kit.text)

#define DURABLE "{\"durable\":true}"

static void start(void)
{
    api_kit_start(&kit);
    ASKED(201, "PUT /api/vhosts/w", "{}");
    ASKED(201, "PUT /api/queues/w/there", DURABLE);
    ASKED(201, "PUT /api/exchanges/w/e", "{\"type\":\"topic\",\"durable\":true}");
    ASKED(201, "POST /api/bindings/w/e/e/q/there", "{\"routing_key\":\"a.#\"}");
    ASKED(201, "PUT /api/vhosts/x", "{}");
    ASKED(201, "PUT /api/queues/x/there", DURABLE);
    ASKED(201, "POST /api/bindings/x/e/amq.topic/q/there", "{\"routing_key\":\"a.#\"}");
    for (int i = 0; i < QUEUES; i++) {
        char name[16], line[100];
        snprintf(name, sizeof name, "q%04d", i);
        api_kit_add_queue(&kit, name);
        snprintf(line, sizeof line, "POST /api/bindings/%%2F/e/amq.direct/q/%s", name);
        ASKED(201, line, "{\"routing_key\":\"k\"}");
    }
}

static void stop(void)
{
    reply_finish(&export);
    bytes_finish(&body);
    api_kit_stop(&kit);
}

TestSuite(export, .init = start, .fini = stop);

static void begin(void)
{
    struct request request = {.method = HTTP_GET,
                              .target = SLICE("/api/definitions"),
                              .authorization = SLICE("Basic Z3Vlc3Q6Z3Vlc3Q="),
                              .now_ms = 2000,
                              .loopback = true};
    export = (struct reply){.status = 0};
    api_answer(kit.api, &request, &export);
    cr_assert_not_null(export.parts.next);
}

/* Until something of this list is written. */
static void go_on_to(const char *list)
{
    char mark[32];
    snprintf(mark, sizeof mark, "\"%s\":[{", list);
    do {
        cr_assert(reply_next(&export, &body));
        bytes_add_u8(&body, 0);
        body.len--;
    } while (!strstr((const char *)body.ptr, mark));
}

static json_t *rest(void)
{
    json_error_t error;
    while (reply_next(&export, &body)) {
    }
    json_t *value = json_loadb((const char *)body.ptr, body.len, 0, &error);
    cr_assert(value, "%s", error.text);
    return value;
}

static const char *text_of(const json_t *item, const char *name)
{
    const char *text = json_string_value(json_object_get(item, name));
    return text ? text : "";
}

static bool has(const json_t *all, const char *list, const char *vhost, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(all, list), i, item)
    {
        if (strcmp(text_of(item, "name"), name) == 0 &&
            strcmp(text_of(item, "vhost"), vhost) == 0) {
            return true;
        }
    }
    return false;
}

/* Every end of a binding is there, as is every virtual host that something is in. */
static void expect_consistent(const json_t *all)
{
    size_t i;
    json_t *item;
    static const char *const lists[] = {"queues", "exchanges", "bindings", "policies"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        json_array_foreach(json_object_get(all, lists[k]), i, item)
        {
            cr_expect(has(all, "vhosts", "", text_of(item, "vhost")), "%s", text_of(item, "vhost"));
        }
    }
    json_array_foreach(json_object_get(all, "bindings"), i, item)
    {
        const char *vhost = text_of(item, "vhost"), *to = text_of(item, "destination");
        const char *from = text_of(item, "source");
        bool to_queue = strcmp(text_of(item, "destination_type"), "queue") == 0;
        cr_expect(has(all, to_queue ? "queues" : "exchanges", vhost, to), "%s", to);
        cr_expect(strncmp(from, "amq.", 4) == 0 || has(all, "exchanges", vhost, from), "%s", from);
    }
}

/* A broker that has nothing takes it. */
static void expect_importable(void)
{
    bytes_add_u8(&body, 0);
    static struct api_kit other;
    api_kit_start(&other);
    cr_expect_eq(api_ask(&other, "guest", "POST /api/definitions", (const char *)body.ptr), 204,
                 "%s", other.text);
    api_kit_stop(&other);
    body.len--;
}

/* Things that come, and that go and come back as others. */
static void change_much(void)
{
    ASKED(201, "PUT /api/queues/%2F/new", DURABLE);
    ASKED(201, "POST /api/bindings/%2F/e/amq.direct/q/new", "{\"routing_key\":\"k\"}");
    ASKED(201, "PUT /api/exchanges/%2F/new", "{\"type\":\"topic\",\"durable\":true}");
    ASKED(201, "POST /api/bindings/%2F/e/new/q/q0001", "{\"routing_key\":\"k\"}");
    ASKED(201, "POST /api/bindings/%2F/e/amq.direct/e/new", "{\"routing_key\":\"k\"}");
    ASKED(201, "PUT /api/vhosts/v", "{}");
    ASKED(201, "PUT /api/queues/v/q", DURABLE);
    ASKED(201, "POST /api/bindings/v/e/amq.direct/q/q", "{\"routing_key\":\"k\"}");
    ASKED(204, "DELETE /api/exchanges/w/e", NULL);
    ASKED(201, "PUT /api/exchanges/w/e", "{\"type\":\"headers\",\"durable\":true}");
    ASKED(201, "POST /api/bindings/w/e/e/q/there",
          "{\"routing_key\":\"k\",\"arguments\":{\"x-match\":\"all\"}}");
    ASKED(204, "DELETE /api/queues/%2F/q0002", NULL);
    ASKED(201, "PUT /api/queues/%2F/q0002", "{\"durable\":true,\"auto_delete\":true}");
    ASKED(201, "POST /api/bindings/%2F/e/amq.direct/q/q0002", "{\"routing_key\":\"k\"}");
    ASKED(204, "DELETE /api/queues/%2F/q2999", NULL);
    ASKED(204, "DELETE /api/vhosts/x", NULL);
    ASKED(201, "PUT /api/vhosts/x", "{}");
    ASKED(201, "PUT /api/queues/x/other", DURABLE);
    ASKED(201, "POST /api/bindings/x/e/amq.topic/q/other", "{\"routing_key\":\"a.#\"}");
}

Test(export, does_not_refer_to_what_came_while_its_queues_were_told)
{
    begin();
    go_on_to("queues");
    change_much();
    json_t *all = rest();
    expect_consistent(all);
    cr_expect_not(has(all, "queues", "/", "new"));
    cr_expect_not(has(all, "queues", "/", "q2999"));
    cr_expect(has(all, "queues", "/", "q2998"));
    expect_importable();
    json_decref(all);
}

Test(export, does_not_refer_to_what_came_while_its_bindings_were_told)
{
    begin();
    go_on_to("bindings");
    change_much();
    json_t *all = rest();
    expect_consistent(all);
    cr_expect(has(all, "queues", "/", "q2999")); // it was there, without its binding now
    expect_importable();
    json_decref(all);
}

Test(export, has_every_binding_of_what_stays)
{
    size_t stayed = 0, i;
    json_t *item;
    begin();
    go_on_to("queues");
    change_much();
    json_t *all = rest();
    json_array_foreach(json_object_get(all, "bindings"), i, item)
    {
        stayed += text_of(item, "destination")[0] == 'q';
    }
    cr_expect_eq(stayed, QUEUES - 2); // without q0002, which is another one now, and q2999
    json_decref(all);
}

Test(export, a_browser_may_ask_without_a_header)
{
    cr_expect_eq(
        api_ask(&kit, NULL, "GET /api/definitions?columns=users&auth=Z3Vlc3Q6Z3Vlc3Q%3D", NULL),
        200);
    cr_expect_eq(api_ask(&kit, NULL, "GET /api/definitions/w?auth=Z3Vlc3Q6Z3Vlc3Q%3D", NULL), 200);
    cr_expect_eq(api_ask(&kit, NULL, "GET /api/definitions?auth=Z3Vlc3Q6eA%3D%3D", NULL), 401);
    cr_expect_eq(api_ask(&kit, NULL, "GET /api/users?auth=Z3Vlc3Q6Z3Vlc3Q%3D", NULL), 401);
}

Test(export, a_form_says_where_a_browser_goes_afterwards)
{
    static const char form[] = "--b\r\nContent-Disposition: form-data; name=\"redirect\"\r\n\r\n"
                               "../#/import-succeeded\r\n"
                               "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                               "filename=\"a.json\"\r\n\r\n{}\r\n--b--\r\n";
    struct request request = {.method = HTTP_POST,
                              .target = SLICE("/api/definitions?auth=Z3Vlc3Q6Z3Vlc3Q%3D"),
                              .content_type = SLICE("multipart/form-data; boundary=b"),
                              .body = {(const uint8_t *)form, sizeof form - 1},
                              .loopback = true};
    reply_finish(&kit.reply);
    kit.reply = (struct reply){.status = 0};
    api_answer(kit.api, &request, &kit.reply);
    cr_expect_eq(kit.reply.status, 303);
    cr_expect(api_has_header(&kit, "Location: ../#/import-succeeded"));
}

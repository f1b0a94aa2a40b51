#include "tests/unit/admin/api_kit.h"

#include <stdio.h>

#include "conf/format.h"
#include "server/deputy.h"

enum { QUEUES = 3000 };

static struct api_kit kit;
static struct deputy op; // a client that declares and deletes

static void name_queue(char *room, size_t size, int i)
{
    snprintf(room, size, "q%04d", i * 1009 % QUEUES);
}

static void bind(struct slice queue, const char *key)
{
    struct amqp_queue_bind args = {
        .queue = queue, .exchange = SLICE("amq.topic"), .routing_key = format_slice(key)};
    cr_assert(!broker_queue_bind(op.channel, &args, op.fx));
}

static void delete_queue(const char *name)
{
    struct amqp_queue_delete args = {.queue = format_slice(name)};
    cr_assert(!broker_queue_delete(op.channel, &args, op.fx));
}

static void setup(void)
{
    api_kit_start(&kit);
    deputy_begin(&op, kit.engine, 1000);
    cr_assert(!deputy_open(&op, SLICE("guest"), SLICE("/")));
    for (int i = 0; i < QUEUES; i++) {
        char name[16];
        name_queue(name, sizeof name, i);
        struct amqp_queue_declare args = {.queue = format_slice(name), .durable = true};
        cr_assert(!broker_queue_declare(op.channel, &args, op.fx));
        bind(format_slice(name), "k");
    }
}

static void teardown(void)
{
    deputy_end(&op);
    api_kit_stop(&kit);
}

TestSuite(parts, .init = setup, .fini = teardown);

/* Asks, and leaves the parts of the answer to be taken. */
static void begin(const char *target)
{
    struct request request = {.method = HTTP_GET,
                              .target = format_slice(target),
                              .authorization = SLICE("Basic Z3Vlc3Q6Z3Vlc3Q="),
                              .now_ms = 2000,
                              .loopback = true};
    reply_finish(&kit.reply);
    kit.reply = (struct reply){.status = 0};
    api_answer(kit.api, &request, &kit.reply);
    cr_assert_not_null(kit.reply.parts.next);
}

/* The rest of the parts, all of it as JSON. */
static json_t *rest(struct bytes *body)
{
    json_error_t error;
    while (reply_next(&kit.reply, body)) {
    }
    json_t *value = json_loadb((const char *)body->ptr, body->len, 0, &error);
    cr_assert(value, "%s", error.text);
    bytes_finish(body);
    return value;
}

static const char *text_at(const json_t *list, size_t index, const char *name)
{
    return json_string_value(json_object_get(json_array_get(list, index), name));
}

Test(parts, a_list_of_many_is_in_order)
{
    struct bytes body = {0};
    begin("/api/queues?columns=name&sort=name&sort_reverse=true");
    json_t *list = rest(&body);
    cr_assert_eq(json_array_size(list), QUEUES);
    for (size_t i = 0; i < QUEUES; i++) {
        char name[16];
        snprintf(name, sizeof name, "q%04zu", QUEUES - 1 - i);
        cr_assert_str_eq(text_at(list, i, "name"), name);
    }
    json_decref(list);
}

Test(parts, a_part_is_little_work)
{
    struct bytes body = {0};
    int count = 1;
    begin("/api/bindings");
    while (reply_next(&kit.reply, &body)) {
        cr_assert_lt(body.len, 64 * 1024);
        body.len = 0;
        count++;
    }
    cr_assert_gt(count, 20);
    bytes_finish(&body);
}

Test(parts, what_goes_meanwhile_does_no_harm)
{
    struct bytes body = {0};
    begin("/api/bindings/%2F?columns=source,destination");
    for (int i = 0; i < 2500; i++) {
        char name[16];
        name_queue(name, sizeof name, i);
        delete_queue(name);
    }
    json_t *list = rest(&body);
    cr_assert_geq(json_array_size(list), 2 * 500); // those that stay are there, with both bindings
    cr_assert_lt(json_array_size(list), 2 * QUEUES);
    json_decref(list);
}

Test(parts, an_exchange_that_goes_meanwhile_does_no_harm)
{
    struct amqp_exchange_declare made = {
        .exchange = SLICE("e"), .type = SLICE("fanout"), .durable = true};
    struct amqp_exchange_delete gone = {.exchange = SLICE("e")};
    struct bytes body = {0};
    cr_assert(!broker_exchange_declare(op.channel, &made, op.fx));
    for (int i = 0; i < QUEUES; i++) {
        char name[16];
        name_queue(name, sizeof name, i);
        struct amqp_queue_bind args = {.queue = format_slice(name), .exchange = SLICE("e")};
        cr_assert(!broker_queue_bind(op.channel, &args, op.fx));
    }
    begin("/api/definitions?columns=bindings.source");
    for (int i = 0; i < 10; i++) {
        cr_assert(reply_next(&kit.reply, &body));
    }
    cr_assert(!broker_exchange_delete(op.channel, &gone, op.fx));
    json_t *all = rest(&body);
    cr_assert_geq(json_array_size(json_object_get(all, "bindings")), QUEUES);
    json_decref(all);
}

Test(parts, definitions_of_many_are_whole)
{
    struct bytes body = {0};
    begin("/api/definitions");
    json_t *all = rest(&body);
    cr_assert_eq(json_array_size(json_object_get(all, "queues")), QUEUES);
    cr_assert_eq(json_array_size(json_object_get(all, "bindings")), QUEUES);
    cr_assert_str_eq(text_at(json_object_get(all, "bindings"), 0, "vhost"), "/");
    cr_assert_eq(json_array_size(json_object_get(all, "users")), 1);
    json_decref(all);
}

Test(parts, a_page_that_is_not_there_is_told_before_anything_is)
{
    struct bytes body = {0};
    begin("/api/queues?page=32&page_size=100");
    while (reply_next(&kit.reply, &kit.reply.body)) {
        cr_assert_eq(kit.reply.body.len, 0);
    }
    cr_assert_eq(kit.reply.status, 400);
    begin("/api/queues?page=31&page_size=100"); // right behind the last one, as in RabbitMQ
    json_t *empty = rest(&body);
    cr_assert_eq(json_integer_value(json_object_get(empty, "item_count")), 0);
    json_decref(empty);
    begin("/api/queues?page=30&page_size=100");
    json_t *page = rest(&body);
    cr_assert_eq(json_integer_value(json_object_get(page, "item_count")), 100);
    cr_assert_eq(json_integer_value(json_object_get(page, "filtered_count")), QUEUES);
    json_decref(page);
}

Test(parts, an_answer_may_be_left_unfinished)
{
    begin("/api/bindings");
    for (int i = 0; i < 3; i++) {
        struct bytes body = {0};
        cr_assert(reply_next(&kit.reply, &body));
        bytes_finish(&body);
    }
    reply_finish(&kit.reply);
    delete_queue("q0001");
}

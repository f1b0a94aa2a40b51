#include "tests/unit/server/store_kit.h"

#include "base/memory.h"

enum { BODY_MAX = 100 * 1000 }; // of a frame

void shop_init(struct shop *shop)
{
    *shop = (struct shop){.fake = memory_new(sizeof *shop->fake)};
    fake_disk_init(shop->fake);
    shop->kit.now_ms = 1000;
    shop->options = (struct store_options){
        .disk = &shop->fake->disk,
        .dir = "/data",
        .holder = "the test",
        .store_id = "a store",
        .segment_size = SHOP_SEGMENT,
        .threadless = true,
    };
}

static void make_first_things(struct shop *shop, struct effects *fx)
{
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    struct broker *broker = shop->kit.broker;
    broker_add_vhost(broker, SLICE("/"), fx);
    broker_put_user(broker, &(struct user){.name = SLICE("guest")}, fx);
    cr_assert_eq(broker_set_permission(broker, SLICE("guest"), SLICE("/"), &all, fx), AMQP_OK);
    store_begin_group(shop->store);
    engine_run(shop->kit.engine, fx);
    store_end_group(shop->store);
}

static void start_engine(struct shop *shop, struct effects *fx)
{
    struct engine_options options = kit_options();
    options.broker = shop->kit.broker;
    options.store = shop->kit.store = shop->store;
    shop->kit.engine = engine_new(&options);
    engine_run(shop->kit.engine, fx);
    if (store_is_new(shop->store)) {
        make_first_things(shop, fx);
    }
    shop_flush(shop);
}

bool shop_start(struct shop *shop)
{
    struct effects fx = {0};
    shop->kit.broker =
        broker_new(&(struct broker_options){.message_size_max = 1 << 20, .durable = true});
    broker_set_time(shop->kit.broker, shop->kit.now_ms, shop->kit.now_ms / 1000);
    shop->options.broker = shop->kit.broker;
    shop->options.now_ms = shop->kit.now_ms;
    text_clear(&shop->error);
    shop->store = store_open(&shop->options, &fx, &shop->error);
    if (shop->store) {
        start_engine(shop, &fx);
    } else {
        broker_free(shop->kit.broker);
    }
    effects_free(&fx);
    return shop->store != NULL;
}

void shop_stop(struct shop *shop)
{
    engine_free(shop->kit.engine);
    cr_assert_eq(store_close(shop->store), 0);
    broker_free(shop->kit.broker);
    shop->store = NULL;
}

void shop_finish(struct shop *shop)
{
    if (shop->store) {
        shop_stop(shop);
    }
    fake_disk_finish(shop->fake);
    free(shop->fake);
}

void shop_freeze(struct shop *shop)
{
    shop->fake->off = true;
}

static void abandon(struct shop *shop)
{
    engine_free(shop->kit.engine);
    store_abandon(shop->store);
    broker_free(shop->kit.broker);
    shop->store = NULL;
}

void shop_kill(struct shop *shop)
{
    abandon(shop);
    shop->fake->off = false;
    fake_disk_kill(shop->fake);
}

void shop_cut_power(struct shop *shop, uint64_t seed)
{
    abandon(shop);
    fake_disk_restart(shop->fake, seed);
}

void shop_tick(struct shop *shop)
{
    kit_tick(&shop->kit);
}

void shop_flush(struct shop *shop)
{
    shop_tick(shop);
    cr_assert_eq(store_flush(shop->store, shop->kit.now_ms), 0);
    shop_tick(shop);
}

void shop_wait(struct shop *shop, uint64_t ms)
{
    shop->kit.now_ms += ms;
    shop_flush(shop);
}

static struct slice text_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

void shop_declare(struct client *client, const char *queue)
{
    send_method(client, 1,
                METHOD(queue_declare, .queue = text_of(queue), .durable = queue[0] != 't'));
    cr_assert_eq(store_flush(client->kit->store, client->kit->now_ms), 0);
    kit_tick(client->kit);
    client_receive(client, SIZE_MAX);
    bytes_consume(&client->output, client->output.len);
}

void shop_publish(struct shop *shop, struct client *client, const char *queue, int count,
                  size_t len)
{
    uint8_t *body = memory_raw(len + 1);
    (void)shop;
    for (int i = 0; i < count; i++) {
        struct bytes frames = {0};
        memset(body, 'a' + i % 26, len);
        put_method(&frames, 1, METHOD(basic_publish, .routing_key = text_of(queue)));
        put_header(&frames, 1, len, queue[0] != 't' ? SLICE("\x10\0\2") : NO_PROPERTIES);
        for (size_t at = 0; at < len; at += BODY_MAX) {
            put_frame(&frames, FRAME_BODY, 1,
                      (struct slice){body + at, len - at < BODY_MAX ? len - at : BODY_MAX});
        }
        client_send(client, bytes_slice(&frames));
        bytes_finish(&frames);
    }
    free(body);
}

void shop_take(struct client *client, const char *queue, int count)
{
    for (int i = 0; i < count; i++) {
        bytes_consume(&client->output, client->output.len);
        send_method(client, 1, METHOD(basic_get, .queue = text_of(queue), .no_ack = true));
        if (client->output.len == 0) { // it waits for its mark
            cr_assert_eq(store_flush(client->kit->store, client->kit->now_ms), 0);
            kit_tick(client->kit);
            client_receive(client, SIZE_MAX);
        }
        char *story = client_story(client);
        cr_assert(strstr(story, "basic_get_ok"), "%s", story);
        free(story);
    }
}

uint64_t shop_ready(const struct shop *shop)
{
    return broker_counters(shop->kit.broker)->messages_ready;
}

size_t shop_segments(struct shop *shop)
{
    return broker_ledger(shop->kit.broker)->count;
}

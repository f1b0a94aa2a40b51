#include "tests/sim/inspect.h"

#include <stdlib.h>

#include "base/wire.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/retry.h"
#include "queue/msg.h"
#include "server/store.h"
#include "tests/sim/content.h"

/* As a client would be shown it. */
static struct slice properties_of(struct arena *arena, const struct msg *msg, uint32_t failed)
{
    uint8_t raw[9] = {'l'};
    wire_store_u64(raw + 1, failed);
    struct slice properties = arena_copy(arena, msg_properties(msg));
    struct slice count = {raw, sizeof raw};
    return failed == 0 ? properties
                       : content_with(arena, properties, SLICE("x-delivery-count"), count);
}

/* A message, ready or held back. */
struct item {
    struct delivery delivery; // owns the reference
    uint64_t until;
};

static void add(const struct node *node, struct arena *arena, const struct item *item,
                struct found_queue *out)
{
    const struct delivery *delivery = &item->delivery;
    struct found_message *message = arena_new(arena, sizeof *message);
    struct msg *msg =
        delivery->msg->stub ? store_load(node->store, delivery->msg) : msg_ref(delivery->msg);
    *message = (struct found_message){.exchange = arena_copy(arena, msg_exchange(msg)),
                                      .routing_key = arena_copy(arena, msg_routing_key(msg)),
                                      .properties = properties_of(arena, msg, delivery->failed),
                                      .body = arena_copy(arena, msg_body(msg)),
                                      .expires = delivery->expires,
                                      .failed = delivery->failed,
                                      .until = item->until,
                                      .redelivered = delivery->redelivered};
    list_push(&out->messages, &message->link);
    msg_unref(msg);
}

/* The level is the low octet of a position. */
static int compare(const void *one, const void *other)
{
    uint64_t a = ((const struct item *)one)->delivery.position;
    uint64_t b = ((const struct item *)other)->delivery.position;
    if ((uint8_t)a != (uint8_t)b) {
        return (uint8_t)a > (uint8_t)b ? -1 : 1;
    }
    return a < b ? -1 : 1;
}

/* Whatever is held back has been handed out. */
static struct item held_item(const struct broker_queue *queue, const struct retry_item *held)
{
    const struct attempt *attempt = attempts_find(&queue->attempts, held->position);
    return (struct item){.delivery = {.msg = msg_ref(held->msg),
                                      .expires = held->expires,
                                      .position = held->position,
                                      .failed = attempt ? attempt->failed : 0,
                                      .redelivered = true},
                         .until = held->at};
}

void inspect_quorum(const struct node *node, struct arena *arena, struct broker_queue *queue,
                    struct found_queue *out)
{
    size_t ready = queue_ready_count(queue->messages), count = 0;
    struct item *items = arena_new(arena, (ready + retry_count(queue) + 1) * sizeof *items);
    for (size_t i = 0; i < retry_count(queue); i++) {
        items[count++] = held_item(queue, &queue->retries->items[i]);
    }
    while (broker_queue_take(queue, &items[count].delivery)) {
        count++;
    }
    qsort(items, count, sizeof *items, compare);
    for (size_t i = 0; i < count; i++) {
        add(node, arena, &items[i], out);
        msg_unref(items[i].delivery.msg);
    }
}

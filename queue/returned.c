#include "queue/returned.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/msg.h"

void returned_add(struct returned *returned, const struct delivery *delivery)
{
    uint64_t position = delivery->position;
    if (returned->count == returned->cap) {
        returned->cap = returned->cap ? returned->cap * 2 : 16;
        returned->items = memory_grow(returned->items, returned->cap * sizeof *returned->items);
    }
    size_t at = returned->count++;
    while (at > 0 && returned->items[(at - 1) / 2].position > position) {
        returned->items[at] = returned->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    returned->items[at] = (struct returned_item){position, delivery->expires, delivery->msg};
    returned->stubs += delivery->msg->stub;
    returned->stub_bytes += delivery->msg->stub ? delivery->msg->body_len : 0;
}

/* Puts `item` where the root was, and down to where it belongs. */
static void sink(struct returned *returned, struct returned_item item)
{
    struct returned_item *items = returned->items;
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= returned->count) {
            break;
        }
        if (child + 1 < returned->count && items[child + 1].position < items[child].position) {
            child++;
        }
        if (item.position <= items[child].position) {
            break;
        }
        items[at] = items[child];
        at = child;
    }
    items[at] = item;
}

bool returned_take(struct returned *returned, struct delivery *out)
{
    if (returned->count == 0) {
        return false;
    }
    struct returned_item first = returned->items[0];
    returned->count--;
    returned->stubs -= first.msg->stub;
    returned->stub_bytes -= first.msg->stub ? first.msg->body_len : 0;
    if (returned->count == 0) {
        returned_clear(returned);
    } else {
        sink(returned, returned->items[returned->count]);
    }
    *out = (struct delivery){.msg = first.msg,
                             .expires = first.expires,
                             .position = first.position,
                             .redelivered = true};
    return true;
}

/* The positions are told apart digit by digit from the highest on which they differ: nothing is
 * sorted, and nothing is moved. */
static uint64_t position_at(const struct returned *returned, size_t index)
{
    enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS };
    uint64_t all = 0, found = 0;
    int shift = 0;
    for (size_t i = 0; i < returned->count; i++) {
        all |= returned->items[i].position;
    }
    while (shift < 64 - DIGIT_BITS && all >> shift >> DIGIT_BITS != 0) {
        shift += DIGIT_BITS;
    }
    for (; shift >= 0; shift -= DIGIT_BITS) {
        size_t counts[DIGITS] = {0};
        for (size_t i = 0; i < returned->count; i++) {
            uint64_t left = returned->items[i].position >> shift;
            counts[left % DIGITS] += left / DIGITS == found;
        }
        uint64_t digit = 0;
        for (; index >= counts[digit]; digit++) {
            index -= counts[digit];
        }
        found = found * DIGITS + digit;
    }
    return found;
}

void returned_peek(const struct returned *returned, size_t index, struct delivery *out)
{
    ASSERT(index < returned->count);
    const struct returned_item *item = returned->items; // the first
    if (index > 0) {
        uint64_t position = position_at(returned, index);
        while (item->position != position) {
            item++;
        }
    }
    *out = (struct delivery){.msg = msg_ref(item->msg),
                             .expires = item->expires,
                             .position = item->position,
                             .redelivered = true};
}

void returned_clear(struct returned *returned)
{
    for (size_t i = 0; i < returned->count; i++) {
        msg_unref(returned->items[i].msg);
    }
    free(returned->items);
    *returned = (struct returned){0};
}

#include "server/store_internal.h"

#include <errno.h>

#include "broker/broker.h"

enum {
    SPILL_SIZE = 8 << 20, // octets on their way at a time
    SPILL_COUNT = 256,    // messages that the core names at once
    SHED_SIZE = 1 << 20,  // octets that go at once, besides as many as came
};

/* --- Back into memory. --- */

void store_fail_to_read(struct store *store, uint64_t position, int error)
{
    struct fault fault = {.error = 0};
    store_fault_at(store, position, error < 0 ? error : -EUCLEAN, &fault);
    fault_detail(&fault, "a message that was stored cannot be read back");
    store_fail(store, &fault);
}

struct msg *store_load(struct store *store, const struct msg *stub)
{
    struct record record;
    struct msg *msg = NULL;
    int rc = journal_read(store->journal, stub->stored_at, &record);
    if (rc == 0) {
        struct outcome outcome = {
            .type = record.type, .payload = record.payload, .at = stub->stored_at};
        msg = outcome_read_msg(&outcome);
        rc = msg ? 0 : -EUCLEAN;
    }
    if (rc < 0) {
        store_fail_to_read(store, stub->stored_at, rc);
    }
    store->traffic.read += msg != NULL;
    return msg;
}

struct store_traffic store_traffic(const struct store *store)
{
    return store->traffic;
}

/* --- Out of it. --- */

/* Returns the octets that it takes. */
static size_t spill_one(struct store *store, struct msg *msg)
{
    if (msg->stored_at != 0) {
        return 0; // it was named twice
    }
    struct store_message message = {.msg = msg, .type = OUTCOME_SPILL};
    msg->stored_at = store_append_message(store, &message);
    store->spilled_at = msg->stored_at;
    return msg_size(msg);
}

/* What is not to survive goes to the disk as well if there is too much of it. */
static void spill(struct store *store)
{
    struct msg *messages[SPILL_COUNT];
    size_t size = 0;
    bool more = true;
    while (more && size < SPILL_SIZE && !journal_full(store->journal)) {
        size_t before = size;
        size_t count = broker_unstored(store->broker, messages, SPILL_COUNT);
        for (size_t i = 0; i < count; i++) {
            size += spill_one(store, messages[i]);
        }
        more = size > before;
    }
}

/* At half of it: 0 would be no limit. */
uint64_t store_spill_above_of(uint64_t memory_limit)
{
    return memory_limit / 2 + 1;
}

void store_set_spill_above(struct store *store, uint64_t octets)
{
    store->options.spill_above = octets;
}

static bool must_spill(const struct store *store)
{
    return store->options.spill_above > 0 && store->spilled_at <= store->progress.written &&
           broker_counters(store->broker)->resident_bytes > store->options.spill_above;
}

/* How much may be left: what has come since the last call goes, and so much more. When a sync that
 * took long ends there may be far more that can go, and clients are waiting. */
static uint64_t shed_target(const struct store *store, uint64_t resident)
{
    uint64_t least = store->options.resident_max + SHED_SIZE;
    uint64_t then = store->resident_then < resident ? store->resident_then : resident;
    return then > least ? then - SHED_SIZE : store->options.resident_max;
}

void store_shed(struct store *store)
{
    const struct broker_counters *counters = broker_counters(store->broker);
    store->shedding = false;
    if (counters->resident_bytes > store->options.resident_max) {
        uint64_t target = shed_target(store, counters->resident_bytes);
        broker_evict(store->broker, target, store->progress.written);
        store->shedding = counters->resident_bytes <= target &&
                          counters->resident_bytes > store->options.resident_max;
    }
    store->resident_then = counters->resident_bytes;
    if (must_spill(store)) {
        spill(store);
    }
}

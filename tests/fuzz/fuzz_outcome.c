#include "tests/fuzz/fuzz.h"

#include "base/check.h"
#include "broker/broker.h"
#include "broker/outcome.h"
#include "broker/recovery.h"
#include "broker/snapshot.h"
#include "broker/storage.h"
#include "broker/topology.h"
#include "queue/msg.h"

/* What a journal could hold if somebody else had written it: {u8 type, u16 length, payload} one
 * after another. All of it is refused or applied, and nothing else happens; what decodes encodes to
 * the same octets; and what a broker has become can be put down and read again. */
enum { AT_STEP = 8, AT_FIRST = 64 };

static void check_topology(struct slice payload)
{
    struct wire_reader r = wire_reader_of(payload);
    struct topology entry;
    while (wire_left(&r) > 0) {
        const uint8_t *begin = r.pos;
        struct bytes again = {0};
        if (!topology_decode(&r, &entry)) {
            break;
        }
        topology_encode(&entry, &again);
        CHECK(slice_eq(bytes_slice(&again), (struct slice){begin, (size_t)(r.pos - begin)}));
        bytes_finish(&again);
    }
}

static void check_enqueue(const struct outcome *outcome)
{
    struct outcome_enqueue enqueue;
    struct bytes again = {0};
    if (!outcome_read_enqueue(outcome->payload, &enqueue)) {
        CHECK(!outcome_read_msg(outcome));
        return;
    }
    struct wire_reader r = wire_reader_of(enqueue.places);
    for (uint32_t i = 0; i < enqueue.count; i++) {
        struct outcome_place place = outcome_get_place(&r);
        outcome_add_place(&again, &place);
    }
    CHECK(!r.bad && slice_eq(bytes_slice(&again), enqueue.places));
    bytes_finish(&again);
    struct msg *msg = outcome_read_msg(outcome);
    if (msg) {
        uint8_t head[OUTCOME_CONTENT_SIZE];
        outcome_write_content(msg, head);
        CHECK(memcmp(enqueue.content.ptr - sizeof head, head, sizeof head) == 0);
        CHECK(slice_eq(outcome_content(msg), enqueue.content));
        msg_unref(msg);
    }
}

static void apply_all(struct broker *broker, struct slice input)
{
    struct wire_reader r = wire_reader_of(input);
    for (uint64_t at = AT_FIRST; wire_left(&r) > 0; at += AT_STEP) {
        struct outcome outcome = {.type = wire_get_u8(&r), .at = at};
        outcome.payload = wire_get_bytes(&r, wire_get_u16(&r));
        if (r.bad) {
            return;
        }
        check_topology(outcome.payload);
        check_enqueue(&outcome);
        (void)broker_apply(broker, &outcome);
    }
}

static void carry_out(struct broker *broker, struct effects *fx)
{
    for (uint32_t i = 0; i < fx->count; i++) {
        CHECK(fx->items[i].kind != EFFECT_DELIVER && fx->items[i].kind != EFFECT_REPLY);
    }
    effects_free(fx);
    broker_tick(broker, fx);
    effects_free(fx);
}

/* What comes out of a broker goes into another one. */
static void copy(struct broker *broker, struct broker *other)
{
    struct snapshot *snapshot = snapshot_new(broker, UINT64_MAX);
    struct bytes block = {0};
    struct outcome outcome = {0};
    while (snapshot_next(snapshot, &block, &outcome.type)) {
        outcome.payload = bytes_slice(&block);
        CHECK(broker_apply(other, &outcome));
    }
    snapshot_free(snapshot);
    bytes_finish(&block);
}

static struct broker *new_broker(void)
{
    struct broker_options options = {
        .message_size_max = 100000, .durable = true, .wall_offset_ms = 1000};
    struct broker *broker = broker_new(&options);
    ledger_open(broker_ledger(broker), AT_FIRST);
    return broker;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct broker *broker = new_broker(), *other = new_broker();
    struct effects fx = {0};
    apply_all(broker, (struct slice){data, size});
    broker_restored(broker, &fx);
    carry_out(broker, &fx);
    copy(broker, other);
    const struct broker_counters *had = broker_counters(broker), *has = broker_counters(other);
    CHECK(had->queues == has->queues && had->exchanges == has->exchanges);
    broker_restored(other, &fx);
    carry_out(other, &fx);
    broker_free(other);
    broker_free(broker);
    return 0;
}

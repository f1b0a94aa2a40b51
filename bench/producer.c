#include "bench/producer.h"

#include <stdlib.h>

#include "bench/confirms.h"
#include "bench/memory.h"
#include "bench/stamp.h"

enum { BLOCK_SIZE = 256 * 1024 };

enum stage { PUBLISHING, SYNCING, DONE };

struct producer {
    struct loop_source source;
    struct producer_plan plan;
    struct conn *conn; // owned
    struct loop *loop; // borrowed
    struct bytes block;
    size_t slot_size;   // octets of one encoded message
    size_t slot_count;  // messages in the block, a multiple of plan.key_count
    size_t body_offset; // of the body in its slot
    uint64_t made;
    uint64_t sent_size; // octets written, of made * slot_size
    struct confirms confirms;
    enum stage stage;
    bool late; // the block was full when a paced message was due
};

/* All slots get the same size because all keys have the same length. */
static void encode_block(struct producer *producer)
{
    const struct producer_plan *plan = &producer->plan;
    uint8_t *body = memory_zeroed(plan->body_size, 1);
    memset(body, 'x', plan->body_size);
    size_t made = 0;
    do {
        for (size_t i = 0; i < plan->key_count; i++, made++) {
            struct publish publish = {.exchange = plan->exchange,
                                      .routing_key = plan->keys[i],
                                      .body = {body, plan->body_size},
                                      .properties = plan->properties};
            publish.properties.priority =
                plan->levels < 0 ? -1 : (int)(made % ((size_t)plan->levels + 1));
            producer->body_offset =
                put_publish(&producer->block, &publish, conn_frame_max(producer->conn));
        }
        producer->slot_count += plan->key_count;
        producer->slot_size = producer->block.len / producer->slot_count;
    } while (producer->block.len + producer->slot_size * plan->key_count <= BLOCK_SIZE);
    free(body);
}

static void on_frame(void *owner, const struct frame *frame)
{
    struct producer *producer = owner;
    if (frame->method != BASIC_ACK && frame->method != BASIC_NACK) {
        return;
    }
    struct wire_reader reader = {.pos = frame->payload.ptr + sizeof frame->method,
                                 .end = frame->payload.ptr + frame->payload.len};
    uint64_t tag = wire_get_u64(&reader);
    bool multiple = wire_get_u8(&reader) & 1;
    struct problem *problem = conn_problem(producer->conn);
    if (frame->method == BASIC_NACK) {
        problem_set(problem, "the broker refused message %llu (basic.nack)",
                    (unsigned long long)tag);
    } else if (producer->plan.window == 0 || reader.bad ||
               !confirms_settle(&producer->confirms, tag, multiple, producer->made)) {
        problem_set(problem, "the broker confirmed message %llu, which is not unconfirmed",
                    (unsigned long long)tag);
    }
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How many messages may be made now. */
static uint64_t room(const struct producer *producer)
{
    uint64_t unsent = producer->made - producer->sent_size / producer->slot_size;
    uint64_t count = min_u64(producer->slot_count - unsent, producer->plan.limit - producer->made);
    if (producer->plan.window > 0) {
        uint64_t open = producer->made - producer->confirms.below;
        count = min_u64(count, producer->plan.window - open);
    }
    return count;
}

static void make(struct producer *producer, uint64_t count, int64_t now_ns)
{
    for (uint64_t i = 0; producer->plan.stamped && i < count; i++) {
        uint64_t number = producer->made + i;
        uint8_t *slot = producer->block.ptr + number % producer->slot_count * producer->slot_size;
        struct stamp stamp = {producer->plan.number, number, now_ns};
        stamp_write(slot + producer->body_offset, stamp);
    }
    for (uint64_t i = 1; producer->plan.confirm_latency && i <= count; i++) {
        confirms_sent(&producer->confirms, producer->made + i, now_ns);
    }
    producer->made += count;
}

static void make_all(struct producer *producer)
{
    bool timed = producer->plan.stamped || producer->plan.confirm_latency;
    make(producer, room(producer), timed ? clock_ns() : 0);
}

static uint64_t unsent_size(const struct producer *producer)
{
    return producer->made * producer->slot_size - producer->sent_size;
}

/* One write of what lies in one piece. False if the socket is full or lost. */
static bool send_some(struct producer *producer)
{
    size_t offset = producer->sent_size % producer->block.len;
    size_t len = min_u64(unsent_size(producer), producer->block.len - offset);
    struct slice piece = {producer->block.ptr + offset, len};
    ssize_t sent = conn_write(producer->conn, piece);
    producer->sent_size += sent > 0 ? (uint64_t)sent : 0;
    return sent == (ssize_t)len;
}

static bool all_settled(const struct producer *producer)
{
    bool confirmed = producer->plan.window == 0 || producer->confirms.below == producer->made;
    return producer->made == producer->plan.limit && unsent_size(producer) == 0 && confirmed;
}

static void advance_stage(struct producer *producer)
{
    if (producer->stage == PUBLISHING && all_settled(producer)) {
        producer->stage = SYNCING;
        put_qos(conn_out(producer->conn), 0);
        conn_expect(producer->conn, BASIC_QOS_OK);
        conn_flush(producer->conn);
    } else if (producer->stage == SYNCING && conn_answered(producer->conn)) {
        producer->stage = DONE;
    }
}

/* Sends what is made. A flood makes more as it goes, but writes once per turn of the loop unless a
 * window limits it anyway: consumers must get their turn. */
static void publish_some(struct producer *producer)
{
    bool flooding = !producer->plan.paced;
    bool more = true;
    while (more) {
        if (flooding) {
            make_all(producer);
        }
        more = unsent_size(producer) > 0 && send_some(producer) &&
               (!flooding || producer->plan.window > 0);
    }
    bool waiting = unsent_size(producer) > 0 || (flooding && room(producer) > 0);
    loop_want_write(producer->loop, &producer->source, waiting);
}

static void on_ready(void *owner, bool readable, bool writable)
{
    (void)writable; // level-triggered: a write that would have to wait finds out by itself
    struct producer *producer = owner;
    if (readable && conn_receive(producer->conn) < 0) {
        return;
    }
    if (producer->stage == PUBLISHING) {
        publish_some(producer);
    } else {
        conn_flush(producer->conn);
        loop_want_write(producer->loop, &producer->source, conn_out(producer->conn)->len > 0);
    }
    advance_stage(producer);
}

struct producer *producer_new(struct conn *conn, struct loop *loop,
                              const struct producer_plan *plan)
{
    if (plan->window > 0) {
        put_confirm_select(conn_out(conn));
        if (!conn_call(conn, CONFIRM_SELECT_OK, NULL)) {
            conn_free(conn);
            return NULL;
        }
    }
    struct producer *producer = memory_zeroed(1, sizeof *producer);
    producer->plan = *plan;
    producer->conn = conn;
    producer->loop = loop;
    encode_block(producer);
    confirms_init(&producer->confirms, plan->window > 0 ? plan->window : 1, plan->confirm_latency);
    conn_set_owner(conn, on_frame, producer);
    producer->source =
        (struct loop_source){.fd = conn_fd(conn), .on_ready = on_ready, .owner = producer};
    loop_add(loop, &producer->source);
    return producer;
}

void producer_free(struct producer *producer)
{
    if (producer) {
        conn_close(producer->conn);
        confirms_finish(&producer->confirms);
        bytes_finish(&producer->block);
        free(producer);
    }
}

void producer_start(struct producer *producer)
{
    publish_some(producer);
    advance_stage(producer);
}

void producer_pace(struct producer *producer, int64_t start_ns, int64_t interval_ns)
{
    int64_t now_ns = clock_ns();
    uint64_t due = (uint64_t)((now_ns - start_ns) / interval_ns) + 1;
    uint64_t count = min_u64(due > producer->made ? due - producer->made : 0, room(producer));
    for (uint64_t i = 0; producer->late && i < count; i++) {
        make(producer, 1, start_ns + (int64_t)producer->made * interval_ns);
    }
    make(producer, producer->late ? 0 : count, now_ns);
    producer->late = producer->made < min_u64(due, producer->plan.limit);
    publish_some(producer);
    advance_stage(producer);
}

void producer_stop(struct producer *producer)
{
    producer->plan.limit = min_u64(producer->plan.limit, producer->made);
    if (producer->stage == PUBLISHING) {
        publish_some(producer);
        advance_stage(producer);
    }
}

bool producer_done(const struct producer *producer)
{
    return producer->stage == DONE;
}

uint64_t producer_made(const struct producer *producer)
{
    return producer->made;
}

uint64_t producer_confirmed(const struct producer *producer)
{
    return producer->confirms.below;
}

uint64_t producer_progress(const struct producer *producer)
{
    return producer->sent_size + producer->confirms.below + (uint64_t)producer->stage;
}

const char *producer_blocked(const struct producer *producer)
{
    return conn_blocked(producer->conn);
}

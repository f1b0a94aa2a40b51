#include "bench/consumer.h"

#include <stdlib.h>

#include "bench/memory.h"

struct consumer {
    struct loop_source source;
    struct consumer_plan plan;
    struct conn *conn; // owned
    struct loop *loop; // borrowed
    uint64_t delivered;
    uint64_t body_left; // octets of the content that is being received
    uint64_t tag;       // of the last delivery
    uint64_t unacked;
    int64_t now_ns; // when the octets at hand were received; 0 = not asked yet
    bool body_begun;
    uint64_t *last; // owned: 1 + the last number seen, by producer
};

/* basic.deliver: consumer tag, delivery tag, and what does not matter here. */
static void on_deliver(struct consumer *consumer, struct slice payload)
{
    size_t tag_offset = sizeof(uint32_t) + 1 + payload.ptr[sizeof(uint32_t)];
    if (tag_offset + sizeof(uint64_t) > payload.len) {
        problem_set(conn_problem(consumer->conn), "the broker sent a short basic.deliver");
        return;
    }
    consumer->tag = wire_load_u64(payload.ptr + tag_offset);
    consumer->body_begun = false;
}

static void acknowledge(struct consumer *consumer)
{
    if (consumer->plan.ack_every > 0 && ++consumer->unacked == consumer->plan.ack_every) {
        put_ack(conn_out(consumer->conn), consumer->tag, consumer->plan.ack_every > 1);
        consumer->unacked = 0;
    }
}

static void look_into(struct consumer *consumer, struct slice body)
{
    if (body.len < STAMP_SIZE) {
        problem_set(conn_problem(consumer->conn), "a body arrived without its stamp");
        return;
    }
    struct stamp stamp = stamp_read(body.ptr);
    if (consumer->plan.verify) {
        verify_note(consumer->plan.verify, consumer->plan.group, consumer->last, stamp);
    }
    if (consumer->plan.latency && stamp.sent_ns >= consumer->plan.latency_from_ns) {
        consumer->now_ns = consumer->now_ns ? consumer->now_ns : clock_ns();
        histogram_add(consumer->plan.latency, consumer->now_ns - stamp.sent_ns);
    }
}

static void on_body(struct consumer *consumer, struct slice body)
{
    if (body.len > consumer->body_left) {
        problem_set(conn_problem(consumer->conn), "the broker sent more body than it announced");
        return;
    }
    if (!consumer->body_begun && (consumer->plan.verify || consumer->plan.latency)) {
        look_into(consumer, body);
    }
    consumer->body_begun = true;
    consumer->body_left -= body.len;
}

static void on_frame(void *owner, const struct frame *frame)
{
    struct consumer *consumer = owner;
    switch (frame->type) {
    case FRAME_METHOD:
        if (frame->method == BASIC_DELIVER) {
            on_deliver(consumer, frame->payload);
        }
        return;
    case FRAME_HEADER:
        consumer->body_left = frame->payload.len >= 12 ? wire_load_u64(frame->payload.ptr + 4) : 0;
        break;
    case FRAME_BODY:
        on_body(consumer, frame->payload);
        break;
    case FRAME_HEARTBEAT:
        return;
    }
    if (consumer->body_left == 0) {
        consumer->delivered++;
        acknowledge(consumer);
    }
}

static void on_ready(void *owner, bool readable, bool writable)
{
    (void)writable;
    struct consumer *consumer = owner;
    consumer->now_ns = 0;
    if (readable && conn_receive(consumer->conn) < 0) {
        return;
    }
    if (conn_flush(consumer->conn)) {
        loop_want_write(consumer->loop, &consumer->source, conn_out(consumer->conn)->len > 0);
    }
}

static bool consume(struct consumer *consumer)
{
    struct bytes *out = conn_out(consumer->conn);
    if (consumer->plan.prefetch > 0) {
        put_qos(out, consumer->plan.prefetch);
        if (!conn_call(consumer->conn, BASIC_QOS_OK, NULL)) {
            return false;
        }
    }
    put_consume(out, consumer->plan.queue, consumer->plan.ack_every == 0);
    return conn_call(consumer->conn, BASIC_CONSUME_OK, NULL);
}

struct consumer *consumer_new(struct conn *conn, struct loop *loop,
                              const struct consumer_plan *plan)
{
    struct consumer *consumer = memory_zeroed(1, sizeof *consumer);
    consumer->plan = *plan;
    consumer->conn = conn;
    consumer->loop = loop;
    consumer->last = memory_zeroed(plan->producers, sizeof *consumer->last);
    conn_set_owner(conn, on_frame, consumer);
    consumer->source =
        (struct loop_source){.fd = conn_fd(conn), .on_ready = on_ready, .owner = consumer};
    loop_add(loop, &consumer->source);
    if (!consume(consumer)) {
        consumer_free(consumer);
        return NULL;
    }
    return consumer;
}

void consumer_free(struct consumer *consumer)
{
    if (consumer) {
        conn_close(consumer->conn);
        free(consumer->last);
        free(consumer);
    }
}

void consumer_set_latency_from(struct consumer *consumer, int64_t latency_from_ns)
{
    consumer->plan.latency_from_ns = latency_from_ns;
}

uint64_t consumer_delivered(const struct consumer *consumer)
{
    return consumer->delivered;
}

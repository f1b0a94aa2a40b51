#include "tests/sim/model_internal.h"

struct model *model_new(const struct model_options *options)
{
    struct model *model = arena_new(options->arena, sizeof *model);
    model->arena = options->arena;
    model->verdict = options->verdict;
    model->absences = options->absences;
    model->message_max = options->message_max;
    model->durable = options->durable;
    model->happened = 1;
    model_facts_init(&model->facts, options->arena);
    list_init(&model->claims);
    list_init(&model->conns);
    list_init(&model->events);
    list_init(&model->letters);
    list_init(&model->dues);
    list_init(&model->fetches);
    list_init(&model->touched);
    list_init(&model->grouped);
    model->in_bulk = options->in_bulk || options->durable;
    model->clock_ms = model->now_ms = options->now_ms;
    model_topology_init(model);
    return model;
}

struct model_conn *model_connect(struct model *model, struct tape *tape, uint32_t id)
{
    struct model_conn *conn = arena_new(model->arena, sizeof *conn);
    conn->model = model;
    conn->tape = tape;
    conn->id = id;
    list_init(&conn->channels);
    for (int i = 0; i < MODEL_LINES; i++) {
        list_init(&conn->lines[i].owed);
    }
    list_push(&model->conns, &conn->link);
    return conn;
}

int model_line_of(uint16_t channel)
{
    static const uint16_t numbers[MODEL_LINES] = {0, 1, 2, 3, 4, 2000};
    for (int i = 0; i < MODEL_LINES; i++) {
        if (numbers[i] == channel) {
            return i;
        }
    }
    return -1;
}

struct owed *model_owe(struct model_conn *conn, uint16_t channel, const struct amqp_args *args)
{
    struct owed *owed = arena_new(conn->model->arena, sizeof *owed);
    owed->args = *args;
    list_init(&owed->claims);
    list_push(&conn->lines[model_line_of(channel)].owed, &owed->link);
    return owed;
}

struct owed *model_owe_ok(struct model_channel *channel, enum amqp_method method)
{
    return model_owe(channel->conn, channel->number, &(struct amqp_args){.method = method});
}

static struct model_event *add_event(struct model *model, enum model_event_kind kind)
{
    struct model_event *event = arena_new(model->arena, sizeof *event);
    *event =
        (struct model_event){.kind = kind, .instant = model->instant, .now_ms = model->clock_ms};
    list_push(&model->events, &event->link);
    return event;
}

void model_operation(struct model_conn *conn, const struct op *op)
{
    struct model_event *event = add_event(conn->model, EVENT_OPERATION);
    event->conn = conn;
    event->op = op;
}

void model_lost(struct model_conn *conn)
{
    add_event(conn->model, EVENT_LOST)->conn = conn;
}

void model_forced(struct model_conn *conn)
{
    add_event(conn->model, EVENT_FORCED)->conn = conn;
}

void model_tick(struct model *model)
{
    add_event(model, EVENT_TICK);
}

void model_owe_nothing(struct model_conn *conn)
{
    struct list_node *node;
    for (int i = 0; i < MODEL_LINES; i++) {
        while ((node = list_first(&conn->lines[i].owed))) {
            list_unlink(node);
        }
    }
}

/* What is still to be said to it will not be heard. */
static void lose(struct model_conn *conn)
{
    struct list_node *node;
    model_conn_end(conn);
    model_owe_nothing(conn);
    conn->phase = PHASE_GONE;
    while ((node = list_first(&conn->tape->unexplained))) {
        list_unlink(node);
    }
}

static void run_event(struct model *model, const struct model_event *event)
{
    model->happened++;
    model->facts.instant = event->instant;
    model->now_ms = event->now_ms;
    switch (event->kind) {
    case EVENT_OPERATION:
        model_conn_operation(event->conn, event->op);
        break;
    case EVENT_LOST:
        lose(event->conn);
        break;
    case EVENT_FORCED:
        if (event->conn->phase < PHASE_OPEN) {
            event->conn->phase = PHASE_GONE;
        } else {
            model_conn_fail(event->conn, AMQP_CONNECTION_FORCED, 0);
        }
        break;
    case EVENT_TICK:
        model_tick_now(model);
        break;
    }
    model_finish(model);
}

/* The first thing on a tape that nothing accounts for. */
static void check_unexplained(const struct model_conn *conn)
{
    struct list_node *node = list_first(&conn->tape->unexplained);
    if (!node) {
        return;
    }
    const struct heard *heard = container_of(node, struct heard, link);
    int line = model_line_of(heard->channel);
    struct list_node *owed = line < 0 ? NULL : list_first(&conn->lines[line].owed);
    char text[300];
    tape_describe(heard, text, sizeof text);
    verdict_fail(conn->model->verdict, "connection %u channel %u: %s is not expected%s; %s is",
                 conn->id, heard->channel, text, conn->model->doubt,
                 owed ? amqp_method_name(container_of(owed, struct owed, link)->args.method)
                      : "nothing");
}

static void check_owed(const struct model_conn *conn)
{
    for (int i = 0; i < MODEL_LINES; i++) {
        struct list_node *node = list_first(&conn->lines[i].owed);
        if (node) {
            verdict_fail(conn->model->verdict, "connection %u channel line %d: no %s came",
                         conn->id, i,
                         amqp_method_name(container_of(node, struct owed, link)->args.method));
        }
    }
}

/* A message waits although somebody could certainly have it. */
static void check_waiting(const struct model_conn *conn, bool drained)
{
    if (conn->phase != PHASE_OPEN || (!drained && conn->taken > MODEL_SURE_WINDOW)) {
        return;
    }
    list_each(node, &conn->channels) {
        const struct model_channel *channel = container_of(node, struct model_channel, link);
        list_each(it, &channel->consumers) {
            const struct model_consumer *consumer =
                container_of(it, struct model_consumer, channel_link);
            if (!list_empty(&consumer->queue->ready) && model_consumer_may(consumer)) {
                verdict_fail(conn->model->verdict,
                             "connection %u channel %u: a message in %.*s is not delivered",
                             conn->id, channel->number, (int)consumer->queue->name.len,
                             (const char *)consumer->queue->name.ptr);
            }
        }
    }
}

void model_drained(struct model_conn *conn)
{
    check_waiting(conn, true);
}

void model_catch_up(struct model *model)
{
    struct list_node *node;
    model->doubt[0] = '\0';
    while ((node = list_first(&model->events)) && !model->verdict->failed) {
        const struct model_event *event = container_of(node, struct model_event, link);
        list_unlink(node);
        if (model->in_bulk || event->kind != EVENT_TICK) {
            model_finish(model); // what is said of those before it
        }
        run_event(model, event);
    }
    model_finish(model);
    list_each(it, &model->conns) {
        const struct model_conn *conn = container_of(it, struct model_conn, link);
        check_unexplained(conn);
        check_owed(conn);
    }
    model_check_claims(model);
    list_each(at, &model->conns) {
        check_waiting(container_of(at, struct model_conn, link), false);
    }
}

void model_set_time(struct model *model, uint64_t instant, uint64_t now_ms)
{
    model->instant = instant;
    model->clock_ms = now_ms;
}

void model_set_durable(struct model *model, uint64_t instant)
{
    model->facts.durable = instant;
}

void model_set_alarm(struct model *model, bool alarm)
{
    model->alarm = alarm;
}

uint32_t model_length(const struct list *list)
{
    uint32_t count = 0;
    list_each(node, list) {
        count++;
    }
    return count;
}

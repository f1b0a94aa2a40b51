#include "tests/crash/fixtures.h"

#include <stdio.h>

#include "tests/crash/session.h"
#include "tests/crash/worker.h"

struct fixture_name {
    char text[32];
};

static struct fixture_name name_of(const char *kind, uint32_t number)
{
    struct fixture_name name;
    snprintf(name.text, sizeof name.text, "%s.%u", kind, number);
    return name;
}

/* --- Coming and going. --- */

static bool declare_queue(amqp_connection_state_t client, unsigned index)
{
    struct fixture_name name = name_of("spare", index);
    amqp_table_entry_t entry = {
        .key = amqp_cstring_bytes("x-max-length"),
        .value = {.kind = AMQP_FIELD_KIND_I64, .value.i64 = 1000 + index},
    };
    return amqp_queue_declare(client, 1, amqp_cstring_bytes(name.text), 0, 1, 0, 0,
                              (amqp_table_t){1, &entry});
}

static bool change_queue(amqp_connection_state_t client, struct fixture *fixture, unsigned index)
{
    bool make = fixture->queue != FIXTURE_PRESENT;
    fixture->queue = fixture->binding = FIXTURE_UNKNOWN;
    if (make) {
        if (!declare_queue(client, index)) {
            return false;
        }
    } else if (!amqp_queue_delete(client, 1, amqp_cstring_bytes(name_of("spare", index).text), 0,
                                  0)) {
        return false;
    }
    fixture->queue = make ? FIXTURE_PRESENT : FIXTURE_ABSENT;
    fixture->binding = FIXTURE_ABSENT;
    return true;
}

static bool change_exchange(amqp_connection_state_t client, struct fixture *fixture, unsigned index)
{
    struct fixture_name name = name_of("hook", index);
    bool make = fixture->exchange != FIXTURE_PRESENT;
    fixture->exchange = fixture->binding = FIXTURE_UNKNOWN;
    bool done = make ? amqp_exchange_declare(client, 1, amqp_cstring_bytes(name.text),
                                             amqp_cstring_bytes("direct"), 0, 1, 0, 0,
                                             amqp_empty_table) != NULL
                     : amqp_exchange_delete(client, 1, amqp_cstring_bytes(name.text), 0) != NULL;
    if (done) {
        fixture->exchange = make ? FIXTURE_PRESENT : FIXTURE_ABSENT;
        fixture->binding = FIXTURE_ABSENT;
    }
    return done;
}

static bool change_binding(amqp_connection_state_t client, struct fixture *fixture, unsigned index)
{
    struct fixture_name queue = name_of("spare", index), exchange = name_of("hook", index);
    bool make = fixture->binding != FIXTURE_PRESENT;
    fixture->binding = FIXTURE_UNKNOWN;
    bool done = make ? amqp_queue_bind(client, 1, amqp_cstring_bytes(queue.text),
                                       amqp_cstring_bytes(exchange.text), amqp_cstring_bytes("k"),
                                       amqp_empty_table) != NULL
                     : amqp_queue_unbind(client, 1, amqp_cstring_bytes(queue.text),
                                         amqp_cstring_bytes(exchange.text), amqp_cstring_bytes("k"),
                                         amqp_empty_table) != NULL;
    if (done) {
        fixture->binding = make ? FIXTURE_PRESENT : FIXTURE_ABSENT;
    }
    return done;
}

static bool change(struct worker *worker, amqp_connection_state_t client)
{
    unsigned index = prng_below(&worker->prng, FIXTURES);
    struct fixture *fixture = &worker->options->fixtures->items[index];
    if (prng_chance(&worker->prng, 60) && fixture->queue == FIXTURE_PRESENT &&
        fixture->exchange == FIXTURE_PRESENT) {
        return change_binding(client, fixture, index);
    }
    return prng_chance(&worker->prng, 50) ? change_queue(client, fixture, index)
                                          : change_exchange(client, fixture, index);
}

/* An exclusive queue ends with its connection, and so with the broker, although it is durable. */
static bool declare_exclusive(struct worker *worker, amqp_connection_state_t client)
{
    uint32_t life = history_life(worker->options->history);
    worker->options->fixtures->exclusive_life = life;
    return amqp_queue_declare(client, 1, amqp_cstring_bytes(name_of("mine", life).text), 0, 1, 1, 0,
                              amqp_empty_table);
}

void declarer_run(struct worker *worker)
{
    struct history *history = worker->options->history;
    amqp_connection_state_t client = session_open(worker->options->port);
    if (!client) {
        return;
    }
    bool well = declare_exclusive(worker, client);
    while (well && !atomic_load(worker->finish) && !history_verdict(history)) {
        well = change(worker, client);
        history_wait_for_confirms(history, 100, 20);
    }
    if (well) {
        session_close(client);
    } else {
        session_drop(client);
    }
}

/* --- Checking. --- */

struct probe {
    struct history *history;
    int port;
    bool there;
};

/* A passive declare that fails closes the channel, so each one gets a connection. */
static bool probe_for(struct probe *probe, const char *queue, const char *exchange)
{
    amqp_connection_state_t client = session_open(probe->port);
    if (!client) {
        return false;
    }
    probe->there = queue ? amqp_queue_declare(client, 1, amqp_cstring_bytes(queue), 1, 1, 0, 0,
                                              amqp_empty_table) != NULL
                         : amqp_exchange_declare(client, 1, amqp_cstring_bytes(exchange),
                                                 amqp_cstring_bytes("direct"), 1, 1, 0, 0,
                                                 amqp_empty_table) != NULL;
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(client);
    session_drop(client);
    return probe->there || (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
                            reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD);
}

/* A mandatory message comes back if there is no binding. */
static bool probe_route(struct probe *probe, const char *exchange)
{
    amqp_connection_state_t client = session_open(probe->port);
    amqp_frame_t frame;
    bool confirmed = false;
    probe->there = true;
    if (!client) {
        return false;
    }
    if (amqp_confirm_select(client, 1) &&
        amqp_basic_publish(client, 1, amqp_cstring_bytes(exchange), amqp_cstring_bytes("k"), 1, 0,
                           NULL, amqp_cstring_bytes("probe")) == AMQP_STATUS_OK) {
        while (!confirmed && session_wait(client, FINISH_MS, &frame) > 0) {
            bool method = frame.frame_type == AMQP_FRAME_METHOD;
            confirmed = method && frame.payload.method.id == AMQP_BASIC_ACK_METHOD;
            probe->there &= !(method && frame.payload.method.id == AMQP_BASIC_RETURN_METHOD);
        }
    }
    session_drop(client);
    return confirmed;
}

static bool judge(struct probe *probe, bool answered, uint8_t *state, const char *name)
{
    enum fixture_state found = probe->there ? FIXTURE_PRESENT : FIXTURE_ABSENT;
    if (!answered) {
        history_fail(probe->history, "%s: no answer to whether it is there", name);
    } else if (*state != FIXTURE_UNKNOWN && *state != found) {
        history_fail(probe->history, "%s %s", name,
                     probe->there ? "is there, and was deleted" : "is gone, and was declared");
    }
    *state = (uint8_t)found;
    return !history_verdict(probe->history);
}

static bool check_fixture(struct probe *probe, struct fixture *fixture, unsigned index)
{
    struct fixture_name queue = name_of("spare", index), exchange = name_of("hook", index);
    if (!judge(probe, probe_for(probe, queue.text, NULL), &fixture->queue, queue.text) ||
        !judge(probe, probe_for(probe, NULL, exchange.text), &fixture->exchange, exchange.text)) {
        return false;
    }
    if (fixture->queue != FIXTURE_PRESENT || fixture->exchange != FIXTURE_PRESENT) {
        fixture->binding = FIXTURE_ABSENT;
        return true;
    }
    return judge(probe, probe_route(probe, exchange.text), &fixture->binding, "a binding");
}

bool fixtures_check(struct fixtures *fixtures, struct history *history, int port)
{
    struct probe probe = {.history = history, .port = port};
    uint8_t exclusive = FIXTURE_ABSENT;
    for (unsigned i = 0; i < FIXTURES; i++) {
        if (!check_fixture(&probe, &fixtures->items[i], i)) {
            return false;
        }
    }
    struct fixture_name mine = name_of("mine", fixtures->exclusive_life);
    return judge(&probe, probe_for(&probe, mine.text, NULL), &exclusive, mine.text);
}

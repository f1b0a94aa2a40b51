#include "tests/sim/scheme.h"

#include "amqp/table.h"
#include "base/wire.h"

static uint32_t one_of(struct prng *prng, const uint32_t *values, uint32_t count)
{
    return values[prng_below(prng, count)];
}

#define ONE_OF(prng, ...)                                                                          \
    one_of(prng, (const uint32_t[]){__VA_ARGS__},                                                  \
           sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void add_number(struct bytes *table, struct slice name, uint32_t number)
{
    uint8_t raw[5] = {'I'};
    wire_store_u32(raw + 1, number);
    table_add_raw(table, name, (struct slice){raw, sizeof raw});
}

static void add_times(struct bytes *table, struct prng *prng, uint32_t parts)
{
    if (parts & SCHEME_TIMES && prng_chance(prng, 40)) {
        add_number(table, SLICE("x-message-ttl"), ONE_OF(prng, 0, 1, 100, 700, 5000, 30000));
    }
    if (parts & SCHEME_EXPIRES && prng_chance(prng, 25)) {
        add_number(table, SLICE("x-expires"), ONE_OF(prng, 1, 500, 3000, 20000));
    }
}

static void add_limits(struct bytes *table, struct prng *prng)
{
    static const char *const words[] = {"drop-head", "reject-publish", "reject-publish-dlx"};
    if (prng_chance(prng, 30)) {
        add_number(table, SLICE("x-max-length"), ONE_OF(prng, 0, 1, 2, 5, 15));
    }
    if (prng_chance(prng, 15)) {
        add_number(table, SLICE("x-max-length-bytes"), ONE_OF(prng, 0, 60, 200, 1500));
    }
    if (prng_chance(prng, 50)) {
        const char *word = words[prng_below(prng, 3)];
        table_add_string(table, SLICE("x-overflow"),
                         (struct slice){(const uint8_t *)word, strlen(word)});
    }
}

/* Mostly to one of the queues; sometimes to wherever bindings lead; sometimes nowhere. */
static void add_letters(struct bytes *table, struct prng *prng, int number)
{
    static const char *const names[] = {"amq.fanout", "amq.direct", "e1", "e4", "nowhere"};
    bool back = prng_chance(prng, 30); // rejected for ever
    uint8_t key[] = {'q',
                     (uint8_t)('0' + (back ? (uint32_t)number : prng_below(prng, SCHEME_QUEUES)))};
    bool to_queue = prng_chance(prng, 70);
    const char *name = to_queue ? "" : names[prng_below(prng, 5)];
    table_add_string(table, SLICE("x-dead-letter-exchange"),
                     (struct slice){(const uint8_t *)name, strlen(name)});
    if (prng_chance(prng, to_queue ? 85 : 30)) {
        table_add_string(table, SLICE("x-dead-letter-routing-key"),
                         (struct slice){key, sizeof key});
    }
}

static void add_order(struct bytes *table, struct prng *prng, bool *single_active)
{
    if (prng_chance(prng, 30)) {
        add_number(table, SLICE("x-max-priority"), prng_between(prng, 1, 5));
    }
    if (prng_chance(prng, 25)) {
        table_add_bool(table, SLICE("x-single-active-consumer"), true);
        *single_active = true;
    }
    if (prng_chance(prng, 35)) {
        add_number(table, SLICE("x-delivery-limit"), prng_below(prng, 4));
    }
}

void scheme_draw(struct scheme *scheme, struct arena *arena, struct prng *prng, uint32_t parts)
{
    *scheme = (struct scheme){.parts = parts};
    for (int i = 0; i < SCHEME_QUEUES; i++) {
        struct bytes table = {0};
        add_times(&table, prng, parts);
        if (parts & SCHEME_LIMITS) {
            add_limits(&table, prng);
        }
        if (parts & SCHEME_LETTERS && prng_chance(prng, 60)) {
            add_letters(&table, prng, i);
        }
        if (parts & SCHEME_ORDER) {
            add_order(&table, prng, &scheme->single_active[i]);
        }
        scheme->arguments[i] = arena_copy(arena, bytes_slice(&table));
        bytes_finish(&table);
    }
}

int scheme_number(struct slice queue)
{
    bool known = queue.len == 2 && queue.ptr[0] == 'q' && queue.ptr[1] >= '0' &&
                 queue.ptr[1] < '0' + SCHEME_QUEUES;
    return known ? queue.ptr[1] - '0' : -1;
}

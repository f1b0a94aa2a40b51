#include "amqp/table.h"
#include "base/wire.h"
#include "tests/sim/scheme.h"

/* Left out: x-consumer-timeout, as no client here is that slow, and what only policies set. */
static void add_number(struct bytes *table, struct slice name, int32_t number)
{
    uint8_t raw[5] = {'I'};
    wire_store_u32(raw + 1, (uint32_t)number);
    table_add_raw(table, name, (struct slice){raw, sizeof raw});
}

static bool has(struct slice table, struct slice name)
{
    struct field_value value;
    return table_get(table, name, &value);
}

/* All but what a quorum queue does not take. */
static void keep(struct slice arguments, struct bytes *table)
{
    struct wire_reader r = wire_reader_of(arguments);
    struct slice name;
    struct field_value value;
    while (table_next(&r, &name, &value)) {
        if (!slice_eq(name, SLICE("x-max-priority"))) {
            table_add_raw(table, name, value.raw);
        }
    }
}

/* Without a limit it is 20, which few messages reach; with -1 there is none. */
static void add_limit(struct bytes *table, struct prng *prng, struct slice arguments)
{
    static const int32_t limits[] = {-1, 0, 1, 3};
    if (!has(arguments, SLICE("x-delivery-limit")) && prng_chance(prng, 50)) {
        add_number(table, SLICE("x-delivery-limit"), limits[prng_below(prng, 4)]);
    }
}

/* Both strategies are the same to those who look from outside. */
static void add_strategy(struct bytes *table, struct prng *prng, struct slice arguments)
{
    if (has(arguments, SLICE("x-dead-letter-exchange")) && prng_chance(prng, 50)) {
        table_add_string(table, SLICE("x-dead-letter-strategy"),
                         prng_chance(prng, 70) ? SLICE("at-least-once") : SLICE("at-most-once"));
    }
}

static void add_retry(struct bytes *table, struct prng *prng)
{
    static const char *const types[] = {"all", "all", "failed", "returned", "disabled"};
    static const int32_t least[] = {1, 50, 700, 5000}, most[] = {40, 1000, 20000};
    const char *type = types[prng_below(prng, 5)];
    if (!prng_chance(prng, 40)) {
        return;
    }
    table_add_string(table, SLICE("x-delayed-retry-type"),
                     (struct slice){(const uint8_t *)type, strlen(type)});
    add_number(table, SLICE("x-delayed-retry-min"), least[prng_below(prng, 4)]);
    if (prng_chance(prng, 50)) {
        add_number(table, SLICE("x-delayed-retry-max"), most[prng_below(prng, 3)]);
    }
}

static void make_quorum(struct scheme *scheme, struct arena *arena, struct prng *prng, int number)
{
    struct slice arguments = scheme->arguments[number];
    struct bytes table = {0};
    keep(arguments, &table);
    table_add_string(&table, SLICE("x-queue-type"), SLICE("quorum"));
    add_limit(&table, prng, arguments);
    add_strategy(&table, prng, arguments);
    add_retry(&table, prng);
    if (!scheme->single_active[number] && prng_chance(prng, 15)) {
        table_add_bool(&table, SLICE("x-single-active-consumer"), true);
        scheme->single_active[number] = true;
    }
    scheme->quorum[number] = true;
    scheme->arguments[number] = arena_copy(arena, bytes_slice(&table));
    bytes_finish(&table);
}

void scheme_draw_quorum(struct scheme *scheme, struct arena *arena, struct prng *prng)
{
    int certain = (int)prng_below(prng, SCHEME_QUEUES);
    scheme->parts |= SCHEME_QUORUM;
    for (int i = 0; i < SCHEME_QUEUES; i++) {
        if (i == certain || prng_chance(prng, 50)) {
            make_quorum(scheme, arena, prng, i);
        }
    }
}

#ifndef TESTS_UNIT_EXCHANGE_KIT_H
#define TESTS_UNIT_EXCHANGE_KIT_H

#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "amqp/table.h"
#include "exchange/exchange.h"
#include "exchange/exchanges.h"

/* A virtual host with queues "a" to "z", for tests of routing. */
struct host {
    struct exchanges *all;
    struct destination queues[26];
    uint8_t letters[26];
    struct slice names[26]; // of the queues
    struct route_set set;
    char story[64]; // the queues that the last message reached, in order, by letter
};

static const struct hash_key kit_key = {1, 2};

static inline struct slice str(const char *s)
{
    return (struct slice){(const uint8_t *)s, strlen(s)};
}

static inline struct host *host_new(void)
{
    struct host *host = calloc(1, sizeof *host);
    host->all = exchanges_new(kit_key);
    for (int i = 0; i < 26; i++) {
        host->letters[i] = (uint8_t)('a' + i);
        host->names[i] = (struct slice){&host->letters[i], 1};
        destination_init(&host->queues[i], DESTINATION_QUEUE, &host->names[i]);
    }
    return host;
}

static inline void host_free(struct host *host)
{
    exchanges_free(host->all);
    for (int i = 0; i < 26; i++) {
        cr_assert(list_empty(&host->queues[i].bindings_in), "queue %c is still bound", 'a' + i);
    }
    route_set_free(&host->set);
    free(host);
}

static inline struct exchange *declare(struct host *host, const char *name, const char *type,
                                       struct slice arguments)
{
    struct exchange_options options = {.name = str(name), .arguments = arguments};
    const struct exchange_type *found = exchange_type_find(str(type));
    cr_assert(found);
    struct exchange *exchange = exchange_new(&options, found, kit_key);
    exchanges_add(host->all, exchange);
    return exchange;
}

static inline struct destination *queue(struct host *host, char letter)
{
    return &host->queues[letter - 'a'];
}

static inline struct binding *bind(struct host *host, struct exchange *exchange, char letter,
                                   const char *key)
{
    return exchange_bind(exchange, queue(host, letter), str(key), (struct slice){0}, NULL);
}

static inline const char *route(struct host *host, struct exchange *exchange,
                                const struct routing *routing)
{
    route_set_begin(&host->set);
    exchange_route(host->all, exchange, routing, &host->set);
    for (uint32_t i = 0; i < host->set.count; i++) {
        host->story[i] = (char)('a' + (host->set.items[i] - host->queues));
    }
    host->story[host->set.count] = '\0';
    return host->story;
}

static inline const char *publish(struct host *host, struct exchange *exchange, const char *key)
{
    struct slice keys[] = {str(key)};
    return route(host, exchange,
                 &(struct routing){
                     .keys = keys, .key_count = 1, .properties = &(struct amqp_properties){0}});
}

/* Whether the exchange accepts such a binding of a queue; *error is cleared first. */
static inline enum amqp_reply check_binding(struct host *host, const struct exchange *exchange,
                                            const char *key, struct text *error)
{
    text_clear(error);
    struct binding_identity wanted = {.destination = queue(host, 'a'), .key = str(key)};
    return exchange_check_binding(exchange, &wanted, error);
}

/* How far the counts are from the shares, by Pearson's chi-squared test: for counts of random
 * choices about as much as there are of them, and hardly ever twice as much. */
static inline double chi_squared(const uint32_t *counts, const double *shares, uint32_t count)
{
    double total = 0;
    double all_shares = 0;
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        total += counts[i];
        all_shares += shares ? shares[i] : 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        double wanted = total * (shares ? shares[i] : 1) / all_shares;
        sum += (counts[i] - wanted) * (counts[i] - wanted) / wanted;
    }
    return sum;
}

/* A table under construction; kit_int writes a value of type I. */
static inline void kit_int(struct bytes *table, const char *name, int32_t value)
{
    uint8_t raw[5] = {'I'};
    wire_store_u32(raw + 1, (uint32_t)value);
    table_add_raw(table, str(name), (struct slice){raw, sizeof raw});
}

#endif

#include "broker/counts.h"

static void add_publishes(struct publish_counts *to, const struct publish_counts *more)
{
#define C(name) to->name += more->name;
    PUBLISH_COUNTS(C)
#undef C
}

static void add_deliveries(struct delivery_counts *to, const struct delivery_counts *more)
{
#define C(name) to->name += more->name;
    DELIVERY_COUNTS(C)
#undef C
}

void message_counts_add(struct message_counts *to, const struct message_counts *more)
{
    add_publishes(&to->in, &more->in);
    add_deliveries(&to->out, &more->out);
}

void queue_counts_add(struct queue_counts *to, const struct queue_counts *more)
{
    to->publish += more->publish;
    add_deliveries(&to->out, &more->out);
    for (int i = 0; i < COUNTED_DEATHS; i++) {
        to->dead_lettered[i] += more->dead_lettered[i];
        to->dropped[i] += more->dropped[i];
    }
}

#include "broker/counts.h"

void publish_counts_add(struct publish_counts *to, const struct publish_counts *more)
{
#define C(name) to->name += more->name;
    PUBLISH_COUNTS(C)
#undef C
}

void delivery_counts_add(struct delivery_counts *to, const struct delivery_counts *more)
{
#define C(name) to->name += more->name;
    DELIVERY_COUNTS(C)
#undef C
}

void queue_counts_add(struct queue_counts *to, const struct queue_counts *more)
{
    to->publish += more->publish;
    to->disk_reads += more->disk_reads;
    to->disk_writes += more->disk_writes;
    delivery_counts_add(&to->out, &more->out);
    for (int i = 0; i < COUNTED_DEATHS; i++) {
        to->dead_lettered[i] += more->dead_lettered[i];
        to->dropped[i] += more->dropped[i];
    }
}

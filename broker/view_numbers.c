#include "broker/view_numbers.h"

#include "base/arena.h"
#include "broker/broker_internal.h"

struct exchange_numbers *view_exchange_numbers(const struct broker *broker, struct arena *arena,
                                               size_t *count)
{
    struct exchange_numbers *all = arena_array(arena, broker->counters.exchanges, sizeof *all);
    *count = 0;
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        for (struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
             exchange = exchanges_next(vhost->exchanges, exchange)) {
            all[(*count)++] = (struct exchange_numbers){
                .vhost_serial = vhost->serial,
                .serial = exchange_serial(exchange),
                .counts = *exchange_counts(exchange),
            };
        }
    }
    return all;
}

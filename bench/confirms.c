#include "bench/confirms.h"

#include <stdlib.h>

#include "bench/memory.h"

void confirms_init(struct confirms *confirms, uint32_t window, struct histogram *latency)
{
    *confirms = (struct confirms){.window = window, .latency = latency};
    confirms->settled = memory_zeroed(window, sizeof *confirms->settled);
    confirms->sent_ns = memory_zeroed(window, sizeof *confirms->sent_ns);
}

void confirms_finish(struct confirms *confirms)
{
    free(confirms->settled);
    free(confirms->sent_ns);
    confirms->settled = NULL;
    confirms->sent_ns = NULL;
}

void confirms_sent(struct confirms *confirms, uint64_t tag, int64_t now_ns)
{
    confirms->sent_ns[tag % confirms->window] = now_ns;
}

static bool settle_one(struct confirms *confirms, uint64_t tag, int64_t now_ns)
{
    uint8_t *settled = &confirms->settled[tag % confirms->window];
    if (*settled) {
        return false;
    }
    *settled = 1;
    if (confirms->latency) {
        histogram_add(confirms->latency, now_ns - confirms->sent_ns[tag % confirms->window]);
    }
    return true;
}

bool confirms_settle(struct confirms *confirms, uint64_t tag, bool multiple, uint64_t last)
{
    tag = multiple && tag == 0 ? last : tag;
    if (tag > last || tag <= confirms->below) {
        return multiple && tag <= last; // an empty multiple ack does no harm
    }
    int64_t now_ns = confirms->latency ? clock_ns() : 0;
    if (!multiple && !settle_one(confirms, tag, now_ns)) {
        return false;
    }
    for (uint64_t at = confirms->below + 1; multiple && at <= tag; at++) {
        settle_one(confirms, at, now_ns);
    }
    while (confirms->settled[(confirms->below + 1) % confirms->window]) {
        confirms->below++;
        confirms->settled[confirms->below % confirms->window] = 0;
    }
    return true;
}

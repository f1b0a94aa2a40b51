#include "tests/dialogues/player/expect.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tests/dialogues/player/expect_internal.h"

/* Confirms that are still to come: state[tag - first]. */
struct confirms {
    uint64_t first;
    uint64_t last;
    uint64_t left;
    char *state; // owned: '?', 'a' (acked) or 'n' (nacked), by tag
};

static bool settle(struct confirms *confirms, uint64_t tag, bool multiple, char state)
{
    if (tag < confirms->first || tag > confirms->last) {
        return false;
    }
    uint64_t settled = 0;
    for (uint64_t at = multiple ? confirms->first : tag; at <= tag; at++) {
        if (confirms->state[at - confirms->first] == '?') {
            confirms->state[at - confirms->first] = state;
            settled++;
        }
    }
    confirms->left -= settled;
    return settled > 0;
}

static bool settle_by(struct confirms *confirms, const struct event *event)
{
    if (event->args.method == METHOD_basic_ack) {
        const struct amqp_basic_ack *ack = &event->args.basic_ack;
        return settle(confirms, ack->delivery_tag, ack->multiple, 'a');
    }
    if (event->args.method == METHOD_basic_nack) {
        const struct amqp_basic_nack *nack = &event->args.basic_nack;
        return settle(confirms, nack->delivery_tag, nack->multiple, 'n');
    }
    return false;
}

static bool await_confirms(struct player *player, struct peer *peer, uint16_t channel,
                           struct confirms *confirms)
{
    while (confirms->left > 0) {
        struct event *event = expect_await(player, peer, channel, false);
        if (!event) {
            return false;
        }
        if (!settle_by(confirms, event)) {
            return expect_fail_received(player, peer, event,
                                        "which confirms nothing that was expected");
        }
        peer_take(peer, event);
    }
    return true;
}

/* The tags that are listed behind `nacked` are nacked, all others acked. */
static bool check_nacked(struct player *player, const struct confirms *confirms,
                         struct scanner *scan)
{
    char *wanted = memory_new(confirms->last - confirms->first + 2);
    memset(wanted, 'a', confirms->last - confirms->first + 1);
    bool listed = !scan_at_end(scan) && slice_eq(scan_word(scan), SLICE("nacked"));
    while (listed && !scan_at_end(scan) && !scan->error) {
        uint64_t tag = (uint64_t)scan_value(scan).number;
        if (tag >= confirms->first && tag <= confirms->last) {
            wanted[tag - confirms->first] = 'n';
        }
    }
    bool good = strcmp(wanted, confirms->state) == 0 ||
                player_fail(player, "confirmed: %s, not %s", confirms->state, wanted);
    free(wanted);
    return good;
}

bool expect_confirms(struct player *player, struct peer *peer, uint16_t channel,
                     struct scanner *scan)
{
    scan_space(scan);
    char *behind;
    struct confirms confirms = {.first = strtoull(scan->pos, &behind, 10)};
    confirms.last = strncmp(behind, "..", 2) == 0 ? strtoull(behind + 2, &behind, 10) : 0;
    if (confirms.first == 0 || confirms.last < confirms.first) {
        return player_fail(player, "confirms are written 1..5");
    }
    scan->pos = behind;
    confirms.left = confirms.last - confirms.first + 1;
    confirms.state = memory_new(confirms.left + 1);
    memset(confirms.state, '?', confirms.left);
    bool good =
        await_confirms(player, peer, channel, &confirms) && check_nacked(player, &confirms, scan);
    free(confirms.state);
    return good;
}

#ifndef TESTS_DIALOGUES_PLAYER_EXPECT_INTERNAL_H
#define TESTS_DIALOGUES_PLAYER_EXPECT_INTERNAL_H

#include "tests/dialogues/player/player.h"

/* What the files of expect share. */

/* Waits for the next event of this channel, which stays where it is; NULL with the failure told.
 * Heartbeats are passed over unless one is wanted. */
struct event *expect_await(struct player *player, struct peer *peer, uint16_t channel,
                           bool heartbeat);

/* Fails: what was received, and the reason why that is not right. */
bool expect_fail_received(struct player *player, const struct peer *peer, const struct event *event,
                          const char *reason);

/* confirms 1..5 [nacked 2 3]: in any order, coalesced or not. */
bool expect_confirms(struct player *player, struct peer *peer, uint16_t channel,
                     struct scanner *scan);

#endif

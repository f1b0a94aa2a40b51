#ifndef TESTS_DIALOGUES_PLAYER_EXPECT_H
#define TESTS_DIALOGUES_PLAYER_EXPECT_H

#include "tests/dialogues/player/call.h"
#include "tests/dialogues/player/player.h"

/* What must be received. All return false, with the failure told, if it is not. */

/* Whatever stands behind `<`: a method, nothing, closed, bytes, confirms. */
bool expect_statement(struct player *player, struct peer *peer, uint16_t channel,
                      struct scanner *scan);

/* The statements from `first` up to the closing brace, in any order. Sets *behind to the index of
 * the brace. */
bool expect_group(struct player *player, size_t first, size_t *behind);

/* `a.1 refused 404 "NOT_FOUND - ..." queue.declare`: the channel (or the connection) is closed with
 * this error; answers close-ok. */
bool expect_refused(struct player *player, struct peer *peer, uint16_t channel,
                    struct scanner *scan);

bool expect_call(struct player *player, struct peer *peer, uint16_t channel,
                 const struct call *call);
bool expect_closed(struct player *player, struct peer *peer);

/* Nothing came on any connection that the script did not ask for. */
bool expect_no_more(struct player *player);

#endif

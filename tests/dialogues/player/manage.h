#ifndef TESTS_DIALOGUES_PLAYER_MANAGE_H
#define TESTS_DIALOGUES_PLAYER_MANAGE_H

#include "tests/dialogues/player/player.h"

/* Statements that go to the broker's management API, as guest; each must be answered with success
 * unless it says `refused`. They return false, with the failure told, if it is otherwise.
 *
 *   policy NAME PATTERN {DEFINITION} [apply-to=...] [priority=...] [refused CODE [REASON]]
 *   operator policy ...
 *   clear policy NAME, clear operator policy NAME
 *   api METHOD PATH [{...}] [refused CODE [REASON]] */
bool play_policy(struct player *player, struct scanner *scan);
bool play_operator(struct player *player, struct scanner *scan);
bool play_clear(struct player *player, struct scanner *scan);
bool play_api(struct player *player, struct scanner *scan);

#endif

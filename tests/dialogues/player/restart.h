#ifndef TESTS_DIALOGUES_PLAYER_RESTART_H
#define TESTS_DIALOGUES_PLAYER_RESTART_H

#include "tests/dialogues/player/player.h"

/* `restart` and `crash`: the command of --restart stops the broker, in order or by SIGKILL, and
 * starts it again on the same data. Before that nothing may be left that was not expected; what
 * comes while it stops is dropped. Then every connection that `connect` made and that was open is
 * there again under its name, without channels. */
bool play_restart(struct player *player, struct scanner *scan);
bool play_crash(struct player *player, struct scanner *scan);

#endif

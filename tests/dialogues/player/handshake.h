#ifndef TESTS_DIALOGUES_PLAYER_HANDSHAKE_H
#define TESTS_DIALOGUES_PLAYER_HANDSHAKE_H

#include "tests/dialogues/player/player.h"

/* `dial a`: a socket, and not an octet sent. */
bool play_dial(struct player *player, struct slice name);

/* `connect a user="u" ...`: dials and shakes hands up to connection.open-ok. */
bool play_connect(struct player *player, struct slice name, struct scanner *scan);

#endif

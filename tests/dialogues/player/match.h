#ifndef TESTS_DIALOGUES_PLAYER_MATCH_H
#define TESTS_DIALOGUES_PLAYER_MATCH_H

#include "tests/dialogues/player/value.h"

/* True if what arrived is what a script's value allows. Octets may be a string's or a table's
 * (its entries). */
bool match_octets(const struct value *value, struct slice octets);
bool match_number(const struct value *value, uint64_t number);

#endif

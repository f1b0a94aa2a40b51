#ifndef TESTS_DIALOGUES_PLAYER_JSON_H
#define TESTS_DIALOGUES_PLAYER_JSON_H

#include "base/bytes.h"

/* Writes the entries of a field table as a JSON object. False, having written some, if there is a
 * value that JSON has no word for: only numbers that are whole, booleans, strings, arrays and
 * tables have one. */
bool json_add_object(struct bytes *out, struct slice table);
void json_add_text(struct bytes *out, struct slice text);

#endif

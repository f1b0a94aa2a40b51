#ifndef SERVER_RESET_H
#define SERVER_RESET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct bootstrap_options;
struct broker;
struct engine;
struct settings;

struct reset_options {
    struct engine *engine; // borrowed, as is everything here
    struct broker *broker;
    const struct settings *settings;
    const struct bootstrap_options *come; // what definitions make that are imported next
    uint64_t now_ms;
};

/* Makes of a broker what it was at its first start: every virtual host with all that is in it goes,
 * every user and every parameter, and what the settings promise is made anew. It is one change: a
 * crash finds all of it or nothing. Clients should be gone before. *after is the number of the
 * journal record that an answer must wait for. False, with the reason, if the accounts that the
 * settings promise cannot be made. */
bool reset_broker(const struct reset_options *options, uint64_t *after, struct text *error);

#endif

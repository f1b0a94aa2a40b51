#ifndef EXCHANGE_HISTORY_H
#define EXCHANGE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

/* The last messages that an exchange saw, as many as its limit says, for those who bind later. What
 * a message is only the broker knows; it says how to give one back. */
struct history; // opaque

typedef void history_release(void *message);

struct history *history_new(uint32_t limit); // at least 1
void history_free(struct history *history);  // releases all

/* Takes message; releases the oldest one if there are too many. */
void history_keep(struct history *history, void *message, history_release *release);

uint32_t history_count(const struct history *history);
void *history_at(const struct history *history, uint32_t index); // 0 is the oldest; borrowed

#endif

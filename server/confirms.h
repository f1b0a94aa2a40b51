#ifndef SERVER_CONFIRMS_H
#define SERVER_CONFIRMS_H

#include "broker/effect.h"

struct conn_channel;
struct engine;

/* Publisher confirms. They are remembered per channel and told at the end of the tick, many as one
 * basic.ack with `multiple`; earlier only if something else on the channel must not overtake
 * them. They arrive in the order of publishing (the gate sees to that), so that "all up to this
 * one" is always true. */
void confirms_note(struct engine *engine, const struct effect *effect);
void confirms_flush(struct conn_channel *channel);
void confirms_flush_all(struct engine *engine);

#endif

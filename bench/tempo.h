#ifndef BENCH_TEMPO_H
#define BENCH_TEMPO_H

#include <stdint.h>

enum { TEMPO_SLICES = 10 };

/* Whether a rate holds up: the time of each tenth of a known number of messages. */
struct tempo {
    uint64_t total;
    int64_t start_ns;
    int64_t passed_ns[TEMPO_SLICES]; // when each tenth was complete; 0 = not yet
};

void tempo_start(struct tempo *tempo, uint64_t total);
void tempo_note(struct tempo *tempo, uint64_t count); // so many are through by now

/* Messages per second of a tenth, 0 the first; 0 if it is not complete. */
double tempo_rate(const struct tempo *tempo, unsigned slice);

#endif

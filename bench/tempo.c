#include "bench/tempo.h"

#include "bench/stats.h"

void tempo_start(struct tempo *tempo, uint64_t total)
{
    *tempo = (struct tempo){.total = total, .start_ns = clock_ns()};
}

void tempo_note(struct tempo *tempo, uint64_t count)
{
    int64_t now_ns = 0;
    for (unsigned i = 0; i < TEMPO_SLICES; i++) {
        if (tempo->passed_ns[i] == 0 && count >= tempo->total * (i + 1) / TEMPO_SLICES) {
            now_ns = now_ns ? now_ns : clock_ns();
            tempo->passed_ns[i] = now_ns;
        }
    }
}

double tempo_rate(const struct tempo *tempo, unsigned slice)
{
    int64_t from_ns = slice > 0 ? tempo->passed_ns[slice - 1] : tempo->start_ns;
    int64_t spent_ns = tempo->passed_ns[slice] - from_ns;
    double count = (double)tempo->total / TEMPO_SLICES;
    return spent_ns > 0 ? count * 1e9 / (double)spent_ns : 0;
}

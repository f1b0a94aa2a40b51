#include "bench/verify.h"

#include <stdlib.h>

#include "bench/memory.h"

struct seen {
    uint64_t *bits; // owned
    size_t word_count;
    uint64_t count; // different messages seen
};

struct verify {
    struct seen *seen; // owned: groups x producers
    size_t group_count;
    size_t producer_count;
    uint64_t duplicates;
    uint64_t misordered;
    uint64_t foreign; // stamped by nobody that we know
};

struct verify *verify_new(size_t groups, size_t producers)
{
    struct verify *verify = memory_zeroed(1, sizeof *verify);
    verify->seen = memory_zeroed(groups * producers, sizeof *verify->seen);
    verify->group_count = groups;
    verify->producer_count = producers;
    return verify;
}

void verify_free(struct verify *verify)
{
    if (verify) {
        for (size_t i = 0; i < verify->group_count * verify->producer_count; i++) {
            free(verify->seen[i].bits);
        }
        free(verify->seen);
        free(verify);
    }
}

static uint64_t *word_of(struct seen *seen, uint64_t number)
{
    size_t word = (size_t)(number / 64);
    if (word >= seen->word_count) {
        size_t count = 2 * word + 1024;
        seen->bits = memory_resize(seen->bits, count * sizeof *seen->bits);
        memset(seen->bits + seen->word_count, 0, (count - seen->word_count) * sizeof *seen->bits);
        seen->word_count = count;
    }
    return &seen->bits[word];
}

void verify_note(struct verify *verify, size_t group, uint64_t *last, struct stamp stamp)
{
    if (stamp.producer >= verify->producer_count || stamp.number >= UINT64_C(1) << 40) {
        verify->foreign++;
        return;
    }
    struct seen *seen = &verify->seen[group * verify->producer_count + stamp.producer];
    uint64_t *word = word_of(seen, stamp.number);
    uint64_t bit = UINT64_C(1) << stamp.number % 64;
    if (*word & bit) {
        verify->duplicates++;
    } else {
        *word |= bit;
        seen->count++;
    }
    if (stamp.number < last[stamp.producer]) {
        verify->misordered++;
    }
    last[stamp.producer] = stamp.number + 1;
}

bool verify_check(const struct verify *verify, const uint64_t *published, struct problem *problem)
{
    uint64_t lost = 0;
    uint64_t foreign = verify->foreign;
    for (size_t i = 0; i < verify->group_count * verify->producer_count; i++) {
        uint64_t wanted = published[i % verify->producer_count];
        uint64_t count = verify->seen[i].count;
        lost += wanted > count ? wanted - count : 0;
        foreign += count > wanted ? count - wanted : 0;
    }
    if (lost + foreign + verify->duplicates + verify->misordered == 0) {
        return true;
    }
    return problem_set(
        problem,
        "%llu messages lost, %llu delivered twice, %llu out of order, %llu never published",
        (unsigned long long)lost, (unsigned long long)verify->duplicates,
        (unsigned long long)verify->misordered, (unsigned long long)foreign);
}

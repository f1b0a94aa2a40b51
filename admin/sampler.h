#ifndef ADMIN_SAMPLER_H
#define ADMIN_SAMPLER_H

#include "admin/numbers.h"

struct api_options;
struct broker;
struct engine;
struct sampler;
struct trail;

/* Follows the numbers of everything over time. A sample of all is taken at the end of an interval
 * in which something has changed; while nothing changes, nothing is done. All sums are taken at
 * once, and of single objects so many at a time that messages do not wait for it. What objects are,
 * and what is kept of them: an object that has ever counted something has its last two changes,
 * which rates are made of (some 300 octets); the sums over all have a day; and objects that
 * somebody asks for samples of have an hour, as long as somebody asks. The owner has the clock: it
 * calls sampler_take when it is due. */
struct sampler_options {
    struct broker *broker;          // borrowed
    struct engine *engine;          // borrowed
    const struct api_options *node; // borrowed: what numbers_of_node is asked with
    uint64_t step_ms;               // the interval
    bool detailed;                  // pairs (broker/view_pair.h) are followed, too
};

/* What an object is known by: numbers that no other object of its kind ever has. */
struct sampled {
    enum numbered kind;
    uint64_t id;
    uint64_t more; // of exchanges: the virtual host's
};

/* The first sample, which is what everything begins with, is of `now_ms`: milliseconds since 1970,
 * as all times here. */
struct sampler *sampler_new(const struct sampler_options *options, uint64_t now_ms);
void sampler_free(struct sampler *sampler); // NULL is fine

/* When the next sample is to be taken; UINT64_MAX while nothing has changed. To be asked after
 * whatever may have changed something. */
uint64_t sampler_due(struct sampler *sampler, uint64_t now_ms);

/* Takes it, or goes on with it, if it is due. Then there may be more to do: see sampler_due. */
void sampler_take(struct sampler *sampler, uint64_t now_ms);

/* By when all is known: now, or before the sample that is being taken. */
uint64_t sampler_known_ms(const struct sampler *sampler, uint64_t now_ms);

uint64_t sampler_step(const struct sampler *sampler);

/* What is known of the object; NULL if its numbers have always been 0. Valid until the next
 * sample. */
const struct trail *sampler_find(const struct sampler *sampler, const struct sampled *which);

/* The same of an object that somebody asks for samples of. */
const struct trail *sampler_watch(struct sampler *sampler, const struct sampled *which,
                                  uint64_t now_ms);

#endif

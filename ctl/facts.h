#ifndef CTL_FACTS_H
#define CTL_FACTS_H

#include "ctl/run.h"

/* What reports about the node are made of, as the API has it. Zero-initialise it. */
struct facts {
    struct answer overview;
    struct answer nodes;
    struct answer alarms;
    struct answer flags;
    struct answer vhosts;
    struct answer listeners;
    const json_t *node; // the first of nodes; borrowed from them
};

/* Asks for all of them; returns the code, and it is told why if it is not EXIT_OK. */
int facts_gather(struct run *run, struct facts *facts);
void facts_finish(struct facts *facts);

/* Whether no client is let in: after drain, stop_app or suspend_listeners. */
bool facts_suspended(const struct facts *facts);

/* A member that is a whole number; 0 if there is none. */
long long fact_number(const json_t *object, const char *name);

#endif

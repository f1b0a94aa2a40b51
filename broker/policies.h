#ifndef BROKER_POLICIES_H
#define BROKER_POLICIES_H

#include "base/list.h"
#include "base/text.h"

/* The policies, or the operator policies, of one virtual host: what holds for all queues and
 * exchanges whose names match (RabbitMQ: rabbit_policy). Of those that match, the one with the
 * highest priority counts alone; of several such, the first by name. */
struct policies {
    struct list items;     // struct policy.link, by name
    uint32_t mirror_count; // of those that ask for mirrors
    bool by_operator;
};

/* Which objects a policy is for. The words are those of the HTTP API. */
#define POLICY_TARGETS(T)                                                                          \
    T(ALL, "all")                                                                                  \
    T(EXCHANGES, "exchanges")                                                                      \
    T(QUEUES, "queues")                                                                            \
    T(CLASSIC_QUEUES, "classic_queues")                                                            \
    T(QUORUM_QUEUES, "quorum_queues")                                                              \
    T(STREAMS, "streams")

enum policy_target {
#define T(name, word) POLICY_##name,
    POLICY_TARGETS(T)
#undef T
};

struct policy {
    struct list_node link;    // policies.items
    struct pattern *pattern;  // owned
    struct slice name;        // owned: behind this struct, as the others
    struct slice source;      // of the pattern
    struct slice definition;  // policy_definition.h
    int64_t priority;         // any; the highest counts
    enum policy_target apply; // what it is for
};

struct policy_options {
    struct slice name;
    struct slice pattern;    // a regular expression (PCRE2), found anywhere in the name
    struct slice definition; // a well-formed table
    int64_t priority;
    enum policy_target apply;
};

void policies_init(struct policies *policies, bool by_operator);
void policies_finish(struct policies *policies);

/* Makes the policy, or replaces the one of this name. Copies. False, with RabbitMQ's reason in
 * *why, if it is not valid; nothing has changed then. */
bool policies_put(struct policies *policies, const struct policy_options *options,
                  struct text *why);

struct policy *policies_find(const struct policies *policies, struct slice name); // or NULL
void policies_remove(struct policies *policies, struct policy *policy);           // frees it

/* The one that counts for an object of this kind (never ALL or QUEUES) and name; or NULL. */
const struct policy *policies_match(const struct policies *policies, enum policy_target kind,
                                    struct slice name);

/* The target with this word; false if there is none. */
bool policy_target_of(struct slice word, enum policy_target *target);
const char *policy_target_word(enum policy_target target);

#endif

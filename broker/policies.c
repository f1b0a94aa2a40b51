#include "broker/policies.h"

#include <stdlib.h>

#include "amqp/table.h"
#include "base/memory.h"
#include "broker/pattern.h"
#include "broker/policy_definition.h"

static const char *const words[] = {
#define T(name, word) word,
    POLICY_TARGETS(T)
#undef T
};

void policies_init(struct policies *policies, bool by_operator)
{
    list_init(&policies->items);
    policies->mirror_count = 0;
    policies->by_operator = by_operator;
}

void policies_finish(struct policies *policies)
{
    while (!list_empty(&policies->items)) {
        policies_remove(policies, container_of(list_first(&policies->items), struct policy, link));
    }
}

/* Copies `from` to *at, moves that on, and returns the copy. */
static struct slice keep(uint8_t **at, struct slice from)
{
    struct slice copy = {*at, from.len};
    slice_copy(*at, from);
    *at += from.len;
    return copy;
}

static struct policy *policy_new(const struct policy_options *options, struct pattern *pattern)
{
    struct policy *policy = memory_new(sizeof *policy + options->name.len + options->pattern.len +
                                       options->definition.len);
    uint8_t *at = (uint8_t *)(policy + 1);
    policy->pattern = pattern;
    policy->name = keep(&at, options->name);
    policy->source = keep(&at, options->pattern);
    policy->definition = keep(&at, options->definition);
    policy->priority = options->priority;
    policy->apply = options->apply;
    return policy;
}

/* <0, 0 or >0 as a comes before b, is b, or comes after it. */
static int compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static void insert(struct policies *policies, struct policy *policy)
{
    list_each(node, &policies->items) {
        if (compare(container_of(node, struct policy, link)->name, policy->name) > 0) {
            list_insert_before(node, &policy->link);
            return;
        }
    }
    list_push(&policies->items, &policy->link);
}

static bool wants_mirrors(const struct policy *policy)
{
    struct field_value mode;
    return table_get(policy->definition, SLICE("ha-mode"), &mode);
}

bool policies_put(struct policies *policies, const struct policy_options *options, struct text *why)
{
    if (!policy_definition_check(options->definition, policies->by_operator, why)) {
        return false;
    }
    struct text reason;
    struct pattern *pattern = pattern_new(options->pattern, &reason);
    if (!pattern) {
        text_format(why, "pattern should be regular expression but is invalid: %s",
                    text_slice(&reason));
        return false;
    }
    struct policy *policy = policy_new(options, pattern);
    struct policy *old = policies_find(policies, options->name);
    if (old) {
        policies_remove(policies, old);
    }
    insert(policies, policy);
    policies->mirror_count += wants_mirrors(policy);
    return true;
}

struct policy *policies_find(const struct policies *policies, struct slice name)
{
    list_each(node, &policies->items) {
        struct policy *policy = container_of(node, struct policy, link);
        if (slice_eq(policy->name, name)) {
            return policy;
        }
    }
    return NULL;
}

void policies_remove(struct policies *policies, struct policy *policy)
{
    policies->mirror_count -= wants_mirrors(policy);
    list_unlink(&policy->link);
    pattern_free(policy->pattern);
    free(policy);
}

static bool is_for(const struct policy *policy, enum policy_target kind)
{
    return policy->apply == POLICY_ALL || policy->apply == kind ||
           (policy->apply == POLICY_QUEUES && kind != POLICY_EXCHANGES);
}

const struct policy *policies_match(const struct policies *policies, enum policy_target kind,
                                    struct slice name)
{
    const struct policy *best = NULL;
    list_each(node, &policies->items) {
        const struct policy *policy = container_of(node, struct policy, link);
        bool better = !best || policy->priority > best->priority;
        if (better && is_for(policy, kind) && pattern_matches(policy->pattern, name)) {
            best = policy;
        }
    }
    return best;
}

bool policy_target_of(struct slice word, enum policy_target *target)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_eq(word, (struct slice){(const uint8_t *)words[i], strlen(words[i])})) {
            *target = (enum policy_target)i;
            return true;
        }
    }
    return false;
}

const char *policy_target_word(enum policy_target target)
{
    return words[target];
}

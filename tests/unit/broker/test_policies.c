#include "broker/policies.h"

#include <stdio.h>

#include "broker/policy_definition.h"
#include "broker/queue_limits.h"
#include "tests/unit/broker/story.h"

#define TABLE(story, ...) story_table(story, __VA_ARGS__, NULL)

static void put(struct policies *policies, struct slice name, const struct policy_options *rest)
{
    struct text why;
    text_clear(&why);
    struct policy_options options = *rest;
    options.name = name;
    cr_assert(policies_put(policies, &options, &why), "%s", why.ptr);
}

static const char *matching(const struct policies *policies, enum policy_target kind,
                            const char *name)
{
    static char copy[64];
    const struct policy *policy = policies_match(policies, kind, str(name));
    snprintf(copy, sizeof copy, "%.*s", policy ? (int)policy->name.len : 4,
             policy ? (const char *)policy->name.ptr : "none");
    return copy;
}

Test(policies, the_highest_priority_that_matches_counts_alone)
{
    struct story *story = story_new();
    struct policies policies;
    policies_init(&policies, false);
    struct slice ttl = TABLE(story, "message-ttl", "I:5");
    put(&policies, SLICE("all"), &(struct policy_options){SLICE(""), SLICE(".*"), ttl, 0, 0});
    put(&policies, SLICE("b"), &(struct policy_options){SLICE(""), SLICE("^b"), ttl, 7, 0});
    put(&policies, SLICE("deep"), &(struct policy_options){SLICE(""), SLICE("b"), ttl, -3, 0});
    cr_expect_str_eq(matching(&policies, POLICY_CLASSIC_QUEUES, "bee"), "b");
    cr_expect_str_eq(matching(&policies, POLICY_CLASSIC_QUEUES, "abba"), "all");
    policies_remove(&policies, policies_find(&policies, SLICE("all")));
    cr_expect_str_eq(matching(&policies, POLICY_CLASSIC_QUEUES, "abba"), "deep");
    cr_expect_str_eq(matching(&policies, POLICY_CLASSIC_QUEUES, "x"), "none");
    policies_finish(&policies);
    story_free(story);
}

Test(policies, of_equal_priorities_the_first_name_counts)
{
    struct story *story = story_new();
    struct policies policies;
    policies_init(&policies, false);
    struct slice ttl = TABLE(story, "message-ttl", "I:5");
    static const char *const names[] = {"m", "z", "aa", "a", "b"};
    for (int i = 0; i < 5; i++) {
        put(&policies, str(names[i]), &(struct policy_options){SLICE(""), SLICE(""), ttl, 1, 0});
    }
    put(&policies, SLICE("c"), &(struct policy_options){SLICE(""), SLICE("."), ttl, 1, 0});
    put(&policies, SLICE("bb"), &(struct policy_options){SLICE(""), SLICE("."), ttl, 1, 0});
    cr_expect_str_eq(matching(&policies, POLICY_STREAMS, "q"), "bb");
    policies_finish(&policies);
    story_free(story);
}

Test(policies, apply_to_what_they_are_for)
{
    struct story *story = story_new();
    struct slice ttl = TABLE(story, "message-ttl", "I:5");
    static const struct {
        enum policy_target target;
        const char *who; // of exchange, classic, quorum, stream: to whom it applies
    } rows[] = {
        {POLICY_ALL, "ecqs"},         {POLICY_EXCHANGES, "e"},     {POLICY_QUEUES, "cqs"},
        {POLICY_CLASSIC_QUEUES, "c"}, {POLICY_QUORUM_QUEUES, "q"}, {POLICY_STREAMS, "s"},
    };
    static const enum policy_target kinds[] = {POLICY_EXCHANGES, POLICY_CLASSIC_QUEUES,
                                               POLICY_QUORUM_QUEUES, POLICY_STREAMS};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct policies policies;
        policies_init(&policies, false);
        put(&policies, SLICE("p"),
            &(struct policy_options){SLICE(""), SLICE("."), ttl, 0, rows[i].target});
        for (int kind = 0; kind < 4; kind++) {
            bool meant = strchr(rows[i].who, "ecqs"[kind]) != NULL;
            cr_expect_str_eq(matching(&policies, kinds[kind], "x"), meant ? "p" : "none");
        }
        policies_finish(&policies);
    }
    story_free(story);
}

static void refused(bool by_operator, struct slice definition, const char *pattern,
                    const char *text)
{
    struct text why;
    struct policies policies;
    text_clear(&why);
    policies_init(&policies, by_operator);
    struct policy_options options = {SLICE("p"), str(pattern), definition, 0, POLICY_ALL};
    cr_expect_not(policies_put(&policies, &options, &why));
    cr_expect(strstr(why.ptr, text), "%s", why.ptr);
    cr_expect(list_empty(&policies.items));
    policies_finish(&policies);
}

Test(policies, are_refused_with_rabbitmqs_reasons)
{
    struct story *story = story_new();
    refused(false, TABLE(story, "message-ttl", "I:-1"), ".", "-1 is not a valid message TTL");
    refused(false, TABLE(story, "expires", "I:0"), ".", "0 is not a valid queue expiry");
    refused(false, TABLE(story, "overflow", "S:spill"), ".",
            "<<\"spill\">> is not a valid overflow value");
    refused(false, TABLE(story, "max-length", "t:true"), ".", "true is not a valid maximum length");
    refused(false, TABLE(story, "nothing", "I:1", "max-length", "I:-1"), ".",
            "-1 is not a valid maximum length");
    refused(false, TABLE(story, "x-expires", "I:1", "expires", "I:5", "none", "S:x"), ".",
            "[{<<\"x-expires\">>,1},{<<\"none\">>,<<\"x\">>}] are not recognised policy settings");
    refused(true, TABLE(story, "dead-letter-exchange", "S:x"), ".",
            "[{<<\"dead-letter-exchange\">>,<<\"x\">>}] are not recognised policy settings");
    refused(false, SLICE(""), ".", "no policy provided");
    refused(false, TABLE(story, "expires", "I:1"), "(",
            "pattern should be regular expression but is invalid: missing");
    story_free(story);
}

Test(policies, an_operators_smaller_number_counts)
{
    struct story *story = story_new();
    struct bytes merged = {0};
    struct slice ours = TABLE(story, "max-length", "I:10", "expires", "I:5", "overflow",
                              "S:drop-head", "dead-letter-exchange", "S:x");
    struct slice theirs = TABLE(story, "max-length", "I:3", "expires", "I:50", "overflow",
                                "S:reject-publish", "message-ttl", "I:9");
    policy_definition_merge(ours, theirs, &merged);
    struct queue_limits limits = queue_limits_read(SLICE(""), bytes_slice(&merged), QUEUE_CLASSIC);
    cr_expect_eq(limits.length_max, 3);
    cr_expect_eq(limits.expires_ms, 5);
    cr_expect_eq(limits.ttl_ms, 9);
    cr_expect_eq(limits.overflow, OVERFLOW_REJECT);
    cr_expect(slice_eq(limits.dead_letter_exchange, SLICE("x")));
    bytes_finish(&merged);
    story_free(story);
}

Test(policies, of_an_argument_and_a_policy_the_smaller_number_or_the_argument_counts)
{
    struct story *story = story_new();
    struct slice arguments = TABLE(story, "x-max-length", "I:7", "x-message-ttl", "I:100",
                                   "x-dead-letter-exchange", "S:mine", "x-overflow", "S:drop-head");
    struct slice definition =
        TABLE(story, "max-length", "I:70", "message-ttl", "I:10", "dead-letter-exchange",
              "S:theirs", "overflow", "S:reject-publish", "dead-letter-routing-key", "S:k");
    struct queue_limits limits = queue_limits_read(arguments, definition, QUEUE_CLASSIC);
    cr_expect_eq(limits.length_max, 7);
    cr_expect_eq(limits.ttl_ms, 10);
    cr_expect_eq(limits.bytes_max, UINT64_MAX);
    cr_expect(slice_eq(limits.dead_letter_exchange, SLICE("mine")));
    cr_expect(slice_eq(limits.dead_letter_key, SLICE("k")));
    cr_expect_eq(limits.overflow, OVERFLOW_DROP_HEAD);
    story_free(story);
}

Test(policies, a_quorum_queue_drops_where_a_classic_one_would_dead_letter_what_it_refuses)
{
    struct story *story = story_new();
    struct slice arguments = TABLE(story, "x-overflow", "S:reject-publish-dlx");
    struct slice definition = TABLE(story, "overflow", "S:reject-publish-dlx");
    struct slice none = {0};
    cr_expect_eq(queue_limits_read(arguments, none, QUEUE_CLASSIC).overflow,
                 OVERFLOW_REJECT_DEAD_LETTER);
    cr_expect_eq(queue_limits_read(arguments, none, QUEUE_QUORUM).overflow, OVERFLOW_DROP_HEAD);
    cr_expect_eq(queue_limits_read(none, definition, QUEUE_QUORUM).overflow, OVERFLOW_DROP_HEAD);
    story_free(story);
}

#include "admin/period.h"

#include <criterion/criterion.h>

enum { NOW = 1000007500 };

static const struct period_names names = {{(const uint8_t *)"a_age", 5},
                                          {(const uint8_t *)"a_incr", 6}};

static bool parse(const char *query, struct period *out, struct reply *reply)
{
    struct target target;
    *reply = (struct reply){0};
    cr_assert(target_parse((struct slice){(const uint8_t *)query, strlen(query)}, &target));
    bool sound = period_parse(&target, &names, NOW, out, reply);
    target_finish(&target);
    return sound;
}

static void expect_none(const char *query)
{
    struct period period;
    struct reply reply;
    cr_expect(parse(query, &period, &reply), "%s", query);
    cr_expect_eq(period.step_ms, 0, "%s", query);
    reply_finish(&reply);
}

static void expect_refusal(const char *query)
{
    struct period period;
    struct reply reply;
    cr_expect_not(parse(query, &period, &reply), "%s", query);
    cr_expect_eq(reply.status, HTTP_BAD_REQUEST);
    reply_finish(&reply);
}

Test(period, ends_with_a_whole_step)
{
    struct period period;
    struct reply reply;
    cr_assert(parse("/?a_age=60&a_incr=5", &period, &reply));
    cr_expect_eq(period.step_ms, 5000);
    cr_expect_eq(period.last_ms, 1000005000);
    cr_expect_eq(period.first_ms, 1000005000 - 60000);
    struct period next = period_reaching(period, NOW);
    cr_expect_eq(next.last_ms, 1000010000);
    cr_expect_eq(next.first_ms, 1000010000 - 60000);
    cr_expect_eq(period_reaching(period, 1000005000).last_ms, 1000005000);
}

Test(period, is_none_unless_both_are_numbers)
{
    expect_none("/");
    expect_none("/?a_age=60");
    expect_none("/?a_incr=60");
    expect_none("/?a_age=x&a_incr=5");
    expect_none("/?a_age=60&a_incr=");
    expect_none("/?a_age=60&a_incr=-");
    expect_none("/?a_age=1.5&a_incr=1");
    expect_none("/?a_age=1234567890123&a_incr=123456789012");
    cr_expect_eq(period_reaching((struct period){0}, NOW).step_ms, 0);
}

Test(period, has_no_more_than_500_steps)
{
    struct period period;
    struct reply reply;
    cr_expect(parse("/?a_age=500&a_incr=1", &period, &reply));
    expect_refusal("/?a_age=501&a_incr=1");
    expect_refusal("/?a_age=-60&a_incr=5");
    expect_refusal("/?a_age=60&a_incr=0");
    expect_refusal("/?a_age=60&a_incr=-5");
    expect_refusal("/?a_age=2000000&a_incr=1000000"); // before time began
}
